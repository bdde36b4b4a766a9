// What the next year will be like for new messages: when each lane is open, when it is shut for
// longest, and when messages would be refused because nobody opens in time. Shown before a policy
// is saved: leaving a gap takes an explicit word. Not about messages that wait already.
// docs/boundary.md, section "Coverage".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "boundary/gate.hpp"
#include "boundary/policy.hpp"

namespace holdspace::boundary {

// A time in which new messages are refused, because the next opening is more than max_hold away.
struct Refusal {
  Interval when;
  std::optional<AccountId> cover_account_id;  // the colleague who is named meanwhile; none: nobody

  friend bool operator==(const Refusal&, const Refusal&) = default;
};

// One lane and direction, in order of time; cut to the time that was looked at.
struct LaneCoverage {
  Question question;
  std::vector<Interval> openings;
  std::optional<Interval> longest_closure;  // the first of them; none: always open
  std::vector<Refusal> refusals;            // one for each closure that is too long, or for each
                                            // part of it with another cover
};

struct Coverage {
  Interval within;                         // kHorizon from the instant that was asked about
  std::vector<LaneCoverage> lanes;         // routine and logistics, each in both directions
  std::vector<EmptyWindow> empty_windows;  // those that the clocks jump over
};

// A time in which what a client writes is refused and no colleague is named.
struct Gap {
  Lane lane{};
  Interval when;

  friend bool operator==(const Gap&, const Gap&) = default;
};

// By the very rules of decide(), for an active relationship and a client without hours of its own.
// `question`: that of a relationship with windows of its own, or of all others. A cover that is
// named for less than an hour may be missed. Pure; any thread; some milliseconds.
[[nodiscard]] LaneCoverage lane_coverage(const Gate& gate, const Question& question, Instant from);

// The four lanes and directions, without windows of single relationships.
[[nodiscard]] Coverage coverage(const Gate& gate, Instant from);

// What must be said yes to before the policy is saved. Lanes that the policy's terms do not offer
// are left out; terms without lanes offer all. Nor are the therapist's own messages counted: nobody
// waits for help there.
[[nodiscard]] std::vector<Gap> gaps(const Policy& policy, const Coverage& coverage);

// "Routine messages from clients will be refused from 2026-07-31 17:00 +01:00 to ..., and no
// colleague is named."
[[nodiscard]] std::string describe(const Gap& gap, const Zone& zone);

// "routine to_client sun 02:15-02:45 on 2026-03-08". `empty`: of a gate of `policy`.
[[nodiscard]] std::string describe(const EmptyWindow& empty, const Policy& policy);

// At most this many changes are followed in one lane; what lies behind is not looked at. Ours: an
// opening makes two or three.
inline constexpr std::size_t kCoverageChangesMax = 3 * kOpeningsMax;

}  // namespace holdspace::boundary
