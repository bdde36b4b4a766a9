// The whole gateway over sockets: login, redeem, keys, sending, gates, acks. Real programs on a
// real Redis.
#include <gtest/gtest.h>

#include <thread>

#include "crypto/random.hpp"
#include "tests/gateway/core_world.hpp"

namespace holdspace::gateway::tests {
namespace {

using namespace std::chrono_literals;
using holdspace::tests::FrameClient;
using holdspace::tests::Person;
using holdspace::tests::text;
using holdspace::tests::transcript;

constexpr auto kQuiet = 700ms;  // nothing comes: seven ticks of the timekeeper

class GatewayTest : public testing::Test {
 protected:
  GatewayTest() { world.enrol_everybody(); }

  crypto::DeviceAddress therapist_device(std::uint32_t id = 1) {
    return {world.therapist.account(), id};
  }
  crypto::DeviceAddress client_device(std::uint32_t id = 1) { return {world.client.account(), id}; }

  // One message from the client to the therapist; the answer.
  v1::ServerFrame write(FrameClient& from, char fill = 'x',
                        std::optional<crypto::MessageId> message = std::nullopt) {
    return from.request(world.make_send(world.client, {therapist_device()},
                                        message.value_or(crypto::random_array<16>()), fill));
  }

  // The next `count` envelopes that are pushed.
  static std::vector<v1::Delivered> take(FrameClient& inbox, std::size_t count) {
    std::vector<v1::Delivered> items;
    while (items.size() < count) {
      const auto push = inbox.next_push();
      items.insert(items.end(), push.deliver().items().begin(), push.deliver().items().end());
    }
    return items;
  }
  // Their bodies' first letters.
  static std::string letters(const std::vector<v1::Delivered>& items) {
    std::string out;
    for (const auto& item : items) out += item.envelope().body()[0];
    return out;
  }

  static v1::ClientFrame ack(const v1::Delivered& item) {
    v1::ClientFrame frame;
    auto& wire = *frame.mutable_ack()->add_items();
    wire.set_relationship_id(item.relationship_id());
    wire.set_lane(item.lane());
    wire.set_own_copy(item.own_copy());
    wire.set_seq(item.seq());
    return frame;
  }

  World world;
};

// The answer to an Auth whose signature is over something else.
unsigned close_after_bad_auth(std::uint16_t port, const Person& person, std::uint32_t device) {
  FrameClient connection(port);
  const auto challenge = connection.request(hello(person, device, crypto::random_array<32>()));
  EXPECT_TRUE(challenge.has_challenge());
  EXPECT_EQ(challenge.challenge().binding_type(), 0U);
  v1::ClientFrame auth;
  auth.mutable_auth()->set_signature(std::string(64, 's'));
  connection.send(auth);
  return connection.close_code();
}

TEST_F(GatewayTest, logs_a_device_in_and_says_what_waits) {
  const auto connection = world.client.log_in(world.port());
  EXPECT_EQ(world.client.welcome.role(), 3U);
  EXPECT_EQ(world.client.welcome.queued(), 0U);
  EXPECT_EQ(world.client.welcome.store_epoch().size(), 16U);
  EXPECT_TRUE(world.client.welcome.prekeys_needed());
  EXPECT_TRUE(connection->next_push().has_drained());
}

TEST_F(GatewayTest, answers_an_unknown_account_like_a_wrong_signature) {
  Person stranger;
  stranger.practice = world.client.practice;
  EXPECT_EQ(close_after_bad_auth(world.port(), stranger, 1), 4401U);
  EXPECT_EQ(close_after_bad_auth(world.port(), world.client, 1), 4401U);
  EXPECT_EQ(close_after_bad_auth(world.port(), world.client, 2), 4401U);
}

TEST_F(GatewayTest, takes_nothing_but_the_handshake_before_login) {
  FrameClient connection(world.port());
  v1::ClientFrame frame;
  frame.mutable_list_relationships();
  connection.send(frame);
  EXPECT_EQ(connection.close_code(), 4401U);
}

TEST_F(GatewayTest, refuses_a_signature_made_for_another_connection) {
  FrameClient first(world.port());
  FrameClient second(world.port());
  const auto nonce = crypto::random_array<32>();
  const auto for_first = first.request(hello(world.client, 1, nonce));
  (void)second.request(hello(world.client, 1, nonce));
  v1::ClientFrame auth;
  const crypto::LoginClaim claim{world.client.practice, client_device(), world.client.gateway_key};
  auth.mutable_auth()->set_signature(text(crypto::sign_login(
      world.client.device().signing_key, transcript(nonce, for_first.challenge()), claim)));
  second.send(auth);
  EXPECT_EQ(second.close_code(), 4401U);
}

TEST_F(GatewayTest, refuses_another_practice_and_another_host) {
  auto elsewhere = hello(world.client, 1, {});
  elsewhere.mutable_hello()->set_host("other.example.org");
  FrameClient wrong_host(world.port());
  const auto answer = wrong_host.request(elsewhere);
  EXPECT_EQ(answer.error().field(), "hello.host");
  EXPECT_EQ(wrong_host.close_code(), 4401U);

  const auto practice = std::exchange(world.client.practice, crypto::random_array<16>());
  EXPECT_EQ(close_after_bad_auth(world.port(), world.client, 1), 4401U);
  world.client.practice = practice;
}

TEST_F(GatewayTest, closes_on_bytes_that_are_no_frame_and_stays_on_a_wrong_field) {
  const auto connection = world.client.log_in(world.port());
  v1::ClientFrame frame;
  frame.mutable_send()->set_message_id("short");
  const auto answer = connection->request(frame);
  EXPECT_EQ(answer.error().code(), v1::INVALID_ARGUMENT);
  EXPECT_EQ(answer.error().field(), "send.message_id");
  connection->send_bytes("\xff\xff\xff");
  EXPECT_EQ(connection->close_code(), 4400U);
}

TEST_F(GatewayTest, displaces_the_older_session_of_a_device) {
  const auto older = world.client.log_in(world.port());
  const auto newer = world.client.log_in(world.port());
  EXPECT_EQ(older->close_code(), 4409U);
  v1::ClientFrame frame;
  frame.mutable_list_relationships();
  EXPECT_TRUE(newer->request(frame).has_relationships());
}

TEST_F(GatewayTest, limits_failed_logins_and_still_lets_the_real_device_in) {
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(close_after_bad_auth(world.port(), world.client, 1), 4401U) << i;
  EXPECT_EQ(close_after_bad_auth(world.port(), world.client, 1), 4429U);
  EXPECT_NE(world.client.log_in(world.port()), nullptr);
}

TEST_F(GatewayTest, redeems_an_invite_once_and_hides_why_not) {
  const auto secret = world.make_invite(world.admin, 2);
  const auto other_key = crypto::ClaimKey::generate();
  Person thief;
  EXPECT_EQ(thief.redeem(world.port(), secret, &other_key), v1::NOT_FOUND);
  Person colleague;
  EXPECT_EQ(colleague.redeem(world.port(), secret), v1::ERROR_CODE_UNSPECIFIED);
  Person late;
  EXPECT_EQ(late.redeem(world.port(), secret), v1::NOT_FOUND);
  EXPECT_EQ(late.redeem(world.port(), crypto::InviteSecret::generate()), v1::NOT_FOUND);
}

TEST_F(GatewayTest, keeps_roles_apart) {
  const auto connection = world.client.log_in(world.port());
  v1::ClientFrame invite;
  invite.mutable_create_invite()->set_role(3);
  EXPECT_EQ(connection->request(invite).error().code(), v1::PERMISSION_DENIED);
  v1::ClientFrame proposal;
  proposal.mutable_fetch_proposal();
  EXPECT_EQ(connection->request(proposal).error().code(), v1::PERMISSION_DENIED);
}

TEST_F(GatewayTest, takes_prekeys_of_the_device_and_nobody_elses) {
  const auto connection = world.therapist.log_in(world.port());
  crypto::OneTimeKey key;
  key.account_id = world.therapist.account();
  key.device_id = 1;
  key.one_time_key_id = 7;
  key.key.bytes[0] = 9;
  v1::ClientFrame frame;
  frame.mutable_publish_prekeys()->add_one_time_keys(
      text(crypto::sign_one_time_key(key, world.therapist.device().signing_key)));
  EXPECT_EQ(connection->request(frame).prekeys_published().one_time_keys(), 1U);

  frame.mutable_publish_prekeys()->set_one_time_keys(
      0, text(crypto::sign_one_time_key(key, world.client.device().signing_key)));
  const auto refused = connection->request(frame);
  EXPECT_EQ(refused.error().field(), "publish_prekeys.one_time_keys[0]");

  v1::ClientFrame fetch;
  fetch.mutable_fetch_prekeys()->set_account_id(text(world.therapist.account()));
  fetch.mutable_fetch_prekeys()->add_device_ids(1);
  const auto asker = world.client.log_in(world.port());
  const auto fetched = asker->request(fetch);
  ASSERT_EQ(fetched.prekeys().devices_size(), 1);
  EXPECT_FALSE(fetched.prekeys().devices(0).one_time_key().empty());
  const auto stranger = world.admin.log_in(world.port());
  EXPECT_EQ(stranger->request(fetch).error().code(), v1::NOT_FOUND);
}

TEST_F(GatewayTest, refuses_to_hold_without_a_policy) {
  const auto connection = world.client.log_in(world.port());
  const auto answer = write(*connection);
  EXPECT_EQ(answer.error().code(), v1::REFUSED);
  EXPECT_EQ(answer.error().verdict().reason(), "no_policy");
  world.apply_policy(World::open_all_week(v1::TO_THERAPIST));
  EXPECT_TRUE(write(*connection).has_accepted());
}

TEST_F(GatewayTest, answers_each_send_by_what_it_is) {
  world.apply_policy(World::open_all_week(v1::TO_THERAPIST));
  const auto connection = world.client.log_in(world.port());
  const auto message = crypto::random_array<16>();
  const auto first = write(*connection, 'a', message);
  ASSERT_TRUE(first.has_accepted()) << first.ShortDebugString();
  EXPECT_EQ(first.accepted().verdict().outcome(), v1::RELEASED);
  EXPECT_FALSE(first.accepted().duplicate());
  const auto again = write(*connection, 'a', message);
  EXPECT_TRUE(again.accepted().duplicate());
  EXPECT_EQ(write(*connection, 'b', message).error().code(), v1::CONFLICT);

  const auto extra = connection->request(world.make_send(
      world.client, {therapist_device(1), therapist_device(2)}, crypto::random_array<16>()));
  EXPECT_EQ(extra.error().code(), v1::MISMATCH);
  ASSERT_EQ(extra.error().mismatch().extra_size(), 1);
  EXPECT_EQ(extra.error().mismatch().extra(0).device_id(), 2U);

  auto urgent = world.make_send(world.client, {therapist_device()}, crypto::random_array<16>());
  urgent.mutable_send()->set_lane(v1::URGENT);
  EXPECT_EQ(connection->request(urgent).error().field(), "send.copies[0].env");

  auto foreign = world.make_send(world.client, {therapist_device()}, crypto::random_array<16>());
  foreign.mutable_send()->mutable_copies(0)->mutable_body()->push_back('x');
  EXPECT_EQ(connection->request(foreign).error().field(), "send.copies[0].body");
}

TEST_F(GatewayTest, answers_an_unknown_and_a_foreign_relationship_alike) {
  world.apply_policy(World::open_all_week(v1::TO_THERAPIST));
  Person colleague;
  world.invite(world.admin, colleague, 2);
  const auto connection = colleague.log_in(world.port());
  const auto foreign = connection->request(
      world.make_send(colleague, {therapist_device()}, crypto::random_array<16>()));
  world.relationship = crypto::random_array<16>();
  const auto unknown = connection->request(
      world.make_send(colleague, {therapist_device()}, crypto::random_array<16>()));
  EXPECT_EQ(foreign.error().SerializeAsString(), unknown.error().SerializeAsString());
  EXPECT_EQ(foreign.error().code(), v1::NOT_FOUND);
}

TEST_F(GatewayTest, limits_routine_messages) {
  world.apply_policy(World::open_all_week(v1::TO_THERAPIST));
  const auto connection = world.client.log_in(world.port());
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(write(*connection).has_accepted()) << i;
  const auto answer = write(*connection);
  EXPECT_EQ(answer.error().code(), v1::RATE_LIMITED);
  EXPECT_GT(answer.error().retry_after_ms(), 0U);
}

TEST_F(GatewayTest, delivers_through_an_open_gate_and_forgets_after_the_ack) {
  world.apply_policy(World::open_all_week(v1::TO_THERAPIST));
  const auto inbox = world.therapist.log_in(world.port());
  EXPECT_TRUE(inbox->next_push().has_drained());
  const auto connection = world.client.log_in(world.port());
  ASSERT_TRUE(write(*connection, 'a').has_accepted());
  const auto push = inbox->next_push();
  ASSERT_EQ(push.deliver().items_size(), 1);
  const auto item = push.deliver().items(0);
  EXPECT_EQ(item.seq(), 1U);
  EXPECT_EQ(item.envelope().body()[0], 'a');
  EXPECT_FALSE(item.own_copy());

  auto never = item;
  never.set_seq(99);
  EXPECT_EQ(inbox->request(ack(never)).error().code(), v1::NOT_FOUND);
  EXPECT_EQ(inbox->request(ack(item)).acked().removed(), 1U);
  EXPECT_EQ(inbox->request(ack(item)).acked().removed(), 0U);
  const auto later = world.therapist.log_in(world.port());
  EXPECT_EQ(world.therapist.welcome.queued(), 0U);
  EXPECT_TRUE(later->next_push().has_drained());
}

TEST_F(GatewayTest, is_silent_while_the_gate_is_shut_and_delivers_in_order_when_it_opens) {
  // Shut at this hour; then a policy opens it.
  world.apply_policy({world.open_later()});
  const auto inbox = world.therapist.log_in(world.port());
  EXPECT_TRUE(inbox->next_push().has_drained());
  const auto connection = world.client.log_in(world.port());
  for (const char fill : {'a', 'b', 'c'}) {
    const auto answer = write(*connection, fill);
    ASSERT_TRUE(answer.has_accepted());
    EXPECT_EQ(answer.accepted().verdict().outcome(), v1::HELD);
  }
  EXPECT_TRUE(inbox->silent(kQuiet));
  // The policy is applied on another connection of the same device, which displaces this one.
  world.apply_policy(World::open_all_week(v1::TO_THERAPIST), 1);
  const auto open = world.therapist.log_in(world.port());
  EXPECT_EQ(world.therapist.welcome.queued(), 3U);
  EXPECT_EQ(letters(take(*open, 3)), "abc");
  EXPECT_TRUE(open->next_push().has_drained());
}

TEST_F(GatewayTest, opens_the_gate_at_its_instant) {
  // A window that opens at the next full minute by the store's clock, if that is not too near.
  auto now = world.store_now_ms();
  if (now % 60000 > 50000) {
    std::this_thread::sleep_for(milliseconds(60500 - now % 60000));
    now = world.store_now_ms();
  }
  const auto minute = now / 60000 + 1;
  v1::Window window;
  window.set_lane(v1::ROUTINE);
  window.set_direction(v1::TO_THERAPIST);
  window.set_weekday(
      static_cast<v1::Weekday>((minute / 1440 + 3) % 7 + 1));  // 1970-01-01 was a Thursday
  window.set_start_minute(static_cast<std::uint32_t>(minute % 1440));
  window.set_end_minute(static_cast<std::uint32_t>(minute % 1440 + 60));
  world.apply_policy({window});
  const auto inbox = world.therapist.log_in(world.port());
  EXPECT_TRUE(inbox->next_push().has_drained());
  const auto connection = world.client.log_in(world.port());
  const auto answer = write(*connection);
  ASSERT_EQ(answer.accepted().verdict().outcome(), v1::HELD);
  EXPECT_EQ(answer.accepted().verdict().promise_ms(), minute * 60000);
  EXPECT_EQ(world.therapist.welcome.queued(), 0U);

  const auto push = inbox->next_push(70s);
  const auto arrived = world.store_now_ms();
  EXPECT_EQ(push.deliver().items_size(), 1);
  EXPECT_GE(arrived, minute * 60000);
  EXPECT_LE(arrived, minute * 60000 + 5000);
  EXPECT_TRUE(inbox->next_push().has_drained());
}

TEST_F(GatewayTest, pushes_again_after_a_reconnect_what_was_not_acknowledged) {
  world.apply_policy(World::open_all_week(v1::TO_THERAPIST));
  const auto connection = world.client.log_in(world.port());
  for (const char fill : {'a', 'b', 'c'}) ASSERT_TRUE(write(*connection, fill).has_accepted());
  {
    const auto inbox = world.therapist.log_in(world.port());
    const auto push = inbox->next_push();
    ASSERT_GE(push.deliver().items_size(), 1);
    EXPECT_EQ(inbox->request(ack(push.deliver().items(0))).acked().removed(), 1U);
    inbox->disconnect();
  }
  const auto inbox = world.therapist.log_in(world.port());
  EXPECT_EQ(letters(take(*inbox, 2)), "bc");
}

TEST_F(GatewayTest, keeps_the_window_and_goes_on_after_acks) {
  world.apply_policy(World::open_all_week(v1::TO_THERAPIST));
  // Three devices, because each may send 30 at once.
  for (int more = 0; more < 2; ++more) {
    const auto& device = world.client.add_device();
    const auto connection = world.client.log_in(world.port());
    v1::ClientFrame frame;
    frame.mutable_replace_devices()->set_device_list(text(world.client.next_list()));
    frame.mutable_replace_devices()->add_certs(text(device.signed_cert));
    ASSERT_TRUE(connection->request(frame).has_devices_replaced());
  }
  int sent = 0;
  for (std::uint32_t id = 1; id <= 3; ++id) {
    const auto connection = world.client.log_in(world.port(), id);
    for (int i = 0; i < 25; ++i, ++sent) {
      std::vector<crypto::DeviceAddress> recipients = {therapist_device()};
      for (std::uint32_t other = 1; other <= 3; ++other)
        if (other != id) recipients.push_back(client_device(other));
      const auto frame =
          world.make_send(world.client, recipients, crypto::random_array<16>(), 'x', id);
      const auto answer = connection->request(frame);
      ASSERT_TRUE(answer.has_accepted()) << answer.ShortDebugString();
    }
  }
  const auto inbox = world.therapist.log_in(world.port());
  EXPECT_EQ(world.therapist.welcome.queued(), static_cast<std::uint64_t>(sent));
  const auto items = take(*inbox, 64);
  EXPECT_EQ(items.size(), 64U);
  EXPECT_TRUE(inbox->silent(kQuiet));
  for (std::size_t i = 0; i < 64; ++i) EXPECT_EQ(items[i].seq(), i + 1);
  v1::ClientFrame acks;
  for (const auto& item : items) *acks.mutable_ack()->add_items() = ack(item).ack().items(0);
  EXPECT_EQ(inbox->request(acks).acked().removed(), 64U);
  EXPECT_EQ(take(*inbox, 11).size(), 11U);
  EXPECT_TRUE(inbox->next_push().has_drained());
}

TEST_F(GatewayTest, ends_the_session_of_a_revoked_device) {
  auto& second = world.client.add_device();
  const auto primary = world.client.log_in(world.port());
  v1::ClientFrame frame;
  frame.mutable_replace_devices()->set_device_list(text(world.client.next_list()));
  EXPECT_EQ(primary->request(frame).error().field(),
            "replace_devices.device_list");  // no certificate
  frame.mutable_replace_devices()->add_certs(text(second.signed_cert));
  EXPECT_EQ(primary->request(frame).devices_replaced().epoch(), 2U);
  EXPECT_EQ(primary->request(frame).devices_replaced().epoch(),
            2U);  // the same again: done already

  const auto connection = world.client.log_in(world.port(), 2);
  v1::ClientFrame revoke;
  revoke.mutable_replace_devices()->set_device_list(text(world.client.next_list({2})));
  EXPECT_EQ(primary->request(revoke).devices_replaced().epoch(), 3U);
  EXPECT_EQ(connection->close_code(2s), 4401U);
  EXPECT_EQ(close_after_bad_auth(world.port(), world.client, 2), 4401U);
  frame.mutable_replace_devices()->clear_certs();
  EXPECT_EQ(primary->request(frame).error().code(), v1::STALE_LIST);

  v1::ClientFrame fetch;
  fetch.mutable_fetch_devices()->set_account_id(text(world.client.account()));
  const auto peer = world.therapist.log_in(world.port());
  EXPECT_EQ(peer->request(fetch).devices().certs_size(), 1);
}

}  // namespace
}  // namespace holdspace::gateway::tests
