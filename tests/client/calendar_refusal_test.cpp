// Calendars that are refused, each for the exact reason, with the line and the property.
#include <gtest/gtest.h>

#include "client/calendar/import.hpp"
#include "tests/client/calendar_text.hpp"

namespace holdspace::client::calendar {
namespace {

constexpr char kTimed[] = "DTSTART:20261103T090000Z\r\nDURATION:PT1H\r\n";

CalendarError refusal(const std::string& text) {
  const auto imported = parse_calendar(text, options_in("Europe/London", "2026-11-01"));
  if (imported.has_value()) return {CalendarProblem::too_large, 9999, "was not refused"};
  return imported.error();
}

// The event's first line is 4; UID is 5, so that `lines` begins on line 6.
void expect_refused(const std::string& lines, CalendarProblem problem, const std::string& field) {
  const auto error = refusal(calendar_of(event_of(lines)));
  EXPECT_EQ(error.problem, problem) << lines << describe(error);
  EXPECT_EQ(error.field, field) << lines;
  EXPECT_GE(error.line, 4U) << lines;
}

std::string repeated(std::size_t times, const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

// Row 82.
TEST(CalendarRefusal, holds_to_the_size_of_the_file_and_of_a_line) {
  const auto fits = calendar_of("X-A:" + std::string(kLineBytesMax - 4, 'a') + "\r\n");
  EXPECT_TRUE(parse_calendar(fits, options_in("Etc/UTC", "2026-11-01")).has_value());
  auto error = refusal(calendar_of("X-A:" + std::string(kLineBytesMax - 3, 'a') + "\r\n"));
  EXPECT_EQ(error.problem, CalendarProblem::line_too_long);
  EXPECT_EQ(error.line, 4U);
  // Folded, a property that counts is too long all the same.
  const auto half = std::string(kLineBytesMax / 2, '1');
  error = refusal(calendar_of(event_of("EXDATE:" + half + "\r\n " + half + "\r\n")));
  EXPECT_EQ(error.problem, CalendarProblem::line_too_long);
  EXPECT_EQ(error.field, "EXDATE");

  auto full = calendar_of("");
  full += repeated((kCalendarBytesMax - full.size()) / 2, "\r\n");
  full.resize(kCalendarBytesMax, '\n');
  EXPECT_TRUE(parse_calendar(full, options_in("Etc/UTC", "2026-11-01")).has_value());
  EXPECT_EQ(refusal(full + "\n").problem, CalendarProblem::too_large);
}

TEST(CalendarRefusal, holds_to_the_number_of_events) {
  std::string events;
  for (std::size_t i = 0; i < kEventsMax; ++i) events += event_of("DTSTART:20261103T090000Z\r\n");
  EXPECT_TRUE(parse_calendar(calendar_of(events), options_in("Etc/UTC", "2026-11-01")).has_value());
  EXPECT_EQ(refusal(calendar_of(events + event_of(kTimed))).problem,
            CalendarProblem::too_many_events);
}

TEST(CalendarRefusal, takes_utf8_only) {
  for (const auto* const bytes :
       {"\xff", "\xc3(", "\xed\xa0\x80", "\xc0\x80", "\xf4\x90\x80\x80"}) {
    const auto error = refusal(calendar_of(std::string("X-A:") + bytes + "\r\n"));
    EXPECT_EQ(error.problem, CalendarProblem::not_utf8);
    EXPECT_EQ(error.line, 4U);
  }
  EXPECT_EQ(refusal(calendar_of(std::string("X-A:\0\r\n", 7))).problem, CalendarProblem::not_utf8);
}

// Row 83.
TEST(CalendarRefusal, does_not_repeat_within_a_day) {
  const auto repeats = CalendarProblem::repeats_within_day;
  for (const auto* const rule :
       {"FREQ=SECONDLY", "FREQ=MINUTELY;COUNT=1000000000", "FREQ=HOURLY;INTERVAL=24",
        "FREQ=DAILY;BYHOUR=9,10", "FREQ=DAILY;BYHOUR=10", "FREQ=DAILY;BYMINUTE=30",
        "FREQ=DAILY;BYSECOND=1"})
    expect_refused(kTimed + ("RRULE:" + std::string(rule)) + "\r\n", repeats, "RRULE");
  // The start's own time of day, said twice, is none.
  EXPECT_TRUE(parse_calendar(calendar_of(event_of(kTimed + std::string("RRULE:FREQ=DAILY;COUNT=2;"
                                                                       "BYHOUR=9;BYMINUTE=0\r\n"))),
                             options_in("Etc/UTC", "2026-11-01"))
                  .has_value());
}

TEST(CalendarRefusal, ends_a_rule_without_end_after_400_days) {
  for (const auto* const rule : {"FREQ=DAILY", "FREQ=DAILY;COUNT=1000000000"}) {
    const auto imported =
        parse_calendar(calendar_of(event_of(kTimed + ("RRULE:" + std::string(rule)) + "\r\n")),
                       options_in("Etc/UTC", "2026-11-01"));
    ASSERT_TRUE(imported.has_value()) << describe(imported.error());
    EXPECT_EQ(imported->instances, 398U) << "from 3 November";
    EXPECT_EQ(closed_in(*imported), std::vector<std::string>{"2026-11-03..2027-12-06 540-600"});
  }
}

TEST(CalendarRefusal, holds_to_the_number_of_busy_times) {
  // 12 daily events of 400 days and one of 200 days make 5000.
  std::string events;
  for (int hour = 0; hour < 12; ++hour)
    events += event_of("DTSTART:20261101T" + std::to_string(hour + 10) +
                       "0000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY\r\n");
  events += event_of("DTSTART:20261101T220000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;COUNT=200\r\n");
  const auto all = parse_calendar(calendar_of(events), options_in("Etc/UTC", "2026-11-01"));
  ASSERT_TRUE(all.has_value()) << describe(all.error());
  EXPECT_EQ(all->instances, kInstancesMax);
  EXPECT_EQ(refusal(calendar_of(events + event_of(kTimed))).problem,
            CalendarProblem::too_many_instances);
}

TEST(CalendarRefusal, holds_to_the_work_that_rules_make) {
  // A count has to be followed from the first day on: some 730 000 days for each of these.
  std::string events;
  for (int i = 0; i < 10; ++i)
    events += event_of("DTSTART;VALUE=DATE:00270101\r\nRRULE:FREQ=YEARLY;COUNT=1000000\r\n");
  const auto error = refusal(calendar_of(events));
  EXPECT_EQ(error.problem, CalendarProblem::too_much_work);
  EXPECT_EQ(error.field, "RRULE");
  // Lists of dates count as well.
  const auto dates = "EXDATE;VALUE=DATE:20260101" + repeated(900, ",20260101") + "\r\n";
  EXPECT_EQ(refusal(calendar_of(event_of(kTimed + repeated(30, dates)))).problem,
            CalendarProblem::too_much_work);
  EXPECT_TRUE(parse_calendar(calendar_of(event_of(kTimed + repeated(20, dates))),
                             options_in("Etc/UTC", "2026-11-01"))
                  .has_value());
}

TEST(CalendarRefusal, guesses_no_rule_that_it_does_not_follow) {
  const auto unsupported = CalendarProblem::unsupported;
  for (const auto* const rule :
       {"RSCALE=CHINESE;FREQ=YEARLY", "FREQ=YEARLY;SKIP=FORWARD", "FREQ=YEARLY;BYWEEKNO=20",
        "FREQ=WEEKLY;BYMONTHDAY=13", "FREQ=WEEKLY;BYDAY=2MO", "FREQ=DAILY;BYYEARDAY=1",
        "FREQ=MONTHLY;BYYEARDAY=1", "FREQ=YEARLY;BYMONTHDAY=13",
        "FREQ=YEARLY;BYYEARDAY=1;BYMONTH=1"})
    expect_refused(kTimed + ("RRULE:" + std::string(rule)) + "\r\n", unsupported, "RRULE");
  expect_refused(kTimed + std::string("EXRULE:FREQ=DAILY\r\n"), unsupported, "EXRULE");
  expect_refused(kTimed + std::string("RDATE;VALUE=PERIOD:20261105T090000Z/PT1H\r\n"), unsupported,
                 "RDATE");
  expect_refused(kTimed + std::string("RECURRENCE-ID;RANGE=THISANDFUTURE:20261103T090000Z\r\n"),
                 unsupported, "RECURRENCE-ID");
  for (const auto* const line : {"METHOD:CANCEL", "METHOD:REPLY", "CALSCALE:HEBREW"})
    EXPECT_EQ(refusal(calendar_of(std::string(line) + "\r\n")).problem, unsupported) << line;
}

TEST(CalendarRefusal, reads_no_rule_more_generously_than_it_is_written) {
  for (const auto* const rule : {"",
                                 "FREQ=OFTEN",
                                 "COUNT=2",
                                 "FREQ=DAILY;COUNT=0",
                                 "FREQ=DAILY;COUNT=-1",
                                 "FREQ=DAILY;COUNT=99999999999",
                                 "FREQ=DAILY;COUNT=2;UNTIL=20261201",
                                 "FREQ=DAILY;INTERVAL=0",
                                 "FREQ=DAILY;INTERVAL=70000",
                                 "FREQ=DAILY;INTERVAL=10000",
                                 "FREQ=MONTHLY;BYDAY=255SU",
                                 "FREQ=MONTHLY;BYDAY=54SU",
                                 "FREQ=MONTHLY;BYDAY=XX",
                                 "FREQ=YEARLY;BYMONTH=13",
                                 "FREQ=YEARLY;BYMONTH=5L",
                                 "FREQ=MONTHLY;BYMONTHDAY=32",
                                 "FREQ=MONTHLY;BYMONTHDAY=0",
                                 "FREQ=YEARLY;BYYEARDAY=367",
                                 "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=367",
                                 "FREQ=DAILY;WKST=XX",
                                 "FREQ=DAILY;UNTIL=20261301",
                                 "FREQ=DAILY;UNTIL=2026 1 1",
                                 "FREQ=DAILY;;COUNT=2",
                                 "FREQ=DAILY;OFTEN=1"})
    expect_refused(kTimed + ("RRULE:" + std::string(rule)) + "\r\n", CalendarProblem::malformed,
                   "RRULE");
}

// Row 84.
TEST(CalendarRefusal, takes_no_zone_that_the_database_does_not_have) {
  for (const auto* const zone :
       {"Mars/Olympus", "Eastern Standard Time", "/example.org/Europe/London", "europe/london",
        "localtime", "../../etc/passwd", "\"\""})
    expect_refused("DTSTART;TZID=" + std::string(zone) + ":20261103T090000\r\n",
                   CalendarProblem::zone_unknown, "DTSTART");
  expect_refused("DTSTART;TZID=" + std::string(200, 'a') + ":20261103T090000\r\n",
                 CalendarProblem::zone_unknown, "DTSTART");
}

TEST(CalendarRefusal, follows_nesting_without_recursion) {
  const auto deep = CalendarProblem::nested_too_deep;
  EXPECT_EQ(
      refusal(repeated(1000, "BEGIN:VCALENDAR\r\n") + repeated(1000, "END:VCALENDAR\r\n")).problem,
      deep);
  EXPECT_EQ(refusal(repeated(10000, "BEGIN:VCALENDAR\r\n")).problem, deep);
  const auto nested = [](std::size_t levels) {
    return calendar_of(
        event_of(kTimed + repeated(levels, "BEGIN:X\r\n") + repeated(levels, "END:X\r\n")));
  };
  EXPECT_TRUE(parse_calendar(nested(2), options_in("Etc/UTC", "2026-11-01")).has_value());
  EXPECT_EQ(refusal(nested(3)).problem, deep);
}

// Row 86.
TEST(CalendarRefusal, takes_no_event_that_ends_before_it_starts_or_lasts_for_ever) {
  const auto bad = CalendarProblem::bad_duration;
  for (const auto* const duration : {"-PT1H", "-P1D", "P401D", "P36500D", "PT9601H", "P5215W"})
    expect_refused("DTSTART:20261103T090000Z\r\nDURATION:" + std::string(duration) + "\r\n", bad,
                   "DURATION");
  EXPECT_TRUE(
      parse_calendar(calendar_of(event_of("DTSTART:20261103T090000Z\r\nDURATION:P400D\r\n")),
                     options_in("Etc/UTC", "2026-11-01"))
          .has_value());
  expect_refused("DTSTART:20261103T090000Z\r\nDTEND:20261103T085959Z\r\n", bad, "DTEND");
  expect_refused("DTSTART:20261103T090000Z\r\nDTEND:21261103T090000Z\r\n", bad, "DTEND");
  expect_refused("DTSTART;VALUE=DATE:20261103\r\nDTEND;VALUE=DATE:20261103\r\n", bad, "DTEND");
  expect_refused("DTSTART;VALUE=DATE:20261103\r\nDURATION:P0D\r\n", bad, "DURATION");
}

TEST(CalendarRefusal, names_the_property_that_is_not_what_it_should_be) {
  const auto malformed = CalendarProblem::malformed;
  for (const auto* const time :
       {":20261131T090000", ":20261103T240000", ":20261103T096000", ":20261103T0900",
        ":2026-11-03T09:00:00", ":20261103T090000z", ": 2026 11 3T 9 0 0", ":", ":20260230",
        ";VALUE=DATE:20261103T090000", ";VALUE=DATE-TIME:20261103", ";VALUE=TEXT:20261103",
        ";TZID=Europe/London:20261103T090000Z", ":20261103T090000,20261104T090000",
        ";TZID=GMT+05:30:20261103T090000"})
    expect_refused("DTSTART" + std::string(time) + "\r\n", malformed, "DTSTART");
  for (const auto* const duration :
       {"", "P", "PT", "P1", "PT5", "1H", "P1DT", "P1H", "PT1H1D", "P 1D"})
    expect_refused("DTSTART:20261103T090000Z\r\nDURATION:" + std::string(duration) + "\r\n",
                   malformed, "DURATION");
  expect_refused("DURATION:PT1H\r\n", malformed, "DTSTART");
  expect_refused(kTimed + std::string(kTimed), malformed, "DTSTART");
  expect_refused(kTimed + std::string("DTEND:20261103T100000Z\r\n"), malformed, "DURATION");
  expect_refused(kTimed + std::string("DURATION:PT1H\r\n"), malformed, "DURATION");
  expect_refused("DTSTART;VALUE=DATE:20261103\r\nDTEND:20261104T000000\r\n", malformed, "DTEND");
  expect_refused("DTSTART;VALUE=DATE:20261103\r\nDURATION:PT24H\r\n", malformed, "DURATION");
  expect_refused("DTSTART;VALUE=DATE:20261103\r\nEXDATE:20261103T000000\r\n", malformed, "EXDATE");
  expect_refused(kTimed + std::string("RDATE;VALUE=DATE:20261105\r\n"), malformed, "RDATE");
  expect_refused(kTimed + std::string("RECURRENCE-ID;VALUE=DATE:20261103\r\n"), malformed,
                 "RECURRENCE-ID");
  expect_refused(kTimed + std::string("EXDATE:20261103T090000Z,\r\n"), malformed, "EXDATE");
  expect_refused(kTimed + ("STATUS:\x01" + std::string("\r\n")), malformed, "STATUS");
  expect_refused("DTSTART" + repeated(100, ";X=1") + ":20261103T090000Z\r\n", malformed, "DTSTART");
}

TEST(CalendarRefusal, takes_no_file_that_is_not_one_calendar_after_another) {
  const auto event = event_of(kTimed);
  for (const auto& text :
       {std::string(), std::string("\r\n"), std::string("hello"), event,
        std::string("BEGIN:VCALENDAR\r\n"), "BEGIN:VCALENDAR\r\n" + event,
        calendar_of("BEGIN:VEVENT\r\n"), calendar_of("END:VEVENT\r\n"),
        calendar_of("BEGIN:VTODO\r\n" + event + "END:VTODO\r\n"), calendar_of("no colon\r\n"),
        calendar_of(":no name\r\n"), calendar_of("") + "X:1\r\n",
        calendar_of("BEGIN;X=1:VEVENT\r\nEND:VEVENT\r\n")})
    EXPECT_EQ(refusal(text).problem, CalendarProblem::malformed) << text;
  EXPECT_TRUE(parse_calendar(calendar_of(event) + calendar_of(event_of(kTimed)),
                             options_in("Etc/UTC", "2026-11-01"))
                  .has_value());
}

TEST(CalendarRefusal, takes_no_event_twice) {
  const std::string series =
      "BEGIN:VEVENT\r\nUID:a\r\nDTSTART:20261103T090000Z\r\nRRULE:FREQ=DAILY;COUNT=3\r\n"
      "END:VEVENT\r\n";
  const std::string moved =
      "BEGIN:VEVENT\r\nUID:a\r\nRECURRENCE-ID:20261104T090000Z\r\nDTSTART:20261104T100000Z\r\n"
      "END:VEVENT\r\n";
  EXPECT_TRUE(
      parse_calendar(calendar_of(series + moved), options_in("Etc/UTC", "2026-11-01")).has_value());
  EXPECT_EQ(refusal(calendar_of(series + series)).problem, CalendarProblem::duplicate_event);
  EXPECT_EQ(refusal(calendar_of(moved + moved)).problem, CalendarProblem::duplicate_event);
}

TEST(CalendarRefusal, says_where_it_is_and_no_word_of_the_calendar) {
  const auto error =
      refusal(calendar_of(event_of("SUMMARY:secret\r\nDTSTART;TZID=secret:20261103T090000\r\n")));
  EXPECT_EQ(describe(error), "line 7, DTSTART: the time zone is not a name such as Europe/London");
  EXPECT_EQ(describe(refusal(std::string(kCalendarBytesMax + 1, 'a'))),
            "the calendar is larger than 256 KiB");
}

}  // namespace
}  // namespace holdspace::client::calendar
