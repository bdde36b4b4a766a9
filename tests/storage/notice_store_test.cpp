// Notices: in order, kept until the account knows, bounded.
#include "storage/notice_store.hpp"

#include <algorithm>

#include "storage/redis_keys.hpp"
#include "tests/storage/store_world.hpp"

namespace holdspace::storage {
namespace {

using namespace std::chrono_literals;

class NoticeStoreTest : public PracticeTest {
 protected:
  // Any transition will do; a conflict is listed and struck.
  boost::system::result<void, ProposalError> tell(std::vector<std::string> texts) {
    Trail trail;
    for (std::string& text : texts) trail.notices.push_back({client_, std::move(text)});
    return run(stores_.policies.propose_policy(practice_, therapist_,
                                               {0, "document " + std::to_string(++told_), ""},
                                               std::move(trail), soon()));
  }
  std::vector<Notice> fetch(DeviceRef device, std::uint64_t after = 0,
                            std::size_t most = kNoticesPerFetch) {
    return *run(stores_.notices.fetch_notices(practice_, device, after, most, soon()));
  }
  void acknowledge(DeviceRef device, std::uint64_t through) {
    ASSERT_TRUE(run(stores_.notices.ack_notices(practice_, device, through, soon())).has_value());
  }
  std::int64_t kept() {
    const Reply fields = redis({"HKEYS", keys::Practice(practice_).notices(client_)});
    return std::count_if(fields.elements.begin(), fields.elements.end(), [](const Reply& field) {
      return field.text.find_first_not_of("0123456789") == std::string::npos;
    });
  }

 private:
  int told_ = 0;
};

TEST_F(NoticeStoreTest, each_device_gets_them_in_order_until_it_has_acknowledged) {
  ASSERT_TRUE(tell({"one", "two"}).has_value());
  ASSERT_TRUE(tell({"three"}).has_value());
  const auto all = fetch(client1_);
  ASSERT_EQ(all.size(), 3U);
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].id, i + 1);
    EXPECT_LT(all[i].at - now_, 1min);
  }
  EXPECT_EQ(all[2].bytes, "three");
  EXPECT_EQ(fetch(client1_, 1).at(0).bytes, "two");
  EXPECT_EQ(fetch(client1_, 0, 2).size(), 2U);
  EXPECT_TRUE(fetch(client1_, ~std::uint64_t{0}).empty());
  acknowledge(client1_, 2);
  EXPECT_EQ(fetch(client1_).at(0).id, 3U);
  EXPECT_EQ(fetch(client2_).size(), 3U);
  EXPECT_TRUE(fetch(therapist1_).empty());
}

TEST_F(NoticeStoreTest, what_every_active_device_has_acknowledged_goes) {
  ASSERT_TRUE(tell({"one", "two", "three"}).has_value());
  acknowledge(client1_, 3);
  EXPECT_EQ(kept(), 3);
  acknowledge(client2_, 2);
  EXPECT_EQ(kept(), 1);
  acknowledge(client2_, 1);
  acknowledge(client2_, ~std::uint64_t{0});
  EXPECT_EQ(kept(), 0);
  ASSERT_TRUE(tell({"four"}).has_value());
  EXPECT_EQ(fetch(client1_).at(0).id, 4U) << "no id comes twice";
}

TEST_F(NoticeStoreTest, unknown_devices_acknowledge_nothing) {
  ASSERT_TRUE(tell({"one"}).has_value());
  const auto before = picture();
  for (const DeviceRef& device :
       {DeviceRef{client_, 9}, DeviceRef{make_id<AccountId>(0xA0, 77), 1}}) {
    EXPECT_EQ(run(stores_.notices.ack_notices(practice_, device, 1, soon())).error(),
              AckNoticesError::not_found);
  }
  EXPECT_EQ(run(stores_.notices.fetch_notices(practice_, client1_, 0, 0, soon())).error(),
            FetchNoticesError::invalid);
  EXPECT_EQ(run(stores_.notices.fetch_notices(practice_, client1_, 0, kNoticesPerFetch + 1, soon()))
                .error(),
            FetchNoticesError::invalid);
  EXPECT_EQ(picture(), before);
}

TEST_F(NoticeStoreTest, beyond_a_thousand_the_oldest_that_a_device_knows_make_room) {
  const std::vector<std::string> many(kTrailNoticesMax - 12, "x");
  ASSERT_TRUE(tell(many).has_value());
  ASSERT_TRUE(tell(many).has_value());
  const auto before = picture();
  EXPECT_EQ(tell({"one too many"}).error(), ProposalError::quota);
  EXPECT_EQ(picture(), before);
  acknowledge(client1_, 3);
  ASSERT_TRUE(tell({"a", "b"}).has_value());
  EXPECT_EQ(kept(), static_cast<std::int64_t>(kNoticesMax));
  EXPECT_EQ(fetch(client2_).at(0).id, 3U);
  EXPECT_EQ(tell({"c", "d"}).error(), ProposalError::quota) << "only one more is known";
  ASSERT_TRUE(tell({"c"}).has_value());
}

TEST_F(NoticeStoreTest, one_that_nobody_fetches_for_ninety_days_is_not_kept) {
  ASSERT_TRUE(tell({"old", "older than it looks", "new"}).has_value());
  const std::string key = keys::Practice(practice_).notices(client_);
  const auto age = [&](const std::string& id, std::chrono::hours by) {
    const auto at = std::to_string((now_ - by).time_since_epoch().count());
    redis({"HSET", key, id, std::string(15 - at.size(), '0') + at + "aged"});
  };
  age("1", std::chrono::hours(24 * 90 + 1));
  age("2", std::chrono::hours(24 * 90 - 1));
  EXPECT_EQ(fetch(client1_).at(0).id, 2U);
  EXPECT_EQ(kept(), 3) << "a read changes nothing";
  ASSERT_TRUE(tell({"newer"}).has_value());
  EXPECT_EQ(kept(), 3);
  EXPECT_EQ(fetch(client2_).at(0).id, 2U);
}

}  // namespace
}  // namespace holdspace::storage
