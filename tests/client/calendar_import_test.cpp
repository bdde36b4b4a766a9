// What a calendar closes: real zones and real changes of the clocks.
#include "client/calendar/import.hpp"

#include <gtest/gtest.h>

#include "tests/client/calendar_text.hpp"

namespace holdspace::client::calendar {
namespace {

using Closed = std::vector<std::string>;

Closed closed(const std::string& events, const ImportOptions& options) {
  const auto imported = parse_calendar(calendar_of(events), options);
  if (!imported.has_value()) return {describe(imported.error())};
  return closed_in(*imported);
}

Closed closed_by(const std::string& lines, const char* zone, const char* from) {
  return closed(event_of(lines), options_in(zone, from));
}

TEST(CalendarImport, closes_whole_days_for_a_holiday_and_parts_of_days_for_appointments) {
  EXPECT_EQ(closed_by("DTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20270102\r\n",
                      "Europe/London", "2026-12-01"),
            Closed{"2026-12-24..2027-01-02"});
  EXPECT_EQ(closed_by("DTSTART;VALUE=DATE:20261224\r\n", "Europe/London", "2026-12-01"),
            Closed{"2026-12-24..2026-12-25"});
  EXPECT_EQ(
      closed_by("DTSTART;VALUE=DATE:20261224\r\nDURATION:P1W\r\n", "Europe/London", "2026-12-01"),
      Closed{"2026-12-24..2026-12-31"});
  EXPECT_EQ(closed_by("DTSTART;TZID=Europe/London:20261103T090000\r\nDURATION:PT1H30M\r\n",
                      "Europe/London", "2026-11-01"),
            Closed{"2026-11-03 540-630"});
  // Seconds are rounded outwards.
  EXPECT_EQ(closed_by("DTSTART:20261103T090030Z\r\nDTEND:20261103T100001Z\r\n", "Europe/London",
                      "2026-11-01"),
            Closed{"2026-11-03 540-601"});
}

TEST(CalendarImport, says_other_zones_times_on_the_wall_of_the_policy) {
  // 18:00 in New York on a winter evening is 23:00 in London, and the hour after is the next day.
  EXPECT_EQ(closed_by("DTSTART;TZID=America/New_York:20261103T180000\r\nDURATION:PT2H\r\n",
                      "Europe/London", "2026-11-01"),
            Closed{"2026-11-03 1380-1500"});
  EXPECT_EQ(
      closed_by("DTSTART:20260703T080000Z\r\nDURATION:PT1H\r\n", "Europe/London", "2026-07-01"),
      Closed{"2026-07-03 540-600"});
  // Without a zone: whatever the wall of the policy shows.
  EXPECT_EQ(closed_by("DTSTART:20260703T080000\r\nDURATION:PT1H\r\n", "Asia/Tokyo", "2026-07-01"),
            Closed{"2026-07-03 480-540"});
}

TEST(CalendarImport, divides_what_is_longer_than_a_day) {
  EXPECT_EQ(
      closed_by("DTSTART:20261103T220000\r\nDTEND:20261104T060000\r\n", "Etc/UTC", "2026-11-01"),
      Closed{"2026-11-03 1320-1800"});
  EXPECT_EQ(
      closed_by("DTSTART:20261103T100000\r\nDTEND:20261106T150000\r\n", "Etc/UTC", "2026-11-01"),
      (Closed{"2026-11-03 600-1440", "2026-11-04..2026-11-06", "2026-11-06 0-900"}));
  EXPECT_EQ(
      closed_by("DTSTART:20261103T000000\r\nDTEND:20261104T000000\r\n", "Etc/UTC", "2026-11-01"),
      Closed{"2026-11-03..2026-11-04"});
}

TEST(CalendarImport, joins_what_overlaps_and_the_same_hours_on_days_in_a_row) {
  const auto options = options_in("Europe/London", "2026-11-01");
  EXPECT_EQ(closed(event_of("DTSTART:20261103T090000\r\nDURATION:PT1H\r\n") +
                       event_of("DTSTART:20261103T100000\r\nDURATION:PT1H\r\n") +
                       event_of("DTSTART:20261103T093000\r\nDURATION:PT10M\r\n"),
                   options),
            Closed{"2026-11-03 540-660"});
  EXPECT_EQ(closed(event_of("DTSTART:20261102T120000\r\nDURATION:PT1H\r\n"
                            "RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;COUNT=10\r\n"),
                   options),
            (Closed{"2026-11-02..2026-11-07 720-780", "2026-11-09..2026-11-14 720-780"}));
}

// Row 86: the rule of RFC 5545 for imported instants, not the one of windows.
TEST(CalendarImport, counts_a_start_inside_a_gap_with_the_offset_before_it) {
  // 02:30 does not exist in New York on 2026-03-08: 07:30Z, which the wall shows as 03:30.
  EXPECT_EQ(closed_by("DTSTART;TZID=America/New_York:20260308T023000\r\nDURATION:PT30M\r\n",
                      "America/New_York", "2026-03-01"),
            Closed{"2026-03-08 210-240"});
  EXPECT_EQ(closed_by("DTSTART;TZID=America/New_York:20260308T023000\r\nDURATION:PT30M\r\n",
                      "Etc/UTC", "2026-03-01"),
            Closed{"2026-03-08 450-480"});
  // Cairo's midnight of 2026-04-24 does not exist: 22:00Z, shown as 01:00.
  EXPECT_EQ(closed_by("DTSTART;TZID=Africa/Cairo:20260424T000000\r\nDURATION:PT1H\r\n",
                      "Africa/Cairo", "2026-04-01"),
            Closed{"2026-04-24 60-120"});
}

TEST(CalendarImport, takes_the_first_of_two_showings) {
  // 01:30 in New York on 2026-11-01 is 05:30Z and again 06:30Z.
  EXPECT_EQ(closed_by("DTSTART;TZID=America/New_York:20261101T013000\r\nDURATION:PT30M\r\n",
                      "Etc/UTC", "2026-10-25"),
            Closed{"2026-11-01 330-360"});
  EXPECT_EQ(closed_by("DTSTART;TZID=Africa/Cairo:20261029T230000\r\nDURATION:PT1H\r\n", "Etc/UTC",
                      "2026-10-25"),
            Closed{"2026-10-29 1200-1260"});
}

TEST(CalendarImport, covers_a_busy_time_on_a_wall_that_goes_back_meanwhile) {
  // From the first 01:30 to the second 01:15. A part of a day from 01:15 to 01:30 lasts from the
  // first 01:15 to the second 01:30, so it covers the whole.
  EXPECT_EQ(closed_by("DTSTART:20261101T053000Z\r\nDTEND:20261101T061500Z\r\n", "America/New_York",
                      "2026-10-25"),
            Closed{"2026-11-01 75-90"});
  // From the first 01:15 to the second: the wall shows no time between them.
  EXPECT_EQ(closed_by("DTSTART:20261101T051500Z\r\nDTEND:20261101T061500Z\r\n", "America/New_York",
                      "2026-10-25"),
            Closed{"2026-11-01 75-76"});
}

TEST(CalendarImport, repeats_a_week_at_the_same_time_of_its_own_zone) {
  // 09:00 in New York is 13:00Z in summer and 14:00Z in winter.
  EXPECT_EQ(closed_by("DTSTART;TZID=America/New_York:20261019T090000\r\nDURATION:PT1H\r\n"
                      "RRULE:FREQ=WEEKLY;COUNT=4\r\n",
                      "Etc/UTC", "2026-10-01"),
            (Closed{"2026-10-19 780-840", "2026-10-26 780-840", "2026-11-02 840-900",
                    "2026-11-09 840-900"}));
  // Europe has changed already on 25 October, New York not yet: one week is an hour earlier.
  EXPECT_EQ(closed_by("DTSTART;TZID=America/New_York:20261019T090000\r\nDURATION:PT1H\r\n"
                      "RRULE:FREQ=WEEKLY;COUNT=4\r\n",
                      "Europe/London", "2026-10-01"),
            (Closed{"2026-10-19 840-900", "2026-10-26 780-840", "2026-11-02 840-900",
                    "2026-11-09 840-900"}));
}

TEST(CalendarImport, counts_days_of_a_duration_on_the_wall_and_hours_as_they_pass) {
  // Over the night in which New York loses an hour.
  const char* const start = "DTSTART;TZID=America/New_York:20260307T120000\r\n";
  EXPECT_EQ(closed_by(start + std::string("DURATION:P1D\r\n"), "America/New_York", "2026-03-01"),
            Closed{"2026-03-07 720-2160"});
  EXPECT_EQ(closed_by(start + std::string("DURATION:PT24H\r\n"), "America/New_York", "2026-03-01"),
            (Closed{"2026-03-07 720-1440", "2026-03-08 0-780"}));
}

TEST(CalendarImport, finds_a_yearly_holiday_within_400_days) {
  const char* const christmas =
      "DTSTART;VALUE=DATE:20101225\r\nDTEND;VALUE=DATE:20101227\r\nRRULE:FREQ=YEARLY\r\n";
  EXPECT_EQ(closed_by(christmas, "Europe/London", "2026-12-01"),
            (Closed{"2026-12-25..2026-12-27", "2027-12-25..2027-12-27"}));
  EXPECT_EQ(closed_by(christmas, "Europe/London", "2026-03-01"), Closed{"2026-12-25..2026-12-27"});
  // Thanksgiving: the fourth Thursday of November.
  EXPECT_EQ(closed_by("DTSTART;VALUE=DATE:20201126\r\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH\r\n",
                      "America/New_York", "2026-01-01"),
            Closed{"2026-11-26..2026-11-27"});
  // 29 February comes in 2028 and not in the years between.
  EXPECT_EQ(closed_by("DTSTART;VALUE=DATE:20240229\r\nRRULE:FREQ=YEARLY\r\n", "Europe/London",
                      "2027-02-01"),
            Closed{"2028-02-29..2028-03-01"});
}

TEST(CalendarImport, keeps_whole_what_the_first_or_last_day_cuts) {
  const auto options = options_in("Europe/London", "2026-12-28", 7);
  EXPECT_EQ(
      closed(event_of("DTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261229\r\n"), options),
      Closed{"2026-12-24..2026-12-29"});
  EXPECT_EQ(closed(event_of("DTSTART:20270103T220000\r\nDURATION:PT5H\r\n"), options),
            Closed{"2027-01-03 1320-1620"});
  const auto outside = parse_calendar(calendar_of(event_of("DTSTART;VALUE=DATE:20261227\r\n") +
                                                  event_of("DTSTART;VALUE=DATE:20270104\r\n")),
                                      options);
  ASSERT_TRUE(outside.has_value());
  EXPECT_TRUE(outside->exceptions.empty());
  EXPECT_EQ(outside->skipped.outside, 2U);
}

TEST(CalendarImport, leaves_out_and_moves_single_days_of_a_series) {
  const std::string series =
      "BEGIN:VEVENT\r\nUID:series\r\nDTSTART;TZID=Europe/London:20261102T090000\r\n"
      "DURATION:PT1H\r\nRRULE:FREQ=DAILY;COUNT=5\r\n";
  const auto options = options_in("Europe/London", "2026-11-01");
  EXPECT_EQ(closed(series + "EXDATE;TZID=Europe/London:20261103T090000,20261105T090000\r\n"
                            "END:VEVENT\r\n",
                   options),
            (Closed{"2026-11-02 540-600", "2026-11-04 540-600", "2026-11-06 540-600"}));
  // The same instants said in UTC, and as whole days.
  EXPECT_EQ(closed(series + "EXDATE:20261103T090000Z\r\nEXDATE;VALUE=DATE:20261105\r\n"
                            "END:VEVENT\r\n",
                   options),
            (Closed{"2026-11-02 540-600", "2026-11-04 540-600", "2026-11-06 540-600"}));
  EXPECT_EQ(closed(series + "RDATE;TZID=Europe/London:20261110T150000\r\nEND:VEVENT\r\n", options),
            (Closed{"2026-11-02..2026-11-07 540-600", "2026-11-10 900-960"}));
  const std::string moved =
      "BEGIN:VEVENT\r\nUID:series\r\nRECURRENCE-ID:20261104T090000Z\r\n"
      "DTSTART;TZID=Europe/London:20261104T140000\r\nDURATION:PT2H\r\n";
  EXPECT_EQ(closed(series + "END:VEVENT\r\n" + moved + "END:VEVENT\r\n", options),
            (Closed{"2026-11-02..2026-11-04 540-600", "2026-11-04 840-960",
                    "2026-11-05..2026-11-07 540-600"}));
  // A single day that is cancelled or shown as free opens that day; its order in the file is free.
  EXPECT_EQ(
      closed(moved + "STATUS:CANCELLED\r\nEND:VEVENT\r\n" + series + "END:VEVENT\r\n", options),
      (Closed{"2026-11-02..2026-11-04 540-600", "2026-11-05..2026-11-07 540-600"}));
}

TEST(CalendarImport, ends_a_series_at_its_last_time_inclusive) {
  const std::string start = "DTSTART;TZID=America/New_York:20261102T200000\r\nDURATION:PT1H\r\n";
  // 20:00 in New York is 01:00Z of the next day.
  const auto until = [&start](const std::string& value) {
    return closed_by(start + "RRULE:FREQ=DAILY;UNTIL=" + value + "\r\n", "America/New_York",
                     "2026-11-01");
  };
  const Closed two{"2026-11-02..2026-11-04 1200-1260"};
  EXPECT_EQ(until("20261104T010000Z"), two);
  EXPECT_EQ(until("20261104T005959Z"), Closed{"2026-11-02 1200-1260"});
  EXPECT_EQ(until("20261103"), two);
  EXPECT_EQ(until("20261103T200000"), two);
}

TEST(CalendarImport, counts_what_closes_nothing_by_its_reason) {
  const auto imported = parse_calendar(
      calendar_of(event_of("DTSTART:20261103T090000Z\r\nDURATION:PT1H\r\nSTATUS:CANCELLED\r\n") +
                  event_of("DTSTART:20261103T090000Z\r\nDURATION:PT1H\r\ntransp:Transparent\r\n") +
                  event_of("DTSTART:20261103T090000Z\r\n") +
                  event_of("DTSTART:20301103T090000Z\r\nDURATION:PT1H\r\n") +
                  "BEGIN:VTODO\r\nDUE:20261103T090000Z\r\nEND:VTODO\r\n" +
                  event_of("DTSTART:20261103T120000Z\r\nDURATION:PT1H\r\nSTATUS:TENTATIVE\r\n")),
      options_in("Etc/UTC", "2026-11-01"));
  ASSERT_TRUE(imported.has_value()) << describe(imported.error());
  EXPECT_EQ(imported->events, 5U);
  EXPECT_EQ(imported->instances, 1U);
  EXPECT_EQ(imported->skipped.cancelled, 1U);
  EXPECT_EQ(imported->skipped.transparent, 1U);
  EXPECT_EQ(imported->skipped.without_length, 1U);
  EXPECT_EQ(imported->skipped.outside, 1U);
  EXPECT_EQ(imported->skipped.others, 1U);
  EXPECT_EQ(closed_in(*imported), Closed{"2026-11-03 720-780"});
}

// Row 85.
TEST(CalendarImport, keeps_no_word_of_the_calendar) {
  const auto imported = parse_calendar(
      calendar_of(event_of("DTSTART:20261103T090000Z\r\nDURATION:PT1H\r\n"
                           "SUMMARY:<script>alert(1)</script> Session with a client\r\n"
                           "DESCRIPTION:secret\\, " +
                           std::string(4000, 'x') + "\r\n " + std::string(8000, 'y') +
                           "\r\n"
                           "LOCATION:secret\r\nATTENDEE;CN=secret:mailto:secret@example.org\r\n"
                           "ATTACH:http://127.0.0.1:1/secret\r\nURL:http://127.0.0.1:1/secret\r\n"
                           "CATEGORIES:secret\r\nX-SECRET:secret\r\n"
                           "BEGIN:VALARM\r\nACTION:AUDIO\r\nTRIGGER:-PT15M\r\n"
                           "ATTACH:http://127.0.0.1:1/secret\r\nEND:VALARM\r\n")),
      options_in("Etc/UTC", "2026-11-01"));
  ASSERT_TRUE(imported.has_value()) << describe(imported.error());
  ASSERT_EQ(imported->exceptions.size(), 1U);
  v1::Exception only;
  only.set_id("busy-2026-11-03-0900-1000");
  only.set_kind(v1::Exception::CLOSED);
  only.set_from_date("2026-11-03");
  only.set_until_date("2026-11-04");
  only.set_start_minute(540);
  only.set_end_minute(600);
  EXPECT_EQ(imported->exceptions[0].SerializeAsString(), only.SerializeAsString());
}

// Row 84: the zone of that name is the database's, whatever the file says that it is.
TEST(CalendarImport, does_not_believe_what_a_calendar_says_about_a_zone) {
  const std::string evil =
      "BEGIN:VTIMEZONE\r\nTZID:Europe/London\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
      "TZOFFSETFROM:+0000\r\nTZOFFSETTO:+1200\r\nRRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\n"
      "END:VTIMEZONE\r\n";
  EXPECT_EQ(
      closed(evil + event_of("DTSTART;TZID=Europe/London:20261103T090000\r\nDURATION:PT1H\r\n"),
             options_in("Etc/UTC", "2026-11-01")),
      Closed{"2026-11-03 540-600"});
}

TEST(CalendarImport, reads_folded_lines_any_case_and_both_kinds_of_line_break) {
  EXPECT_EQ(closed_in(*parse_calendar("\xef\xbb\xbf"
                                      "begin:vcalendar\nbegin:vevent\nuid:a\n"
                                      "dtstart;tzid=\"Europe/Lon\n\tdon\":2026110\n 3T090000\n"
                                      "SUMMARY:caf\xc3\n \xa9\n"
                                      "duration:PT1H\nend:vevent\nend:vcalendar",
                                      options_in("Etc/UTC", "2026-11-01"))),
            Closed{"2026-11-03 540-600"});
}

}  // namespace
}  // namespace holdspace::client::calendar
