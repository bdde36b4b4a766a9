// What the gate says about one message at one instant: plain values, no decisions.
// docs/boundary.md, "The ladder".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "boundary/policy.hpp"
#include "boundary/time.hpp"

namespace holdspace::boundary {

enum class Outcome : std::uint8_t {
  release_now,  // the envelope may pass at this instant
  hold,    // accepted and durable, offered to no device of the recipient before the next opening
  refuse,  // definite: nothing is stored
};

// Why. names.hpp has the stable names (for the wire) and sentences (for people).
enum class Reason : std::uint8_t {
  same_account_copy,      // release_now: a copy for another device of its own author
  inside_opening,         // release_now: an override or a kept promise is in force
  inside_open_exception,  // release_now: an open exception is in force
  inside_window,          // release_now: a weekly window is open
  emergency_closure,      // hold: an emergency closure is in force
  lane_paused,            // hold: the two agreed to pause this lane
  outside_client_hours,   // hold: the client's own hours are shut
  closed_exception,       // hold: a closed exception is in force
  outside_windows,        // hold: no weekly window is open
  no_opening_in_horizon,  // hold without promise, of an accepted message: nothing opens within
                          // kHorizon; a person must change the policy
  closed_too_long,        // refuse: it would be held for longer than the policy's max_hold
  covered,                // refuse: likewise, and a colleague is named for that time
  urgent_unavailable,     // refuse: nobody is on call for urgent messages; show the crisis card
  relationship_invited,   // refuse: the agreement is not in force yet
  relationship_paused,    // refuse: on a break, logistics only
  relationship_ending,    // refuse: closing down, logistics only
  relationship_ended,     // refuse: ended; show the closing card
  relationship_severed,   // refuse: ended for safety
};

// The rungs of the ladder, strongest first.
enum class RuleKind : std::uint8_t {
  same_account,
  relationship_state,
  urgent_lane,
  emergency_closure,
  opening,
  lane_pause,
  client_hours,
  closed_exception,
  open_exception,
  travel_zone,
  weekly,
};

// One rule that had something to say.
struct Rule {
  RuleKind kind{};
  // Exception, closure, opening: its id. Weekly: "windows[3]" or, of the relationship's own,
  // "relationship_windows[3]"; empty when no window is open. Travel: "travels[0]", never the zone,
  // which is nobody else's business. State: its name. Other rungs: empty.
  std::string id;

  friend bool operator==(const Rule&, const Rule&) = default;
};

// How far ahead an opening or a change is looked for. Longer than a year, so a yearly opening is
// always found.
inline constexpr std::chrono::days kHorizon{400};

// At most this many losing rules are named; the strongest stay. Ours: a person reads them.
inline constexpr std::size_t kLosingRulesMax = 64;

// hold and release_now say when; refuse says why not.
struct Verdict {
  Outcome outcome{};
  Reason reason{};
  Rule rule;                 // the rule that won at `now`
  std::vector<Rule> losing;  // the other rules that applied at `now`, in the order of the ladder
  // hold: the first instant at which an accepted message is released; always after `now`. None
  // with no_opening_in_horizon. Other outcomes: none.
  std::optional<Instant> promise;
  // Contains `now`. At every instant in it outcome and promise are the same under these policy
  // versions and these facts; rule, losing, cover, and the reason among those of one outcome, may
  // differ (a holiday that ends inside a closed night). Never longer than kHorizon and two days,
  // and reaches back one to two days at most.
  Interval valid;
  std::uint64_t policy_version = 0;             // the therapist's
  std::optional<AccountId> cover_account_id{};  // covered: who is named
  // covered: the end of the closing that names the cover, or none while nobody knows it.
  std::optional<Instant> cover_until{};

  friend bool operator==(const Verdict&, const Verdict&) = default;
};

}  // namespace holdspace::boundary
