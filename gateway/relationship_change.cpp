// See relationship_change.hpp.
#include "gateway/relationship_change.hpp"

#include <array>
#include <cassert>

namespace holdspace::gateway {
namespace {

using Change = v1::ChangeRelationship;
using storage::Role;
using State = boundary::RelationshipState;

template <class Enum>
constexpr unsigned bit(Enum value) {
  return 1U << static_cast<unsigned>(value);
}
constexpr unsigned kTherapist = bit(Role::therapist);
constexpr unsigned kClient = bit(Role::client);
constexpr unsigned kAdmin = bit(Role::admin);
constexpr unsigned kLiving = bit(State::active) | bit(State::paused) | bit(State::ending);

struct Row {
  Change::Change change;
  unsigned roles;
  unsigned from;
  State to;
};

constexpr std::array kTable = {
    Row{Change::PAUSE, kTherapist, bit(State::active), State::paused},
    Row{Change::RESUME, kTherapist, bit(State::paused), State::active},
    Row{Change::END_ON, kTherapist, kLiving, State::ending},
    Row{Change::END, kTherapist | kClient | kAdmin, kLiving, State::ended},
    // Also after an ending: what was accepted before it would still pass at its opening.
    Row{Change::SEVER, kTherapist | kClient | kAdmin, kLiving | bit(State::ended), State::severed},
};

bool is_over(State state) {
  return state == State::ended || state == State::severed;
}

const Row* find_row(Change::Change change) {
  for (const auto& row : kTable)
    if (row.change == change) return &row;
  return nullptr;
}

}  // namespace

bool may_change(Change::Change change, Role role) {
  const auto* row = find_row(change);
  return row != nullptr && (row->roles & bit(role)) != 0;
}

State state_after(Change::Change change) {
  const auto* row = find_row(change);
  assert(row != nullptr);
  return row->to;
}

boost::system::result<State, ChangeError> change_state(Change::Change change, State from,
                                                       Role role) {
  if (!may_change(change, role)) return ChangeError::not_allowed;
  const auto* row = find_row(change);
  if ((row->from & bit(from)) != 0) return row->to;
  return is_over(from) ? ChangeError::ended : ChangeError::not_allowed;
}

bool may_name_successor(Change::Change change, Role role) {
  return role == Role::admin && (change == Change::END || change == Change::SEVER);
}

}  // namespace holdspace::gateway
