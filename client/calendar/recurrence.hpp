// On which days a rule of RFC 5545 (RRULE) falls. Days only: rules that repeat within a day are
// refused before this. Pure; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "boundary/time.hpp"

namespace holdspace::client::calendar {

using boundary::LocalDate;

// A time as a calendar states it. Without a time of day it is a whole day, in no zone; without a
// zone it is on the wall of whoever reads it.
struct CalendarTime {
  LocalDate day{};
  std::optional<std::chrono::seconds> time;  // since midnight on the wall
  std::optional<boundary::Zone> zone;
};

enum class Frequency : std::uint8_t { daily, weekly, monthly, yearly };

// "the last Friday": of the month, or of the year in a yearly rule without months.
struct OrdinalDay {
  int ordinal = 0;  // -53..53; negative: from the end; 0: every
  std::chrono::weekday weekday{};
};

struct Recurrence {
  Frequency frequency = Frequency::daily;
  int interval = 1;
  std::chrono::weekday week_start = std::chrono::Monday;
  std::optional<std::int64_t> count;  // never together with until
  std::optional<CalendarTime> until;  // inclusive
  std::vector<int> by_month;          // 1..12
  std::vector<int> by_month_day;      // -31..31, never 0, as below
  std::vector<int> by_year_day;       // -366..366
  std::vector<OrdinalDay> by_day;
  std::vector<int> by_position;  // -366..366: of the days of one period
};

// Half-open.
struct DayRange {
  LocalDate from{};
  LocalDate until{};
};

// The days of the rule in `wanted`, rising, for an event whose first day is `start`. `steps` goes
// down by the days looked at; nothing is returned when it would pass zero. The time of day of
// `until` is the caller's to apply: a day that holds it is returned, and the day after it.
[[nodiscard]] std::optional<std::vector<LocalDate>> days_of(const Recurrence& rule, LocalDate start,
                                                            DayRange wanted, std::int64_t& steps);

}  // namespace holdspace::client::calendar
