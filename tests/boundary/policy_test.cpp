#include "boundary/policy.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "boundary/names.hpp"
#include "tests/boundary/policy_text.hpp"

namespace holdspace::boundary {
namespace {

using testing::day;
using testing::exception;
using testing::london_office;
using testing::on_hours;
using testing::policy;
using testing::window;

constexpr auto closed = ExceptionKind::closed;
constexpr auto open = ExceptionKind::open;

// What validate() says, in the words a person reads; empty when it accepts.
std::string verdict_on(const Policy& candidate) {
  const auto checked = validate(candidate);
  return checked.has_error() ? describe(checked.error()) : std::string();
}

struct RefusedRow {
  const char* says;
  std::function<void(Policy&)> spoil;
  const char* field;
  PolicyRule rule;
  const char* other = "";
};

// A valid policy with windows[0..4] and exceptions[0..1], one fault at a time.
Policy sound_policy() {
  Policy sound = london_office();
  sound.exceptions = {exception("easter", closed, "2026-04-03", "2026-04-07"),
                      exception("clinic", open, "2026-04-04", "2026-04-05", "easter")};
  return sound;
}

void expect_refused(const RefusedRow& row) {
  SCOPED_TRACE(row.says);
  Policy spoiled = sound_policy();
  row.spoil(spoiled);
  const auto checked = validate(spoiled);
  ASSERT_TRUE(checked.has_error());
  EXPECT_EQ(checked.error().field, row.field);
  EXPECT_EQ(name(checked.error().rule), name(row.rule));
  EXPECT_EQ(checked.error().other, row.other);
}

TEST(Policy, is_accepted_when_sound) {
  EXPECT_EQ(verdict_on(sound_policy()), "");
  EXPECT_EQ(verdict_on(policy("UTC", {})), "");
}

TEST(Policy, names_the_field_of_a_bad_zone_or_window) {
  const RefusedRow rows[] = {
      {"unknown zone", [](Policy& p) { p.zone = "Europe/Atlantis"; }, "zone",
       PolicyRule::zone_unknown},
      {"no zone", [](Policy& p) { p.zone.clear(); }, "zone", PolicyRule::zone_unknown},
      {"end equals start", [](Policy& p) { p.windows[3].end_minute = p.windows[3].start_minute; },
       "windows[3].end_minute", PolicyRule::end_not_after_start},
      {"end before start", [](Policy& p) { p.windows[3].end_minute = 60; }, "windows[3].end_minute",
       PolicyRule::end_not_after_start},
      {"start at 25:00",
       [](Policy& p) {
         p.windows[2].start_minute = 25 * 60;
         p.windows[2].end_minute = 26 * 60;
       },
       "windows[2].start_minute", PolicyRule::start_out_of_range},
      {"start at 24:00",
       [](Policy& p) {
         p.windows[2].start_minute = 1440;
         p.windows[2].end_minute = 1500;
       },
       "windows[2].start_minute", PolicyRule::start_out_of_range},
      {"midnight to 25:00",
       [](Policy& p) {
         p.windows[2].start_minute = 0;
         p.windows[2].end_minute = 25 * 60;
       },
       "windows[2].end_minute", PolicyRule::window_too_long},
      {"no such weekday", [](Policy& p) { p.windows[1].weekday = std::chrono::weekday{8}; },
       "windows[1].weekday", PolicyRule::weekday_invalid},
      {"urgent has no hours", [](Policy& p) { p.windows[1].lane = Lane::urgent; },
       "windows[1].lane", PolicyRule::urgent_has_no_windows},
      {"overlap by one minute", [](Policy& p) { p.windows.push_back(window("wed 16:59-18:00")); },
       "windows[5]", PolicyRule::windows_overlap, "windows[2]"},
      {"the same window twice", [](Policy& p) { p.windows.push_back(p.windows[4]); }, "windows[5]",
       PolicyRule::windows_overlap, "windows[4]"},
      {"overlap from Sunday night into Monday",
       [](Policy& p) { p.windows.push_back(window("sun 22:00-09:01")); }, "windows[5]",
       PolicyRule::windows_overlap, "windows[0]"},
      {"overlap from Saturday night into Sunday",
       [](Policy& p) {
         p.windows.push_back(window("sun 05:00-06:00"));
         p.windows.push_back(window("sat 22:00-05:01"));
       },
       "windows[6]", PolicyRule::windows_overlap, "windows[5]"},
      {"51 windows",
       [](Policy& p) {
         p.windows.clear();
         for (std::uint32_t i = 0; i < 51; ++i) {
           p.windows.push_back(
               {Lane::routine, Direction::to_client, std::chrono::Friday, i * 20, i * 20 + 10});
         }
       },
       "windows[50]", PolicyRule::too_many_windows},
  };
  for (const RefusedRow& row : rows) {
    expect_refused(row);
  }
}

TEST(Policy, names_the_field_of_a_bad_exception) {
  const RefusedRow rows[] = {
      {"dates reversed", [](Policy& p) { p.exceptions[0].until_date = day("2026-04-01"); },
       "exceptions[0].until_date", PolicyRule::exception_dates_reversed},
      {"no day at all", [](Policy& p) { p.exceptions[0].until_date = p.exceptions[0].from_date; },
       "exceptions[0].until_date", PolicyRule::exception_dates_reversed},
      {"before 2000", [](Policy& p) { p.exceptions[0].from_date = day("1999-12-31"); },
       "exceptions[0].from_date", PolicyRule::exception_date_out_of_range},
      {"after 2037", [](Policy& p) { p.exceptions[0].until_date = day("2038-01-02"); },
       "exceptions[0].until_date", PolicyRule::exception_date_out_of_range},
      {"a date beyond any calendar",
       [](Policy& p) { p.exceptions[0].from_date = LocalDate::max(); }, "exceptions[0].from_date",
       PolicyRule::exception_date_out_of_range},
      {"no id", [](Policy& p) { p.exceptions[0].id.clear(); }, "exceptions[0].id",
       PolicyRule::id_malformed},
      {"id with a capital", [](Policy& p) { p.exceptions[0].id = "Easter"; }, "exceptions[0].id",
       PolicyRule::id_malformed},
      {"id of 65 characters", [](Policy& p) { p.exceptions[0].id = std::string(65, 'a'); },
       "exceptions[0].id", PolicyRule::id_malformed},
      {"id used twice",
       [](Policy& p) {
         p.exceptions[1].lifts.clear();
         p.exceptions[1].id = "easter";
       },
       "exceptions[1].id", PolicyRule::id_duplicate, "exceptions[0].id"},
      {"lifts nothing known", [](Policy& p) { p.exceptions[1].lifts = "christmas"; },
       "exceptions[1].lifts", PolicyRule::lifts_unknown},
      {"lifts an open one", [](Policy& p) { p.exceptions[0].kind = open; }, "exceptions[1].lifts",
       PolicyRule::lifts_not_closed, "exceptions[0]"},
      {"a closed one cannot lift", [](Policy& p) { p.exceptions[1].kind = closed; },
       "exceptions[1].lifts", PolicyRule::lifts_needs_open},
      {"urgent cannot be shut", [](Policy& p) { p.exceptions[0].lanes = {Lane::urgent}; },
       "exceptions[0].lanes", PolicyRule::urgent_has_no_windows},
      {"a lane twice",
       [](Policy& p) {
         p.exceptions[0].lanes = {Lane::logistics, Lane::logistics};
       },
       "exceptions[0].lanes", PolicyRule::listed_twice},
      {"a direction twice",
       [](Policy& p) {
         p.exceptions[0].directions = {Direction::to_client, Direction::to_client};
       },
       "exceptions[0].directions", PolicyRule::listed_twice},
      {"part ends where it starts",
       [](Policy& p) { p.exceptions[0] = on_hours(p.exceptions[0], "12:00", "12:00"); },
       "exceptions[0].end_minute", PolicyRule::end_not_after_start},
      {"part starts at 24:00",
       [](Policy& p) { p.exceptions[0] = on_hours(p.exceptions[0], "24:00", "24:00"); },
       "exceptions[0].start_minute", PolicyRule::start_out_of_range},
      {"hours on too many days",
       [](Policy& p) {
         p.exceptions[0] = on_hours(p.exceptions[0], "12:00", "13:00");
         p.exceptions[0].from_date = day("2020-01-01");
         p.exceptions[0].until_date = day("2031-01-01");
       },
       "exceptions[0]", PolicyRule::too_many_exception_spans},
      {"1001 exceptions",
       [](Policy& p) {
         p.exceptions.clear();
         for (int i = 0; i < 1001; ++i) {
           p.exceptions.push_back(
               exception("day-" + std::to_string(i), closed, "2026-01-01", "2026-01-02"));
         }
       },
       "exceptions", PolicyRule::too_many_exceptions},
  };
  for (const RefusedRow& row : rows) {
    expect_refused(row);
  }
}

TEST(Policy, accepts_everything_that_stands_exactly_on_a_bound) {
  Policy full = policy("Europe/London", {});
  for (std::uint32_t i = 0; i < kWindowsMax; ++i) {
    for (const Lane lane : {Lane::routine, Lane::logistics}) {
      for (const Direction direction : {Direction::to_therapist, Direction::to_client}) {
        full.windows.push_back({lane, direction, std::chrono::Friday, i * 20, i * 20 + 20});
      }
    }
  }
  for (std::size_t i = 0; i < kExceptionsMax; ++i) {
    std::string id = std::to_string(i);
    id.insert(0, kIdBytesMax - id.size(), 'x');
    full.exceptions.push_back(exception(id, closed, "2000-01-01", "2038-01-01"));
  }
  EXPECT_EQ(verdict_on(full), "");
}

TEST(Policy, accepts_windows_that_touch_and_windows_of_other_lanes_that_overlap) {
  EXPECT_EQ(verdict_on(policy("UTC", {"mon 22:00-24:00", "tue 00:00-02:00"})), "");
  EXPECT_EQ(verdict_on(policy("UTC", {"sat 22:00-06:00", "sun 06:00-07:00"})), "");
  EXPECT_EQ(verdict_on(policy("UTC", {"sun 22:00-22:00", "mon 22:00-23:00"})), "");
  Policy lanes = policy("UTC", {"mon 09:00-17:00"});
  lanes.windows.push_back(window("mon 10:00-12:00", Lane::logistics));
  lanes.windows.push_back(window("mon 10:00-12:00", Lane::routine, Direction::to_client));
  EXPECT_EQ(verdict_on(lanes), "");
}

TEST(Policy, explains_an_error_in_words_for_a_person) {
  Policy wrong = london_office();
  wrong.windows.push_back(window("wed 16:00-18:00"));
  EXPECT_EQ(verdict_on(wrong),
            "windows[5]: two windows of the same lane and direction must not overlap "
            "(see windows[2])");
  wrong = london_office();
  wrong.windows[3].end_minute = wrong.windows[3].start_minute;
  EXPECT_EQ(verdict_on(wrong), "windows[3].end_minute: the end must be later than the start");
}

TEST(Policy, can_leave_one_side_open_all_week) {
  Policy open_side = policy("Europe/London", {});
  open_side.windows = open_all_week(Lane::routine, Direction::to_client);
  EXPECT_EQ(verdict_on(open_side), "");
  EXPECT_EQ(open_side.windows.size(), 7U);
}

}  // namespace
}  // namespace holdspace::boundary
