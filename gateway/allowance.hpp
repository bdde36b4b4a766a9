// A rate that may be overdrawn: so many events a second with a burst, and a debt once it is passed.
// rate_limit.hpp refuses instead; a transport has already received what it counts.
#pragma once

#include <algorithm>
#include <chrono>

namespace holdspace::gateway {

using Monotonic = std::chrono::steady_clock::time_point;

// One thread. The rule is the caller's, so that ten thousand connections do not each keep a copy.
class Allowance {
 public:
  Allowance(double burst, Monotonic now) : left_(burst), at_(now) {}

  // Takes `events`; what is left then, below zero as debt. `now` never goes back.
  double charge(double per_second, double burst, Monotonic now, double events = 1) {
    refill(per_second, burst, now);
    left_ -= events;
    return left_;
  }

  // As charge(), but takes only what is there.
  [[nodiscard]] bool take(double per_second, double burst, Monotonic now) {
    refill(per_second, burst, now);
    if (left_ < 1) return false;
    left_ -= 1;
    return true;
  }

  // When a debt is paid; `now` when there is none.
  [[nodiscard]] Monotonic solvent_at(double per_second, Monotonic now) const {
    if (left_ >= 0) return now;
    const std::chrono::duration<double> wait(-left_ / per_second);
    return at_ + std::chrono::ceil<Monotonic::duration>(wait);
  }

  [[nodiscard]] Monotonic at() const { return at_; }

 private:
  void refill(double per_second, double burst, Monotonic now) {
    const std::chrono::duration<double> passed = now - at_;
    left_ = std::min(burst, left_ + passed.count() * per_second);
    at_ = now;
  }

  double left_;
  Monotonic at_;
};

}  // namespace holdspace::gateway
