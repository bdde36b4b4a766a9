#include "client/policy_widening.hpp"

#include <algorithm>
#include <utility>

namespace holdspace::client {
namespace {

using boundary::Direction;
using boundary::Lane;
using boundary::Policy;

template <class Value>
bool includes(const std::vector<Value>& list, Value value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

bool has_exception(const Policy& policy, const std::string& id) {
  return std::any_of(policy.exceptions.begin(), policy.exceptions.end(),
                     [&id](const auto& exception) { return exception.id == id; });
}

// The policy as far as it is about this lane and direction; valid when the whole one is.
Policy part_of(Policy policy, Lane lane, Direction direction) {
  const auto is_other = [lane, direction](const auto& item) {
    return item.lane != lane || item.direction != direction;
  };
  std::erase_if(policy.windows, is_other);
  for (auto& rules : policy.relationship_rules) std::erase_if(rules.windows, is_other);
  std::erase_if(policy.relationship_rules, [](const auto& rules) { return rules.windows.empty(); });
  std::erase_if(policy.openings, is_other);
  std::erase_if(policy.exceptions, [lane, direction](const auto& exception) {
    return !includes(exception.lanes, lane) || !includes(exception.directions, direction);
  });
  for (auto& exception : policy.exceptions) {
    exception.lanes = {lane};
    exception.directions = {direction};
    if (!has_exception(policy, exception.lifts)) exception.lifts.clear();
  }
  return policy;
}

}  // namespace

std::vector<LaneWidening> lane_widenings(const boundary::Gate& before, const boundary::Gate& after,
                                         boundary::Instant from) {
  std::vector<LaneWidening> found;
  for (const auto lane : {Lane::routine, Lane::logistics}) {
    for (const auto direction : {Direction::to_therapist, Direction::to_client}) {
      const auto old_part = boundary::Gate::compile(part_of(before.policy(), lane, direction));
      const auto new_part = boundary::Gate::compile(part_of(after.policy(), lane, direction));
      if (!old_part.has_value() || !new_part.has_value()) continue;
      auto widenings = boundary::widenings(*old_part, *new_part, from);
      if (!widenings.none()) found.push_back({lane, direction, std::move(widenings)});
    }
  }
  return found;
}

}  // namespace holdspace::client
