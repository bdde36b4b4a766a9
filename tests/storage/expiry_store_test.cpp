// What nobody collects for too long: looked at in time, removed never early and once, and told.
#include "storage/expiry_store.hpp"

#include "storage/redis_keys.hpp"
#include "tests/storage/store_world.hpp"

namespace holdspace::storage {
namespace {

using namespace std::chrono_literals;
using ExpiredResult = boost::system::result<Expired, ExpireError>;

class ExpiryStoreTest : public PracticeTest {
 protected:
  // Makes what was accepted so far older by `span`, in the records and in the list of where to
  // look.
  void age(std::chrono::hours span) {
    const keys::Practice names(practice_);
    const Reply due = redis({"ZRANGE", names.expiry(), "0", "-1"});
    for (const Reply& member : due.elements) {
      redis({"ZINCRBY", names.expiry(), std::to_string(-std::chrono::milliseconds(span).count()),
             member.text});
      const std::string queue = names.queue_prefix() + member.text;
      const Reply fields = redis({"HKEYS", queue});
      for (const Reply& field : fields.elements) {
        if (field.text[0] != 'm') continue;
        std::string record = redis({"HGET", queue, field.text}).text;
        shift(record, 0, span);
        if (record.substr(8, 8) != std::string(8, '\0')) shift(record, 8, span);
        redis({"HSET", queue, field.text, record});
      }
    }
  }
  // Subtracts from the 8 bytes at `at`, the highest first.
  static void shift(std::string& record, std::size_t at, std::chrono::hours span) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 8; ++i) {
      value = value << 8U | static_cast<std::uint8_t>(record[at + i]);
    }
    value -= static_cast<std::uint64_t>(std::chrono::milliseconds(span).count());
    for (std::size_t i = 0; i < 8; ++i) {
      record[at + i] = static_cast<char>(value >> (8 * (7 - i)));
    }
  }
  std::vector<DueQueue> due() { return *run(stores_.expiry.list_due(practice_, soon())); }
  // The one that is due for the device, from the peer.
  DueQueue due_for(DeviceRef device) {
    for (const DueQueue& queue : due()) {
      if (queue.device == device && queue.queue.origin == Origin::peer) return queue;
    }
    ADD_FAILURE() << "nothing is due";
    return {};
  }
  [[nodiscard]] ExpiryRequest request(const DueQueue& due, std::uint64_t through) const {
    ExpiryRequest made;
    made.practice = practice_;
    made.device = due.device;
    made.queue = due.queue;
    made.first_seq = due.oldest.front().seq;
    made.through_seq = through;
    made.look_again = now_ + 1h;
    made.returned = return_form();
    made.trail = {{{due.device.account, "expired here"}}, "expired"};
    return made;
  }
  ExpiredResult expire(ExpiryRequest request) {
    return run(stores_.expiry.expire(std::move(request), soon()));
  }
  // The refusal, having checked that it left no trace.
  ExpireError refused(ExpiryRequest request) {
    const auto before = picture();
    const ExpiredResult done = expire(std::move(request));
    EXPECT_FALSE(done.has_value());
    EXPECT_EQ(picture(), before);
    return done ? ExpireError::corrupt : done.error();
  }
};

TEST_F(ExpiryStoreTest, it_is_time_to_look_thirty_days_after_the_first_acceptance) {
  accept(message(1));
  accept(held(message(2)));
  EXPECT_TRUE(due().empty());
  age(kCollectWithin - 1h);
  EXPECT_TRUE(due().empty());
  age(2h);
  const DueQueue queue = due_for(therapist1_);
  EXPECT_EQ(queue.queue, routine(Origin::peer));
  EXPECT_EQ(queue.facts.client, client_);
  ASSERT_EQ(queue.oldest.size(), 2U);
  EXPECT_EQ(queue.oldest[0].seq, 1U);
  EXPECT_FALSE(queue.oldest[0].held);
  EXPECT_EQ(queue.oldest[0].promise, std::nullopt);
  EXPECT_TRUE(queue.oldest[1].held);
  EXPECT_EQ(queue.oldest[1].promise, now_ + 1h - kCollectWithin - 1h);
}

TEST_F(ExpiryStoreTest, what_was_emptied_meanwhile_is_looked_at_no_more_until_it_fills_again) {
  accept(message(1));
  for (const DeviceRef& device : {therapist1_, therapist2_}) {
    ASSERT_EQ(ack(device, {{routine(Origin::peer), 1}}), 1U);
  }
  ASSERT_EQ(ack(client2_, {{routine(Origin::own), 1}}), 1U);
  age(kCollectWithin + 1h);
  EXPECT_TRUE(due().empty());
  EXPECT_EQ(redis({"EXISTS", keys::Practice(practice_).expiry()}).integer, 0);
  accept(message(2));
  EXPECT_EQ(redis({"ZCARD", keys::Practice(practice_).expiry()}).integer, 3);
}

TEST_F(ExpiryStoreTest, a_message_goes_back_when_its_last_copy_expires) {
  accept(message(1));
  accept(message(2));
  age(kCollectWithin + 1h);
  accept(message(3));
  const Expired first = *expire(request(due_for(therapist1_), 2));
  EXPECT_EQ(first.entries, 2U);
  EXPECT_EQ(first.messages, 0U) << "the other device has its copies yet";
  EXPECT_TRUE(notices_of(client_).empty());
  EXPECT_EQ(seqs(therapist1_), (std::vector<std::uint64_t>{3}))
      << "with a gap, of which it is told";
  EXPECT_EQ(notices_of(therapist_), (std::vector<std::string>{"expired here"}));
  const Expired second = *expire(request(due_for(therapist2_), 2));
  EXPECT_EQ(second.messages, 2U);
  EXPECT_EQ(notices_of(client_),
            (std::vector<std::string>{returned_notice(relationship_, message(1).message),
                                      returned_notice(relationship_, message(2).message)}));
  EXPECT_EQ(audit_records(), (std::vector<std::string>{"expired", "expired"}));
}

TEST_F(ExpiryStoreTest, a_message_that_a_device_has_collected_does_not_go_back) {
  accept(message(1));
  ASSERT_EQ(ack(therapist2_, {{routine(Origin::peer), 1}}), 1U);
  age(kCollectWithin + 1h);
  EXPECT_EQ(expire(request(due_for(therapist1_), 1))->messages, 0U);
  EXPECT_TRUE(notices_of(client_).empty());
}

TEST_F(ExpiryStoreTest, own_copies_expire_without_a_word_to_a_sender) {
  accept(message(1));
  age(kCollectWithin + 1h);
  for (const DueQueue& queue : due()) {
    if (queue.queue.origin == Origin::peer) continue;
    const Expired done = *expire(request(queue, 1));
    EXPECT_EQ(done.entries, 1U);
    EXPECT_EQ(done.messages, 0U);
  }
  EXPECT_TRUE(seqs(client2_, Origin::own).empty());
}

TEST_F(ExpiryStoreTest, nothing_goes_before_its_time_nor_before_its_promise) {
  accept(message(1));
  AcceptRequest far = message(2);
  far.held = HeldUntil{now_ + 24h * 5};
  accept(far);
  age(kCollectWithin + 1h);
  EXPECT_EQ(refused(request(due_for(therapist1_), 2)), ExpireError::early);
  EXPECT_EQ(expire(request(due_for(therapist1_), 1))->entries, 1U);
  const auto left = due();
  EXPECT_TRUE(std::none_of(left.begin(), left.end(), [&](const DueQueue& queue) {
    return queue.device == therapist1_;
  })) << "the next look is when the promise is thirty days old";
  age(24h * 5);
  EXPECT_EQ(expire(request(due_for(therapist1_), 2))->entries, 1U);
}

TEST_F(ExpiryStoreTest, a_gate_that_was_never_open_is_looked_at_again_later) {
  accept(held(message(1)));
  age(kCollectWithin + 2h);
  const DueQueue queue = due_for(therapist1_);
  EXPECT_EQ(expire(request(queue, 0))->entries, 0U);
  EXPECT_EQ(refused(request(queue, 0)), ExpireError::changed);
  EXPECT_TRUE(audit_records().empty());
  EXPECT_EQ(seqs(therapist1_).size(), 1U);
}

TEST_F(ExpiryStoreTest, what_changed_since_it_was_listed_is_left_alone) {
  accept(message(1));
  accept(message(2));
  age(kCollectWithin + 1h);
  const DueQueue queue = due_for(therapist1_);
  ASSERT_EQ(ack(therapist1_, {{routine(Origin::peer), 1}}), 1U);
  EXPECT_EQ(refused(request(queue, 2)), ExpireError::changed);
  ExpiryRequest bad = request(due_for(therapist1_), 2);
  bad.first_seq = 0;
  EXPECT_EQ(refused(bad), ExpireError::invalid);
}

TEST_F(ExpiryStoreTest, of_two_gateways_at_once_exactly_one_handles_it) {
  accept(message(1));
  accept(held(message(2)));
  age(kCollectWithin + 2h);
  const DueQueue queue = due_for(therapist1_);
  Stores other(io_.get_executor(), server_.socket_path());
  std::optional<ExpiredResult> one;
  std::optional<ExpiredResult> two;
  begin(stores_.expiry.expire(request(queue, 1), soon()), one);
  begin(other.expiry.expire(request(queue, 1), soon()), two);
  drive_until(one);
  drive_until(two);
  ASSERT_NE(one->has_value(), two->has_value());
  EXPECT_EQ((one->has_value() ? two : one)->error(), ExpireError::changed);
  EXPECT_EQ(notices_of(therapist_).size(), 1U);
}

TEST_F(ExpiryStoreTest, full_notices_put_it_off) {
  accept(message(1));
  age(kCollectWithin + 1h);
  redis({"HSET", keys::Practice(practice_).notices(therapist_), "last", std::to_string(kNoticesMax),
         "first", "1"});
  EXPECT_EQ(refused(request(due_for(therapist1_), 1)), ExpireError::quota);
}

}  // namespace
}  // namespace holdspace::storage
