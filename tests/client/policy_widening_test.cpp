// Which lanes a change opens.
#include "client/policy_widening.hpp"

#include <gtest/gtest.h>

#include "boundary/templates.hpp"
#include "tests/boundary/policy_text.hpp"

namespace holdspace::client {
namespace {

using namespace boundary::testing;
using boundary::Direction;
using boundary::ExceptionKind;
using boundary::Lane;
using boundary::PolicyTemplate;

std::vector<std::pair<Lane, Direction>> lanes(const boundary::Policy& before,
                                              const boundary::Policy& after) {
  std::vector<std::pair<Lane, Direction>> found;
  for (const auto& one : lane_widenings(gate(before), gate(after), at("2026-03-23T00:00Z"))) {
    found.emplace_back(one.lane, one.direction);
    for (const auto& widening : one.widenings.found) {
      EXPECT_EQ(widening.question.lane, one.lane);
      EXPECT_EQ(widening.question.direction, one.direction);
    }
  }
  return found;
}

TEST(LaneWidenings, name_every_lane_and_direction_and_no_other) {
  const auto therapy = boundary::make_policy(PolicyTemplate::therapy, "Europe/London");
  auto wider = therapy;
  EXPECT_TRUE(lanes(therapy, wider).empty());
  for (auto& window : wider.windows)
    if (window.direction == Direction::to_therapist) window.end_minute += 30;
  EXPECT_EQ(lanes(therapy, wider),
            (std::vector<std::pair<Lane, Direction>>{{Lane::routine, Direction::to_therapist},
                                                     {Lane::logistics, Direction::to_therapist}}));
  EXPECT_TRUE(lanes(wider, therapy).empty());
}

TEST(LaneWidenings, see_an_exception_that_lifts_for_one_lane_only) {
  auto before = london_office();
  before.exceptions = {exception("away", ExceptionKind::closed, "2026-03-30", "2026-04-01"),
                       exception("clinic", ExceptionKind::open, "2026-03-30", "2026-03-31")};
  before.exceptions[0].lanes = {Lane::routine};
  auto after = before;
  after.exceptions[1].lifts = "away";
  EXPECT_EQ(lanes(before, after),
            (std::vector<std::pair<Lane, Direction>>{{Lane::routine, Direction::to_therapist},
                                                     {Lane::routine, Direction::to_client}}));
}

TEST(LaneWidenings, see_an_opening_and_the_windows_of_one_relationship) {
  auto after = london_office();
  after.openings = {opening("early", "2026-03-29T10:00Z", "2026-03-29T12:00Z")};
  after.openings[0].direction = Direction::to_client;
  after.relationship_rules = {{id_of(3), {window("sat 10:00-11:00")}}};
  EXPECT_EQ(lanes(london_office(), after),
            (std::vector<std::pair<Lane, Direction>>{{Lane::routine, Direction::to_therapist},
                                                     {Lane::routine, Direction::to_client}}));
}

}  // namespace
}  // namespace holdspace::client
