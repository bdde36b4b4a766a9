#include "boundary/templates.hpp"

#include <gtest/gtest.h>

#include "boundary/agreement.hpp"
#include "boundary/coverage.hpp"
#include "tests/boundary/policy_text.hpp"

namespace holdspace::boundary {
namespace {

constexpr PolicyTemplate kAll[] = {PolicyTemplate::therapy, PolicyTemplate::coaching,
                                   PolicyTemplate::dbt, PolicyTemplate::adolescent,
                                   PolicyTemplate::group_practice};

bool offers(const Terms& terms, Lane lane) {
  return std::find(terms.lanes.begin(), terms.lanes.end(), lane) != terms.lanes.end();
}

TEST(Templates, are_valid_and_leave_no_gap_in_any_zone_and_season) {
  for (const PolicyTemplate kind : kAll) {
    for (const char* zone : {"Europe/London", "America/New_York", "Australia/Lord_Howe",
                             "Asia/Kathmandu", "Africa/Cairo"}) {
      SCOPED_TRACE(std::string(name(kind)) + " in " + zone);
      const Policy policy = make_policy(kind, zone);
      const Gate gate = testing::gate(policy);
      const Coverage found = coverage(gate, testing::at("2026-01-01T00:00Z"));
      EXPECT_TRUE(found.empty_windows.empty());
      for (const LaneCoverage& lane : found.lanes) {
        EXPECT_TRUE(lane.refusals.empty());
        EXPECT_LE(lane.longest_closure->until - lane.longest_closure->from, max_hold(policy));
      }
    }
  }
}

TEST(Templates, differ_in_the_words_of_their_agreements) {
  std::vector<std::string> texts;
  for (const PolicyTemplate kind : kAll) {
    texts.push_back(binding_text(make_policy(kind, "Europe/London")));
  }
  std::sort(texts.begin(), texts.end());
  EXPECT_EQ(std::unique(texts.begin(), texts.end()), texts.end());
}

TEST(Templates, offer_no_pause_to_young_people_and_no_urgent_lane_in_coaching) {
  EXPECT_FALSE(make_policy(PolicyTemplate::adolescent, "Etc/UTC").terms.lane_pause_allowed);
  EXPECT_TRUE(make_policy(PolicyTemplate::dbt, "Etc/UTC").terms.lane_pause_allowed);
  for (const PolicyTemplate kind : kAll) {
    const Terms terms = make_policy(kind, "Etc/UTC").terms;
    EXPECT_EQ(offers(terms, Lane::urgent), kind != PolicyTemplate::coaching);
    EXPECT_EQ(terms.urgent_readers.empty(), kind == PolicyTemplate::coaching);
  }
}

TEST(Templates, have_names_that_are_read_back_and_a_sentence) {
  for (const PolicyTemplate kind : kAll) {
    EXPECT_EQ(parse_policy_template(name(kind)), kind);
    EXPECT_FALSE(describe(kind).empty());
  }
  EXPECT_EQ(parse_policy_template("hospital"), std::nullopt);
}

}  // namespace
}  // namespace holdspace::boundary
