// The weekly windows of one lane and direction on the UTC time line. Part of gate.hpp; nobody else
// needs it. docs/boundary.md, section "The calendar".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "boundary/policy.hpp"
#include "boundary/stretch.hpp"
#include "boundary/time.hpp"

namespace holdspace::boundary {

// Immutable; any thread. Works from day to day on demand, so it needs no horizon of its own.
class WeeklyPlan {
 public:
  // Takes the windows of `lane` and `direction` out of a valid list.
  WeeklyPlan(const std::vector<WeeklyWindow>& windows, Lane lane, Direction direction);

  // A stretch around `at` in which the windows do not change, cut to `within`, which must contain
  // `at`. Its end is exact; its beginning may be later than the last change.
  [[nodiscard]] Stretch stretch_at(const Zone& zone, Instant at, Interval within) const;

  // No window at all in this lane and direction.
  [[nodiscard]] bool empty() const { return never_; }

  // Index in the list of the first window that is open at `at`.
  [[nodiscard]] std::optional<std::size_t> window_at(const Zone& zone, Instant at) const;

 private:
  struct Window {
    std::uint32_t start_minute = 0;
    std::uint32_t end_minute = 0;
    std::size_t index = 0;  // in the list
  };

  [[nodiscard]] const std::vector<Window>& windows_on(LocalDate date) const;

  std::array<std::vector<Window>, 7>
      by_weekday_;       // seven lists from Sunday, each in order of start
  bool never_ = false;   // no windows at all
  bool always_ = false;  // the windows cover the whole week
};

// The instants of [start, end) minutes after midnight of `date`: earliest start, latest end. Empty
// when the clocks jump over all of it.
[[nodiscard]] Interval to_interval(const Zone& zone, LocalDate date, std::uint32_t start_minute,
                                   std::uint32_t end_minute);

}  // namespace holdspace::boundary
