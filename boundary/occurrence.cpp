#include "boundary/occurrence.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

namespace holdspace::boundary {

namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::year;
using std::chrono::year_month_day;

constexpr LocalDate kDateAfterLast = local_days{year{kLastYear + 1} / 1 / 1};

std::optional<LocalDate> first_day(const EasterDay& day, year in) {
  return easter_sunday(in) + days{day.easter_offset_days};
}

std::optional<LocalDate> first_day(const NthWeekday& day, year in) {
  const std::chrono::year_month month = in / std::chrono::month{day.month};
  if (day.nth < 0) {
    return local_days{month / day.weekday[std::chrono::last]};
  }
  const std::chrono::year_month_weekday date = month / day.weekday[static_cast<unsigned>(day.nth)];
  return date.ok() ? std::optional(local_days{date}) : std::nullopt;
}

// The first day of the year's occurrence of a yearly exception.
std::optional<LocalDate> first_day(const DatedException& exception, year in) {
  const year_month_day first{exception.from_date};
  const year_month_day date = in / first.month() / first.day();
  if (date.ok()) {
    return local_days{date};
  }
  if (exception.leap_day == LeapDay::skip) {
    return std::nullopt;
  }
  return local_days{in / std::chrono::February / 28};
}

// The day after its last one. "Until 29 February" ends with the 28th in every year.
LocalDate day_after(const DatedException& exception, year in) {
  const year_month_day first{exception.from_date};
  const year_month_day end{exception.until_date};
  const year_month_day date = year{in + (end.year() - first.year())} / end.month() / end.day();
  return date.ok() ? local_days{date} : local_days{date.year() / std::chrono::March / 1};
}

}  // namespace

// The computus in the form that needs no table: the golden number gives the moon's age, corrected
// for the centuries' leap days, and the full moon's weekday gives the Sunday after it.
LocalDate easter_sunday(year in) {
  const int y = static_cast<int>(in);
  const int golden = y % 19;
  const int century = y / 100;
  const int sun = century / 4;               // leap days that the centuries kept
  const int moon = (8 * century + 13) / 25;  // the drift of the moon's cycle
  const int epact = (19 * golden + century - sun - moon + 15) % 30;
  // The full moon as days after 21 March; the two latest are drawn back by one.
  const int full_moon = epact - (epact / 28) * (1 - (29 / (epact + 1)) * ((21 - golden) / 11));
  const int weekday =
      (y + y / 4 + full_moon + 2 - century + sun) % 7;  // of the full moon, Sunday 0
  return local_days{in / std::chrono::March / 21} + days{full_moon + 7 - weekday};
}

std::vector<DaySpan> occurrences(const DatedException& exception) {
  if (!exception.moveable && exception.repeats == Repeats::never) {
    return {{exception.from_date, exception.until_date}};
  }
  std::vector<DaySpan> found;
  const year first_year =
      exception.moveable ? year{kFirstYear} : year_month_day{exception.from_date}.year();
  for (year in = first_year; in <= year{kLastYear}; ++in) {
    if (exception.moveable) {
      const std::optional<LocalDate> from =
          std::visit([in](const auto& day) { return first_day(day, in); }, exception.moveable->day);
      if (from) {
        found.push_back({*from, std::min(*from + days{exception.moveable->days}, kDateAfterLast)});
      }
    } else if (const std::optional<LocalDate> from = first_day(exception, in)) {
      found.push_back({*from, std::min(day_after(exception, in), kDateAfterLast)});
    }
  }
  return found;
}

}  // namespace holdspace::boundary
