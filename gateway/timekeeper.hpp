// Who wants to be woken when, by the store's clock: one ordered list for each io thread instead of
// a timer for each connection. Holds no timer itself: a ticker asks it every kTick, so a step of
// the clock needs no re-arming. docs/architecture.md, "One clock".
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "gateway/clock.hpp"

namespace holdspace::gateway {

// How late a wake-up may be by design; well inside the 2 s that a release may take.
inline constexpr std::chrono::milliseconds kTick{100};

// One thread.
class Timekeeper {
 public:
  using Sleeper = std::uint64_t;  // a session's number on its thread

  // Replaces the sleeper's earlier wish.
  void wake_at(Sleeper sleeper, Instant due);
  void forget(Sleeper sleeper);

  // Those whose due instant is at or before `now`, earliest first; they are forgotten.
  [[nodiscard]] std::vector<Sleeper> take_due(Instant now);

  [[nodiscard]] std::size_t size() const { return by_sleeper_.size(); }

 private:
  std::set<std::pair<Instant, Sleeper>> by_time_;
  std::map<Sleeper, Instant> by_sleeper_;
};

}  // namespace holdspace::gateway
