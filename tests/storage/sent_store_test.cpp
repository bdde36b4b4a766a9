// What is remembered of accepted messages, in pages from the oldest on.
#include "storage/sent_store.hpp"

#include "storage/redis_keys.hpp"
#include "tests/storage/store_world.hpp"

namespace holdspace::storage {
namespace {

using namespace std::chrono_literals;
using boundary::Direction;
using boundary::Lane;

class SentStoreTest : public PracticeTest {
 protected:
  RememberedPage list(SentPlace after = {}, std::size_t most = kSentPerPage) {
    return *run(stores_.sent.list_sent(practice_, therapist_, after, most, soon()));
  }
  // Everything, in pages of `most`.
  std::vector<RememberedMessage> all(std::size_t most) {
    std::vector<RememberedMessage> found;
    SentPlace after;
    for (int pages = 0; pages < 100; ++pages) {
      const RememberedPage page = list(after, most);
      EXPECT_LE(page.messages.size(), most);
      found.insert(found.end(), page.messages.begin(), page.messages.end());
      if (!page.next) return found;
      after = *page.next;
    }
    ADD_FAILURE() << "the pages have no end";
    return found;
  }
  // Accepts a message and has it accepted at another instant.
  void accept_at(const AcceptRequest& request, boundary::Instant at) {
    accept(request);
    const std::string key = keys::Device(practice_, request.sender).sent();
    std::string record = redis({"HGET", key, to_bytes(request.message)}).text;
    const auto ms = static_cast<std::uint64_t>(at.time_since_epoch().count());
    for (std::size_t byte = 0; byte < 8; ++byte) {
      record[32 + byte] = static_cast<char>(ms >> (8 * (7 - byte)));
    }
    redis({"HSET", key, to_bytes(request.message), record});
  }
  static std::vector<boundary::Instant> instants(const std::vector<RememberedMessage>& messages) {
    std::vector<boundary::Instant> found;
    for (const RememberedMessage& message : messages) found.push_back(message.accepted_at);
    return found;
  }
};

using Instants = std::vector<boundary::Instant>;

TEST_F(SentStoreTest, tells_relationship_lane_direction_and_instant_and_writes_nothing) {
  accept_at(message(1), now_ - 3h);
  AcceptRequest logistics = held(reply(2));
  logistics.lane = Lane::logistics;
  accept_at(logistics, now_ - 2h);
  const auto before = picture();
  const RememberedPage page = list();
  EXPECT_EQ(picture(), before);
  EXPECT_EQ(page.next, std::nullopt);
  ASSERT_EQ(page.messages.size(), 2U);
  EXPECT_EQ(page.messages[0],
            (RememberedMessage{relationship_, Lane::routine, Direction::to_therapist, now_ - 3h,
                               SentPlace{now_ - 3h, 1}}));
  EXPECT_EQ(page.messages[1],
            (RememberedMessage{relationship_, Lane::logistics, Direction::to_client, now_ - 2h,
                               SentPlace{now_ - 2h, 1}}));
}

TEST_F(SentStoreTest, joins_the_devices_oldest_first_whatever_the_page) {
  for (std::uint16_t i = 0; i < 5; ++i) {
    accept_at(message(static_cast<std::uint16_t>(1 + i)), now_ - 10h + 2h * i);
    accept_at(reply(static_cast<std::uint16_t>(11 + i)), now_ - 9h + 2h * i);
  }
  Instants expected;
  for (int i = 0; i < 10; ++i) expected.push_back(now_ - 10h + 1h * i);
  for (const std::size_t most : {1U, 3U, 9U, 10U, 256U}) {
    EXPECT_EQ(instants(all(most)), expected) << most;
  }
  EXPECT_EQ(list({now_ - 2h, 1}).messages.size(), 1U);
  EXPECT_EQ(list({now_ - 2h, 0}).messages.size(), 2U);
  EXPECT_TRUE(list({now_, 0}).messages.empty());
}

TEST_F(SentStoreTest, messages_of_one_millisecond_are_each_told_once) {
  for (std::uint16_t i = 1; i <= 4; ++i) {
    accept_at(message(i), now_ - 1h);
    accept_at(reply(static_cast<std::uint16_t>(10 + i)), now_ - 1h);
  }
  for (const std::size_t most : {1U, 3U, 8U}) {
    const auto found = all(most);
    ASSERT_EQ(found.size(), 8U) << most;
    for (std::uint32_t i = 0; i < 8; ++i) EXPECT_EQ(found[i].place.nth, i + 1);
  }
}

TEST_F(SentStoreTest, a_clock_that_was_set_back_does_not_stop_the_pages) {
  accept_at(message(1), now_ - 5h);
  accept_at(message(2), now_ - 7h);
  accept_at(message(3), now_ - 6h);
  accept_at(message(4), now_ - 4h);
  const auto found = all(256);
  EXPECT_EQ(instants(found), (Instants{now_ - 5h, now_ - 7h, now_ - 6h, now_ - 4h}));
  EXPECT_EQ(found[2].place, (SentPlace{now_ - 5h, 3}));
  EXPECT_LE(all(1).size(), 4U) << "a page may begin behind one, never before it";
}

TEST_F(SentStoreTest, what_is_older_than_65_days_is_not_told_any_more) {
  accept_at(message(1), now_ - 24h * 65 - 1h);
  accept_at(message(2), now_ - 24h * 65 + 1h);
  EXPECT_EQ(instants(all(256)), (Instants{now_ - 24h * 65 + 1h}));
  EXPECT_EQ(instants(all(1)), (Instants{now_ - 24h * 65 + 1h}));
}

TEST_F(SentStoreTest, withdrawn_ones_were_accepted_too) {
  accept(held(message(1)));
  ASSERT_TRUE(
      run(stores_.held.withdraw(practice_, client1_, relationship_, message(1).message, {}, soon()))
          .has_value());
  EXPECT_EQ(list().messages.size(), 1U);
}

TEST_F(SentStoreTest, what_a_client_sends_to_another_therapist_is_looked_at_and_not_told) {
  const AccountId other = make_id<AccountId>(0xA0, 9);
  const RelationshipId theirs = make_id<RelationshipId>(0xBB, 9);
  accept_at(message(1), now_ - 3h);
  accept_at(message(2), now_ - 2h);
  accept_at(message(3), now_ - 1h);
  // As accepted for the other therapist: the record names that relationship.
  const std::string key = keys::Device(practice_, client1_).sent();
  std::string record = redis({"HGET", key, to_bytes(message(2).message)}).text;
  record.replace(41, 16, to_bytes(theirs));
  redis({"HSET", key, to_bytes(message(2).message), record});
  EXPECT_EQ(instants(all(256)), (Instants{now_ - 3h, now_ - 1h}));
  EXPECT_EQ(instants(all(1)), (Instants{now_ - 3h, now_ - 1h}));
  const auto asked = [&](PracticeId practice, AccountId therapist) {
    return run(stores_.sent.list_sent(practice, therapist, {}, kSentPerPage, soon()))
        ->messages.size();
  };
  EXPECT_EQ(asked(practice_, other), 0U);
  EXPECT_EQ(asked(practice_, client_), 0U) << "only a therapist looks back";
  EXPECT_EQ(asked(make_id<PracticeId>(0xAA, 2), therapist_), 0U);
}

TEST_F(SentStoreTest, bounds_are_refused_and_a_damaged_record_is_corrupt) {
  const auto refused = [&](SentPlace after, std::size_t most) {
    return run(stores_.sent.list_sent(practice_, therapist_, after, most, soon())).error();
  };
  EXPECT_EQ(refused({}, 0), ListSentError::invalid);
  EXPECT_EQ(refused({}, kSentPerPage + 1), ListSentError::invalid);
  EXPECT_EQ(refused({boundary::Instant(-1ms), 0}, 1), ListSentError::invalid);
  accept(message(1));
  redis({"HDEL", keys::Device(practice_, client1_).sent(), to_bytes(message(1).message)});
  EXPECT_EQ(refused({}, 1), ListSentError::corrupt);
}

}  // namespace
}  // namespace holdspace::storage
