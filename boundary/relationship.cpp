#include "boundary/relationship.hpp"

#include <cassert>

namespace holdspace::boundary {

RelationshipState state_at(RelationshipState state, std::optional<Instant> ends_at, Instant now) {
  const bool over = state == RelationshipState::ending && ends_at && now >= *ends_at;
  return over ? RelationshipState::ended : state;
}

std::optional<Interval> LanePauses::of(Lane lane) const {
  switch (lane) {
    case Lane::routine:
      return routine;
    case Lane::logistics:
      return logistics;
    case Lane::urgent:
      break;
  }
  return std::nullopt;
}

Passage passage(RelationshipState state, Lane lane, Moment moment) {
  if (moment == Moment::release) {
    // A promise made before a pause or an ending is kept; only safety breaks it. `invited` never
    // accepted any.
    const bool stopped = state == RelationshipState::severed || state == RelationshipState::invited;
    return stopped ? Passage::refused : Passage::to_next_rule;
  }
  switch (state) {
    case RelationshipState::active:
      return Passage::to_next_rule;
    case RelationshipState::paused:
    case RelationshipState::ending:
      // The urgent lane goes on to its own rule, which gives the sender a definite answer with the
      // crisis card.
      return lane == Lane::routine ? Passage::refused : Passage::to_next_rule;
    case RelationshipState::invited:
    case RelationshipState::ended:
    case RelationshipState::severed:
      return Passage::refused;
  }
  assert(false && "unknown relationship state");
  return Passage::refused;
}

}  // namespace holdspace::boundary
