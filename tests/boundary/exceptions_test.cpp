// Dated exceptions: what they open and shut, and who wins when they overlap. Rows named in
// docs/boundary.md.
#include <gtest/gtest.h>

#include "boundary/gate.hpp"
#include "tests/boundary/policy_text.hpp"

namespace holdspace::boundary {
namespace {

using testing::at;
using testing::between;
using testing::exception;
using testing::gate;
using testing::lines;
using testing::london_office;
using testing::on_hours;
using testing::policy;

constexpr auto closed = ExceptionKind::closed;
constexpr auto open = ExceptionKind::open;
constexpr auto routine = Lane::routine;
constexpr auto to_therapist = Direction::to_therapist;

Gate office_with(std::vector<DatedException> exceptions) {
  Policy with = london_office();
  with.exceptions = std::move(exceptions);
  return gate(with);
}

std::vector<std::string> openings(const Gate& compiled, Interval within, Lane lane = routine,
                                  Direction direction = to_therapist) {
  return lines(compiled.openings({lane, direction}, within));
}

std::vector<std::string> rules(const Gate& compiled, Instant now) {
  std::vector<std::string> said;
  for (const Rule& rule : compiled.rules_at({routine, to_therapist}, now)) {
    said.push_back(format_rule(rule));
  }
  return said;
}

using Lines = std::vector<std::string>;

// Monday 2026-01-12 to Wednesday; in January London is UTC.
const Interval kThreeDays = between("2026-01-12T00:00Z", "2026-01-15T00:00Z");
const Interval kMonday = between("2026-01-12T09:00Z", "2026-01-12T17:00Z");
const Interval kTuesday = between("2026-01-13T09:00Z", "2026-01-13T17:00Z");
const Interval kWednesday = between("2026-01-14T09:00Z", "2026-01-14T17:00Z");

TEST(Exceptions, closed_day_shuts_the_gate_for_that_day) {
  const Gate away = office_with({exception("away", closed, "2026-01-13", "2026-01-14")});
  EXPECT_EQ(openings(away, kThreeDays), lines({kMonday, kWednesday}));
}

TEST(Exceptions, open_day_opens_a_day_that_is_normally_shut) {
  const Gate saturday = office_with(
      {on_hours(exception("clinic", open, "2026-01-17", "2026-01-18"), "10:00", "12:00")});
  EXPECT_EQ(openings(saturday, between("2026-01-17T00:00Z", "2026-01-19T00:00Z")),
            lines({between("2026-01-17T10:00Z", "2026-01-17T12:00Z")}));
}

TEST(Exceptions, closed_day_without_midnight_is_23_hours) {
  Policy cairo = policy("Africa/Cairo", {});
  cairo.windows = open_all_week(routine, to_therapist);
  cairo.exceptions = {exception("holiday", closed, "2026-04-24", "2026-04-25")};
  const Interval shut = between("2026-04-23T22:00Z", "2026-04-24T21:00Z");
  EXPECT_EQ(gate(cairo).stretch_at({routine, to_therapist}, at("2026-04-24T12:00Z"),
                                   between("2026-04-20T00:00Z", "2026-04-30T00:00Z")),
            (Stretch{false, shut}));
}

TEST(Exceptions, closed_day_lasts_to_the_second_midnight_where_midnight_comes_twice) {
  Policy havana = policy("America/Havana", {});
  havana.windows = open_all_week(routine, to_therapist);
  havana.exceptions = {exception("holiday", closed, "2025-11-01", "2025-11-02")};
  const Interval shut = between("2025-11-01T04:00Z", "2025-11-02T05:00Z");
  EXPECT_EQ(gate(havana).stretch_at({routine, to_therapist}, at("2025-11-01T12:00Z"),
                                    between("2025-10-20T00:00Z", "2025-11-10T00:00Z")),
            (Stretch{false, shut}));
}

TEST(Exceptions, closed_leap_day_is_that_day_alone) {
  const Gate leap = office_with({exception("leap", closed, "2028-02-29", "2028-03-01")});
  EXPECT_EQ(openings(leap, between("2028-02-28T00:00Z", "2028-03-02T00:00Z")),
            lines({between("2028-02-28T09:00Z", "2028-02-28T17:00Z"),
                   between("2028-03-01T09:00Z", "2028-03-01T17:00Z")}));
}

TEST(Exceptions, hours_apply_to_each_day_of_the_range) {
  const Gate lunches = office_with(
      {on_hours(exception("lunch", closed, "2026-01-12", "2026-01-14"), "12:00", "13:00")});
  EXPECT_EQ(openings(lunches, kThreeDays),
            lines({between("2026-01-12T09:00Z", "2026-01-12T12:00Z"),
                   between("2026-01-12T13:00Z", "2026-01-12T17:00Z"),
                   between("2026-01-13T09:00Z", "2026-01-13T12:00Z"),
                   between("2026-01-13T13:00Z", "2026-01-13T17:00Z"), kWednesday}));
}

TEST(Exceptions, hours_over_midnight_belong_to_the_day_on_which_they_start) {
  DatedException night = exception("night", open, "2026-01-12", "2026-01-13");
  night.part = DayPart{22 * 60, 26 * 60};
  EXPECT_EQ(
      openings(office_with({night}), kThreeDays),
      lines({kMonday, between("2026-01-12T22:00Z", "2026-01-13T02:00Z"), kTuesday, kWednesday}));
}

TEST(Exceptions, speak_only_of_the_lanes_and_directions_they_name) {
  Policy both = london_office();
  for (const WeeklyWindow& weekly : london_office().windows) {
    both.windows.push_back({Lane::logistics, weekly.direction, weekly.weekday, weekly.start_minute,
                            weekly.end_minute});
    both.windows.push_back({Lane::routine, Direction::to_client, weekly.weekday,
                            weekly.start_minute, weekly.end_minute});
  }
  DatedException away = exception("away", closed, "2026-01-13", "2026-01-14");
  away.lanes = {routine};
  away.directions = {to_therapist};
  both.exceptions = {away};
  const Gate compiled = gate(both);
  EXPECT_EQ(openings(compiled, kThreeDays), lines({kMonday, kWednesday}));
  EXPECT_EQ(openings(compiled, kThreeDays, Lane::logistics),
            lines({kMonday, kTuesday, kWednesday}));
  EXPECT_EQ(openings(compiled, kThreeDays, routine, Direction::to_client),
            lines({kMonday, kTuesday, kWednesday}));
}

TEST(Exceptions, closed_beats_open_at_equal_rank) {
  const Gate both = office_with({exception("clinic", open, "2026-01-13", "2026-01-14"),
                                 exception("away", closed, "2026-01-13", "2026-01-14")});
  EXPECT_EQ(openings(both, kThreeDays), lines({kMonday, kWednesday}));
  EXPECT_EQ(rules(both, at("2026-01-13T10:00Z")),
            (Lines{"closed_exception:away", "open_exception:clinic", "weekly:windows[1]"}));
}

TEST(Exceptions, open_one_beats_the_closed_one_that_it_lifts) {
  const Gate lifted = office_with(
      {exception("away", closed, "2026-01-12", "2026-01-15"),
       on_hours(exception("clinic", open, "2026-01-13", "2026-01-14", "away"), "18:00", "19:00")});
  EXPECT_EQ(openings(lifted, kThreeDays),
            lines({between("2026-01-13T18:00Z", "2026-01-13T19:00Z")}));
  EXPECT_EQ(rules(lifted, at("2026-01-13T18:30Z")),
            (Lines{"open_exception:clinic", "closed_exception:away", "weekly"}));
}

TEST(Exceptions, open_one_does_not_beat_a_second_closed_one_that_it_does_not_name) {
  const Gate twice = office_with({exception("away", closed, "2026-01-12", "2026-01-15"),
                                  exception("ill", closed, "2026-01-13", "2026-01-14"),
                                  exception("clinic", open, "2026-01-13", "2026-01-14", "away")});
  EXPECT_EQ(openings(twice, kThreeDays), Lines{});
  EXPECT_EQ(rules(twice, at("2026-01-13T10:00Z")),
            (Lines{"closed_exception:ill", "open_exception:clinic", "closed_exception:away",
                   "weekly:windows[1]"}));
}

TEST(Exceptions, removing_either_of_two_gives_what_the_other_says_alone) {
  DatedException clinic = exception("clinic", open, "2026-01-17", "2026-01-18");
  const DatedException away = exception("away", closed, "2026-01-17", "2026-01-18");
  const Interval saturday = between("2026-01-17T00:00Z", "2026-01-18T00:00Z");
  EXPECT_EQ(openings(office_with({clinic, away}), saturday), Lines{});
  EXPECT_EQ(openings(office_with({clinic}), saturday), lines({saturday}));
  EXPECT_EQ(openings(office_with({away}), saturday), Lines{});
  clinic.lifts = "away";
  EXPECT_EQ(openings(office_with({clinic, away}), saturday), lines({saturday}));
}

TEST(Exceptions, lifting_one_for_another_lane_lifts_nothing_here) {
  DatedException clinic = exception("clinic", open, "2026-01-13", "2026-01-14", "away");
  clinic.lanes = {Lane::logistics};
  const Gate other = office_with({exception("away", closed, "2026-01-13", "2026-01-14"), clinic});
  EXPECT_EQ(openings(other, kThreeDays), lines({kMonday, kWednesday}));
  EXPECT_EQ(openings(other, kThreeDays, Lane::logistics),
            lines({between("2026-01-13T00:00Z", "2026-01-14T00:00Z")}));
}

TEST(Exceptions, that_touch_or_overlap_make_no_flap) {
  const Gate leave = office_with({exception("first", closed, "2026-01-12", "2026-01-13"),
                                  exception("second", closed, "2026-01-13", "2026-01-15"),
                                  exception("third", closed, "2026-01-14", "2026-01-16")});
  EXPECT_EQ(leave.stretch_at({routine, to_therapist}, at("2026-01-13T10:00Z"),
                             between("2026-01-01T00:00Z", "2026-02-01T00:00Z")),
            (Stretch{false, between("2026-01-09T17:00Z", "2026-01-16T09:00Z")}));
}

TEST(Exceptions, open_hours_that_touch_a_window_make_one_opening) {
  const Gate early = office_with(
      {on_hours(exception("early", open, "2026-01-12", "2026-01-13"), "07:00", "09:00"),
       on_hours(exception("late", open, "2026-01-12", "2026-01-13"), "16:00", "20:00")});
  EXPECT_EQ(openings(early, between("2026-01-12T00:00Z", "2026-01-13T00:00Z")),
            lines({between("2026-01-12T07:00Z", "2026-01-12T20:00Z")}));
}

}  // namespace
}  // namespace holdspace::boundary
