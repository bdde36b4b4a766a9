// On which days a dated exception falls, year by year. Days on a wall, not instants: the zone comes
// later. docs/boundary.md, section "Exceptions".
#pragma once

#include <vector>

#include "boundary/policy.hpp"
#include "boundary/time.hpp"

namespace holdspace::boundary {

// The days [from, until).
struct DaySpan {
  LocalDate from{};
  LocalDate until{};

  friend bool operator==(const DaySpan&, const DaySpan&) = default;
};

// Easter Sunday of the western churches (the Gregorian computus), for the years of this calendar.
[[nodiscard]] LocalDate easter_sunday(std::chrono::year year);

// Every occurrence of a valid exception, in order: one, or one for each year to kLastYear (of a
// moveable holiday from kFirstYear on). None reaches beyond the end of kLastYear.
[[nodiscard]] std::vector<DaySpan> occurrences(const DatedException& exception);

}  // namespace holdspace::boundary
