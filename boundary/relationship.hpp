// States of a relationship and the fixed table of what each lane may do in each state.
// Not who may change the state: that is a signed act which the gateway checks. docs/boundary.md,
// "Relationship states".
#pragma once

#include <cstdint>
#include <optional>

#include "boundary/policy.hpp"
#include "boundary/time.hpp"

namespace holdspace::boundary {

enum class RelationshipState : std::uint8_t {
  invited,  // invited, agreement not yet in force: nothing passes
  active,   // every lane
  paused,   // a break that both know of: logistics only
  ending,   // the work is over, its arrangements are not: logistics only
  ended,    // nothing new; what was accepted before passes once, at its opening
  severed,  // ended for safety: nothing passes, not even what was accepted before
};

// The moment in an envelope's life at which the question is asked.
enum class Moment : std::uint8_t {
  accept,   // a new envelope is offered by its sender
  release,  // an accepted envelope waits in a queue; it was promised, so only `severed` stops it
};

enum class Passage : std::uint8_t {
  to_next_rule,  // the state has no objection; the rules below it decide
  refused,
};

// The state at `now` for a new message: `ending` becomes `ended` at `ends_at` (none: stays ending).
// Pure; any thread.
[[nodiscard]] RelationshipState state_at(RelationshipState state, std::optional<Instant> ends_at,
                                         Instant now);

// Pauses that the two agreed upon, at most one for each gated lane; both directions are held inside
// it. The urgent lane is never paused.
struct LanePauses {
  std::optional<Interval> routine{};
  std::optional<Interval> logistics{};

  // None for the urgent lane.
  [[nodiscard]] std::optional<Interval> of(Lane lane) const;
  friend bool operator==(const LanePauses&, const LanePauses&) = default;
};

// The table. Pure; any thread.
[[nodiscard]] Passage passage(RelationshipState state, Lane lane, Moment moment);

}  // namespace holdspace::boundary
