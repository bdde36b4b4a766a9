// Taking messages back out of the middle of a stream: the recipient opens what is left and sees no
// gap. Without a network; the gateway's answers are given by hand.
#include "client/withdrawal.hpp"

#include <gtest/gtest.h>

#include "client/content.hpp"
#include "client/outbox.hpp"
#include "tests/client/two_devices.hpp"

namespace holdspace::client {
namespace {

using Texts = std::vector<std::string>;

class Withdrawal : public testing::Test {
 protected:
  // Written, sealed, and held by the gateway.
  std::string hold(const std::string& text) {
    const auto id = pair.compose_only(pair.client, text);
    pair.seal(pair.client, pair.therapist, id);
    set_state(id, records::ACCEPTED_HELD);
    return id;
  }
  void set_state(const std::string& id, records::OutboxState state) {
    auto changed = pair.row(pair.client, id);
    changed.set_state(state);
    in_transaction([&] { save(store(), Table::outbox, id, changed); });
  }
  template <class Work>
  void in_transaction(Work work) {
    LocalStore::Transaction transaction(store());
    work();
    transaction.commit();
  }
  void ask(const std::string& id, const std::string& replacement = {}) {
    in_transaction([&] { ask_withdrawal(store(), id, replacement); });
  }
  void withdraw(const std::string& id) {
    in_transaction([&] { mark_withdrawn(store(), id); });
  }
  std::vector<std::string> finish(const std::string& first) {
    std::vector<std::string> written;
    in_transaction([&] {
      written = finish_withdrawal(store(), *pair.client.identity,
                                  stream_of(pair.row(pair.client, first)), first, pair.now);
    });
    return written;
  }
  // Seals when needed, delivers, opens; the number of messages that the recipient misses.
  std::uint64_t arrive(const std::string& id) {
    if (pair.row(pair.client, id).send().empty()) pair.seal(pair.client, pair.therapist, id);
    const auto opened = pair.open(pair.therapist, pair.client,
                                  pair.delivery(pair.therapist, pair.row(pair.client, id)));
    EXPECT_EQ(opened.step, OpenStep::stored) << opened.why;
    return pair.message(pair.therapist, opened.message_ordinal).missing_before();
  }
  std::string text_of(const std::string& id) {
    v1::Content content;
    EXPECT_TRUE(content.ParseFromString(pair.row(pair.client, id).content()));
    return content.text().text();
  }
  LocalStore& store() { return *pair.client.store; }

  TwoDevices pair;
};

TEST_F(Withdrawal, of_the_last_message_leaves_no_gap_before_the_next_one) {
  const auto kept = hold("kept");
  const auto last = hold("last");
  ask(last);
  withdraw(last);
  EXPECT_TRUE(finish(last).empty());
  EXPECT_EQ(pair.row(pair.client, last).state(), records::WITHDRAWN);
  EXPECT_EQ(pair.row(pair.client, last).withdrawal(), records::NONE);
  const auto next = hold("next");
  EXPECT_EQ(arrive(kept), 0U);
  EXPECT_EQ(arrive(next), 0U);
  EXPECT_EQ(pair.incoming_texts(pair.therapist), (Texts{"kept", "next"}));
}

TEST_F(Withdrawal, in_the_middle_sends_the_later_ones_anew_in_their_order) {
  const auto before = hold("before");
  const auto target = hold("target");
  const auto second = hold("second");
  const auto third = hold("third");
  ask(target);
  for (const auto& id : {third, second, target}) withdraw(id);
  const auto written = finish(target);
  ASSERT_EQ(written.size(), 2U);
  EXPECT_EQ(text_of(written[0]), "second");
  EXPECT_EQ(text_of(written[1]), "third");
  for (const auto& id : written) {
    const auto row = pair.row(pair.client, id);
    EXPECT_EQ(row.state(), records::WAITING);
    EXPECT_TRUE(row.send().empty()) << "sealed anew";
    EXPECT_NE(row.message_id(), pair.row(pair.client, second).message_id());
    EXPECT_NE(row.message_id(), pair.row(pair.client, third).message_id());
  }
  EXPECT_EQ(arrive(before) + arrive(written[0]) + arrive(written[1]), 0U);
  EXPECT_EQ(pair.incoming_texts(pair.therapist), (Texts{"before", "second", "third"}));
}

TEST_F(Withdrawal, with_a_replacement_puts_it_in_the_same_place) {
  const auto target = hold("target");
  const auto later = hold("later");
  ask(target, "another text");
  for (const auto& id : {later, target}) withdraw(id);
  const auto written = finish(target);
  ASSERT_EQ(written.size(), 2U);
  EXPECT_EQ(arrive(written[0]) + arrive(written[1]), 0U);
  EXPECT_EQ(pair.incoming_texts(pair.therapist), (Texts{"another text", "later"}));
}

TEST_F(Withdrawal, moves_the_entries_of_the_history_along_with_their_messages) {
  const auto target = hold("target");
  const auto later = hold("later");
  const auto entry = pair.row(pair.client, later).message_ordinal();
  ask(target);
  for (const auto& id : {later, target}) withdraw(id);
  const auto written = finish(target);
  ASSERT_EQ(written.size(), 1U);
  const auto message = pair.message(pair.client, entry);
  EXPECT_EQ(message.text(), "later");
  EXPECT_EQ(message.outbox_ordinal(), decode_u64(written[0]));
  EXPECT_EQ(message.message_id(), pair.row(pair.client, written[0]).message_id());
  EXPECT_EQ(pair.row(pair.client, written[0]).message_ordinal(), entry);
  EXPECT_EQ(store().count(Table::message), 2U) << "nothing is said twice";
}

TEST_F(Withdrawal, takes_along_what_was_written_meanwhile) {
  const auto target = hold("target");
  ask(target);
  const auto meanwhile = pair.compose_only(pair.client, "meanwhile");
  withdraw(target);
  const auto written = finish(target);
  ASSERT_EQ(written.size(), 1U);
  EXPECT_EQ(text_of(written[0]), "meanwhile");
  EXPECT_EQ(pair.row(pair.client, meanwhile).state(), records::WITHDRAWN);
  EXPECT_EQ(arrive(written[0]), 0U);
}

TEST_F(Withdrawal, that_comes_too_late_for_the_first_keeps_the_order_of_the_rest) {
  const auto target = hold("target");
  const auto second = hold("second");
  const auto third = hold("third");
  ask(target);
  withdraw(third);  // then the gate opened
  set_state(target, records::ACCEPTED_RELEASED);
  set_state(second, records::ACCEPTED_RELEASED);
  const auto written = finish(target);
  ASSERT_EQ(written.size(), 1U);
  EXPECT_EQ(pair.row(pair.client, target).withdrawal(), records::NONE);
  EXPECT_EQ(pair.row(pair.client, target).state(), records::ACCEPTED_RELEASED);
  EXPECT_EQ(arrive(target) + arrive(second) + arrive(written[0]), 0U);
  EXPECT_EQ(pair.incoming_texts(pair.therapist), (Texts{"target", "second", "third"}));
}

TEST_F(Withdrawal, that_comes_too_late_for_everything_changes_nothing) {
  const auto target = hold("target");
  const auto later = hold("later");
  ask(target, "another text");
  set_state(later, records::ACCEPTED_RELEASED);
  EXPECT_TRUE(finish(target).empty());
  EXPECT_EQ(arrive(target) + arrive(later), 0U);
  EXPECT_EQ(pair.incoming_texts(pair.therapist), (Texts{"target", "later"}));
}

TEST_F(Withdrawal, of_two_at_once_writes_neither_again) {
  const auto first = hold("first");
  const auto second = hold("second");
  const auto third = hold("third");
  ask(first);
  ask(third);
  for (const auto& id : {third, second, first}) withdraw(id);
  const auto written = finish(first);
  ASSERT_EQ(written.size(), 1U);
  EXPECT_EQ(text_of(written[0]), "second");
  EXPECT_EQ(arrive(written[0]), 0U);
}

TEST_F(Withdrawal, looks_only_at_the_same_relationship_and_lane) {
  const auto target = hold("target");
  std::string other;
  in_transaction([&] {
    other = compose(store(), *pair.client.identity,
                    {pair.relationship, crypto::Lane::logistics, "Thursday?"}, pair.now);
  });
  const auto rows = stream_from(store(), stream_of(pair.row(pair.client, target)), target);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].outbox_id, target);
  EXPECT_NE(stream_of(pair.row(pair.client, other)), stream_of(pair.row(pair.client, target)));
}

}  // namespace
}  // namespace holdspace::client
