// Notices into the store and the outbox, each once, however often they come.
#include "client/notices.hpp"

#include <gtest/gtest.h>

#include "client/content.hpp"
#include "client/outbox.hpp"
#include "tests/client/two_devices.hpp"

namespace holdspace::client {
namespace {

class NoticesTest : public testing::Test {
 protected:
  std::string hold(const std::string& text, std::int64_t accepted_at_ms) {
    const auto id = pair.compose_only(pair.client, text);
    pair.seal(pair.client, pair.therapist, id);
    auto row = pair.row(pair.client, id);
    row.set_state(records::ACCEPTED_HELD);
    row.set_accepted_at_ms(accepted_at_ms);
    row.set_promise_ms(5000);
    LocalStore::Transaction transaction(store());
    save(store(), Table::outbox, id, row);
    transaction.commit();
    return id;
  }
  v1::Notice& add(std::uint64_t id) {
    auto& notice = *frame.add_notices();
    notice.set_id(id);
    notice.set_at_ms(2000);
    return notice;
  }
  void add_released(std::uint64_t id, std::int64_t before_ms) {
    auto& about = *add(id).mutable_released();
    about.set_relationship_id(to_string(pair.relationship));
    about.set_lane(v1::ROUTINE);
    about.set_accepted_before_ms(before_ms);
  }
  void add_returned(std::uint64_t id, const std::string& outbox_id) {
    auto& about = *add(id).mutable_returned();
    about.set_relationship_id(to_string(pair.relationship));
    about.set_message_id(pair.row(pair.client, outbox_id).message_id());
    about.set_why(v1::Returned::NO_DEVICE);
  }
  NoticesTaken take() {
    LocalStore::Transaction transaction(store());
    auto taken = keep_notices(store(), *pair.client.identity, frame);
    transaction.commit();
    return taken;
  }
  records::OutboxState state(const std::string& id) { return pair.row(pair.client, id).state(); }
  LocalStore& store() { return *pair.client.store; }

  TwoDevices pair;
  v1::Notices frame;
};

TEST_F(NoticesTest, release_what_was_accepted_before_the_opening_and_nothing_later) {
  const auto early = hold("early", 1000);
  const auto late = hold("late", 3000);
  add_released(1, 2000);
  const auto taken = take();
  EXPECT_EQ(taken.fresh.size(), 1U);
  ASSERT_EQ(taken.changed.size(), 1U);
  EXPECT_EQ(state(early), records::ACCEPTED_RELEASED);
  EXPECT_EQ(state(late), records::ACCEPTED_HELD);
}

TEST_F(NoticesTest, change_nothing_when_they_come_again) {
  const auto id = hold("text", 1000);
  auto& about = *add(1).mutable_promise_renewed();
  about.set_relationship_id(to_string(pair.relationship));
  about.set_lane(v1::ROUTINE);
  about.set_promise_ms(7000);
  EXPECT_EQ(take().changed.size(), 1U);
  const auto first = frame;

  frame.Clear();
  auto& later = *add(2).mutable_promise_renewed();
  later = first.notices(0).promise_renewed();
  later.set_relationship_id(to_string(pair.relationship));
  later.set_lane(v1::ROUTINE);
  later.set_promise_ms(9000);
  EXPECT_EQ(take().changed.size(), 1U);
  EXPECT_EQ(pair.row(pair.client, id).promise_ms(), 9000);

  frame = first;
  const auto again = take();
  EXPECT_TRUE(again.fresh.empty());
  EXPECT_TRUE(again.changed.empty());
  EXPECT_EQ(pair.row(pair.client, id).promise_ms(), 9000) << "an old notice brings nothing back";
  EXPECT_EQ(store().count(Table::notice), 2U);
}

TEST_F(NoticesTest, of_another_history_take_the_place_of_those_with_their_numbers) {
  const auto id = hold("text", 1000);
  add(1).mutable_policy()->set_version(4);
  EXPECT_EQ(take().fresh.size(), 1U);
  frame.Clear();
  add_released(1, 2000);
  EXPECT_EQ(take().fresh.size(), 1U);
  EXPECT_EQ(state(id), records::ACCEPTED_RELEASED);
  EXPECT_EQ(store().count(Table::notice), 1U);
}

TEST_F(NoticesTest, of_returned_messages_free_their_places_in_the_chain) {
  const auto kept = hold("kept", 1000);
  const auto first = hold("first", 1000);
  const auto second = hold("second", 1000);
  add_returned(1, first);
  add_returned(2, second);
  EXPECT_EQ(take().changed.size(), 2U);
  EXPECT_EQ(state(first), records::RETURNED);
  EXPECT_EQ(state(second), records::RETURNED);
  const auto next = hold("next", 1000);
  for (const auto& id : {kept, next}) {
    const auto opened = pair.open(pair.therapist, pair.client,
                                  pair.delivery(pair.therapist, pair.row(pair.client, id)));
    EXPECT_EQ(pair.message(pair.therapist, opened.message_ordinal).missing_before(), 0U);
  }
}

TEST_F(NoticesTest, that_came_before_the_answer_are_taken_with_it) {
  add_released(1, 2000);
  EXPECT_TRUE(take().changed.empty());
  auto row = pair.row(pair.client, hold("text", 1000));
  replay_notices(store(), row);
  EXPECT_EQ(row.state(), records::ACCEPTED_RELEASED);
}

TEST_F(NoticesTest, are_kept_up_to_a_bound_the_newest_of_them) {
  for (std::uint64_t id = 1; id <= kNoticesKeptMax + 5; ++id) add(id).mutable_policy();
  EXPECT_EQ(take().fresh.size(), kNoticesKeptMax + 5);
  EXPECT_EQ(store().count(Table::notice), kNoticesKeptMax);
  EXPECT_FALSE(store().get(Table::notice, encode_u64(5)));
  EXPECT_TRUE(store().get(Table::notice, encode_u64(6)));
}

}  // namespace
}  // namespace holdspace::client
