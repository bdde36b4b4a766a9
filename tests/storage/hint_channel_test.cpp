// Hints reach the gateway they are meant for, and the subscription comes back.
#include "storage/hint_channel.hpp"

#include "tests/storage/store_world.hpp"

namespace holdspace::storage {
namespace {

class HintChannelTest : public StoreTest {
 protected:
  // Lets things run until `is_so` or two seconds have passed.
  template <class Condition>
  bool wait_for(Condition is_so) {
    for (int i = 0; i < 200 && !is_so(); ++i) drive_for(std::chrono::milliseconds(10));
    return is_so();
  }
  bool publish(GatewayId to, std::string hint) {
    const auto heard = run(publish_hint(stores_.pool.any(), to, std::move(hint), soon()));
    return heard && *heard;
  }

  GatewayId own_ = make_id<GatewayId>(0x66, 1);
  std::vector<std::string> hints_;
  int subscriptions_ = 0;
  HintChannel channel_{io_.get_executor(), server_.socket_path(), own_,
                       [this](std::string hint) { hints_.push_back(std::move(hint)); },
                       [this] { ++subscriptions_; }};
};

TEST_F(HintChannelTest, a_hint_arrives_at_its_gateway_only) {
  ASSERT_TRUE(wait_for([&] { return channel_.subscribed(); }));
  EXPECT_FALSE(publish(make_id<GatewayId>(0x66, 2), "for another"));
  const std::string bytes("a\0\r\n", 4);
  EXPECT_TRUE(publish(own_, bytes));
  EXPECT_TRUE(publish(own_, "second"));
  EXPECT_TRUE(wait_for([&] { return hints_.size() == 2; }));
  EXPECT_EQ(hints_, (std::vector<std::string>{bytes, "second"}));
}

TEST_F(HintChannelTest, the_subscription_comes_back_after_a_crash_and_says_so) {
  ASSERT_TRUE(wait_for([&] { return subscriptions_ == 1; }));
  server_.kill();
  EXPECT_TRUE(wait_for([&] { return !channel_.subscribed(); }));
  server_.start();
  ASSERT_TRUE(wait_for([&] { return subscriptions_ == 2; }));
  EXPECT_TRUE(publish(own_, "after"));
  EXPECT_TRUE(wait_for([&] { return hints_.size() == 1; }));
}

TEST_F(HintChannelTest, a_subscription_cut_by_the_server_comes_back) {
  ASSERT_TRUE(wait_for([&] { return subscriptions_ == 1; }));
  redis({"CLIENT", "KILL", "TYPE", "pubsub"});
  EXPECT_TRUE(wait_for([&] { return subscriptions_ == 2; }));
}

TEST_F(HintChannelTest, a_quiet_subscription_lives_on_and_a_silent_server_is_noticed) {
  ASSERT_TRUE(wait_for([&] { return subscriptions_ == 1; }));
  drive_for(kStallMax + std::chrono::seconds(1));
  EXPECT_EQ(subscriptions_, 1);
  EXPECT_TRUE(channel_.subscribed());
  server_.pause();
  drive_for(2 * kStallMax);
  EXPECT_FALSE(channel_.subscribed());
  server_.resume();
  EXPECT_TRUE(wait_for([&] { return channel_.subscribed(); }));
}

TEST_F(HintChannelTest, a_hint_over_its_bound_is_not_sent) {
  const auto sent =
      run(publish_hint(stores_.pool.any(), own_, std::string(kHintBytesMax + 1, 'x'), soon()));
  EXPECT_EQ(sent.error(), CommandError::corrupt);
}

}  // namespace
}  // namespace holdspace::storage
