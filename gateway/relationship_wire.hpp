// A relationship as its parties see it on the wire. Pure; any thread.
#pragma once

#include "boundary/relationship.hpp"
#include "holdspace/v1/frame.pb.h"
#include "storage/relationship_store.hpp"

namespace holdspace::gateway {

[[nodiscard]] v1::RelationshipState to_wire(boundary::RelationshipState state);

// `asker`: a party, or an admin, whose peer is nobody.
[[nodiscard]] v1::Relationship to_wire(const storage::RelationshipFacts& facts,
                                       storage::AccountId asker);

}  // namespace holdspace::gateway
