#include "boundary/coverage.hpp"

#include <gtest/gtest.h>

#include "tests/boundary/policy_text.hpp"

namespace holdspace::boundary {
namespace {

using testing::at;
using testing::gate;
using testing::london_office;

const Instant kNow = at("2026-07-01T00:00Z");  // a Wednesday
constexpr AccountId kColleague{7};

LaneCoverage routine(const Policy& policy) {
  return lane_coverage(gate(policy), {}, kNow);
}

std::vector<std::string> lines(const std::vector<Refusal>& refusals) {
  std::vector<std::string> texts;
  for (const Refusal& refusal : refusals) {
    texts.push_back(testing::text(refusal.when) + (refusal.cover_account_id ? " covered" : ""));
  }
  return texts;
}

using Lines = std::vector<std::string>;

Policy with_leave(std::string_view from, std::string_view until) {
  Policy policy = london_office();
  policy.exceptions = {testing::exception("leave", ExceptionKind::closed, from, until)};
  return policy;
}

TEST(Coverage, lists_the_openings_of_four_hundred_days) {
  const LaneCoverage found = routine(london_office());
  ASSERT_EQ(found.openings.size(), 286U);  // 57 weeks of five, and Wednesday
  EXPECT_EQ(testing::text(found.openings.front()),
            "2026-07-01T08:00:00.000Z/2026-07-01T16:00:00.000Z");
  EXPECT_EQ(lines(found.refusals), Lines{});
}

TEST(Coverage, finds_the_longest_closure_across_a_change_of_the_clocks) {
  // 64 hours on a usual weekend; 65 when summer time ends on Sunday 2026-10-25.
  EXPECT_EQ(testing::text(*routine(london_office()).longest_closure),
            "2026-10-23T16:00:00.000Z/2026-10-26T09:00:00.000Z");
}

TEST(Coverage, says_from_when_to_when_messages_are_refused_in_a_long_leave) {
  // Shut from Friday 31 July 17:00 to Monday 17 August 09:00; held from 96 hours before that on.
  const LaneCoverage found = routine(with_leave("2026-08-03", "2026-08-15"));
  EXPECT_EQ(testing::text(*found.longest_closure),
            "2026-07-31T16:00:00.000Z/2026-08-17T08:00:00.000Z");
  EXPECT_EQ(lines(found.refusals), Lines{"2026-07-31T16:00:00.000Z/2026-08-13T08:00:00.000Z"});
}

TEST(Coverage, refuses_nothing_in_a_closure_of_exactly_the_longest_hold) {
  Policy policy = with_leave("2026-08-03", "2026-08-04");
  policy.limits.max_hold_hours = 64 + 24;
  EXPECT_EQ(lines(routine(policy).refusals), Lines{});
  policy.limits.max_hold_hours -= 1;
  EXPECT_EQ(lines(routine(policy).refusals),
            Lines{"2026-07-31T16:00:00.000Z/2026-07-31T17:00:00.000Z"});
}

TEST(Coverage, tells_apart_what_is_covered_and_what_is_not) {
  Policy policy = with_leave("2026-08-03", "2026-08-09");
  policy.exceptions[0].cover_account_id = kColleague;
  policy.exceptions.push_back(
      testing::exception("more-leave", ExceptionKind::closed, "2026-08-09", "2026-08-22"));
  const LaneCoverage found = routine(policy);
  ASSERT_EQ(found.refusals.size(), 2U);
  EXPECT_EQ(found.refusals[0].cover_account_id, kColleague);
  EXPECT_EQ(lines(found.refusals),
            (Lines{"2026-07-31T16:00:00.000Z/2026-08-08T23:00:00.000Z covered",
                   "2026-08-08T23:00:00.000Z/2026-08-20T08:00:00.000Z"}));
}

TEST(Coverage, refuses_to_the_end_when_a_lane_never_opens) {
  const Coverage found = coverage(gate(london_office()), kNow);
  ASSERT_EQ(found.lanes.size(), 4U);
  const LaneCoverage& logistics = found.lanes[2];
  EXPECT_EQ(logistics.question.lane, Lane::logistics);
  EXPECT_TRUE(logistics.openings.empty());
  EXPECT_EQ(lines(logistics.refusals), Lines{"2026-07-01T00:00:00.000Z/2027-08-05T00:00:00.000Z"});
}

TEST(Coverage, knows_no_closure_of_a_lane_that_is_always_open) {
  Policy policy = london_office();
  policy.windows = open_all_week(Lane::routine, Direction::to_therapist);
  EXPECT_EQ(routine(policy).longest_closure, std::nullopt);
  EXPECT_EQ(routine(policy).openings.size(), 1U);
}

TEST(Coverage, names_the_windows_that_the_clocks_jump_over) {
  const Coverage found = coverage(gate(testing::policy("America/New_York", {"sun 02:15-02:45"})),
                                  at("2026-01-01T00:00Z"));
  ASSERT_EQ(found.empty_windows.size(), 1U);
  EXPECT_EQ(format_date(found.empty_windows[0].date), "2026-03-08");
}

TEST(Gaps, are_the_uncovered_times_of_the_lanes_that_are_offered_to_clients) {
  Policy policy = with_leave("2026-08-03", "2026-08-15");
  policy.terms.lanes = {Lane::routine};
  const Gate gate = testing::gate(policy);
  const std::vector<Gap> found = gaps(policy, coverage(gate, kNow));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(describe(found[0], gate.zone()),
            "Routine messages from clients will be refused from 2026-07-31 17:00 +01:00 to "
            "2026-08-13 09:00 +01:00, and no colleague is named.");
  policy.exceptions[0].cover_account_id = kColleague;
  EXPECT_TRUE(gaps(policy, coverage(testing::gate(policy), kNow)).empty());
}

TEST(Gaps, count_every_lane_when_the_terms_name_none) {
  const Policy policy = london_office();
  const std::vector<Gap> found = gaps(policy, coverage(gate(policy), kNow));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].lane, Lane::logistics);
}

}  // namespace
}  // namespace holdspace::boundary
