// Token buckets: how often one key (a sending device, an account's failed logins, an address
// prefix) may do a thing. Not a queue: what finds its bucket empty is refused with the time to
// wait. docs/operations.md, "Limits".
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>

namespace holdspace::gateway {

using Monotonic = std::chrono::steady_clock::time_point;

struct BucketRule {
  double burst = 1;                        // tokens at most, and at the start
  std::chrono::milliseconds refill{1000};  // one token each
};

// Rows 57, 68 and 74 of the bad-input table.
inline constexpr BucketRule kRoutineSend{30, std::chrono::seconds(2)};
inline constexpr BucketRule kRedeemsAddress{20, std::chrono::minutes(3)};         // 20 in an hour
inline constexpr BucketRule kLoginFailuresAccount{10, std::chrono::seconds(90)};  // 10 in 15 min
inline constexpr BucketRule kLoginFailuresAddress{100, std::chrono::seconds(9)};  // 100 in 15 min

// One bucket. One thread.
class TokenBucket {
 public:
  TokenBucket(BucketRule rule, Monotonic now) : rule_(rule), tokens_(rule.burst), at_(now) {}

  // Takes a token, or says how long until there is one. `now` never goes back.
  [[nodiscard]] std::optional<std::chrono::milliseconds> take(Monotonic now);

  // How long until there is a token, without taking it; none when there is one.
  [[nodiscard]] std::optional<std::chrono::milliseconds> wait(Monotonic now);

 private:
  void refill(Monotonic now);

  BucketRule rule_;
  double tokens_;
  Monotonic at_;
};

// Buckets by key, at most `keys_max`: the key longest unused is forgotten first, which can only be
// in the key's favour. One thread.
class BucketTable {
 public:
  BucketTable(BucketRule rule, std::size_t keys_max) : rule_(rule), keys_max_(keys_max) {}

  [[nodiscard]] std::optional<std::chrono::milliseconds> take(const std::string& key,
                                                              Monotonic now);
  [[nodiscard]] std::optional<std::chrono::milliseconds> wait(const std::string& key,
                                                              Monotonic now);
  [[nodiscard]] std::size_t size() const { return places_.size(); }

 private:
  using Entry = std::pair<std::string, TokenBucket>;

  BucketRule rule_;
  std::size_t keys_max_;
  std::list<Entry> recent_;  // the most recently used first
  std::unordered_map<std::string, std::list<Entry>::iterator> places_;
};

}  // namespace holdspace::gateway
