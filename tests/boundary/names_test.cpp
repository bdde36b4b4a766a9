#include "boundary/names.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/boundary/policy_text.hpp"

namespace holdspace::boundary {
namespace {

using testing::window;

TEST(Names, of_lanes_directions_and_states_are_read_back) {
  for (const Lane lane : {Lane::routine, Lane::logistics, Lane::urgent}) {
    EXPECT_EQ(parse_lane(name(lane)), lane);
  }
  for (const Direction direction : {Direction::to_therapist, Direction::to_client}) {
    EXPECT_EQ(parse_direction(name(direction)), direction);
  }
  for (const RelationshipState state :
       {RelationshipState::invited, RelationshipState::active, RelationshipState::paused,
        RelationshipState::ending, RelationshipState::ended, RelationshipState::severed}) {
    EXPECT_EQ(parse_relationship_state(name(state)), state);
  }
  for (unsigned day = 0; day < 7; ++day) {
    EXPECT_EQ(parse_weekday(name(std::chrono::weekday{day})), std::chrono::weekday{day});
  }
}

TEST(Names, refuse_any_other_text) {
  for (const char* other : {"", "Routine", "routine ", "?", "monday", "to-therapist"}) {
    EXPECT_FALSE(parse_lane(other).has_value()) << other;
    EXPECT_FALSE(parse_direction(other).has_value()) << other;
    EXPECT_FALSE(parse_relationship_state(other).has_value()) << other;
    EXPECT_FALSE(parse_reason(other).has_value()) << other;
    EXPECT_FALSE(parse_weekday(other).has_value()) << other;
  }
}

TEST(Names, of_reasons_are_distinct_read_back_and_have_a_sentence) {
  std::set<std::string_view> seen;
  for (int i = 0; i <= static_cast<int>(Reason::relationship_severed); ++i) {
    const auto reason = static_cast<Reason>(i);
    EXPECT_TRUE(seen.insert(name(reason)).second) << name(reason);
    EXPECT_EQ(parse_reason(name(reason)), reason);
    EXPECT_EQ(describe(reason).back(), '.') << name(reason);
  }
}

TEST(Names, of_policy_rules_are_distinct_and_each_has_words) {
  std::set<std::string_view> names;
  std::set<std::string_view> words;
  for (int i = 0; i <= static_cast<int>(PolicyRule::hours_notice_out_of_range); ++i) {
    const auto rule = static_cast<PolicyRule>(i);
    EXPECT_TRUE(names.insert(name(rule)).second) << name(rule);
    EXPECT_TRUE(words.insert(describe(rule)).second) << name(rule);
  }
}

TEST(Names, in_the_words_of_a_policy_rule_agree_with_the_bounds) {
  const auto says = [](PolicyRule rule, auto bound) {
    return describe(rule).find(std::to_string(bound)) != std::string_view::npos;
  };
  EXPECT_TRUE(says(PolicyRule::too_many_windows, kWindowsMax));
  EXPECT_TRUE(says(PolicyRule::too_many_exceptions, kExceptionsMax));
  EXPECT_TRUE(says(PolicyRule::too_many_exception_spans, kExceptionSpansMax));
  EXPECT_TRUE(says(PolicyRule::id_malformed, kIdBytesMax));
  EXPECT_TRUE(says(PolicyRule::exception_date_out_of_range, kFirstYear));
  EXPECT_TRUE(says(PolicyRule::exception_date_out_of_range, kLastYear));
}

TEST(TimeOfDay, runs_from_midnight_to_24_00) {
  EXPECT_EQ(parse_time_of_day("00:00"), 0U);
  EXPECT_EQ(parse_time_of_day("09:30"), 570U);
  EXPECT_EQ(parse_time_of_day("24:00"), 1440U);
  for (const char* bad :
       {"", "25:00", "24:01", "09:60", "9:00", "0900", "09:00 ", "-9:00", "aa:bb"}) {
    EXPECT_FALSE(parse_time_of_day(bad).has_value()) << bad;
  }
}

TEST(Window, is_written_with_the_day_on_which_it_starts) {
  EXPECT_EQ(format_window(window("mon 09:00-17:00")), "mon 09:00-17:00");
  EXPECT_EQ(format_window(window("mon 22:00-24:00")), "mon 22:00-24:00");
  EXPECT_EQ(format_window(window("sat 22:00-06:00")), "sat 22:00-06:00 next day");
  EXPECT_EQ(format_window(window("sat 22:00-22:00")), "sat 22:00-22:00 next day");
}

TEST(Rule, is_written_with_its_kind_and_its_id) {
  EXPECT_EQ(format_rule({RuleKind::closed_exception, "easter"}), "closed_exception:easter");
  EXPECT_EQ(format_rule({RuleKind::weekly, ""}), "weekly");
}

}  // namespace
}  // namespace holdspace::boundary
