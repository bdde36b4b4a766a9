#include <gtest/gtest.h>

#include "boundary/change.hpp"
#include "tests/boundary/policy_text.hpp"

namespace holdspace::boundary {
namespace {

using testing::at;
using testing::london_office;

std::vector<std::string> sentences(const Policy& before, const Policy& after) {
  std::vector<std::string> found;
  for (const PolicyChange& change : diff(before, after)) {
    found.push_back(describe(change));
  }
  return found;
}

using Sentences = std::vector<std::string>;

TEST(Diff, is_empty_for_another_version_or_order_of_the_same_document) {
  Policy after = london_office();
  after.version = 99;
  std::swap(after.windows[0], after.windows[4]);
  after.limits.max_hold_hours = 96;  // what 0 means
  EXPECT_EQ(sentences(london_office(), after), Sentences{});
}

TEST(Diff, says_each_change_in_one_sentence) {
  Policy before = testing::policy("Europe/London", {"mon 09:00-17:00", "sat 22:00-06:00"});
  before.exceptions = {
      testing::exception("easter", ExceptionKind::closed, "2026-04-03", "2026-04-07"),
      testing::exception("gone", ExceptionKind::open, "2026-05-01", "2026-05-02")};
  Policy after = testing::policy("Europe/Berlin", {"mon 09:00-12:00"});
  after.exceptions = {testing::on_hours(before.exceptions[0], "09:00", "12:00"),
                      {.id = "thanks",
                       .kind = ExceptionKind::closed,
                       .moveable = Moveable{NthWeekday{11, std::chrono::Thursday, 4}, 2}}};
  after.travels = {{at("2026-05-04T00:00Z"), at("2026-05-09T00:00Z"), "Asia/Tokyo"}};
  after.relationship_rules = {{RelationshipId{0xab}, {testing::window("tue 18:00-19:00")}}};
  after.closures = {{"ill", at("2026-02-01T00:00Z"), std::nullopt, AccountId{1}}};
  after.openings = {{.id = "evening",
                     .from = at("2026-02-02T18:00Z"),
                     .until = at("2026-02-02T19:00Z"),
                     .reason = OpeningReason::crisis_follow_up}};
  after.limits = {.max_hold_hours = 48, .reply_time_hours = 24};
  after.terms = {.lanes = {Lane::logistics, Lane::routine},
                 .reply_time_hours = 72,
                 .retention_days = 365,
                 .lane_pause_allowed = true,
                 .hours_notice_days = 14,
                 .urgent_readers = {UrgentReader::supervisor}};
  EXPECT_EQ(
      sentences(before, after),
      (Sentences{
          "Time zone: Europe/London becomes Europe/Berlin.",
          "Weekly windows routine to_therapist: mon 09:00-17:00, sat 22:00-06:00 next day becomes "
          "mon 09:00-12:00.",
          "Exception easter: closed from 2026-04-03 until before 2026-04-07 becomes closed from "
          "2026-04-03 until before 2026-04-07, each day 09:00-12:00.",
          "Exception gone: removed, was open from 2026-05-01 until before 2026-05-02.",
          "Exception thanks: added, closed thu number 4 of month 11 for 2 days.",
          "Travel from 2026-05-04T00:00:00.000Z: added, until 2026-05-09T00:00:00.000Z in "
          "Asia/Tokyo.",
          "Windows of relationship ab000000000000000000000000000000 routine to_therapist: added, "
          "tue 18:00-19:00.",
          "Emergency closure ill: added, from 2026-02-01T00:00:00.000Z until it is lifted, cover "
          "01000000000000000000000000000000.",
          "Opening evening: added, routine to_therapist from 2026-02-02T18:00:00.000Z until "
          "2026-02-02T19:00:00.000Z, crisis_follow_up.",
          "Longest wait of a new message: 96 hours becomes 48 hours.",
          "Usual time for an answer: unstated becomes 24 hours.",
          "Agreement: lanes: added, routine, logistics.",
          "Agreement: time for an answer: no promise becomes 72 hours.",
          "Agreement: how long copies are kept: unstated becomes 365 days.",
          "Agreement: pause of a lane: not allowed becomes allowed.",
          "Agreement: notice before fewer hours: none becomes 14 days.",
          "Agreement: who may read urgent messages: added, supervisor.",
      }));
}

TEST(Diff, turns_round_when_the_documents_are_exchanged) {
  Policy after = london_office();
  after.closures = {{"ill", at("2026-02-01T00:00Z"), at("2026-02-03T00:00Z"), std::nullopt}};
  const auto there = diff(london_office(), after);
  const auto back = diff(after, london_office());
  ASSERT_EQ(there.size(), 1U);
  ASSERT_EQ(back.size(), 1U);
  EXPECT_EQ(there[0].verb, ChangeVerb::added);
  EXPECT_EQ(back[0].verb, ChangeVerb::removed);
  EXPECT_EQ(there[0].after, back[0].before);
}

}  // namespace
}  // namespace holdspace::boundary
