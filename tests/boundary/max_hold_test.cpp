// A new message that would wait too long is refused, with the name of who stands in. Rows named in
// docs/boundary.md.
#include <gtest/gtest.h>

#include "boundary/decide.hpp"
#include "tests/boundary/policy_text.hpp"

namespace holdspace::boundary {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using testing::at;
using testing::between;
using testing::closure;
using testing::exception;
using testing::gate;
using testing::id_of;
using testing::london_office;
using testing::summary;
using testing::text;

constexpr auto closed = ExceptionKind::closed;

// Away for three weeks from Monday 2026-07-20; back on Monday 2026-08-10 at 08:00Z.
Policy away() {
  Policy made = london_office();
  made.exceptions = {exception("leave", closed, "2026-07-20", "2026-08-10")};
  return made;
}

const Instant kBack = at("2026-08-10T08:00Z");
const Instant kInside = at("2026-07-22T10:00Z");

Facts waiting() {
  Facts facts;
  facts.moment = Moment::release;
  return facts;
}

TEST(MaxHold, refuses_a_new_message_that_would_wait_for_weeks) {
  const Verdict verdict = decide({gate(away())}, {}, kInside);
  EXPECT_EQ(summary(verdict), "refuse closed_too_long closed_exception:leave > weekly:windows[2]");
  EXPECT_FALSE(verdict.promise.has_value());
  EXPECT_FALSE(verdict.cover_account_id.has_value());
}

TEST(MaxHold, holds_from_the_instant_at_which_the_wait_is_short_enough) {
  const Gate compiled = gate(away());
  const Instant patient = kBack - kMaxHoldDefault;
  const Verdict before = decide({compiled}, {}, patient - milliseconds{1});
  const Verdict from = decide({compiled}, {}, patient);
  EXPECT_EQ(before.outcome, Outcome::refuse);
  EXPECT_EQ(before.valid.until, patient);
  EXPECT_EQ(from.outcome, Outcome::hold);
  EXPECT_EQ(from.promise, kBack);
  EXPECT_EQ(text(from.valid), text(Interval{patient, kBack}));
}

TEST(MaxHold, is_four_days_unless_the_policy_says_otherwise) {
  Policy long_hold = away();
  long_hold.limits.max_hold_hours = 480;
  const Verdict verdict = decide({gate(long_hold)}, {}, kInside);
  EXPECT_EQ(verdict.outcome, Outcome::hold);
  EXPECT_EQ(verdict.promise, kBack);
  Policy short_hold = london_office();
  short_hold.limits.max_hold_hours = 24;
  EXPECT_EQ(decide({gate(short_hold)}, {}, at("2026-07-17T18:00Z")).reason, Reason::closed_too_long)
      << "a weekend is longer than a day";
  EXPECT_EQ(decide({gate(london_office())}, {}, at("2026-07-17T18:00Z")).outcome, Outcome::hold);
}

TEST(MaxHold, never_refuses_what_was_accepted_before) {
  const Verdict verdict = decide({gate(away())}, waiting(), kInside);
  EXPECT_EQ(summary(verdict), "hold closed_exception closed_exception:leave > weekly:windows[2]");
  EXPECT_EQ(verdict.promise, kBack);
}

TEST(MaxHold, refuses_when_nothing_opens_at_all) {
  const Gate compiled = gate(testing::policy("Europe/London", {}));
  const Verdict verdict = decide({compiled}, {}, kInside);
  EXPECT_EQ(summary(verdict), "refuse closed_too_long weekly");
  EXPECT_FALSE(next_change({compiled}, {}, kInside).has_value());
  EXPECT_GT(verdict.valid.until, kInside + kHorizon - hours{kMaxHoldHoursMax});
}

TEST(MaxHold, names_who_stands_in_when_the_closing_says_so) {
  Policy covered = away();
  covered.exceptions[0].cover_account_id = id_of(9);
  const Verdict verdict = decide({gate(covered)}, {}, kInside);
  EXPECT_EQ(verdict.outcome, Outcome::refuse);
  EXPECT_EQ(verdict.reason, Reason::covered);
  EXPECT_EQ(verdict.cover_account_id, id_of(9));
  EXPECT_EQ(text(verdict.cover_until), "2026-08-09T23:00:00.000Z") << "midnight in London";
}

TEST(MaxHold, names_who_stands_in_on_the_evening_before_the_leave_begins) {
  Policy covered = away();
  covered.exceptions[0].cover_account_id = id_of(9);
  const Verdict verdict = decide({gate(covered)}, {}, at("2026-07-17T18:00Z"));
  EXPECT_EQ(summary(verdict), "refuse covered weekly");
  EXPECT_EQ(verdict.cover_account_id, id_of(9));
}

TEST(MaxHold, names_who_stands_in_for_an_emergency_with_its_end_or_without) {
  Policy ill = london_office();
  ill.closures = {closure("ill", "2026-07-20T10:00Z", "2026-08-03T10:00Z")};
  ill.closures[0].cover_account_id = id_of(8);
  const Verdict known = decide({gate(ill)}, {}, kInside);
  EXPECT_EQ(known.reason, Reason::covered);
  EXPECT_EQ(known.cover_account_id, id_of(8));
  EXPECT_EQ(text(known.cover_until), "2026-08-03T10:00:00.000Z");
  ill.closures[0].until.reset();
  const Verdict unknown = decide({gate(ill)}, {}, kInside);
  EXPECT_EQ(unknown.reason, Reason::covered);
  EXPECT_FALSE(unknown.cover_until.has_value());
}

TEST(MaxHold, names_nobody_to_the_therapist_who_is_away) {
  Policy covered = away();
  covered.exceptions[0].cover_account_id = id_of(9);
  Facts reply;
  reply.direction = Direction::to_client;
  const Verdict verdict = decide({gate(covered)}, reply, kInside);
  EXPECT_EQ(verdict.reason, Reason::closed_too_long);
  EXPECT_FALSE(verdict.cover_account_id.has_value());
}

TEST(MaxHold, names_nobody_while_a_message_can_still_wait) {
  Policy covered = away();
  covered.exceptions[0].cover_account_id = id_of(9);
  const Verdict verdict = decide({gate(covered)}, {}, kBack - hours{20});
  EXPECT_EQ(verdict.outcome, Outcome::hold);
  EXPECT_FALSE(verdict.cover_account_id.has_value());
}

TEST(MaxHold, ends_a_cover_with_the_whole_closing_also_when_a_journey_cuts_it) {
  Policy covered = away();
  covered.exceptions[0].cover_account_id = id_of(9);
  covered.travels = {{at("2026-07-25T00:00Z"), at("2026-07-30T00:00Z"), "Asia/Kathmandu"}};
  EXPECT_EQ(text(decide({gate(covered)}, {}, kInside).cover_until), "2026-08-09T23:00:00.000Z");
}

TEST(MaxHold, makes_two_changes_of_one_closing) {
  const Gate compiled = gate(away());
  const auto first = next_change({compiled}, {}, kInside);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(text(first), text(std::optional(kBack - kMaxHoldDefault)));
  EXPECT_EQ(next_change({compiled}, {}, *first), kBack);
  EXPECT_EQ(next_change({compiled}, waiting(), kInside), kBack);
}

}  // namespace
}  // namespace holdspace::boundary
