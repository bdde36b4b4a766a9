// Rows 42, 44, 48, 50, 53 and 56 to 58 of the bad-input table over sockets: the very code, field
// and close that a peer gets from a whole gateway.
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>

#include "crypto/random.hpp"
#include "tests/gateway/core_world.hpp"

namespace holdspace::gateway::tests {
namespace {

using holdspace::tests::FrameClient;
using holdspace::tests::Person;
using holdspace::tests::text;
using holdspace::tests::transcript;

v1::ClientFrame list_relationships() {
  v1::ClientFrame frame;
  frame.mutable_list_relationships();
  return frame;
}

TEST(BadFrames, are_answered_with_code_and_field_and_the_session_lives) {
  World world;
  world.enrol_everybody();
  const auto connection = world.client.log_in(world.port());
  ASSERT_TRUE(connection->next_push().has_drained());
  v1::ClientFrame newer;
  newer.mutable_send()->set_lane(static_cast<v1::Lane>(77));
  v1::ClientFrame copies;
  for (int i = 0; i < 17; ++i) copies.mutable_send()->add_copies();
  v1::ClientFrame negative;
  negative.mutable_create_invite()->set_expires_at_ms(-1);
  const struct {
    v1::ClientFrame frame;
    v1::ErrorCode code;
    const char* field;
  } rows[] = {
      {newer, v1::UNSUPPORTED_VERSION, "send.lane"},
      {copies, v1::INVALID_ARGUMENT, "send.copies[16]"},
      {negative, v1::INVALID_ARGUMENT, "create_invite.expires_at_ms"},
      {v1::ClientFrame(), v1::INVALID_ARGUMENT, "body"},
  };
  for (const auto& row : rows) {
    const auto error = connection->request(row.frame).error();
    EXPECT_EQ(error.code(), row.code) << row.field;
    EXPECT_EQ(error.field(), row.field);
  }
  connection->send_bytes("");
  const auto empty = connection->next();
  ASSERT_TRUE(empty);
  EXPECT_EQ(empty->request_id(), 0U);
  EXPECT_EQ(empty->error().code(), v1::INVALID_ARGUMENT);
  EXPECT_EQ(empty->error().field(), "body");
  EXPECT_TRUE(connection->request(list_relationships()).has_relationships());
}

TEST(FrameRate, is_told_with_the_time_to_wait_and_every_frame_is_answered) {
  World world("frames_burst = 5\nframes_per_second = 20");
  world.enrol_everybody();
  const auto connection = world.client.log_in(world.port());
  constexpr int kFrames = 20;
  for (int i = 0; i < kFrames; ++i) connection->send(list_relationships());
  int answered = 0;
  int told = 0;
  while (answered < kFrames) {
    const auto frame = connection->next();
    ASSERT_TRUE(frame);
    answered += frame->has_relationships() ? 1 : 0;
    if (!frame->has_error()) continue;
    ++told;
    EXPECT_EQ(frame->request_id(), 0U);
    EXPECT_EQ(frame->error().code(), v1::RATE_LIMITED);
    EXPECT_EQ(frame->error().retry_after_ms(), 1000U);
  }
  EXPECT_GE(told, 1);
}

TEST(LoggedIn, leaves_no_second_attempt_on_the_connection) {
  World world;
  world.enrol_everybody();
  v1::ClientFrame auth;
  auth.mutable_auth()->set_signature(std::string(64, 's'));
  v1::ClientFrame redeem_open;
  redeem_open.mutable_redeem_open()->set_host("localhost");
  v1::ClientFrame redeem;
  redeem.mutable_redeem()->set_claim(std::string(64, 's'));
  for (const auto& frame : {holdspace::tests::hello(world.client, 1, crypto::random_array<32>()),
                            auth, redeem_open, redeem}) {
    const auto connection = world.client.log_in(world.port());
    ASSERT_TRUE(connection->next_push().has_drained());
    connection->send(frame);
    EXPECT_EQ(connection->close_code(), 4401U) << frame.ShortDebugString();
  }
}

// From Hello to the refusal of a signature that `change` made of the right one.
struct Refusal {
  std::optional<v1::Error> error;  // what came before the close
  unsigned close = 0;
};
Refusal refuse(std::uint16_t port, Person& person,
               const std::function<void(crypto::Signature&)>& change) {
  FrameClient connection(port);
  const auto nonce = crypto::random_array<32>();
  const auto challenge = connection.request(holdspace::tests::hello(person, 1, nonce));
  const crypto::LoginClaim claim{person.practice, {person.account(), 1}, person.gateway_key};
  auto signature = crypto::sign_login(person.device().signing_key,
                                      transcript(nonce, challenge.challenge()), claim);
  change(signature);
  v1::ClientFrame auth;
  auth.mutable_auth()->set_signature(text(signature));
  Refusal refusal;
  try {
    refusal.error = connection.request(auth).error();
    refusal.close = connection.close_code();
  } catch (const std::runtime_error& closed) {
    const std::string words = closed.what();
    if (words.starts_with("closed with "))
      refusal.close = static_cast<unsigned>(std::stoi(words.substr(12)));
  }
  return refusal;
}

void flip(crypto::Signature& signature) {
  signature[0] ^= 1;
}

// S + L for the group's order L (RFC 8032 section 5.1): the same point equation, another encoding.
void add_order(crypto::Signature& signature) {
  constexpr std::array<std::uint8_t, 32> kOrder = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
                                                   0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                                   0,    0,    0,    0,    0,    0,    0,    0,
                                                   0,    0,    0,    0,    0,    0,    0,    0x10};
  unsigned carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    carry += signature[32 + i] + kOrder[i];
    signature[32 + i] = static_cast<std::uint8_t>(carry);
    carry >>= 8;
  }
}

TEST(LoginSignature, that_was_malleated_or_is_zero_is_refused_like_any_other) {
  World world;
  world.enrol_everybody();
  EXPECT_EQ(refuse(world.port(), world.client, flip).close, 4401U);
  EXPECT_EQ(refuse(world.port(), world.client, add_order).close, 4401U);
  EXPECT_EQ(refuse(world.port(), world.client, [](auto& signature) { signature.fill(0); }).close,
            4401U);
  EXPECT_NE(world.client.log_in(world.port()), nullptr);
}

TEST(LoginFailures, of_one_account_end_in_the_time_to_wait_before_the_close) {
  World world("login_failures_account_burst = 2\nlogin_failures_account_refill_ms = 90000");
  world.enrol_everybody();
  for (int i = 0; i < 2; ++i) {
    const auto refusal = refuse(world.port(), world.client, flip);
    EXPECT_EQ(refusal.close, 4401U);
    EXPECT_FALSE(refusal.error) << "no cause";
  }
  const auto limited = refuse(world.port(), world.client, flip);
  ASSERT_TRUE(limited.error);
  EXPECT_EQ(limited.error->code(), v1::RATE_LIMITED);
  EXPECT_GT(limited.error->retry_after_ms(), 0U);
  EXPECT_LE(limited.error->retry_after_ms(), 90'000U);
  EXPECT_EQ(limited.close, 4429U);
  EXPECT_EQ(refuse(world.port(), world.therapist, flip).close, 4401U) << "another account";
}

TEST(LoginFailures, from_one_address_are_bounded_over_all_accounts) {
  World world("login_failures_address_burst = 3\nlogin_failures_address_refill_ms = 3600000");
  world.enrol_everybody();
  Person stranger;
  stranger.practice = world.client.practice;
  for (auto* person : {&world.admin, &world.therapist, &world.client})
    EXPECT_EQ(refuse(world.port(), *person, flip).close, 4401U);
  const auto limited = refuse(world.port(), stranger, flip);
  ASSERT_TRUE(limited.error);
  EXPECT_EQ(limited.error->code(), v1::RATE_LIMITED);
  EXPECT_GT(limited.error->retry_after_ms(), 0U);
  EXPECT_LE(limited.error->retry_after_ms(), 3'600'000U);
  EXPECT_EQ(limited.close, 4429U);
  EXPECT_NE(world.client.log_in(world.port()), nullptr) << "a valid key still gets in";
}

TEST(Devices, of_one_account_are_eight_and_the_ninth_is_over_quota) {
  World world;
  world.enrol_everybody();
  const auto connection = world.client.log_in(world.port());
  v1::ClientFrame eight;
  for (int i = 2; i <= 8; ++i)
    eight.mutable_replace_devices()->add_certs(text(world.client.add_device().signed_cert));
  eight.mutable_replace_devices()->set_device_list(text(world.client.next_list()));
  const auto replaced = connection->request(eight);
  ASSERT_TRUE(replaced.has_devices_replaced()) << replaced.ShortDebugString();

  v1::ClientFrame ninth;
  ninth.mutable_replace_devices()->add_certs(text(world.client.add_device().signed_cert));
  ninth.mutable_replace_devices()->set_device_list(text(world.client.next_list()));
  EXPECT_EQ(connection->request(ninth).error().code(), v1::QUOTA);
  v1::ClientFrame fetch;
  fetch.mutable_fetch_devices()->set_account_id(text(world.client.account()));
  EXPECT_EQ(connection->request(fetch).devices().certs_size(), 8);
}

}  // namespace
}  // namespace holdspace::gateway::tests
