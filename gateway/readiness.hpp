// Whether this gateway can keep its promises just now, and if not, why. Written by the io threads,
// read by /readyz and by every send. docs/operations.md, "Health".
#pragma once

#include <atomic>
#include <cstddef>
#include <string_view>
#include <vector>

namespace holdspace::gateway {

// Any thread.
class Readiness {
 public:
  explicit Readiness(std::size_t io_threads) : stores_(io_threads), clocks_(io_threads) {}

  void set_store(std::size_t io_thread, bool reachable) { stores_[io_thread] = reachable; }
  void set_clock(std::size_t io_thread, bool trusted) { clocks_[io_thread] = trusted; }
  void set_durable(bool durable) { durable_ = durable; }
  void set_subscribed(bool subscribed) { subscribed_ = subscribed; }
  void set_stopping() { stopping_ = true; }

  // The server's settings keep what ACCEPTED says.
  [[nodiscard]] bool durable() const { return durable_; }

  // One word for each thing that is wrong; empty: ready. Without hints messages still flow, by the
  // poll, so that is told and does not make the gateway unready.
  [[nodiscard]] std::vector<std::string_view> reasons() const {
    std::vector<std::string_view> words;
    if (!all(stores_)) words.push_back("store_unreachable");
    if (!all(clocks_)) words.push_back("clock_unknown_or_off");
    if (!durable_) words.push_back("durability_too_weak");
    if (stopping_) words.push_back("stopping");
    return words;
  }
  [[nodiscard]] bool subscribed() const { return subscribed_; }

 private:
  static bool all(const std::vector<std::atomic<bool>>& flags) {
    for (const auto& flag : flags)
      if (!flag) return false;
    return true;
  }

  std::vector<std::atomic<bool>> stores_;
  std::vector<std::atomic<bool>> clocks_;
  std::atomic<bool> durable_{false};
  std::atomic<bool> subscribed_{false};
  std::atomic<bool> stopping_{false};
};

}  // namespace holdspace::gateway
