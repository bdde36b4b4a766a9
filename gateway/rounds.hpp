// Whose turn it is: things that want a visit again and again, each after a while that differs a
// little from the last, so that several gateways do not come at once. No timer and no clock.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include "gateway/rate_limit.hpp"

namespace holdspace::gateway {

// One thread.
template <class Id>
class Rounds {
 public:
  // Visits are `every` apart, give or take `spread`.
  Rounds(std::chrono::milliseconds every, std::chrono::milliseconds spread, std::uint32_t seed)
      : every_(every), spread_(spread), random_(seed) {}

  // A new one is due within `spread`; a known one keeps its turn.
  void add(const Id& id, Monotonic now) {
    if (!due_.contains(id)) place(id, now + drawn(std::chrono::milliseconds(0), spread_));
  }
  void remove(const Id& id) {
    const auto place = due_.find(id);
    if (place == due_.end()) return;
    order_.erase({place->second, id});
    due_.erase(place);
  }

  // Those whose turn has come, at most `most`, the longest due first; their next turn begins now.
  [[nodiscard]] std::vector<Id> take_due(Monotonic now, std::size_t most) {
    std::vector<Id> taken;
    while (taken.size() < most && !order_.empty() && order_.begin()->first <= now) {
      taken.push_back(order_.begin()->second);
      remove(taken.back());
      place(taken.back(), now + drawn(every_ - spread_, every_ + spread_));
    }
    return taken;
  }

  [[nodiscard]] std::size_t size() const { return due_.size(); }

 private:
  std::chrono::milliseconds drawn(std::chrono::milliseconds from, std::chrono::milliseconds to) {
    return std::chrono::milliseconds(
        std::uniform_int_distribution<std::int64_t>(from.count(), to.count())(random_));
  }
  void place(const Id& id, Monotonic due) {
    due_.emplace(id, due);
    order_.emplace(due, id);
  }

  std::chrono::milliseconds every_;
  std::chrono::milliseconds spread_;
  std::minstd_rand random_;
  std::map<Id, Monotonic> due_;
  std::set<std::pair<Monotonic, Id>> order_;
};

}  // namespace holdspace::gateway
