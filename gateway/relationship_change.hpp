// Who may move a relationship where: the table behind ChangeRelationship. Pure. What a state then
// allows is boundary/relationship.hpp; that a move is made from the newest revision is the store's
// to check. docs/boundary.md, "Relationship states".
#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <cstdint>
#include <optional>

#include "boundary/relationship.hpp"
#include "holdspace/v1/frame.pb.h"
#include "storage/invite_store.hpp"

namespace holdspace::gateway {

// Specification (frame.proto): END_ON names a day at most so far ahead.
inline constexpr std::chrono::days kEndingMax{90};
// Specification (frame.proto): how long a lane may rest by agreement.
inline constexpr std::chrono::hours kLanePauseMax{48};

enum class ChangeError : std::uint8_t {
  not_allowed,  // the role may not, or the state does not lead there
  ended,        // the relationship is over
};

// Whether a role may make this change at all. An admin is a party to nothing and may end it all the
// same.
[[nodiscard]] bool may_change(v1::ChangeRelationship::Change change, storage::Role role);

// Where it leads, from whatever state. Asserts that the change is one of the table.
[[nodiscard]] boundary::RelationshipState state_after(v1::ChangeRelationship::Change change);

// Where it leads from `from`.
[[nodiscard]] boost::system::result<boundary::RelationshipState, ChangeError> change_state(
    v1::ChangeRelationship::Change change, boundary::RelationshipState from, storage::Role role);

// Whether the asker may name a successor with this change.
[[nodiscard]] bool may_name_successor(v1::ChangeRelationship::Change change, storage::Role role);

}  // namespace holdspace::gateway
