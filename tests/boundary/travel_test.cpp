// Where the wall is while its owner travels. Rows named in docs/boundary.md.
#include <gtest/gtest.h>

#include "boundary/decide.hpp"
#include "tests/boundary/policy_text.hpp"

namespace holdspace::boundary {
namespace {

using testing::at;
using testing::between;
using testing::day;
using testing::exception;
using testing::gate;
using testing::lines;
using testing::policy;
using testing::summary;
using testing::text;

constexpr auto closed = ExceptionKind::closed;

// Home is New York, 09:00-12:00 on weekdays: 13:00Z-16:00Z in summer.
Policy new_york() {
  return policy("America/New_York", {"mon 09:00-12:00", "tue 09:00-12:00", "wed 09:00-12:00",
                                     "thu 09:00-12:00", "fri 09:00-12:00"});
}

// The whole of Tuesday 2026-05-05 on the wall of the place.
Travel tuesday_in(const char* zone, const char* from, const char* until) {
  return {at(from), at(until), zone};
}

const Travel kBerlin = tuesday_in("Europe/Berlin", "2026-05-04T22:00Z", "2026-05-05T22:00Z");
const Travel kHonolulu = tuesday_in("Pacific/Honolulu", "2026-05-05T10:00Z", "2026-05-06T10:00Z");

Policy with(Travel travel) {
  Policy made = new_york();
  made.travels = {std::move(travel)};
  return made;
}

const Interval kTuesday = between("2026-05-05T00:00Z", "2026-05-06T00:00Z");

TEST(Travel, to_berlin_opens_that_day_by_the_wall_of_berlin_only) {
  EXPECT_EQ(lines(gate(with(kBerlin)).openings({}, kTuesday)),
            lines({between("2026-05-05T07:00Z", "2026-05-05T10:00Z")}));
}

TEST(Travel, to_honolulu_opens_that_day_by_the_wall_of_honolulu_only) {
  EXPECT_EQ(
      lines(gate(with(kHonolulu)).openings({}, between("2026-05-05T10:00Z", "2026-05-06T10:00Z"))),
      lines({between("2026-05-05T19:00Z", "2026-05-05T22:00Z")}));
}

TEST(Travel, leaves_the_days_before_and_after_as_they_are) {
  EXPECT_EQ(
      lines(gate(with(kBerlin)).openings({}, between("2026-05-04T00:00Z", "2026-05-07T00:00Z"))),
      lines({between("2026-05-04T13:00Z", "2026-05-04T16:00Z"),
             between("2026-05-05T07:00Z", "2026-05-05T10:00Z"),
             between("2026-05-06T13:00Z", "2026-05-06T16:00Z")}));
}

TEST(Travel, cuts_a_window_at_the_instant_of_leaving_and_of_coming_home) {
  // Leaves at 10:00 in New York, when it is 16:00 in Berlin, and is back at 11:00 the same day.
  Policy flight = with({at("2026-05-05T14:00Z"), at("2026-05-05T15:00Z"), "Europe/Berlin"});
  EXPECT_EQ(lines(gate(flight).openings({}, kTuesday)),
            lines({between("2026-05-05T13:00Z", "2026-05-05T14:00Z"),
                   between("2026-05-05T15:00Z", "2026-05-05T16:00Z")}));
}

TEST(Travel, across_the_date_line_can_skip_a_day_or_have_it_twice) {
  // From Honolulu to Auckland at 2026-05-04T10:00Z: midnight to Monday there, 22:00 of Monday here.
  Policy islands = policy("Pacific/Honolulu", {"mon 08:00-09:00", "tue 08:00-09:00"});
  islands.travels = {{at("2026-05-04T10:00Z"), at("2026-05-10T10:00Z"), "Pacific/Auckland"}};
  EXPECT_EQ(lines(gate(islands).openings({}, between("2026-05-04T00:00Z", "2026-05-06T00:00Z"))),
            lines({between("2026-05-04T20:00Z", "2026-05-04T21:00Z")}))
      << "Monday is over on arrival, and Tuesday morning comes at once";
  Policy back = policy("Pacific/Auckland", {"mon 08:00-09:00"});
  back.travels = {{at("2026-05-04T00:00Z"), at("2026-05-10T00:00Z"), "Pacific/Honolulu"}};
  EXPECT_EQ(lines(gate(back).openings({}, between("2026-05-03T12:00Z", "2026-05-06T00:00Z"))),
            lines({between("2026-05-03T20:00Z", "2026-05-03T21:00Z"),
                   between("2026-05-04T18:00Z", "2026-05-04T19:00Z")}))
      << "one Monday morning in Auckland, another in Honolulu";
}

TEST(Travel, takes_exceptions_along) {
  Policy away = with(kBerlin);
  away.windows = open_all_week(Lane::routine, Direction::to_therapist);
  away.exceptions = {exception("rest", closed, "2026-05-05", "2026-05-06")};
  EXPECT_EQ(lines(gate(away).openings({}, between("2026-05-04T12:00Z", "2026-05-06T12:00Z"))),
            lines({between("2026-05-04T12:00Z", "2026-05-04T22:00Z"),
                   between("2026-05-06T04:00Z", "2026-05-06T12:00Z")}))
      << "from midnight in Berlin; at its end New York still has four hours of that day";
}

TEST(Travel, is_named_as_the_rule_that_set_the_wall_and_never_by_its_zone) {
  const Gate compiled = gate(with(kBerlin));
  EXPECT_EQ(summary(decide({compiled}, Facts{}, at("2026-05-05T08:00Z"))),
            "release_now inside_window travel_zone:travels[0] > weekly:windows[1]");
  EXPECT_EQ(summary(decide({compiled}, Facts{}, at("2026-05-05T14:00Z"))),
            "hold outside_windows travel_zone:travels[0] > weekly");
  EXPECT_EQ(summary(decide({compiled}, Facts{}, at("2026-05-06T14:00Z"))),
            "release_now inside_window weekly:windows[2]");
}

TEST(Travel, that_opens_later_keeps_a_promise_by_an_opening_for_those_messages) {
  Policy later = with(kHonolulu);
  later.version = 8;
  Opening kept = testing::opening("kept-1", "2026-05-05T13:00Z", "2026-05-05T16:00Z");
  kept.accepted_through_version = 7;
  kept.reason = OpeningReason::kept_promise;
  later.openings = {kept};
  const Gate compiled = gate(later);
  const Instant night = at("2026-05-05T11:00Z");
  EXPECT_EQ(text(decide({gate(new_york())}, Facts{}, night).promise), "2026-05-05T13:00:00.000Z");
  Facts waiting;
  waiting.moment = Moment::release;
  waiting.accepted_version = 7;
  EXPECT_EQ(text(decide({compiled}, waiting, night).promise), "2026-05-05T13:00:00.000Z");
  EXPECT_EQ(text(decide({compiled}, Facts{}, night).promise), "2026-05-05T19:00:00.000Z");
}

TEST(Travel, is_looked_at_for_windows_that_the_clocks_jump_over) {
  Policy nightly = policy("Europe/London", {"sun 02:15-02:45"});
  nightly.travels = {{at("2026-03-01T00:00Z"), at("2026-03-15T00:00Z"), "America/New_York"}};
  nightly.relationship_rules = {{testing::id_of(1), {testing::window("sun 01:15-01:45")}}};
  const std::vector<EmptyWindow> expected = {
      {.window = 0, .relationship_rules = std::nullopt, .date = day("2026-03-08")},
      {.window = 0, .relationship_rules = 0, .date = day("2026-03-29")}};
  EXPECT_EQ(gate(nightly).empty_windows(between("2026-02-01T00:00Z", "2026-06-01T00:00Z")),
            expected)
      << "02:00 to 03:00 in New York, 01:00 to 02:00 in London";
}

TEST(Travel, of_many_journeys_is_found_in_any_order) {
  Policy busy = new_york();
  busy.travels = {{at("2026-05-06T22:00Z"), at("2026-05-07T22:00Z"), "Europe/Berlin"},
                  {at("2026-05-04T22:00Z"), at("2026-05-05T22:00Z"), "Europe/Berlin"},
                  {at("2026-05-05T22:00Z"), at("2026-05-06T22:00Z"), "Europe/London"}};
  EXPECT_EQ(lines(gate(busy).openings({}, between("2026-05-05T00:00Z", "2026-05-09T00:00Z"))),
            lines({between("2026-05-05T07:00Z", "2026-05-05T10:00Z"),
                   between("2026-05-06T08:00Z", "2026-05-06T11:00Z"),
                   between("2026-05-07T07:00Z", "2026-05-07T10:00Z"),
                   between("2026-05-08T13:00Z", "2026-05-08T16:00Z")}));
}

}  // namespace
}  // namespace holdspace::boundary
