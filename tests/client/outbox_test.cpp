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
using records::WAITING;

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
      {WAITING, error(static_cast<v1::ErrorCode>(999)), WAITING, NextStep::later},
      {WAITING, v1::ServerFrame(), NOT_CONFIRMED, NextStep::resend},
  };
  for (const auto& one : cases) {
    auto row = row_in(one.from);
    const auto step = settle(row, one.answer);
    EXPECT_EQ(row.state(), one.to) << one.answer.ShortDebugString();
    EXPECT_EQ(step, one.step) << one.answer.ShortDebugString();
    EXPECT_EQ(row.send(), "the sealed bytes") << "the same bytes go out again";
  }
}

TEST(Outbox, keeps_the_promise_and_the_epoch_of_the_acceptance) {
  auto row = row_in(WAITING);
  row.set_error_text("an earlier try");
  EXPECT_EQ(settle(row, accepted(v1::HELD, 1774857600000)), NextStep::done);
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
  EXPECT_EQ(settle(row, frame), NextStep::resend);
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
