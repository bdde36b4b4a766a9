// The gateway's two clocks and what it knows of the third: the store's clock, by which alone gates,
// promises and timers are judged. Not a timer. docs/architecture.md, "One clock".
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>

#include "boundary/time.hpp"
#include "gateway/rate_limit.hpp"

namespace holdspace::gateway {

using boundary::Instant;

// The machine's time of day; the only place that asks for it. Any thread.
[[nodiscard]] Instant wall_now();
// Never goes back. Any thread.
[[nodiscard]] Monotonic monotonic_now();

// How far the machine's own clock may be from the store's, and the store's behind where it has
// been, before the gateway stops serving (row "clock jump").
inline constexpr std::chrono::milliseconds kClockOffsetMax{500};
// A sample each second; without one for this long the store's time is not known.
inline constexpr std::chrono::seconds kClockSampleEvery{1};
inline constexpr std::chrono::seconds kClockSampleAgeMax{5};
// Of the last few samples the one with the shortest round trip is the truest.
inline constexpr std::size_t kClockSamplesKept = 5;
// A larger step of the store's clock pauses releases until this many samples agree, or this long
// has passed.
inline constexpr std::chrono::seconds kClockJump{2};
inline constexpr std::size_t kClockAgreeing = 3;
inline constexpr std::chrono::seconds kClockSettleMax{30};

struct ClockSample {
  Monotonic asked;     // before the question left
  Monotonic answered;  // after the answer came
  Instant store;       // the store's time in the answer
  Instant wall;        // the machine's time of day when the answer came
};

// Pure: fed with samples, asked with monotonic time, so a step of the machine's own clock moves
// nothing. One thread.
class StoreClock {
 public:
  void add(const ClockSample& sample);

  // The store's time at `at`, from the best sample. None before the first sample.
  [[nodiscard]] std::optional<Instant> at(Monotonic at) const;

  // The machine's clock minus the store's, at the newest sample.
  [[nodiscard]] std::chrono::milliseconds offset() const { return offset_; }

  // How far the store's clock stands behind where it has been, after it was set back; not above 0
  // otherwise.
  [[nodiscard]] std::chrono::milliseconds behind(Monotonic now) const;

  // Sampled lately, the machine's clock agrees within kClockOffsetMax, and the store's clock is at
  // most that far behind where it has been: no gate that was seen open is judged at an instant
  // before it opened. False: sends are UNAVAILABLE, routine pushes pause.
  [[nodiscard]] bool ready(Monotonic now) const;

  // False for a while after the store's clock stepped by more than kClockJump: releases pause.
  [[nodiscard]] bool settled(Monotonic now) const;

 private:
  [[nodiscard]] const ClockSample* best() const;

  std::deque<ClockSample> samples_;  // the newest last, at most kClockSamplesKept
  std::chrono::milliseconds offset_{0};
  Instant latest_{};  // of the store's clock, as sampled or as expected when it was sampled
  std::optional<Monotonic> jumped_;
};

}  // namespace holdspace::gateway
