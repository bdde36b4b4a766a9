#include "boundary/weekly_plan.hpp"

#include <algorithm>
#include <chrono>

namespace holdspace::boundary {

namespace {

using std::chrono::days;
using std::chrono::minutes;

// A window lasts a day at most and a clock change moves it by a day at most: one that is open now
// started on a date between two days back and one ahead of the wall's.
constexpr days kDaysBack{2};
constexpr days kDaysAhead{1};

// Looking from this many days back leaves no window unseen that is still open a day before now.
constexpr days kLookBack{3};

// No zone is a whole day away from UTC, so a date's windows start less than this before its UTC
// midnight.
constexpr days kOffsetMax{1};

LocalDate date_at(const Zone& zone, Instant at) {
  return std::chrono::floor<days>(zone.to_local(at));
}

Instant no_earlier_than(LocalDate date) {
  return Instant{date.time_since_epoch()} - kOffsetMax;
}

// Follows the windows in order of start and finds the stretch around one instant.
class Walk {
 public:
  // Will be given every window that is open at `seen_from` or later; `seen_from` is not after `at`.
  Walk(Instant at, Instant seen_from) : at_(at), shut_from_(seen_from) {}

  // Takes the next window. True when the stretch is known.
  bool take(Interval span) {
    if (span.empty()) {
      return false;
    }
    if (span.from <= opening_.until) {
      opening_.until = std::max(opening_.until, span.until);
      return false;
    }
    if (at_ < opening_.until) {
      return true;
    }
    shut_from_ = std::max(shut_from_, opening_.until);
    opening_ = span;
    return opening_.from > at_;
  }

  // True when no window that starts at or after `start` can matter.
  [[nodiscard]] bool settled_before(Instant start) const {
    return at_ < opening_.until && opening_.until < start;
  }

  [[nodiscard]] Stretch stretch(Interval within) const {
    Stretch found{.open = false, .span = {shut_from_, within.until}};
    if (opening_.contains(at_)) {
      found = {.open = true, .span = opening_};
    } else if (opening_.from > at_) {
      found.span.until = opening_.from;
    } else {
      found.span.from = std::max(shut_from_, opening_.until);
    }
    found.span.from = std::max(found.span.from, within.from);
    found.span.until = std::min(found.span.until, within.until);
    return found;
  }

 private:
  Instant at_;
  Interval opening_{Instant::min(), Instant::min()};  // the latest one; windows that touch are one
  Instant shut_from_;                                 // end of the one before it, once seen
};

}  // namespace

Interval to_interval(const Zone& zone, LocalDate date, std::uint32_t start_minute,
                     std::uint32_t end_minute) {
  return {zone.earliest(date + minutes{start_minute}), zone.latest(date + minutes{end_minute})};
}

WeeklyPlan::WeeklyPlan(const std::vector<WeeklyWindow>& windows, Lane lane, Direction direction) {
  std::uint32_t minutes_open = 0;
  for (std::size_t index = 0; index < windows.size(); ++index) {
    const WeeklyWindow& window = windows[index];
    if (window.lane == lane && window.direction == direction) {
      by_weekday_[window.weekday.c_encoding()].push_back(
          {window.start_minute, window.end_minute, index});
      minutes_open += window.end_minute - window.start_minute;
    }
  }
  for (std::vector<Window>& day : by_weekday_) {
    std::sort(day.begin(), day.end(),
              [](const Window& a, const Window& b) { return a.start_minute < b.start_minute; });
  }
  // Windows of a valid policy do not overlap, so their lengths tell whether they fill the week.
  never_ = minutes_open == 0;
  always_ = minutes_open == 7 * kMinutesPerDay;
}

const std::vector<WeeklyPlan::Window>& WeeklyPlan::windows_on(LocalDate date) const {
  return by_weekday_[std::chrono::weekday{date}.c_encoding()];
}

Stretch WeeklyPlan::stretch_at(const Zone& zone, Instant at, Interval within) const {
  if (never_ || always_) {
    return {.open = always_, .span = within};
  }
  const LocalDate today = date_at(zone, at);
  Walk walk(at, zone.earliest(today - days{1}));
  for (LocalDate date = today - kLookBack; no_earlier_than(date) < within.until; date += days{1}) {
    if (walk.settled_before(no_earlier_than(date))) {
      break;
    }
    for (const Window& window : windows_on(date)) {
      if (walk.take(to_interval(zone, date, window.start_minute, window.end_minute))) {
        return walk.stretch(within);
      }
    }
  }
  return walk.stretch(within);
}

std::optional<std::size_t> WeeklyPlan::window_at(const Zone& zone, Instant at) const {
  const LocalDate today = date_at(zone, at);
  for (LocalDate date = today - kDaysBack; date <= today + kDaysAhead; date += days{1}) {
    for (const Window& window : windows_on(date)) {
      if (to_interval(zone, date, window.start_minute, window.end_minute).contains(at)) {
        return window.index;
      }
    }
  }
  return std::nullopt;
}

}  // namespace holdspace::boundary
