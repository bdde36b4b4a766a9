// What the gate says about one message at one instant: plain values, no decisions.
// docs/boundary.md, "The ladder".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

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
  inside_window,          // release_now: a weekly window is open
  inside_open_exception,  // release_now: an open exception is in force
  outside_windows,        // hold: no weekly window is open
  closed_exception,       // hold: a closed exception is in force
  no_opening_in_horizon,  // hold without promise: nothing opens within kHorizon; a person must
                          // change the policy
  urgent_unavailable,     // refuse: nobody is on call for urgent messages; show the crisis card
  relationship_invited,   // refuse: the agreement is not in force yet
  relationship_paused,    // refuse: on a break, logistics only
  relationship_ending,    // refuse: closing down, logistics only
  relationship_ended,     // refuse: ended; show the closing card
  relationship_severed,   // refuse: ended for safety
};

// The rungs of the ladder, strongest first. Emergency closures and signed overrides have their
// place between urgent_lane and closed_exception; a travel zone between open_exception and weekly.
enum class RuleKind : std::uint8_t {
  same_account,
  relationship_state,
  urgent_lane,
  closed_exception,
  open_exception,
  weekly,
};

// One rule that had something to say.
struct Rule {
  RuleKind kind{};
  std::string id;  // exception: its id; weekly: "windows[3]", or empty when no window is open;
                   // state: its name

  friend bool operator==(const Rule&, const Rule&) = default;
};

// How far ahead an opening or a change is looked for. Longer than a year, so a yearly opening is
// always found.
inline constexpr std::chrono::days kHorizon{400};

// At most this many losing rules are named; the strongest stay. Ours: a person reads them.
inline constexpr std::size_t kLosingRulesMax = 64;

struct Verdict {
  Outcome outcome{};
  Reason reason{};
  Rule rule;                 // the rule that won at `now`
  std::vector<Rule> losing;  // the other rules that applied at `now`, strongest first
  // hold: the first instant at which the same question is answered release_now; always after `now`.
  // None with no_opening_in_horizon. Other outcomes: none.
  std::optional<Instant> promise;
  // Contains `now`. At every instant in it outcome and promise are the same under this policy
  // version and these facts; rule, losing and the two hold reasons may differ (a holiday that ends
  // inside a closed night). Never longer than kHorizon and two days, and reaches back one to two
  // days at most.
  Interval valid;
  std::uint64_t policy_version = 0;

  friend bool operator==(const Verdict&, const Verdict&) = default;
};

}  // namespace holdspace::boundary
