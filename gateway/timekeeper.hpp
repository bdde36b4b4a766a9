// Who wants to be woken when, by the store's clock: one ordered list for each io thread instead of
// a timer for each connection. Holds no timer itself: a ticker asks it every kTick, so a step of
// the clock needs no re-arming. docs/architecture.md, "One clock".
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "gateway/clock.hpp"

namespace holdspace::gateway {

// How late a wake-up may be by design; well inside the 2 s that a release may take.
inline constexpr std::chrono::milliseconds kTick{100};

// Sessions of one io thread that wake in one tick, when a gate opens for thousands at once: 2,000
// a second, so that 10,000 on two threads are through in 2.5 s, and the store's connections stay
// free for what comes between. Urgent messages are pushed on a hint, which wakes at once: they
// never stand in this line.
inline constexpr std::size_t kOpeningsPerTick = 200;

// One thread.
class Timekeeper {
 public:
  using Sleeper = std::uint64_t;  // a session's number on its thread

  // Replaces the sleeper's earlier wish.
  void wake_at(Sleeper sleeper, Instant due);
  void forget(Sleeper sleeper);

  // Those whose due instant is at or before `now`, earliest first, at most `most`; they are
  // forgotten. The others keep their place.
  [[nodiscard]] std::vector<Sleeper> take_due(Instant now, std::size_t most = kOpeningsPerTick);

  [[nodiscard]] std::size_t size() const { return by_sleeper_.size(); }

 private:
  std::set<std::pair<Instant, Sleeper>> by_time_;
  std::map<Sleeper, Instant> by_sleeper_;
};

}  // namespace holdspace::gateway
