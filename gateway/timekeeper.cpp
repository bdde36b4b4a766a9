// See timekeeper.hpp.
#include "gateway/timekeeper.hpp"

namespace holdspace::gateway {

void Timekeeper::wake_at(Sleeper sleeper, Instant due) {
  forget(sleeper);
  by_time_.emplace(due, sleeper);
  by_sleeper_.emplace(sleeper, due);
}

void Timekeeper::forget(Sleeper sleeper) {
  const auto place = by_sleeper_.find(sleeper);
  if (place == by_sleeper_.end()) return;
  by_time_.erase({place->second, sleeper});
  by_sleeper_.erase(place);
}

std::vector<Timekeeper::Sleeper> Timekeeper::take_due(Instant now, std::size_t most) {
  std::vector<Sleeper> due;
  while (due.size() < most && !by_time_.empty() && by_time_.begin()->first <= now) {
    due.push_back(by_time_.begin()->second);
    by_sleeper_.erase(by_time_.begin()->second);
    by_time_.erase(by_time_.begin());
  }
  return due;
}

}  // namespace holdspace::gateway
