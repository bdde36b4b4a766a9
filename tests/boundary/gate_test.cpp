// The weekly calendar on real dates of real zones. Rows named in docs/boundary.md.
#include "boundary/gate.hpp"

#include <gtest/gtest.h>

#include "tests/boundary/policy_text.hpp"

namespace holdspace::boundary {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using testing::at;
using testing::between;
using testing::day;
using testing::gate;
using testing::lines;
using testing::london_office;
using testing::policy;
using testing::window;

constexpr auto routine = Lane::routine;
constexpr auto to_therapist = Direction::to_therapist;

std::vector<Interval> openings(const Policy& source, Interval within) {
  return gate(source).openings({routine, to_therapist}, within);
}

struct OpeningRow {
  const char* says;
  Policy policy;
  Interval looked_at;
  std::vector<Interval> openings;
};

TEST(Gate, opens_from_the_earliest_start_to_the_latest_end_of_each_window) {
  const Interval spring = between("2026-03-08T00:00Z", "2026-03-09T00:00Z");
  const Interval autumn = between("2026-11-01T00:00Z", "2026-11-02T00:00Z");
  const OpeningRow rows[] = {
      {"02:00-04:00 over the gap is one hour",
       policy("America/New_York", {"sun 02:00-04:00"}),
       spring,
       {between("2026-03-08T07:00Z", "2026-03-08T08:00Z")}},
      {"01:30-03:30 over the gap is one hour",
       policy("America/New_York", {"sun 01:30-03:30"}),
       spring,
       {between("2026-03-08T06:30Z", "2026-03-08T07:30Z")}},
      {"02:15-02:45 inside the gap is nothing",
       policy("America/New_York", {"sun 02:15-02:45"}),
       spring,
       {}},
      {"01:15-01:45 shown twice is one opening of 90 minutes",
       policy("America/New_York", {"sun 01:15-01:45"}),
       autumn,
       {between("2026-11-01T05:15Z", "2026-11-01T06:45Z")}},
      {"touching windows shown twice are one opening",
       policy("America/New_York", {"sun 01:00-01:30", "sun 01:30-02:00"}),
       autumn,
       {between("2026-11-01T05:00Z", "2026-11-01T07:00Z")}},
      {"Cairo's last hour shown twice",
       policy("Africa/Cairo", {"thu 22:00-23:30"}),
       between("2026-10-29T00:00Z", "2026-10-30T12:00Z"),
       {between("2026-10-29T19:00Z", "2026-10-29T21:30Z")}},
      {"Cairo's day without midnight",
       policy("Africa/Cairo", {"fri 00:00-24:00"}),
       between("2026-04-23T00:00Z", "2026-04-26T00:00Z"),
       {between("2026-04-23T22:00Z", "2026-04-24T21:00Z")}},
      {"Lord Howe's half-hour shift",
       policy("Australia/Lord_Howe", {"sun 02:00-03:00"}),
       between("2026-10-03T00:00Z", "2026-10-05T00:00Z"),
       {between("2026-10-03T15:30Z", "2026-10-03T16:00Z")}},
      {"Saturday night is nine hours when the clocks go back",
       policy("America/New_York", {"sat 22:00-06:00"}),
       between("2026-10-31T12:00Z", "2026-11-02T00:00Z"),
       {between("2026-11-01T02:00Z", "2026-11-01T11:00Z")}},
      {"Saturday night is seven hours when they go forward",
       policy("America/New_York", {"sat 22:00-06:00"}),
       between("2026-03-07T12:00Z", "2026-03-09T00:00Z"),
       {between("2026-03-08T03:00Z", "2026-03-08T10:00Z")}},
      {"windows that touch at midnight are one opening",
       policy("Europe/London", {"mon 22:00-24:00", "tue 00:00-02:00"}),
       between("2026-01-12T00:00Z", "2026-01-14T00:00Z"),
       {between("2026-01-12T22:00Z", "2026-01-13T02:00Z")}},
      {"a lunch break is two openings",
       policy("Europe/London", {"mon 09:00-12:00", "mon 13:00-17:00"}),
       between("2026-01-12T00:00Z", "2026-01-13T00:00Z"),
       {between("2026-01-12T09:00Z", "2026-01-12T12:00Z"),
        between("2026-01-12T13:00Z", "2026-01-12T17:00Z")}},
      {"leap day is a day like any other",
       policy("Europe/London", {"tue 09:00-17:00"}),
       between("2028-02-28T00:00Z", "2028-03-02T00:00Z"),
       {between("2028-02-29T09:00Z", "2028-02-29T17:00Z")}},
      {"no windows, no opening",
       policy("Europe/London", {}),
       between("2026-01-12T00:00Z", "2026-12-13T00:00Z"),
       {}},
  };
  for (const OpeningRow& row : rows) {
    SCOPED_TRACE(row.says);
    EXPECT_EQ(lines(openings(row.policy, row.looked_at)), lines(row.openings));
  }
}

TEST(Gate, opens_on_the_next_day_when_the_clocks_jump_over_a_window) {
  const Policy nightly = policy("America/New_York", {"sun 02:15-02:45", "mon 02:15-02:45"});
  EXPECT_EQ(lines(openings(nightly, between("2026-03-08T00:00Z", "2026-03-10T00:00Z"))),
            lines({between("2026-03-09T06:15Z", "2026-03-09T06:45Z")}));
}

TEST(Gate, names_the_windows_that_the_clocks_jump_over) {
  const Gate nightly =
      gate(policy("America/New_York", {"sat 02:15-02:45", "sun 02:15-02:45", "sun 09:00-10:00"}));
  const std::vector<EmptyWindow> expected = {{.window = 1, .date = day("2026-03-08")},
                                             {.window = 1, .date = day("2027-03-14")}};
  EXPECT_EQ(nightly.empty_windows(between("2026-03-01T00:00Z", "2027-04-01T00:00Z")), expected);
  EXPECT_TRUE(nightly.empty_windows(between("2026-03-09T12:00Z", "2026-12-01T00:00Z")).empty());
  EXPECT_TRUE(nightly.empty_windows(between("2026-03-09T12:00Z", "2026-03-09T12:00Z")).empty());
}

TEST(Gate, has_no_lost_last_minute_before_midnight) {
  const Gate evening = gate(policy("Europe/London", {"mon 22:00-24:00"}));
  const Interval year = between("2026-01-01T00:00Z", "2027-01-01T00:00Z");
  EXPECT_TRUE(
      evening.stretch_at({routine, to_therapist}, at("2026-01-12T23:59:59.999Z"), year).open);
  EXPECT_FALSE(evening.stretch_at({routine, to_therapist}, at("2026-01-13T00:00Z"), year).open);
}

TEST(Gate, is_open_at_the_instant_of_opening_and_shut_at_the_instant_of_closing) {
  const Gate office = gate(london_office());
  const Interval year = between("2026-01-01T00:00Z", "2027-01-01T00:00Z");
  const Interval monday = between("2026-03-30T08:00Z", "2026-03-30T16:00Z");
  const auto stretch = [&](Instant now) {
    return office.stretch_at({routine, to_therapist}, now, year);
  };
  EXPECT_EQ(stretch(monday.from), (Stretch{true, monday}));
  EXPECT_EQ(stretch(monday.until - milliseconds{1}), (Stretch{true, monday}));
  EXPECT_EQ(stretch(monday.until),
            (Stretch{false, between("2026-03-30T16:00Z", "2026-03-31T08:00Z")}));
  EXPECT_EQ(stretch(monday.from - milliseconds{1}),
            (Stretch{false, between("2026-03-27T17:00Z", "2026-03-30T08:00Z")}));
}

TEST(Gate, cuts_a_stretch_to_what_it_was_asked_for) {
  const Gate office = gate(london_office());
  const Interval hour = between("2026-03-30T12:00Z", "2026-03-30T13:00Z");
  EXPECT_EQ(office.stretch_at({routine, to_therapist}, at("2026-03-30T12:30Z"), hour),
            (Stretch{true, hour}));
  const Interval night = between("2026-03-30T20:00Z", "2026-03-30T21:00Z");
  EXPECT_EQ(office.stretch_at({routine, to_therapist}, at("2026-03-30T20:00Z"), night),
            (Stretch{false, night}));
}

TEST(Gate, that_is_open_all_week_never_changes_not_even_with_the_clocks) {
  Policy always = policy("America/New_York", {});
  always.windows = open_all_week(routine, to_therapist);
  const Interval year = between("2026-01-01T00:00Z", "2027-01-01T00:00Z");
  EXPECT_EQ(lines(openings(always, year)), lines({year}));
  Policy shifted = policy("Europe/London", {});  // the same week cut at 06:00 instead of midnight
  for (unsigned weekday = 0; weekday < 7; ++weekday) {
    shifted.windows.push_back(
        {routine, to_therapist, std::chrono::weekday{weekday}, 360, 360 + kMinutesPerDay});
  }
  EXPECT_EQ(lines(openings(shifted, year)), lines({year}));
}

TEST(Gate, joins_a_whole_chain_of_touching_days) {
  const Policy all_but_sunday =
      policy("Europe/London", {"mon 00:00-24:00", "tue 00:00-24:00", "wed 00:00-24:00",
                               "thu 00:00-24:00", "fri 00:00-24:00", "sat 00:00-24:00"});
  const Interval year = between("2026-01-01T00:00Z", "2027-01-01T00:00Z");
  EXPECT_EQ(gate(all_but_sunday).stretch_at({routine, to_therapist}, at("2026-01-15T12:00Z"), year),
            (Stretch{true, between("2026-01-12T00:00Z", "2026-01-18T00:00Z")}));
}

TEST(Gate, keeps_lanes_and_directions_apart) {
  Policy sides = policy("Europe/London", {"mon 09:00-10:00"});
  sides.windows.push_back(window("mon 11:00-12:00", Lane::routine, Direction::to_client));
  sides.windows.push_back(window("mon 13:00-14:00", Lane::logistics));
  sides.windows.push_back(window("mon 15:00-16:00", Lane::logistics, Direction::to_client));
  const Gate compiled = gate(sides);
  const Interval monday = between("2026-01-12T00:00Z", "2026-01-13T00:00Z");
  const auto shown = [&](Lane lane, Direction direction) {
    return lines(compiled.openings({lane, direction}, monday));
  };
  EXPECT_EQ(shown(Lane::routine, Direction::to_therapist),
            lines({between("2026-01-12T09:00Z", "2026-01-12T10:00Z")}));
  EXPECT_EQ(shown(Lane::routine, Direction::to_client),
            lines({between("2026-01-12T11:00Z", "2026-01-12T12:00Z")}));
  EXPECT_EQ(shown(Lane::logistics, Direction::to_therapist),
            lines({between("2026-01-12T13:00Z", "2026-01-12T14:00Z")}));
  EXPECT_EQ(shown(Lane::logistics, Direction::to_client),
            lines({between("2026-01-12T15:00Z", "2026-01-12T16:00Z")}));
}

TEST(Gate, follows_the_law_of_the_installed_time_zone_database) {
  // British Columbia gives up changing its clocks in late 2026; releases before 2026b do not know
  // it yet.
  const Gate clinic = gate(policy("America/Vancouver", {"tue 09:00-10:00"}));
  const Interval december = between("2026-12-01T00:00Z", "2026-12-02T00:00Z");
  const std::vector<Interval> found = clinic.openings({routine, to_therapist}, december);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].from + clinic.zone().offset(found[0].from), at("2026-12-01T09:00Z"));
  EXPECT_EQ(found[0].until - found[0].from, hours{1});
  if (tzdb_version() != "unknown") {
    EXPECT_EQ(clinic.zone().offset(found[0].from),
              tzdb_version() < "2026b" ? -hours{8} : -hours{7});
  }
}

TEST(Gate, bounds_a_list_of_openings_by_the_horizon) {
  const Interval long_look = between("2026-01-01T00:00Z", "2036-01-01T00:00Z");
  const std::vector<Interval> found = openings(london_office(), long_look);
  ASSERT_FALSE(found.empty());
  EXPECT_LE(found.back().until, long_look.from + kHorizon);
  EXPECT_GT(found.back().until, long_look.from + kHorizon - days{4});
}

TEST(Gate, does_not_compile_a_policy_that_breaks_a_rule) {
  const auto compiled = Gate::compile(policy("Europe/Atlantis", {}));
  ASSERT_TRUE(compiled.has_error());
  EXPECT_EQ(compiled.error().field, "zone");
}

}  // namespace
}  // namespace holdspace::boundary
