#include "boundary/time.hpp"

#include <gtest/gtest.h>

#include "tests/boundary/policy_text.hpp"

namespace holdspace::boundary {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using testing::at;
using testing::between;
using testing::day;
using testing::zone;

TEST(Interval, holds_its_first_instant_and_not_its_last) {
  const Interval interval = between("2026-03-30T08:00Z", "2026-03-30T16:00Z");
  EXPECT_TRUE(interval.contains(interval.from));
  EXPECT_TRUE(interval.contains(interval.until - milliseconds{1}));
  EXPECT_FALSE(interval.contains(interval.until));
  EXPECT_FALSE(interval.contains(interval.from - milliseconds{1}));
}

TEST(Interval, is_empty_when_it_ends_where_it_begins_or_earlier) {
  EXPECT_TRUE(between("2026-03-30T08:00Z", "2026-03-30T08:00Z").empty());
  EXPECT_TRUE(between("2026-03-30T08:00Z", "2026-03-30T07:00Z").empty());
  EXPECT_FALSE(between("2026-03-30T08:00Z", "2026-03-30T08:00:00.001Z").empty());
}

TEST(Zone, is_found_by_its_exact_name_only) {
  for (const char* known : {"Europe/London", "America/New_York", "Africa/Cairo", "UTC"}) {
    const auto found = Zone::locate(known);
    ASSERT_TRUE(found.has_value()) << known;
    EXPECT_EQ(found->name(), known);
  }
  for (const char* unknown :
       {"", "Europe/Atlantis", "europe/london", "../UTC", "/etc/localtime", "localtime", "+01:00",
        "right/Europe/London", "posix/Europe/London"}) {
    EXPECT_TRUE(Zone::locate(unknown).has_error()) << unknown;
  }
  EXPECT_TRUE(Zone::locate(std::string(100000, 'a')).has_error());
}

struct WallRow {
  const char* says;
  const char* zone;
  const char* date;
  const char* time;
  const char* earliest;
  const char* latest;
};

TEST(Zone, turns_the_wall_into_instants_by_the_earliest_start_and_the_latest_end) {
  const WallRow rows[] = {
      {"ordinary winter time", "America/New_York", "2026-01-15", "09:00", "2026-01-15T14:00Z",
       "2026-01-15T14:00Z"},
      {"first minute of a gap", "America/New_York", "2026-03-08", "02:00", "2026-03-08T07:00Z",
       "2026-03-08T07:00Z"},
      {"inside a gap", "America/New_York", "2026-03-08", "02:45", "2026-03-08T07:00Z",
       "2026-03-08T07:00Z"},
      {"first minute after a gap", "America/New_York", "2026-03-08", "03:00", "2026-03-08T07:00Z",
       "2026-03-08T07:00Z"},
      {"last minute before a gap", "America/New_York", "2026-03-08", "01:59", "2026-03-08T06:59Z",
       "2026-03-08T06:59Z"},
      {"shown twice", "America/New_York", "2026-11-01", "01:15", "2026-11-01T05:15Z",
       "2026-11-01T06:15Z"},
      {"first minute shown twice", "America/New_York", "2026-11-01", "01:00", "2026-11-01T05:00Z",
       "2026-11-01T06:00Z"},
      {"first minute after", "America/New_York", "2026-11-01", "02:00", "2026-11-01T07:00Z",
       "2026-11-01T07:00Z"},
      {"midnight that does not exist", "Africa/Cairo", "2026-04-24", "00:00", "2026-04-23T22:00Z",
       "2026-04-23T22:00Z"},
      {"last hour of a day shown twice", "Africa/Cairo", "2026-10-29", "23:30", "2026-10-29T20:30Z",
       "2026-10-29T21:30Z"},
      {"gap of half an hour", "Australia/Lord_Howe", "2026-10-04", "02:00", "2026-10-03T15:30Z",
       "2026-10-03T15:30Z"},
      {"a day that never was", "Pacific/Apia", "2011-12-30", "12:00", "2011-12-30T10:00Z",
       "2011-12-30T10:00Z"},
      {"quarter-hour offset", "Asia/Kathmandu", "2026-05-05", "09:00", "2026-05-05T03:15Z",
       "2026-05-05T03:15Z"},
  };
  for (const WallRow& row : rows) {
    SCOPED_TRACE(row.says);
    const LocalMinute local =
        day(row.date) + minutes{testing::must(parse_time_of_day(row.time), row.time)};
    EXPECT_EQ(format_instant(zone(row.zone).earliest(local)), format_instant(at(row.earliest)));
    EXPECT_EQ(format_instant(zone(row.zone).latest(local)), format_instant(at(row.latest)));
  }
}

TEST(Zone, shows_the_same_wall_again_after_the_clocks_go_back) {
  const Zone new_york = zone("America/New_York");
  EXPECT_EQ(new_york.to_local(at("2026-11-01T05:15Z")), new_york.to_local(at("2026-11-01T06:15Z")));
  EXPECT_EQ(new_york.offset(at("2026-11-01T05:59:59.999Z")), -hours{4});
  EXPECT_EQ(new_york.offset(at("2026-11-01T06:00Z")), -hours{5});
}

TEST(Zone, rounds_the_wall_down_to_the_minute_before_1970_too) {
  const Zone utc = zone("UTC");
  EXPECT_EQ(utc.to_local(at("1969-12-31T23:59:59.999Z")), day("1969-12-31") + minutes{1439});
  EXPECT_EQ(utc.to_local(at("2026-01-01T00:00:59.999Z")), LocalMinute{day("2026-01-01")});
}

TEST(Date, is_read_only_when_it_is_a_real_calendar_day) {
  EXPECT_EQ(format_date(day("2028-02-29")), "2028-02-29");
  EXPECT_EQ(day("2026-03-01") - day("2026-02-28"), std::chrono::days{1});
  for (const char* bad :
       {"", "2027-02-29", "2026-04-31", "2026-13-01", "2026-00-01", "2026-01-00", "2026-1-1",
        "26-01-01", "2026/01/01", "2026-01-01 ", "+026-01-01", "2026-0a-01", "2026-01-01T"}) {
    EXPECT_FALSE(parse_date(bad).has_value()) << bad;
  }
}

TEST(Instant, is_written_in_utc_and_read_back) {
  EXPECT_EQ(format_instant(at("2026-03-30T08:00Z")), "2026-03-30T08:00:00.000Z");
  EXPECT_EQ(format_instant(at("2026-03-30T08:00:07Z")), "2026-03-30T08:00:07.000Z");
  EXPECT_EQ(format_instant(at("1969-12-31T23:59:59.999Z")), "1969-12-31T23:59:59.999Z");
  for (const char* bad : {"", "2026-03-30", "2026-03-30T08:00", "2026-03-30T24:00Z",
                          "2026-03-30T08:60Z", "2026-03-30T08:00:60Z", "2026-03-30T08:00:00.1Z",
                          "2026-03-30T08:00:00,100Z", "2026-03-30 08:00Z", "2026-03-30T08:00+01:00",
                          "2026-03-30T08:00:Z", "2026-02-30T08:00Z", "2026-03-30T8:000Z"}) {
    EXPECT_FALSE(parse_instant(bad).has_value()) << bad;
  }
}

TEST(Instant, is_shown_on_the_wall_of_a_zone_with_its_offset) {
  const Instant promise = at("2026-03-30T08:00Z");
  EXPECT_EQ(format_local(zone("America/New_York"), promise), "2026-03-30 04:00 -04:00");
  EXPECT_EQ(format_local(zone("Europe/London"), promise), "2026-03-30 09:00 +01:00");
  EXPECT_EQ(format_local(zone("Asia/Kathmandu"), promise), "2026-03-30 13:45 +05:45");
}

TEST(TimeZoneDatabase, says_its_release) {
  const std::string& version = tzdb_version();
  ASSERT_FALSE(version.empty());
  if (version != "unknown") {
    EXPECT_GE(version, "2023") << "older data has no summer time in Cairo";
  }
}

}  // namespace
}  // namespace holdspace::boundary
