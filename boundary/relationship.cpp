#include "boundary/relationship.hpp"

#include <cassert>

namespace holdspace::boundary {

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
