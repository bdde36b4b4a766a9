// What happens when one version of a policy takes the place of another: which promises it would
// break and how they are kept, what it opens, and in what the two documents differ. Values in,
// values out: who may make the change, and who is told of it, is the gateway's affair.
// docs/boundary.md, section "A change of the policy".
#pragma once

#include <boost/system/result.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "boundary/decide.hpp"
#include "boundary/gate.hpp"
#include "boundary/policy.hpp"
#include "boundary/verdict.hpp"

namespace holdspace::boundary {

// ---- Promises: a change may release earlier, never silently later ----

// Everything that the promise of one accepted message depends on.
struct Standing {
  Gates gates;
  Facts facts;  // read with Moment::release
};

// What a change does to one promise.
struct PromiseMove {
  // The promise that is outstanding; none: nothing was promised, or the message may pass already.
  std::optional<Instant> before;
  // From when it passes after the change: `now` when at once; none: nothing opens any more, or it
  // goes back to its sender.
  std::optional<Instant> after;

  // Later, or gone: the sender must be told before `before` comes.
  [[nodiscard]] bool breaks() const { return before && (!after || *after > *before); }
  friend bool operator==(const PromiseMove&, const PromiseMove&) = default;
};

// Also for a change of the client's own hours, of a pause or of the relationship's state: put each
// into the standing that it belongs to. Pure; any thread.
[[nodiscard]] PromiseMove promise_move(const Standing& before, const Standing& after, Instant now);

// One kind of waiting message: those of one relationship, lane, direction and accepting version
// have one promise.
struct Waiting {
  Facts facts;                   // accepted_version: none is that of the version before the change
  const Gate* client = nullptr;  // the client's own hours; null: none. Outlives the call
};

// For a caller that does not know what waits: every kind of message that `before` can have
// promised anything to, for clients without hours of their own and without pauses.
[[nodiscard]] std::vector<Waiting> anything_that_may_wait(const Gate& before, const Gate& after);

// The openings of reason kept_promise that `after` needs, so that everything in `waiting` passes by
// its promise under `before`: those of `before` that are not over yet, and one for each promise
// that `after` alone would break. It opens at the promise, ends with the opening that was promised
// (after kOpeningMax at the latest), and admits what was accepted under `before` or earlier; it is
// for one relationship unless `before` is open in that span for all that could use it. A waiting
// message without relationship always gets one for all.
// Nothing is kept under an emergency closure of `after`: that promise must be renewed.
// Version 0 has promised nothing. `after` must contain no kept promises. Pure; any thread.
[[nodiscard]] std::vector<Opening> kept_openings(const Gate& before, const Gate& after, Instant now,
                                                 std::span<const Waiting> waiting);

// The version to store: `proposed` without openings and closures that are over, and with exactly
// the kept promises that it needs (whatever it says of them itself). What does not fit into
// kOpeningsInPolicyMax is left to promise_renewals(). `before` is null for the first version.
// Errors: those of validate(). Pure; any thread.
[[nodiscard]] boost::system::result<Gate, PolicyError> next_version(
    const Gate* before, Policy proposed, Instant now, std::span<const Waiting> waiting);

// A promise that must be renewed: the sender gets the other one before the change takes effect.
struct Renewal {
  std::size_t waiting = 0;  // index
  PromiseMove move;

  friend bool operator==(const Renewal&, const Renewal&) = default;
};

// Every promise that `after`, with its kept promises, still breaks. In the order of `waiting`.
// Pure; any thread.
[[nodiscard]] std::vector<Renewal> promise_renewals(const Gate& before, const Gate& after,
                                                    Instant now, std::span<const Waiting> waiting);

// ---- Widening: nobody widens a person's hours but that person ----

// A time at which `after` is open to the messages of `question` and `before` is not. Without
// relationship: for every one that has no windows of its own.
struct Widening {
  Question question;
  Interval when;
};

struct Widenings {
  std::vector<Widening> found;  // at most kWideningsMax
  bool more = false;            // there may be others: as good as found

  // The change narrows only, so it needs no signature of the owner.
  [[nodiscard]] bool none() const { return found.empty() && !more; }
};

inline constexpr std::size_t kWideningsMax = 32;  // ours: a person reads them

// From `from` to the end of kLastYear. An opening that `before` does not contain counts for its
// whole span, also where it changes nothing at present. Looks only where the documents differ, and
// gives up with `more` after kComparedStretchesMax. Ask about the document as proposed, before
// next_version(); no policy before is one without windows. Pure; any thread.
[[nodiscard]] Widenings widenings(const Gate& before, const Gate& after, Instant from);

// Ours: a change of the whole week in eleven years takes about 50,000; all take under a second.
inline constexpr std::size_t kComparedStretchesMax = 400'000;

// ---- Differences ----

// Where two versions can differ for one question: in order, disjoint, cut to `within`; outside of
// them both gates stand alike. At times a little too much, never too little.
[[nodiscard]] std::vector<Interval> spans_of_change(const Policy& before, const Policy& after,
                                                    const Question& question, Interval within);

// A message that is in the past, or was only thought of.
struct PastMessage {
  Facts facts;
  Instant at{};
};

struct Treatment {
  std::size_t message = 0;  // index
  Verdict before;
  Verdict after;
};

// The messages to which the two versions give another outcome or promise. Pure; any thread.
[[nodiscard]] std::vector<Treatment> treated_differently(const Gates& before, const Gates& after,
                                                         std::span<const PastMessage> messages);

enum class ChangeSubject : std::uint8_t {
  zone,
  windows,
  exception,
  travel,
  relationship_windows,
  closure,
  opening,
  max_hold,
  reply_time,
  terms_lanes,  // from here on: what the contact agreement binds
  terms_reply_time,
  terms_retention,
  terms_lane_pause,
  terms_hours_notice,
  terms_urgent_readers,
};

enum class ChangeVerb : std::uint8_t { added, removed, changed };

// One difference between two documents, for a person who reviews a change.
struct PolicyChange {
  ChangeSubject subject{};
  ChangeVerb verb{};
  std::string item;    // which one: "easter", "routine to_therapist"; empty: there is only one
  std::string before;  // "mon 09:00-17:00"; empty when added
  std::string after;   // empty when removed

  friend bool operator==(const PolicyChange&, const PolicyChange&) = default;
};

// In the order of the enumerators above; empty for documents that say the same. The version, and
// the order in a list, are no difference. Both must be valid. Pure; any thread.
[[nodiscard]] std::vector<PolicyChange> diff(const Policy& before, const Policy& after);

// The enumerator's own spelling.
[[nodiscard]] std::string_view name(ChangeSubject subject);
[[nodiscard]] std::string_view name(ChangeVerb verb);

// "Exception easter: added, closed from 2026-04-03 until before 2026-04-07."
[[nodiscard]] std::string describe(const PolicyChange& change);

}  // namespace holdspace::boundary
