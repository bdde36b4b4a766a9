// See rate_limit.hpp.
#include "gateway/rate_limit.hpp"

#include <algorithm>
#include <cmath>

namespace holdspace::gateway {

void TokenBucket::refill(Monotonic now) {
  const std::chrono::duration<double, std::milli> passed = now - at_;
  tokens_ =
      std::min(rule_.burst, tokens_ + passed.count() / static_cast<double>(rule_.refill.count()));
  at_ = now;
}

std::optional<std::chrono::milliseconds> TokenBucket::wait(Monotonic now) {
  refill(now);
  if (tokens_ >= 1) return std::nullopt;
  const auto missing = (1 - tokens_) * static_cast<double>(rule_.refill.count());
  return std::chrono::milliseconds(static_cast<std::int64_t>(std::ceil(missing)));
}

std::optional<std::chrono::milliseconds> TokenBucket::take(Monotonic now) {
  const auto delay = wait(now);
  if (!delay) tokens_ -= 1;
  return delay;
}

std::optional<std::chrono::milliseconds> BucketTable::take(const std::string& key, Monotonic now) {
  const auto place = places_.find(key);
  if (place != places_.end()) {
    recent_.splice(recent_.begin(), recent_, place->second);
    return place->second->second.take(now);
  }
  if (places_.size() >= keys_max_) {
    places_.erase(recent_.back().first);
    recent_.pop_back();
  }
  recent_.emplace_front(key, TokenBucket(rule_, now));
  places_.emplace(key, recent_.begin());
  return recent_.front().second.take(now);
}

std::optional<std::chrono::milliseconds> BucketTable::wait(const std::string& key, Monotonic now) {
  const auto place = places_.find(key);
  if (place == places_.end()) return std::nullopt;
  return place->second->second.wait(now);
}

}  // namespace holdspace::gateway
