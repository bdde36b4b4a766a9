// The Client without a gateway: what a person may do all the same, and that the wish is kept.
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "client/client.hpp"
#include "client/content.hpp"
#include "client/outbox.hpp"
#include "client/withdrawal.hpp"
#include "tests/client/two_devices.hpp"

namespace holdspace::client {
namespace {

class OfflineClient : public testing::Test {
 protected:
  OfflineClient() : device(io.get_executor(), std::move(pair.client.store), {}) {}

  template <class Answer>
  Answer run(boost::asio::awaitable<Answer> work) {
    auto answer = boost::asio::co_spawn(io, std::move(work), boost::asio::use_future);
    io.restart();
    io.run();
    return answer.get();
  }
  SendReport send(const std::string& text) {
    auto report = run(device.send({pair.relationship, crypto::Lane::routine, text}));
    EXPECT_TRUE(report.has_value());
    return std::move(*report);
  }
  records::OutboxRow row(const std::string& outbox_id) {
    return load<records::OutboxRow>(device.store(), Table::outbox, std::string_view(outbox_id))
        .value();
  }
  void set_held(const std::string& outbox_id) {
    auto changed = row(outbox_id);
    changed.set_state(records::ACCEPTED_HELD);
    changed.set_send("sealed");
    LocalStore::Transaction transaction(device.store());
    save(device.store(), Table::outbox, outbox_id, changed);
    transaction.commit();
  }
  auto withdraw(const SendReport& report, std::string replacement = {}) {
    return run(
        device.withdraw(parse_bytes<16>(report.row.message_id()).value(), std::move(replacement)));
  }

  TwoDevices pair;
  boost::asio::io_context io;
  Client device;
};

TEST_F(OfflineClient, withdraws_what_never_left_the_device) {
  const auto first = send("first");
  const auto second = send("second");
  const auto done = withdraw(first);
  ASSERT_TRUE(done.has_value()) << done.error().text;
  EXPECT_EQ(done->sent_anew, 1U);
  EXPECT_EQ(row(first.outbox_id).state(), records::WITHDRAWN);
  EXPECT_EQ(row(second.outbox_id).state(), records::WITHDRAWN) << "it goes on under another id";
  EXPECT_EQ(run(device.flush()), 1U);
  EXPECT_TRUE(withdraw(first).has_value()) << "again: the same answer";
  EXPECT_EQ(withdraw(second).error().kind, FailureKind::bad_input) << "not this id any more";
}

TEST_F(OfflineClient, withdraws_for_good_what_was_only_to_be_sent_anew) {
  const auto first = send("first");
  const auto second = send("second");
  set_held(first.outbox_id);
  set_held(second.outbox_id);
  {
    LocalStore::Transaction transaction(device.store());
    ask_withdrawal(device.store(), first.outbox_id, {});
    mark_withdrawn(device.store(), second.outbox_id);  // then the connection broke
    transaction.commit();
  }
  EXPECT_FALSE(withdraw(second).has_value()) << "the first has no answer yet";
  EXPECT_EQ(row(second.outbox_id).withdrawal(), records::ASKED);
  EXPECT_EQ(row(second.outbox_id).state(), records::WITHDRAWN);
}

TEST_F(OfflineClient, keeps_the_wish_to_withdraw_what_the_gateway_holds) {
  const auto held = send("held");
  set_held(held.outbox_id);
  const auto done = withdraw(held, "instead");
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().kind, FailureKind::unreachable);
  EXPECT_EQ(row(held.outbox_id).state(), records::ACCEPTED_HELD);
  EXPECT_EQ(row(held.outbox_id).withdrawal(), records::ASKED);
  EXPECT_EQ(row(held.outbox_id).replacement(), "instead");
  // What is written now waits for the answer and is not sealed into a place it may not keep.
  const auto later = send("later");
  EXPECT_TRUE(was_never_sent(row(later.outbox_id)));
  EXPECT_EQ(later.row.state(), records::WAITING);
}

TEST_F(OfflineClient, does_not_withdraw_what_was_passed_on_or_is_unknown) {
  const auto sent = send("sent");
  set_held(sent.outbox_id);
  auto changed = row(sent.outbox_id);
  changed.set_state(records::ACCEPTED_RELEASED);
  {
    LocalStore::Transaction transaction(device.store());
    save(device.store(), Table::outbox, sent.outbox_id, changed);
    transaction.commit();
  }
  EXPECT_EQ(withdraw(sent).error().code, v1::ALREADY_RELEASED);
  EXPECT_EQ(row(sent.outbox_id).withdrawal(), records::NONE);
  EXPECT_EQ(run(device.withdraw(crypto::MessageId{}, {})).error().kind, FailureKind::bad_input);
  EXPECT_EQ(withdraw(sent, std::string(kTextBytesMax + 1, 'x')).error().kind,
            FailureKind::bad_input);
}

}  // namespace
}  // namespace holdspace::client
