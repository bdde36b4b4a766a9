// The rules of everything beside weekly windows and plain dates: holidays that come back, travels,
// relationship rules, closures, openings, limits and terms. One fault at a time.
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "boundary/names.hpp"
#include "boundary/validate.hpp"
#include "tests/boundary/policy_text.hpp"

namespace holdspace::boundary {
namespace {

using std::chrono::days;
using testing::at;
using testing::closure;
using testing::day;
using testing::exception;
using testing::id_of;
using testing::london_office;
using testing::opening;
using testing::window;

constexpr auto closed = ExceptionKind::closed;

struct RefusedRow {
  const char* says;
  std::function<void(Policy&)> spoil;
  const char* field;
  PolicyRule rule;
  const char* other = "";
};

// exceptions: [0] yearly from 29 February, [1] moveable by Easter, [2] moveable by weekday.
Policy sound_policy() {
  Policy sound = london_office();
  DatedException leap = exception("leap", closed, "2028-02-29", "2028-03-01");
  leap.repeats = Repeats::yearly;
  leap.leap_day = LeapDay::skip;
  DatedException easter;
  easter.id = "good-friday";
  easter.moveable = Moveable{EasterDay{-2}, 4};
  easter.cover_account_id = id_of(9);
  DatedException thanksgiving;
  thanksgiving.id = "thanksgiving";
  thanksgiving.moveable = Moveable{NthWeekday{11, std::chrono::Thursday, 4}, 2};
  sound.exceptions = {leap, easter, thanksgiving};
  sound.travels = {{at("2026-05-04T22:00Z"), at("2026-05-05T22:00Z"), "Europe/Berlin"},
                   {at("2026-05-05T22:00Z"), at("2026-05-06T22:00Z"), "Europe/Rome"}};
  sound.relationship_rules = {{id_of(1), {window("mon 18:00-20:00")}},
                              {id_of(2), {window("tue 18:00-20:00")}}};
  sound.closures = {closure("flood", "2026-06-01T00:00Z", "2026-06-02T00:00Z"),
                    closure("ill", "2026-06-03T00:00Z", "")};
  sound.openings = {opening("talk", "2026-06-01T10:00Z", "2026-06-01T12:00Z"),
                    opening("late", "2026-06-05T10:00Z", "2026-06-05T12:00Z")};
  sound.limits = {240, 48};
  sound.terms = {{Lane::routine, Lane::urgent}, 72, 3650, true, 14, {UrgentReader::supervisor}};
  return sound;
}

DatedException& leap(Policy& p) {
  return p.exceptions[0];
}
Moveable& easter(Policy& p) {
  return *p.exceptions[1].moveable;
}
NthWeekday& nth(Policy& p) {
  return std::get<NthWeekday>(p.exceptions[2].moveable->day);
}

void expect_refused(const std::vector<RefusedRow>& rows) {
  for (const RefusedRow& row : rows) {
    SCOPED_TRACE(row.says);
    Policy spoiled = sound_policy();
    row.spoil(spoiled);
    const auto checked = validate(spoiled);
    ASSERT_TRUE(checked.has_error());
    EXPECT_EQ(checked.error().field, row.field);
    EXPECT_EQ(name(checked.error().rule), name(row.rule));
    EXPECT_EQ(checked.error().other, row.other);
  }
}

TEST(PolicyOverrides, are_accepted_when_sound) {
  const auto checked = validate(sound_policy());
  EXPECT_TRUE(checked.has_value()) << describe(checked.error());
}

TEST(PolicyOverrides, name_the_field_of_a_bad_holiday) {
  expect_refused({
      {"29 February without a choice", [](Policy& p) { leap(p).leap_day.reset(); },
       "exceptions[0].leap_day", PolicyRule::leap_day_unanswered},
      {"a choice for another day", [](Policy& p) { leap(p).from_date = day("2028-02-28"); },
       "exceptions[0].leap_day", PolicyRule::leap_day_needless},
      {"a choice for one year only", [](Policy& p) { leap(p).repeats = Repeats::never; },
       "exceptions[0].leap_day", PolicyRule::leap_day_needless},
      {"a choice for a moveable one",
       [](Policy& p) { p.exceptions[1].leap_day = LeapDay::february_28; }, "exceptions[1].leap_day",
       PolicyRule::leap_day_needless},
      {"yearly for more than a year", [](Policy& p) { leap(p).until_date = day("2029-03-01"); },
       "exceptions[0].until_date", PolicyRule::yearly_too_long},
      {"moveable with a first date",
       [](Policy& p) { p.exceptions[1].from_date = day("2026-04-03"); }, "exceptions[1].from_date",
       PolicyRule::moveable_has_dates},
      {"moveable with a last date",
       [](Policy& p) { p.exceptions[1].until_date = day("2026-04-03"); },
       "exceptions[1].until_date", PolicyRule::moveable_has_dates},
      {"moveable and yearly", [](Policy& p) { p.exceptions[1].repeats = Repeats::yearly; },
       "exceptions[1].repeats", PolicyRule::moveable_has_dates},
      {"71 days after Easter", [](Policy& p) { easter(p).day = EasterDay{71}; },
       "exceptions[1].moveable.easter_offset_days", PolicyRule::easter_offset_out_of_range},
      {"71 days before it", [](Policy& p) { easter(p).day = EasterDay{-71}; },
       "exceptions[1].moveable.easter_offset_days", PolicyRule::easter_offset_out_of_range},
      {"no days", [](Policy& p) { easter(p).days = 0; }, "exceptions[1].moveable.days",
       PolicyRule::moveable_days_out_of_range},
      {"32 days", [](Policy& p) { easter(p).days = 32; }, "exceptions[1].moveable.days",
       PolicyRule::moveable_days_out_of_range},
      {"month 0", [](Policy& p) { nth(p).month = 0; }, "exceptions[2].moveable.nth_weekday.month",
       PolicyRule::month_out_of_range},
      {"month 13", [](Policy& p) { nth(p).month = 13; }, "exceptions[2].moveable.nth_weekday.month",
       PolicyRule::month_out_of_range},
      {"no such weekday", [](Policy& p) { nth(p).weekday = std::chrono::weekday{9}; },
       "exceptions[2].moveable.nth_weekday.weekday", PolicyRule::weekday_invalid},
      {"the 0th", [](Policy& p) { nth(p).nth = 0; }, "exceptions[2].moveable.nth_weekday.nth",
       PolicyRule::nth_out_of_range},
      {"the 6th", [](Policy& p) { nth(p).nth = 6; }, "exceptions[2].moveable.nth_weekday.nth",
       PolicyRule::nth_out_of_range},
      {"the last but one", [](Policy& p) { nth(p).nth = -2; },
       "exceptions[2].moveable.nth_weekday.nth", PolicyRule::nth_out_of_range},
      {"an opening with a cover", [](Policy& p) { p.exceptions[1].kind = ExceptionKind::open; },
       "exceptions[1].cover_account_id", PolicyRule::cover_needs_closed},
      {"hours on every day of a month in 38 years, four times",
       [](Policy& p) {
         for (DatedException* e : {&p.exceptions[1], &p.exceptions[2]}) {
           e->part = DayPart{600, 660};
           e->moveable->days = 31;
         }
         p.exceptions.push_back(p.exceptions[1]);
         p.exceptions.back().id = "third";
         p.exceptions.push_back(p.exceptions[1]);
         p.exceptions.back().id = "fourth";
       },
       "exceptions[4]", PolicyRule::too_many_exception_spans},
  });
}

TEST(PolicyOverrides, name_the_field_of_a_bad_travel_or_relationship_rule) {
  expect_refused({
      {"unknown zone", [](Policy& p) { p.travels[1].zone = "Europe/Atlantis"; }, "travels[1].zone",
       PolicyRule::zone_unknown},
      {"no time at all", [](Policy& p) { p.travels[1].until = p.travels[1].from; },
       "travels[1].until_ms", PolicyRule::until_not_after_from},
      {"before 2000", [](Policy& p) { p.travels[0].from = at("1999-12-31T23:59Z"); },
       "travels[0].from_ms", PolicyRule::instant_out_of_range},
      {"after 2037", [](Policy& p) { p.travels[0].until = at("2038-01-01T00:01Z"); },
       "travels[0].until_ms", PolicyRule::instant_out_of_range},
      {"an instant beyond any calendar", [](Policy& p) { p.travels[0].from = Instant::max(); },
       "travels[0].from_ms", PolicyRule::instant_out_of_range},
      {"in two places", [](Policy& p) { p.travels[0].until += std::chrono::milliseconds{1}; },
       "travels[1]", PolicyRule::travels_overlap, "travels[0]"},
      {"65 journeys",
       [](Policy& p) {
         p.travels.clear();
         for (int i = 0; i < 65; ++i) {
           const Instant from = at("2026-01-01T00:00Z") + days{2 * i};
           p.travels.push_back({from, from + days{1}, "Europe/Rome"});
         }
       },
       "travels", PolicyRule::too_many_travels},
      {"one relationship twice",
       [](Policy& p) { p.relationship_rules[1].relationship_id = id_of(1); },
       "relationship_rules[1].relationship_id", PolicyRule::relationship_listed_twice,
       "relationship_rules[0].relationship_id"},
      {"no windows", [](Policy& p) { p.relationship_rules[1].windows.clear(); },
       "relationship_rules[1].windows", PolicyRule::relationship_without_windows},
      {"a bad window", [](Policy& p) { p.relationship_rules[1].windows[0].start_minute = 1440; },
       "relationship_rules[1].windows[0].start_minute", PolicyRule::start_out_of_range},
      {"overlapping windows",
       [](Policy& p) { p.relationship_rules[1].windows.push_back(window("tue 19:00-21:00")); },
       "relationship_rules[1].windows[1]", PolicyRule::windows_overlap,
       "relationship_rules[1].windows[0]"},
      {"257 relationships",
       [](Policy& p) { p.relationship_rules.assign(257, p.relationship_rules[0]); },
       "relationship_rules", PolicyRule::too_many_relationship_rules},
  });
}

TEST(PolicyOverrides, name_the_field_of_a_bad_closure_or_opening) {
  expect_refused({
      {"closure without a name", [](Policy& p) { p.closures[1].id.clear(); }, "closures[1].id",
       PolicyRule::id_malformed},
      {"two of one name", [](Policy& p) { p.closures[1].id = "flood"; }, "closures[1].id",
       PolicyRule::id_duplicate, "closures[0].id"},
      {"ends before it begins", [](Policy& p) { p.closures[0].until = at("2026-05-01T00:00Z"); },
       "closures[0].until_ms", PolicyRule::until_not_after_from},
      {"begins after 2037", [](Policy& p) { p.closures[1].from = at("2038-01-01T00:00Z"); },
       "closures[1].from_ms", PolicyRule::instant_out_of_range},
      {"33 closures", [](Policy& p) { p.closures.assign(33, p.closures[0]); }, "closures",
       PolicyRule::too_many_closures},
      {"opening with a capital", [](Policy& p) { p.openings[0].id = "Talk"; }, "openings[0].id",
       PolicyRule::id_malformed},
      {"two of one name", [](Policy& p) { p.openings[1].id = "talk"; }, "openings[1].id",
       PolicyRule::id_duplicate, "openings[0].id"},
      {"urgent needs no opening", [](Policy& p) { p.openings[0].lane = Lane::urgent; },
       "openings[0].lane", PolicyRule::urgent_has_no_windows},
      {"no time at all", [](Policy& p) { p.openings[0].until = p.openings[0].from; },
       "openings[0].until_ms", PolicyRule::until_not_after_from},
      {"before 2000", [](Policy& p) { p.openings[0].from = Instant::min(); }, "openings[0].from_ms",
       PolicyRule::instant_out_of_range},
      {"longer than 14 days",
       [](Policy& p) {
         p.openings[0].until = p.openings[0].from + days{14} + std::chrono::milliseconds{1};
       },
       "openings[0].until_ms", PolicyRule::opening_too_long},
      {"a kept promise for everybody",
       [](Policy& p) { p.openings[0].reason = OpeningReason::kept_promise; },
       "openings[0].accepted_through_version", PolicyRule::kept_promise_without_version},
      {"129 openings", [](Policy& p) { p.openings.assign(129, p.openings[0]); }, "openings",
       PolicyRule::too_many_openings},
  });
}

TEST(PolicyOverrides, name_the_field_of_a_bad_limit_or_term) {
  expect_refused({
      {"held for 41 days", [](Policy& p) { p.limits.max_hold_hours = 961; },
       "limits.max_hold_hours", PolicyRule::max_hold_out_of_range},
      {"an answer after a month", [](Policy& p) { p.limits.reply_time_hours = 721; },
       "limits.reply_time_hours", PolicyRule::reply_time_out_of_range},
      {"an answer promised after a month", [](Policy& p) { p.terms.reply_time_hours = 721; },
       "terms.reply_time_hours", PolicyRule::reply_time_out_of_range},
      {"kept for more than a century", [](Policy& p) { p.terms.retention_days = 36'501; },
       "terms.retention_days", PolicyRule::retention_out_of_range},
      {"91 days of notice", [](Policy& p) { p.terms.hours_notice_days = 91; },
       "terms.hours_notice_days", PolicyRule::hours_notice_out_of_range},
      {"a lane twice", [](Policy& p) { p.terms.lanes.push_back(Lane::routine); }, "terms.lanes",
       PolicyRule::listed_twice},
      {"a reader twice",
       [](Policy& p) { p.terms.urgent_readers.push_back(UrgentReader::supervisor); },
       "terms.urgent_readers", PolicyRule::listed_twice},
  });
}

TEST(PolicyOverrides, are_accepted_exactly_on_a_bound) {
  Policy full = london_office();
  for (int i = 0; i < 64; ++i) {
    const Instant from = at("2026-01-01T00:00Z") + days{i};
    full.travels.push_back({from, from + days{1}, i % 2 == 0 ? "Europe/Rome" : "Asia/Tokyo"});
  }
  for (std::size_t i = 0; i < kRelationshipRulesMax; ++i) {
    RelationshipRules own{id_of(static_cast<std::uint8_t>(i)), {window("mon 18:00-20:00")}};
    full.relationship_rules.push_back(own);
  }
  for (std::size_t i = 0; i < kClosuresMax; ++i) {
    full.closures.push_back(
        closure("closure-" + std::to_string(i), "2000-01-01T00:00Z", "2038-01-01T00:00Z"));
  }
  for (std::size_t i = 0; i < kOpeningsInPolicyMax; ++i) {
    full.openings.push_back(
        opening("opening-" + std::to_string(i), "2037-12-18T00:00Z", "2038-01-01T00:00Z"));
  }
  DatedException easter;
  easter.id = "easter";
  easter.moveable = Moveable{EasterDay{70}, kMoveableDaysMax};
  DatedException yearly = exception("yearly", closed, "2026-03-01", "2027-03-01");
  yearly.repeats = Repeats::yearly;
  full.exceptions = {easter, yearly};
  full.limits = {kMaxHoldHoursMax, kReplyTimeHoursMax};
  full.terms = {{Lane::routine, Lane::logistics, Lane::urgent},
                kReplyTimeHoursMax,
                kRetentionDaysMax,
                true,
                kHoursNoticeDaysMax,
                {UrgentReader::own_therapist, UrgentReader::on_call_colleague}};
  const auto checked = validate(full);
  EXPECT_TRUE(checked.has_value()) << describe(checked.error());
}

}  // namespace
}  // namespace holdspace::boundary
