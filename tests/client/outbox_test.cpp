#include "client/outbox.hpp"

#include <gtest/gtest.h>

#include "client/wire_bytes.hpp"

namespace holdspace::client {
namespace {

using records::ACCEPTED_HELD;
using records::ACCEPTED_RELEASED;
using records::NOT_CONFIRMED;
using records::OutboxState;
using records::REFUSED;
using records::RETURNED;
using records::UNSIGNED;
using records::WAITING;
using records::WITHDRAWN;

constexpr crypto::Instant kNow{std::chrono::milliseconds(1774800000000)};

records::OutboxRow row_in(OutboxState state) {
  records::OutboxRow row;
  row.set_message_id(std::string(16, 'm'));
  row.set_send("the sealed bytes");
  row.set_state(state);
  return row;
}

v1::ServerFrame accepted(v1::Outcome outcome, std::int64_t promise_ms = 0) {
  v1::ServerFrame frame;
  frame.mutable_accepted()->set_message_id(std::string(16, 'm'));
  frame.mutable_accepted()->set_store_epoch("epoch");
  auto& verdict = *frame.mutable_accepted()->mutable_verdict();
  verdict.set_outcome(outcome);
  verdict.set_reason("outside_windows");
  verdict.set_zone("Europe/London");
  if (promise_ms != 0) verdict.set_promise_ms(promise_ms);
  return frame;
}

v1::ServerFrame error(v1::ErrorCode code) {
  v1::ServerFrame frame;
  frame.mutable_error()->set_code(code);
  frame.mutable_error()->set_text("because");
  return frame;
}

TEST(Outbox, moves_from_state_to_state_by_the_answer) {
  struct Case {
    OutboxState from;
    v1::ServerFrame answer;
    OutboxState to;
    NextStep step;
  };
  const std::vector<Case> cases = {
      {WAITING, accepted(v1::RELEASED), ACCEPTED_RELEASED, NextStep::done},
      {WAITING, accepted(v1::HELD, 5), ACCEPTED_HELD, NextStep::done},
      {NOT_CONFIRMED, accepted(v1::RELEASED), ACCEPTED_RELEASED, NextStep::done},
      {WAITING, error(v1::MISMATCH), WAITING, NextStep::reseal},
      {NOT_CONFIRMED, error(v1::MISMATCH), WAITING, NextStep::reseal},
      {WAITING, error(v1::UNCERTAIN), NOT_CONFIRMED, NextStep::resend},
      {WAITING, error(v1::UNAVAILABLE), WAITING, NextStep::later},
      {NOT_CONFIRMED, error(v1::UNAVAILABLE), NOT_CONFIRMED, NextStep::later},
      {WAITING, error(v1::RATE_LIMITED), WAITING, NextStep::later},
      {NOT_CONFIRMED, error(v1::RATE_LIMITED), NOT_CONFIRMED, NextStep::later},
      {WAITING, error(v1::UNAUTHENTICATED), WAITING, NextStep::later},
      {WAITING, error(v1::INVALID_ARGUMENT), REFUSED, NextStep::done},
      {WAITING, error(v1::UNSUPPORTED_VERSION), REFUSED, NextStep::done},
      {WAITING, error(v1::TOO_LARGE), REFUSED, NextStep::done},
      {WAITING, error(v1::PERMISSION_DENIED), REFUSED, NextStep::done},
      {WAITING, error(v1::NOT_FOUND), REFUSED, NextStep::done},
      {WAITING, error(v1::CONFLICT), REFUSED, NextStep::done},
      {WAITING, error(v1::QUOTA), REFUSED, NextStep::done},
      {WAITING, error(v1::ENDED), REFUSED, NextStep::done},
      {WAITING, error(v1::REFUSED), REFUSED, NextStep::done},
      {WAITING, error(v1::AGREEMENT_NEEDED), UNSIGNED, NextStep::reagree},
      {NOT_CONFIRMED, error(v1::AGREEMENT_NEEDED), UNSIGNED, NextStep::reagree},
      {WAITING, error(v1::STALE_RELATIONSHIP), WAITING, NextStep::later},
      {WAITING, error(v1::PAIR_EXISTS), REFUSED, NextStep::done},
      {WAITING, error(static_cast<v1::ErrorCode>(999)), WAITING, NextStep::later},
      {WAITING, v1::ServerFrame(), NOT_CONFIRMED, NextStep::resend},
  };
  for (const auto& one : cases) {
    auto row = row_in(one.from);
    const auto step = settle(row, one.answer, kNow);
    EXPECT_EQ(row.state(), one.to) << one.answer.ShortDebugString();
    EXPECT_EQ(step, one.step) << one.answer.ShortDebugString();
    EXPECT_EQ(row.send(), "the sealed bytes") << "the same bytes go out again";
  }
}

TEST(Outbox, keeps_the_promise_and_the_epoch_of_the_acceptance) {
  auto row = row_in(WAITING);
  row.set_error_text("an earlier try");
  EXPECT_EQ(settle(row, accepted(v1::HELD, 1774857600000), kNow), NextStep::done);
  EXPECT_EQ(row.promise_ms(), 1774857600000);
  EXPECT_EQ(row.reason(), "outside_windows");
  EXPECT_EQ(row.zone(), "Europe/London");
  EXPECT_EQ(row.store_epoch(), "epoch");
  EXPECT_EQ(row.error_text(), "");
}

TEST(Outbox, takes_the_acceptance_of_another_message_for_no_answer) {
  auto row = row_in(WAITING);
  auto frame = accepted(v1::RELEASED);
  frame.mutable_accepted()->set_message_id(std::string(16, 'x'));
  EXPECT_EQ(settle(row, frame, kNow), NextStep::resend);
  EXPECT_EQ(row.state(), NOT_CONFIRMED);
}

TEST(Outbox, is_not_confirmed_when_no_answer_comes) {
  auto row = row_in(WAITING);
  EXPECT_EQ(settle_unanswered(row), NextStep::resend);
  EXPECT_EQ(row.state(), NOT_CONFIRMED);
}

TEST(Outbox, submits_again_what_another_history_of_the_store_may_have_lost) {
  const auto check = [](OutboxState state, std::string_view epoch, bool due, OutboxState after) {
    auto row = row_in(state);
    row.set_store_epoch("epoch");
    EXPECT_EQ(due_at_login(row, epoch), due) << state_name(state) << " " << epoch;
    EXPECT_EQ(row.state(), after) << state_name(state) << " " << epoch;
  };
  check(WAITING, "epoch", true, WAITING);
  check(NOT_CONFIRMED, "epoch", true, NOT_CONFIRMED);
  check(ACCEPTED_RELEASED, "epoch", false, ACCEPTED_RELEASED);
  check(ACCEPTED_HELD, "epoch", false, ACCEPTED_HELD);
  check(REFUSED, "epoch", false, REFUSED);
  check(WAITING, "other", true, WAITING);
  check(ACCEPTED_RELEASED, "other", true, WAITING);
  check(ACCEPTED_HELD, "other", true, WAITING);
  check(REFUSED, "other", false, REFUSED);
  check(RETURNED, "other", false, RETURNED);
  check(UNSIGNED, "epoch", true, WAITING);
  check(WITHDRAWN, "epoch", false, WITHDRAWN);
  check(WITHDRAWN, "other", true, WITHDRAWN);
}

TEST(Outbox, withdraws_again_from_another_history_of_the_store_what_an_earlier_one_had_taken) {
  auto row = row_in(WITHDRAWN);
  EXPECT_FALSE(due_at_login(row, "epoch")) << "it never left this device";
  row.set_store_epoch("epoch");
  EXPECT_TRUE(due_at_login(row, "other"));
  EXPECT_EQ(row.withdrawal(), records::AGAIN);
  EXPECT_FALSE(due_at_login(row, "other")) << "once for each history";
}

TEST(Outbox, remembers_what_notices_are_compared_with) {
  auto answer = accepted(v1::HELD, 1774857600000);
  auto& verdict = *answer.mutable_accepted()->mutable_verdict();
  verdict.set_policy_version(7);
  verdict.set_valid_from_ms(1774700000000);
  verdict.set_valid_until_ms(1774857600000);
  answer.mutable_accepted()->set_first_in_closed_period(true);
  answer.mutable_accepted()->set_reply_time_hours(48);
  auto row = row_in(WAITING);
  static_cast<void>(settle(row, answer, kNow));
  EXPECT_EQ(row.policy_version(), 7U);
  EXPECT_EQ(row.accepted_at_ms(), to_ms(kNow));
  EXPECT_TRUE(row.first_in_closed_period());
  EXPECT_EQ(row.reply_time_hours(), 48U);

  // A clock that is wrong by days does not put the acceptance outside the verdict's own interval.
  static_cast<void>(settle(row, answer, kNow + std::chrono::days(9)));
  EXPECT_EQ(row.accepted_at_ms(), 1774857600000 - 1);
  // The first answer again says nothing about when.
  answer.mutable_accepted()->set_duplicate(true);
  row.set_accepted_at_ms(1774750000000);
  static_cast<void>(settle(row, answer, kNow));
  EXPECT_EQ(row.accepted_at_ms(), 1774750000000);
}

records::OutboxRow held_row() {
  auto row = row_in(ACCEPTED_HELD);
  row.set_relationship_id(std::string(16, 'r'));
  row.set_lane(0);
  row.set_policy_version(3);
  row.set_accepted_at_ms(1000);
  row.set_promise_ms(5000);
  return row;
}

v1::Notice renewed(std::uint64_t through, std::optional<std::int64_t> promise_ms) {
  v1::Notice notice;
  auto& about = *notice.mutable_promise_renewed();
  about.set_relationship_id(std::string(16, 'r'));
  about.set_lane(v1::ROUTINE);
  about.set_accepted_through_version(through);
  if (promise_ms) about.set_promise_ms(*promise_ms);
  about.set_reason("emergency_closure");
  return notice;
}

v1::Notice released(std::int64_t before_ms, v1::Lane lane = v1::ROUTINE) {
  v1::Notice notice;
  notice.set_at_ms(before_ms);
  auto& about = *notice.mutable_released();
  about.set_relationship_id(std::string(16, 'r'));
  about.set_lane(lane);
  about.set_accepted_before_ms(before_ms);
  return notice;
}

TEST(Outbox, takes_a_renewed_promise_for_what_was_accepted_under_that_version_or_an_earlier_one) {
  auto row = held_row();
  EXPECT_FALSE(take_notice(row, renewed(2, 9000))) << "accepted under a later version";
  EXPECT_EQ(row.promise_ms(), 5000);
  EXPECT_TRUE(take_notice(row, renewed(3, 9000)));
  EXPECT_EQ(row.promise_ms(), 9000);
  EXPECT_EQ(row.reason(), "emergency_closure");
  EXPECT_TRUE(row.promise_renewed());
  EXPECT_TRUE(take_notice(row, renewed(4, std::nullopt)));
  EXPECT_EQ(row.promise_ms(), 0) << "no opening is planned";
  auto elsewhere = held_row();
  elsewhere.set_relationship_id(std::string(16, 'x'));
  EXPECT_FALSE(take_notice(elsewhere, renewed(3, 9000)));
}

TEST(Outbox, takes_the_opening_for_what_was_accepted_before_it) {
  auto row = held_row();
  EXPECT_FALSE(take_notice(row, released(1000))) << "accepted at that very instant: after it";
  EXPECT_FALSE(take_notice(row, released(2000, v1::LOGISTICS)));
  EXPECT_TRUE(take_notice(row, released(2000)));
  EXPECT_EQ(row.state(), ACCEPTED_RELEASED);
  EXPECT_EQ(row.released_at_ms(), 2000);
  EXPECT_FALSE(take_notice(row, released(2000))) << "a repeat";
  for (const auto state : {WAITING, NOT_CONFIRMED, REFUSED, UNSIGNED, WITHDRAWN, RETURNED}) {
    auto other = held_row();
    other.set_state(state);
    EXPECT_FALSE(take_notice(other, released(2000))) << state_name(state);
    EXPECT_FALSE(take_notice(other, renewed(9, 1))) << state_name(state);
  }
}

TEST(Outbox, takes_a_message_back_that_came_back_and_says_why) {
  v1::Notice notice;
  auto& about = *notice.mutable_returned();
  about.set_message_id(std::string(16, 'm'));
  about.set_why(v1::Returned::COVERED);
  about.set_cover_account_id(std::string(16, 'c'));
  for (const auto state : {WAITING, NOT_CONFIRMED, ACCEPTED_HELD, ACCEPTED_RELEASED}) {
    auto row = row_in(state);
    row.set_withdrawal(records::ASKED);
    EXPECT_TRUE(take_notice(row, notice)) << state_name(state);
    EXPECT_EQ(row.state(), RETURNED);
    EXPECT_EQ(row.returned_why(), static_cast<std::uint32_t>(v1::Returned::COVERED));
    EXPECT_EQ(row.cover_account_id(), std::string(16, 'c'));
    EXPECT_EQ(row.withdrawal(), records::NONE) << "nothing is left to withdraw";
  }
  auto withdrawn = row_in(WITHDRAWN);
  EXPECT_FALSE(take_notice(withdrawn, notice));
  about.set_message_id(std::string(16, 'x'));
  auto other = row_in(ACCEPTED_HELD);
  EXPECT_FALSE(take_notice(other, notice));
}

TEST(Outbox, names_the_colleague_who_covers_when_a_closing_refuses) {
  auto answer = error(v1::REFUSED);
  auto& verdict = *answer.mutable_error()->mutable_verdict();
  verdict.set_reason("covered");
  verdict.set_cover_account_id(std::string(16, 'c'));
  verdict.set_cover_until_ms(8000);
  auto row = row_in(WAITING);
  static_cast<void>(settle(row, answer, kNow));
  EXPECT_EQ(row.state(), REFUSED);
  EXPECT_EQ(row.cover_account_id(), std::string(16, 'c'));
  EXPECT_EQ(row.cover_until_ms(), 8000);
}

TEST(Outbox, keeps_a_row_thirty_days) {
  auto row = row_in(ACCEPTED_RELEASED);
  row.set_created_at_ms(1000);
  const auto end = from_ms(1000) + kOutboxLife;
  EXPECT_FALSE(is_over(row, end - std::chrono::milliseconds(1)));
  EXPECT_TRUE(is_over(row, end));
}

}  // namespace
}  // namespace holdspace::client
