// Exceptions that come back: yearly ones, 29 February, and the holidays that move. Rows named in
// docs/boundary.md.
#include <gtest/gtest.h>

#include "boundary/gate.hpp"
#include "boundary/occurrence.hpp"
#include "tests/boundary/policy_text.hpp"

namespace holdspace::boundary {
namespace {

using std::chrono::year;
using testing::between;
using testing::day;
using testing::exception;
using testing::gate;
using testing::lines;
using testing::policy;

constexpr auto closed = ExceptionKind::closed;
constexpr auto open = ExceptionKind::open;

using Lines = std::vector<std::string>;

DatedException yearly(DatedException once) {
  once.repeats = Repeats::yearly;
  return once;
}

DatedException moveable(std::string id, std::variant<EasterDay, NthWeekday> rule,
                        std::uint32_t days = 1) {
  DatedException made;
  made.id = std::move(id);
  made.moveable = Moveable{rule, days};
  return made;
}

// "2026-04-03/2026-04-04": first day and the day after the last, of the years [first, last].
Lines days_of(const DatedException& holiday, int first, int last) {
  Lines found;
  for (const DaySpan& span : occurrences(holiday)) {
    const int in = static_cast<int>(std::chrono::year_month_day{span.from}.year());
    if (first <= in && in <= last) {
      found.push_back(format_date(span.from) + "/" + format_date(span.until));
    }
  }
  return found;
}

TEST(Easter, falls_on_the_sundays_that_calendars_print) {
  // Among them the earliest and the latest of these decades, and the two rules for the latest full
  // moons (2049, 2076).
  for (const char* sunday :
       {"2000-04-23", "2001-04-15", "2002-03-31", "2003-04-20", "2004-04-11", "2005-03-27",
        "2006-04-16", "2007-04-08", "2008-03-23", "2009-04-12", "2010-04-04", "2011-04-24",
        "2012-04-08", "2013-03-31", "2014-04-20", "2015-04-05", "2016-03-27", "2017-04-16",
        "2018-04-01", "2019-04-21", "2020-04-12", "2021-04-04", "2022-04-17", "2023-04-09",
        "2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28", "2028-04-16", "2029-04-01",
        "2030-04-21", "2031-04-13", "2032-03-28", "2033-04-17", "2034-04-09", "2035-03-25",
        "2036-04-13", "2037-04-05", "1981-04-19", "1954-04-18", "2038-04-25", "2049-04-18",
        "2076-04-19"}) {
    const year in = std::chrono::year_month_day{day(sunday)}.year();
    EXPECT_EQ(format_date(easter_sunday(in)), sunday);
  }
}

TEST(Holidays, that_hang_on_easter_move_with_it) {
  EXPECT_EQ(days_of(moveable("good-friday", EasterDay{-2}), 2025, 2027),
            (Lines{"2025-04-18/2025-04-19", "2026-04-03/2026-04-04", "2027-03-26/2027-03-27"}));
  EXPECT_EQ(days_of(moveable("whit-monday", EasterDay{50}), 2026, 2026),
            (Lines{"2026-05-25/2026-05-26"}));
  EXPECT_EQ(days_of(moveable("carnival", EasterDay{-48}, 2), 2027, 2027),
            (Lines{"2027-02-08/2027-02-10"}));
  EXPECT_EQ(days_of(moveable("good-friday", EasterDay{-2}), 1900, 2100).size(), 38U)
      << "every year from 2000 to 2037";
}

TEST(Holidays, on_the_nth_weekday_of_a_month_move_with_it) {
  EXPECT_EQ(
      days_of(moveable("thanksgiving", NthWeekday{11, std::chrono::Thursday, 4}, 2), 2024, 2027),
      (Lines{"2024-11-28/2024-11-30", "2025-11-27/2025-11-29", "2026-11-26/2026-11-28",
             "2027-11-25/2027-11-27"}));
  EXPECT_EQ(days_of(moveable("labor-day", NthWeekday{9, std::chrono::Monday, 1}), 2026, 2026),
            (Lines{"2026-09-07/2026-09-08"}));
  EXPECT_EQ(days_of(moveable("memorial-day", NthWeekday{5, std::chrono::Monday, -1}), 2026, 2027),
            (Lines{"2026-05-25/2026-05-26", "2027-05-31/2027-06-01"}));
}

TEST(Holidays, on_a_fifth_weekday_come_only_when_the_month_has_one) {
  EXPECT_EQ(days_of(moveable("fifth", NthWeekday{1, std::chrono::Friday, 5}), 2026, 2032),
            (Lines{"2026-01-30/2026-01-31", "2027-01-29/2027-01-30", "2031-01-31/2031-02-01",
                   "2032-01-30/2032-01-31"}));
}

TEST(Holidays, that_come_every_year_begin_in_their_first_one) {
  const DatedException christmas =
      yearly(exception("christmas", closed, "2035-12-24", "2036-01-02"));
  EXPECT_EQ(days_of(christmas, 2000, 2100),
            (Lines{"2035-12-24/2036-01-02", "2036-12-24/2037-01-02", "2037-12-24/2038-01-01"}))
      << "and the last of them ends with the last year";
}

TEST(Holidays, from_29_february_do_in_other_years_what_was_chosen) {
  DatedException leap = yearly(exception("leap", closed, "2028-02-29", "2028-03-01"));
  leap.leap_day = LeapDay::february_28;
  EXPECT_EQ(days_of(leap, 2028, 2032),
            (Lines{"2028-02-29/2028-03-01", "2029-02-28/2029-03-01", "2030-02-28/2030-03-01",
                   "2031-02-28/2031-03-01", "2032-02-29/2032-03-01"}));
  leap.leap_day = LeapDay::skip;
  EXPECT_EQ(days_of(leap, 2028, 2032), (Lines{"2028-02-29/2028-03-01", "2032-02-29/2032-03-01"}));
}

TEST(Holidays, that_end_before_29_february_end_with_the_28th_in_every_year) {
  const DatedException ski = yearly(exception("ski", closed, "2028-02-20", "2028-02-29"));
  EXPECT_EQ(days_of(ski, 2028, 2029), (Lines{"2028-02-20/2028-02-29", "2029-02-20/2029-03-01"}));
}

TEST(Holidays, shut_the_gate_on_their_days_on_the_wall) {
  Policy always = policy("America/New_York", {});
  always.windows = open_all_week(Lane::routine, Direction::to_therapist);
  always.exceptions = {moveable("easter", EasterDay{0}),
                       moveable("autumn", NthWeekday{11, std::chrono::Sunday, 1})};
  const Gate compiled = gate(always);
  // 5 April 2026 is an ordinary day; on 1 November the clocks go back, and the day has 25 hours.
  EXPECT_EQ(lines(compiled.openings({}, between("2026-04-05T00:00Z", "2026-04-07T00:00Z"))),
            lines({between("2026-04-05T00:00Z", "2026-04-05T04:00Z"),
                   between("2026-04-06T04:00Z", "2026-04-07T00:00Z")}));
  EXPECT_EQ(lines(compiled.openings({}, between("2026-11-01T00:00Z", "2026-11-03T00:00Z"))),
            lines({between("2026-11-01T00:00Z", "2026-11-01T04:00Z"),
                   between("2026-11-02T05:00Z", "2026-11-03T00:00Z")}));
}

TEST(Holidays, can_open_a_part_of_a_day_every_year) {
  DatedException clinic = yearly(exception("clinic", open, "2026-12-31", "2027-01-01"));
  clinic.part = DayPart{23 * 60, 25 * 60};
  Policy none = policy("Europe/London", {});
  none.exceptions = {clinic};
  EXPECT_EQ(lines(gate(none).openings({}, between("2029-12-30T00:00Z", "2030-01-05T00:00Z"))),
            lines({between("2029-12-31T23:00Z", "2030-01-01T01:00Z")}));
}

TEST(Holidays, are_lifted_like_any_other_closing) {
  Policy always = policy("Europe/London", {});
  always.windows = open_all_week(Lane::routine, Direction::to_therapist);
  always.exceptions = {moveable("easter-week", EasterDay{0}, 7),
                       exception("clinic", open, "2026-04-07", "2026-04-08", "easter-week")};
  EXPECT_EQ(lines(gate(always).openings({}, between("2026-04-05T12:00Z", "2026-04-11T00:00Z"))),
            lines({between("2026-04-06T23:00Z", "2026-04-07T23:00Z")}));
}

}  // namespace
}  // namespace holdspace::boundary
