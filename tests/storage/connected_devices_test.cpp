// The newest login of a device wins, and an old one cannot undo it.
#include "storage/connected_devices.hpp"

#include "tests/storage/store_world.hpp"

namespace holdspace::storage {
namespace {

class ConnectedDevicesTest : public PracticeTest {
 protected:
  SessionPlace newer_{make_id<GatewayId>(0x66, 99), make_id<SessionId>(0x55, 99)};
  SessionPlace first_{gateway_of(client1_), session_of(client1_)};
};

TEST_F(ConnectedDevicesTest, a_second_login_displaces_the_first) {
  const auto before = run(stores_.connected.connect(practice_, client1_, newer_, soon()));
  ASSERT_TRUE(before.has_value());
  EXPECT_EQ(*before, first_);
}

TEST_F(ConnectedDevicesTest, the_same_login_again_displaces_nobody) {
  const auto before = run(stores_.connected.connect(practice_, client1_, first_, soon()));
  ASSERT_TRUE(before.has_value());
  EXPECT_EQ(*before, std::nullopt);
}

TEST_F(ConnectedDevicesTest, a_displaced_session_does_not_disconnect_the_newer) {
  ASSERT_TRUE(run(stores_.connected.connect(practice_, client1_, newer_, soon())).has_value());
  EXPECT_FALSE(*run(stores_.connected.disconnect(practice_, client1_, first_.session, soon())));
  EXPECT_TRUE(*run(stores_.connected.disconnect(practice_, client1_, newer_.session, soon())));
  EXPECT_FALSE(*run(stores_.connected.disconnect(practice_, client1_, newer_.session, soon())));
}

TEST_F(ConnectedDevicesTest, an_account_is_wherever_its_devices_are) {
  const auto places = [&] { return *run(stores_.connected.places(practice_, client_, soon())); };
  EXPECT_EQ(places().size(), 2U);
  ASSERT_TRUE(
      *run(stores_.connected.disconnect(practice_, client2_, session_of(client2_), soon())));
  EXPECT_EQ(places(), (std::vector<SessionPlace>{first_}));
  const auto stranger = make_id<AccountId>(0xA0, 77);
  EXPECT_TRUE(run(stores_.connected.places(practice_, stranger, soon()))->empty());
}

TEST_F(ConnectedDevicesTest, a_device_that_is_not_active_does_not_connect) {
  const auto before = picture();
  const auto unknown = run(stores_.connected.connect(practice_, {client_, 9}, newer_, soon()));
  EXPECT_EQ(unknown.error(), ConnectError::not_found);
  const auto elsewhere =
      run(stores_.connected.connect(make_id<PracticeId>(0xAA, 2), client1_, newer_, soon()));
  EXPECT_EQ(elsewhere.error(), ConnectError::not_found);
  EXPECT_EQ(picture(), before);
}

TEST_F(ConnectedDevicesTest, a_displaced_session_neither_sends_nor_reads) {
  ASSERT_TRUE(run(stores_.queues.accept(reply(1), soon())).has_value());
  ASSERT_TRUE(run(stores_.connected.connect(practice_, client1_, newer_, soon())).has_value());
  const auto before = picture();
  EXPECT_EQ(run(stores_.queues.accept(message(2), soon())).error().error, AcceptError::displaced);
  EXPECT_EQ(run(stores_.queues.read(reading(client1_, Origin::peer), soon())).error(),
            ReadError::displaced);
  EXPECT_EQ(picture(), before);
  ReadRequest newest = reading(client1_, Origin::peer);
  newest.session = newer_.session;
  EXPECT_EQ(run(stores_.queues.read(newest, soon()))->entries.size(), 1U);
}

}  // namespace
}  // namespace holdspace::storage
