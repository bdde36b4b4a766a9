// See lane_pause.hpp.
#include "gateway/lane_pause.hpp"

#include <map>
#include <utility>

#include "boundary/names.hpp"

namespace holdspace::gateway {

std::vector<MovedPromise> moved_promises(
    std::span<const storage::HeldMessage> held, const boundary::Gates& gates,
    const std::function<boundary::Facts(boundary::Direction)>& facts_of, boundary::Instant now) {
  // The earliest promise of each direction and accepting version; one without a promise cannot
  // move.
  std::map<std::pair<boundary::Direction, std::uint64_t>, boundary::Instant> told;
  for (const auto& message : held) {
    if (!message.promise) continue;
    const std::pair key{message.name.direction, message.policy_version};
    const auto place = told.emplace(key, *message.promise).first;
    place->second = std::min(place->second, *message.promise);
  }
  std::vector<MovedPromise> moved;
  for (auto group = told.rbegin(); group != told.rend(); ++group) {
    const auto [direction, version] = group->first;
    auto facts = facts_of(direction);
    facts.moment = boundary::Moment::release;
    facts.accepted_version = version;
    const auto verdict = boundary::decide(gates, facts, now);
    if (verdict.outcome != boundary::Outcome::hold) continue;
    if (verdict.promise && *verdict.promise <= group->second) continue;
    moved.push_back(
        {direction, version, verdict.promise, std::string(boundary::name(verdict.reason))});
  }
  return moved;
}

}  // namespace holdspace::gateway
