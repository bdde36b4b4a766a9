#include <gtest/gtest.h>

#include "boundary/change.hpp"
#include "tests/boundary/policy_text.hpp"
#include "tests/boundary/random_version.hpp"

namespace holdspace::boundary {
namespace {

using testing::at;
using testing::gate;
using testing::london_office;
using testing::window;

const Instant kNow = at("2026-03-29T22:10Z");
constexpr RelationshipId kOne{1};

Widenings from_office_to(const Policy& after) {
  return widenings(gate(london_office()), gate(after), kNow);
}

std::string first(const Widenings& widened) {
  return widened.found.empty() ? "none" : testing::text(widened.found.front().when);
}

TEST(Widenings, are_none_when_hours_only_get_fewer) {
  Policy after = london_office();
  after.windows.erase(after.windows.begin());
  after.windows[0].end_minute = 12 * 60;
  after.exceptions = {
      testing::exception("away", ExceptionKind::closed, "2026-07-01", "2026-08-01")};
  after.closures = {{"ill", kNow, std::nullopt, std::nullopt}};
  after.relationship_rules = {{kOne, {window("tue 09:00-10:00")}}};
  EXPECT_TRUE(from_office_to(after).none());
}

TEST(Widenings, name_the_times_that_a_longer_window_adds) {
  Policy after = london_office();
  after.windows[0].end_minute = 18 * 60;
  const Widenings widened = from_office_to(after);
  EXPECT_EQ(first(widened), "2026-03-30T16:00:00.000Z/2026-03-30T17:00:00.000Z");
  EXPECT_EQ(widened.found.size(), kWideningsMax);
  EXPECT_TRUE(widened.more);
}

TEST(Widenings, see_a_holiday_that_is_taken_away_years_ahead) {
  Policy before = london_office();
  before.exceptions = {
      testing::exception("sabbatical", ExceptionKind::closed, "2036-05-05", "2036-05-06")};
  const Widenings widened = widenings(gate(before), gate(london_office()), kNow);
  EXPECT_EQ(first(widened), "2036-05-05T08:00:00.000Z/2036-05-05T16:00:00.000Z");
  EXPECT_EQ(widened.found.size(), 1U);
  EXPECT_FALSE(widened.more);
}

TEST(Widenings, do_not_look_at_the_past) {
  Policy before = london_office();
  before.exceptions = {
      testing::exception("over", ExceptionKind::closed, "2026-03-23", "2026-03-28")};
  EXPECT_TRUE(widenings(gate(before), gate(london_office()), kNow).none());
}

TEST(Widenings, see_a_yearly_and_a_moveable_holiday_in_every_year) {
  Policy before = london_office();
  before.exceptions = {
      testing::exception("new-year", ExceptionKind::closed, "2020-01-01", "2020-01-02")};
  before.exceptions[0].repeats = Repeats::yearly;
  // 1 January of 2027 to 2037, without the Saturdays and Sundays.
  EXPECT_EQ(widenings(gate(before), gate(london_office()), kNow).found.size(), 8U);
  before.exceptions[0] = {
      .id = "easter-monday", .kind = ExceptionKind::closed, .moveable = Moveable{EasterDay{1}, 1}};
  EXPECT_EQ(widenings(gate(before), gate(london_office()), kNow).found.size(), 12U);
}

TEST(Widenings, find_hours_of_one_relationship_that_are_added_or_taken_away) {
  Policy after = london_office();
  after.relationship_rules = {{kOne, {window("sat 09:00-10:00")}}};
  EXPECT_EQ(from_office_to(after).found.front().question.relationship_id, kOne);
  Policy before = london_office();
  before.relationship_rules = {{kOne, {window("mon 09:00-10:00")}}};
  EXPECT_EQ(first(widenings(gate(before), gate(london_office()), kNow)),
            "2026-03-30T09:00:00.000Z/2026-03-30T16:00:00.000Z");
}

TEST(Widenings, find_the_hours_that_a_journey_moves) {
  Policy after = london_office();
  after.travels = {{at("2026-05-04T00:00Z"), at("2026-05-05T00:00Z"), "Europe/Berlin"}};
  const Widenings widened = from_office_to(after);
  EXPECT_EQ(first(widened), "2026-05-04T07:00:00.000Z/2026-05-04T08:00:00.000Z");
  EXPECT_EQ(widened.found.size(), 1U);
}

TEST(Widenings, count_an_opening_once_and_also_one_that_is_for_old_messages_only) {
  Policy after = london_office();
  after.openings = {
      {.id = "evening", .from = at("2026-04-01T18:00Z"), .until = at("2026-04-01T19:00Z")}};
  after.relationship_rules = {{kOne, {window("tue 09:00-10:00")}}};
  EXPECT_EQ(from_office_to(after).found.size(), 1U);
  after.openings[0].accepted_through_version = 7;
  const Widenings old_ones = from_office_to(after);
  ASSERT_EQ(old_ones.found.size(), 1U);
  EXPECT_EQ(old_ones.found[0].question.accepted_version, 7U);
}

TEST(Widenings, do_not_count_an_opening_that_was_there_or_is_made_shorter) {
  Policy before = london_office();
  before.openings = {
      {.id = "evening", .from = at("2026-04-01T18:00Z"), .until = at("2026-04-01T19:00Z")}};
  Policy after = before;
  after.openings[0].id = "shorter";
  after.openings[0].until = at("2026-04-01T18:30Z");
  after.openings[0].relationship_id = kOne;
  EXPECT_TRUE(widenings(gate(before), gate(after), kNow).none());
  EXPECT_FALSE(widenings(gate(after), gate(before), kNow).none());
}

TEST(Widenings, are_everything_where_no_policy_was_before) {
  const Gate nothing = gate({.version = 0, .zone = "Etc/UTC", .windows = {}, .exceptions = {}});
  EXPECT_EQ(first(widenings(nothing, gate(london_office()), kNow)),
            "2026-03-30T08:00:00.000Z/2026-03-30T16:00:00.000Z");
}

// A second look that knows nothing of where the documents differ.
TEST(Widenings, agree_with_a_comparison_of_all_openings_for_random_changes) {
  testing::for_each_seed(400, [](std::uint64_t seed) {
    SCOPED_TRACE("repeat with HOLDSPACE_SEED=" + std::to_string(seed));
    testing::Chance chance(seed);
    const Instant now = chance.within(at("2026-01-01T00:00Z"), std::chrono::days{700});
    const Policy old = testing::random_policy(chance, now);
    Policy proposed = old;
    for (std::size_t i = 1 + chance.below(3); i > 0; --i) {
      testing::change_something(chance, proposed, now);
    }
    const Gate before = gate(old);
    const Gate after = gate(proposed);
    const Widenings widened = widenings(before, after, now);
    for (int i = 0; i < 300; ++i) {
      const Question question{
          testing::random_lane(chance), testing::random_direction(chance),
          testing::relationship(static_cast<std::uint8_t>(1 + chance.below(3)))};
      const Instant at = chance.within(now, std::chrono::days{40});
      if (after.open_at(question, at) && !before.open_at(question, at)) {
        const bool named =
            std::any_of(widened.found.begin(), widened.found.end(), [&](const Widening& one) {
              return one.question.lane == question.lane &&
                     one.question.direction == question.direction &&
                     !one.question.accepted_version && one.when.contains(at);
            });
        ASSERT_TRUE(named || widened.more) << format_instant(at);
      }
    }
    for (const Widening& one : widened.found) {
      const bool by_opening = std::any_of(
          proposed.openings.begin(), proposed.openings.end(), [&](const Opening& opening) {
            return opening.lane == one.question.lane && opening.until == one.when.until;
          });
      ASSERT_TRUE(by_opening || (after.open_at(one.question, one.when.from) &&
                                 !before.open_at(one.question, one.when.from)))
          << testing::text(one.when);
    }
  });
}

TEST(SpansOfChange, leave_no_difference_outside_of_them) {
  testing::for_each_seed(400, [](std::uint64_t seed) {
    SCOPED_TRACE("repeat with HOLDSPACE_SEED=" + std::to_string(seed));
    testing::Chance chance(seed);
    const Instant now = chance.within(at("2026-01-01T00:00Z"), std::chrono::days{700});
    const Policy before = testing::random_policy(chance, now);
    Policy after = before;
    testing::change_something(chance, after, now);
    const Question question{testing::random_lane(chance), testing::random_direction(chance),
                            testing::relationship(1)};
    const Interval within{now, now + std::chrono::days{50}};
    const auto spans = spans_of_change(before, after, question, within);
    const Gate was = gate(before);
    const Gate is = gate(after);
    for (int i = 0; i < 500; ++i) {
      const Instant at = chance.within(now, std::chrono::days{50});
      const bool inside = std::any_of(spans.begin(), spans.end(),
                                      [at](const Interval& span) { return span.contains(at); });
      ASSERT_TRUE(inside || was.open_at(question, at) == is.open_at(question, at))
          << format_instant(at);
    }
  });
}

}  // namespace
}  // namespace holdspace::boundary
