// What is told of a policy before it is saved.
#include "client/policy_coverage.hpp"

#include <gtest/gtest.h>

#include "tests/boundary/policy_text.hpp"

namespace holdspace::client {
namespace {

using namespace boundary::testing;
using boundary::Direction;
using boundary::ExceptionKind;
using boundary::Lane;

boundary::Policy office() {
  auto policy = london_office();
  policy.terms.lanes = {Lane::routine};
  return policy;
}

std::string text(const boundary::Gap& gap) {
  return boundary::testing::text(gap.when);
}

CoverageQuestion ask(std::string_view from, int days) {
  CoverageQuestion question;
  question.from = at(from);
  question.days = std::chrono::days(days);
  return question;
}

TEST(FindGaps, has_nothing_to_say_of_an_office_week_and_of_days_off) {
  auto policy = office();
  EXPECT_TRUE(find_gaps(gate(policy), at("2026-03-01T00:00Z")).none());
  policy.exceptions = {exception("monday", ExceptionKind::closed, "2026-04-06", "2026-04-07")};
  EXPECT_TRUE(find_gaps(gate(policy), at("2026-03-01T00:00Z")).none());
}

// Thursday 17:00 to Tuesday 09:00 is 112 hours; 96 are allowed.
TEST(FindGaps, puts_a_long_easter_down_to_the_closing) {
  auto policy = office();
  policy.exceptions = {exception("easter", ExceptionKind::closed, "2026-04-03", "2026-04-07")};
  const auto gaps = find_gaps(gate(policy), at("2026-03-01T00:00Z"));
  ASSERT_EQ(gaps.of_closings.size(), 1U);
  EXPECT_EQ(text(gaps.of_closings[0]), "2026-04-02T16:00:00.000Z/2026-04-03T08:00:00.000Z");
  EXPECT_TRUE(gaps.of_the_week.empty());
}

TEST(FindGaps, is_content_where_a_colleague_is_named) {
  auto policy = office();
  policy.exceptions = {exception("leave", ExceptionKind::closed, "2026-08-03", "2026-08-22")};
  EXPECT_FALSE(find_gaps(gate(policy), at("2026-03-01T00:00Z")).of_closings.empty());
  policy.exceptions[0].cover_account_id = id_of(7);
  // Also on the weekend before the leave, whose messages would wait into it.
  EXPECT_TRUE(find_gaps(gate(policy), at("2026-03-01T00:00Z")).none());
}

TEST(FindGaps, puts_a_week_of_one_day_down_to_the_week) {
  auto policy = boundary::testing::policy("Europe/London", {"mon 09:00-17:00"});
  policy.terms.lanes = {Lane::routine};
  auto gaps = find_gaps(gate(policy), at("2026-03-01T00:00Z"));
  EXPECT_TRUE(gaps.of_closings.empty());
  EXPECT_GE(gaps.of_the_week.size(), 56U);
  // A Monday that falls out makes one of them longer.
  policy.exceptions = {exception("easter", ExceptionKind::closed, "2026-04-03", "2026-04-07")};
  gaps = find_gaps(gate(policy), at("2026-03-01T00:00Z"));
  ASSERT_EQ(gaps.of_closings.size(), 1U);
  EXPECT_EQ(text(gaps.of_closings[0]), "2026-03-30T16:00:00.000Z/2026-04-09T08:00:00.000Z");
}

TEST(FindGaps, sees_a_closure_behind_an_exception_that_lifts) {
  auto policy = office();
  policy.exceptions = {
      exception("leave", ExceptionKind::closed, "2026-08-03", "2026-08-22"),
      exception("clinic", ExceptionKind::open, "2026-08-10", "2026-08-11", "leave")};
  policy.closures = {closure("flood", "2026-05-04T06:00Z", "")};
  const auto gaps = find_gaps(gate(policy), at("2026-05-01T00:00Z"));
  ASSERT_EQ(gaps.of_closings.size(), 1U);
  EXPECT_EQ(gaps.of_closings[0].when.from, at("2026-05-01T16:00Z"));
  EXPECT_EQ(gaps.of_closings[0].when.until, at("2026-05-01T00:00Z") + boundary::kHorizon);
}

TEST(CoverageOf, is_cut_to_the_days_that_were_asked_about) {
  // From Monday noon on; the clocks go forward on Sunday 29 March.
  const auto found = coverage_of(gate(office()), ask("2026-03-23T12:00Z", 7));
  ASSERT_EQ(found.lanes.size(), 4U);
  const auto& lane = found.lanes[0];
  EXPECT_EQ(lines(lane.openings),
            (std::vector<std::string>{"2026-03-23T12:00:00.000Z/2026-03-23T17:00:00.000Z",
                                      "2026-03-24T09:00:00.000Z/2026-03-24T17:00:00.000Z",
                                      "2026-03-25T09:00:00.000Z/2026-03-25T17:00:00.000Z",
                                      "2026-03-26T09:00:00.000Z/2026-03-26T17:00:00.000Z",
                                      "2026-03-27T09:00:00.000Z/2026-03-27T17:00:00.000Z",
                                      "2026-03-30T08:00:00.000Z/2026-03-30T12:00:00.000Z"}));
  ASSERT_TRUE(lane.longest_closure.has_value());
  EXPECT_EQ(boundary::testing::text(*lane.longest_closure),
            "2026-03-27T17:00:00.000Z/2026-03-30T08:00:00.000Z");
}

TEST(CoverageOf, finds_the_same_longest_closure_as_the_whole_report) {
  auto policy = office();
  policy.exceptions = {exception("leave", ExceptionKind::closed, "2026-08-03", "2026-08-22")};
  const auto whole = boundary::coverage(gate(policy), at("2026-03-01T00:00Z"));
  const auto found = coverage_of(gate(policy), ask("2026-03-01T00:00Z", 400));
  ASSERT_EQ(found.lanes.size(), whole.lanes.size());
  for (std::size_t i = 0; i < whole.lanes.size(); ++i) {
    EXPECT_EQ(found.lanes[i].longest_closure, whole.lanes[i].longest_closure);
    EXPECT_EQ(found.lanes[i].refusals, whole.lanes[i].refusals);
    EXPECT_EQ(found.lanes[i].openings, whole.lanes[i].openings);
  }
}

TEST(CoverageOf, asks_about_one_lane_and_one_relationships_own_windows) {
  auto policy = office();
  policy.relationship_rules = {{id_of(3), {window("sat 10:00-11:00")}}};
  auto question = ask("2026-03-23T00:00Z", 7);
  question.lane = Lane::routine;
  question.direction = Direction::to_therapist;
  question.relationship_id = id_of(3);
  const auto found = coverage_of(gate(policy), question);
  ASSERT_EQ(found.lanes.size(), 1U);
  EXPECT_EQ(lines(found.lanes[0].openings),
            std::vector<std::string>{"2026-03-28T10:00:00.000Z/2026-03-28T11:00:00.000Z"});
}

TEST(CoverageOf, names_the_windows_that_the_clocks_jump_over) {
  auto policy = boundary::testing::policy("Europe/London", {"sun 01:15-01:45"});
  const auto found = coverage_of(gate(policy), ask("2026-03-23T00:00Z", 7));
  ASSERT_EQ(found.empty_windows.size(), 1U);
  EXPECT_EQ(boundary::format_date(found.empty_windows[0].date), "2026-03-29");
  EXPECT_TRUE(coverage_of(gate(policy), ask("2026-03-23T00:00Z", 5)).empty_windows.empty());
  auto question = ask("2026-03-23T00:00Z", 7);
  question.lane = Lane::logistics;
  EXPECT_TRUE(coverage_of(gate(policy), question).empty_windows.empty());
  policy.relationship_rules = {{id_of(3), policy.windows}};
  EXPECT_EQ(coverage_of(gate(policy), ask("2026-03-23T00:00Z", 7)).empty_windows.size(), 1U);
  question.lane.reset();
  question.relationship_id = id_of(3);
  EXPECT_EQ(coverage_of(gate(policy), question).empty_windows.size(), 2U);
}

}  // namespace
}  // namespace holdspace::client
