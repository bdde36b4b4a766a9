// See clock.hpp.
#include "gateway/clock.hpp"

#include <algorithm>
#include <cstdlib>

namespace holdspace::gateway {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

Monotonic midpoint(const ClockSample& sample) {
  return sample.asked + (sample.answered - sample.asked) / 2;
}

Instant store_time(const ClockSample& sample, Monotonic at) {
  return sample.store + duration_cast<milliseconds>(at - midpoint(sample));
}

}  // namespace

Instant wall_now() {
  return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
}

Monotonic monotonic_now() {
  return std::chrono::steady_clock::now();
}

const ClockSample* StoreClock::best() const {
  const ClockSample* best = nullptr;
  for (const auto& sample : samples_)
    if (best == nullptr || sample.answered - sample.asked < best->answered - best->asked)
      best = &sample;
  return best;
}

void StoreClock::add(const ClockSample& sample) {
  if (const auto* before = best()) {
    const auto expected = store_time(*before, midpoint(sample));
    const auto step = std::chrono::abs(sample.store - expected);
    // The answer lies within the round trip; 100 ms more is drift and scheduling, beyond that the
    // clock was moved and the samples from before mislead.
    const auto doubt =
        duration_cast<milliseconds>(sample.answered - sample.asked) + milliseconds(100);
    if (step > doubt) samples_.clear();
    if (step > kClockJump) jumped_ = sample.answered;
    latest_ = std::max(latest_, expected);  // it went on between the samples
  }
  latest_ = std::max(latest_, sample.store);
  samples_.push_back(sample);
  if (samples_.size() > kClockSamplesKept) samples_.pop_front();
  const auto half = duration_cast<milliseconds>((sample.answered - sample.asked) / 2);
  offset_ = sample.wall - (sample.store + half);
}

std::optional<Instant> StoreClock::at(Monotonic at) const {
  const auto* sample = best();
  if (sample == nullptr) return std::nullopt;
  return store_time(*sample, at);
}

milliseconds StoreClock::behind(Monotonic now) const {
  const auto store = at(now);
  return store ? latest_ - *store : milliseconds(0);
}

bool StoreClock::ready(Monotonic now) const {
  if (samples_.empty() || now - samples_.back().answered > kClockSampleAgeMax) return false;
  return std::chrono::abs(offset_) <= kClockOffsetMax && behind(now) <= kClockOffsetMax;
}

bool StoreClock::settled(Monotonic now) const {
  if (!jumped_ || samples_.size() >= kClockAgreeing) return true;
  return now - *jumped_ >= kClockSettleMax;
}

}  // namespace holdspace::gateway
