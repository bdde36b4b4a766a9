// Prekeys: the cap, the reservation, the bucket, and who may ask.
#include "storage/prekey_store.hpp"

#include "storage/redis_keys.hpp"
#include "tests/storage/store_world.hpp"

namespace holdspace::storage {
namespace {

using namespace std::chrono_literals;

class PrekeyStoreTest : public PracticeTest {
 protected:
  std::uint32_t publish(std::uint32_t first, std::uint32_t count, std::string set = "set") {
    std::vector<OneTimeKey> keys;
    for (std::uint32_t i = 0; i < count; ++i) {
      keys.push_back({first + i, "key " + std::to_string(first + i)});
    }
    return *run(stores_.prekeys.publish_prekeys(practice_, therapist1_, std::move(set),
                                                std::move(keys), soon()));
  }
  boost::system::result<std::vector<DevicePrekeys>, FetchPrekeysFault> fetch(
      DeviceRef asker, std::vector<std::uint32_t> devices = {1}) {
    return run(
        stores_.prekeys.fetch_prekeys(practice_, asker, therapist_, std::move(devices), soon()));
  }
  std::string requests_key() { return keys::Device(practice_, therapist1_).key_requests(); }
  std::string requester(DeviceRef device) {
    return to_hex(device.account) + ":" + std::to_string(device.device);
  }
  // Moves what the asker has done so far into the past.
  void age_request(DeviceRef asker, std::chrono::milliseconds by) {
    const std::string packed = redis({"HGET", requests_key(), requester(asker)}).text;
    const auto one = packed.find(':');
    const auto two = packed.rfind(':');
    const auto shifted = [&](const std::string& text) {
      return std::to_string(std::stoll(text) - by.count());
    };
    redis({"HSET", requests_key(), requester(asker),
           shifted(packed.substr(0, one)) + packed.substr(one, two - one + 1) +
               shifted(packed.substr(two + 1))});
  }
};

TEST_F(PrekeyStoreTest, published_keys_are_counted_and_the_set_is_kept_when_none_is_given) {
  EXPECT_EQ(publish(1, 3), 3U);
  EXPECT_EQ(publish(4, 2, ""), 5U);
  const auto status = run(stores_.prekeys.prekey_status(practice_, therapist1_, soon()));
  EXPECT_EQ(status->prekey_set, "set");
  EXPECT_EQ(status->one_time_keys, 5U);
  publish(6, 0, "newer set");
  EXPECT_EQ(run(stores_.prekeys.prekey_status(practice_, therapist1_, soon()))->prekey_set,
            "newer set");
}

TEST_F(PrekeyStoreTest, the_same_key_twice_is_one_key_and_the_first_stays) {
  publish(1, 2);
  EXPECT_EQ(
      *run(stores_.prekeys.publish_prekeys(practice_, therapist1_, "", {{1, "other"}}, soon())),
      2U);
  EXPECT_EQ(fetch(client1_)->front().signed_key, "key 1");
}

TEST_F(PrekeyStoreTest, a_hundred_keys_are_kept) {
  EXPECT_EQ(publish(1, 50), 50U);
  EXPECT_EQ(publish(51, 49), 99U);
  EXPECT_EQ(publish(100, 5), 100U);
  EXPECT_EQ(publish(200, 50), 100U);
}

TEST_F(PrekeyStoreTest, publishing_out_of_bounds_or_for_no_device_is_refused) {
  const auto publish_for = [&](DeviceRef device, std::string set, std::vector<OneTimeKey> keys) {
    return run(stores_.prekeys.publish_prekeys(practice_, device, std::move(set), std::move(keys),
                                               soon()))
        .error();
  };
  const auto before = picture();
  EXPECT_EQ(publish_for({therapist_, 9}, "set", {}), PublishPrekeysError::not_found);
  EXPECT_EQ(publish_for(therapist1_, std::string(kPrekeyBytesMax + 1, 'x'), {}),
            PublishPrekeysError::invalid);
  EXPECT_EQ(publish_for(therapist1_, "set", {{1, ""}}), PublishPrekeysError::invalid);
  EXPECT_EQ(publish_for(therapist1_, "set", std::vector<OneTimeKey>(51, {1, "k"})),
            PublishPrekeysError::invalid);
  EXPECT_EQ(run(stores_.prekeys.prekey_status(practice_, {client_, 9}, soon())).error(),
            PublishPrekeysError::not_found);
  EXPECT_EQ(picture(), before);
}

TEST_F(PrekeyStoreTest, a_repeated_fetch_gets_the_same_key_and_another_device_another) {
  publish(1, 5);
  const auto first = fetch(client1_);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->front().prekey_set, "set");
  EXPECT_EQ(first->front().one_time_key, 1U);
  EXPECT_EQ(first->front().signed_key, "key 1");
  EXPECT_EQ(fetch(client1_)->front().one_time_key, 1U);
  EXPECT_EQ(fetch(client2_)->front().one_time_key, 2U);
  EXPECT_EQ(run(stores_.prekeys.prekey_status(practice_, therapist1_, soon()))->one_time_keys, 3U);
}

TEST_F(PrekeyStoreTest, after_a_day_the_reservation_lapses_and_its_key_is_never_given_again) {
  publish(1, 2);
  EXPECT_EQ(fetch(client1_)->front().one_time_key, 1U);
  age_request(client1_, kReservation - 1min);
  EXPECT_EQ(fetch(client1_)->front().one_time_key, 1U);
  age_request(client1_, 2min);
  EXPECT_EQ(fetch(client1_)->front().one_time_key, 2U);
  EXPECT_EQ(fetch(client2_)->front().signed_key, "");
  const std::string pool = keys::Device(practice_, therapist1_).one_time_keys();
  EXPECT_EQ(redis({"HEXISTS", pool, "1"}).integer, 0);
}

TEST_F(PrekeyStoreTest, exhausted_keys_leave_the_set) {
  publish(1, 0);
  const auto fetched = fetch(client1_);
  EXPECT_EQ(fetched->front().prekey_set, "set");
  EXPECT_EQ(fetched->front().signed_key, "");
  publish(9, 1);
  EXPECT_EQ(fetch(client1_)->front().one_time_key, 9U);
}

TEST_F(PrekeyStoreTest, the_seventh_fetch_in_a_burst_waits_ten_minutes) {
  publish(1, 3);
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(fetch(client1_).has_value()) << i;
  const auto before = picture();
  const auto seventh = fetch(client1_);
  ASSERT_FALSE(seventh.has_value());
  EXPECT_EQ(seventh.error().error, FetchPrekeysError::rate_limited);
  EXPECT_GT(seventh.error().retry_after, 9min);
  EXPECT_LE(seventh.error().retry_after, 10min);
  EXPECT_EQ(picture(), before);
  EXPECT_TRUE(fetch(client2_).has_value());
  age_request(client1_, 10min);
  EXPECT_TRUE(fetch(client1_).has_value());
  EXPECT_FALSE(fetch(client1_).has_value());
}

TEST_F(PrekeyStoreTest, one_empty_bucket_hands_out_nothing_for_any_device) {
  publish(1, 3);
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(fetch(client1_).has_value()) << i;
  const auto before = picture();
  EXPECT_FALSE(fetch(client1_, {2, 1}).has_value());
  EXPECT_EQ(picture(), before);
  EXPECT_TRUE(fetch(client1_, {2}).has_value());
}

TEST_F(PrekeyStoreTest, devices_that_are_not_active_are_left_out) {
  publish(1, 1);
  const auto fetched = fetch(client1_, {2, 9, 1});
  ASSERT_EQ(fetched->size(), 2U);
  EXPECT_EQ(fetched->at(0).device, 2U);
  EXPECT_EQ(fetched->at(0).prekey_set, "");
  EXPECT_EQ(fetched->at(1).device, 1U);
}

TEST_F(PrekeyStoreTest, only_the_own_account_and_a_living_relationship_may_ask) {
  publish(1, 5);
  EXPECT_TRUE(fetch(therapist2_).has_value());
  EXPECT_EQ(fetch({admin_, 1}).error().error, FetchPrekeysError::not_found);
  EXPECT_EQ(fetch({client_, 9}).error().error, FetchPrekeysError::not_found);
  for (const char* state : {"ended", "severed"}) {
    redis({"HSET", keys::Practice(practice_).relationship(relationship_), "state", state});
    EXPECT_EQ(fetch(client1_).error().error, FetchPrekeysError::not_found) << state;
  }
  EXPECT_EQ(fetch(client1_, {}).error().error, FetchPrekeysError::invalid);
  EXPECT_EQ(fetch(client1_, {1, 1}).error().error, FetchPrekeysError::invalid);
  EXPECT_EQ(fetch(client1_, {1, 2, 3, 4, 5, 6, 7, 8, 9}).error().error, FetchPrekeysError::invalid);
}

TEST_F(PrekeyStoreTest, an_initial_message_burns_the_key_that_its_sender_reserved) {
  publish(1, 2);
  ASSERT_EQ(fetch(client1_)->front().one_time_key, 1U);
  AcceptRequest request = message(1);
  request.copies[0].one_time_key = 1;
  request.copies[0].burns_one_time_key = true;
  ASSERT_TRUE(run(stores_.queues.accept(request, soon())).has_value());
  const std::string pool = keys::Device(practice_, therapist1_).one_time_keys();
  EXPECT_EQ(redis({"HEXISTS", pool, "1"}).integer, 0);
  EXPECT_EQ(fetch(client1_)->front().one_time_key, 2U);
}

TEST_F(PrekeyStoreTest, quoting_a_key_that_another_reserved_burns_nothing) {
  publish(1, 3);
  ASSERT_EQ(fetch(client1_)->front().one_time_key, 1U);
  ASSERT_EQ(fetch(client2_)->front().one_time_key, 2U);
  for (const std::uint32_t quoted : {2U, 3U, 99U}) {
    AcceptRequest request = message(static_cast<std::uint16_t>(quoted));
    request.copies[0].one_time_key = quoted;
    request.copies[0].burns_one_time_key = true;
    ASSERT_TRUE(run(stores_.queues.accept(request, soon())).has_value());
  }
  EXPECT_EQ(redis({"HLEN", keys::Device(practice_, therapist1_).one_time_keys()}).integer, 3);
  EXPECT_EQ(fetch(client2_)->front().one_time_key, 2U);
}

}  // namespace
}  // namespace holdspace::storage
