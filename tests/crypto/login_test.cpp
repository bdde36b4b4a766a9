#include "crypto/login.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "crypto/claim.hpp"
#include "crypto/random.hpp"
#include "tests/crypto/support/people.hpp"

namespace holdspace::crypto {
namespace {

using testing::kNow;
using testing::make_person;
using testing::Person;

struct Login {
  Person person = make_person();
  GatewayKey gateway = GatewayKey::generate();
  LoginTranscript transcript{"hold.example",
                             {BindingType::tls_exporter, random_array<32>()},
                             random_array<32>(),
                             random_array<32>(),
                             kNow,
                             {1, 2},
                             1};
  LoginClaim claim{random_array<16>(), person.address(), gateway.public_key()};

  [[nodiscard]] Signature sign() const {
    return sign_login(person.device.signing_key, transcript, claim);
  }
  [[nodiscard]] auto verify(const LoginTranscript& seen, const LoginClaim& claimed,
                            const Signature& signature) const {
    return verify_login(person.device.trusted.verified_cert(), seen, claimed, signature,
                        BindingRule::required_for_native);
  }
};

// Every field that the two sides could see differently, by name.
std::vector<std::pair<const char*, LoginTranscript>> differing(const LoginTranscript& good) {
  std::vector<std::pair<const char*, LoginTranscript>> all;
  const auto with = [&](const char* name, auto change) {
    LoginTranscript other = good;
    change(other);
    all.emplace_back(name, other);
  };
  with("host", [](LoginTranscript& t) { t.host = "hold.example.org"; });
  with("binding", [](LoginTranscript& t) { t.binding.value[31] ^= 1; });
  with("client nonce", [](LoginTranscript& t) { t.client_nonce[0] ^= 1; });
  with("server nonce", [](LoginTranscript& t) { t.server_nonce[0] ^= 1; });
  with("time", [](LoginTranscript& t) { t.server_time += std::chrono::milliseconds{1}; });
  with("offered versions", [](LoginTranscript& t) { t.versions = {1}; });
  with("chosen version", [](LoginTranscript& t) { t.version = 2; });
  return all;
}

TEST(Login, both_signatures_verify) {
  const Login login;
  EXPECT_TRUE(verify_challenge(login.gateway.public_key(), login.transcript,
                               sign_challenge(login.gateway, login.transcript)));
  EXPECT_TRUE(login.verify(login.transcript, login.claim, login.sign()));
}

TEST(Login, refuses_each_transcript_that_differs_in_one_field) {
  const Login login;
  const Signature challenge = sign_challenge(login.gateway, login.transcript);
  const Signature auth = login.sign();
  for (const auto& [name, transcript] : differing(login.transcript)) {
    SCOPED_TRACE(name);
    EXPECT_FALSE(verify_challenge(login.gateway.public_key(), transcript, challenge));
    EXPECT_EQ(login.verify(transcript, login.claim, auth).error(), LoginError::bad_signature);
  }
}

TEST(Login, refuses_another_practice_device_or_gateway) {
  const Login login;
  const Signature auth = login.sign();
  LoginClaim other = login.claim;
  other.practice_id[0] ^= 1;
  EXPECT_EQ(login.verify(login.transcript, other, auth).error(), LoginError::bad_signature);
  other = login.claim;
  other.gateway_key = GatewayKey::generate().public_key();
  EXPECT_EQ(login.verify(login.transcript, other, auth).error(), LoginError::bad_signature);
  other = login.claim;
  other.device.device_id = 2;
  EXPECT_EQ(login.verify(login.transcript, other, auth).error(), LoginError::wrong_device);
  const Signature by_other =
      sign_login(make_person().device.signing_key, login.transcript, login.claim);
  EXPECT_EQ(login.verify(login.transcript, login.claim, by_other).error(),
            LoginError::bad_signature);
}

TEST(Login, one_signature_does_not_serve_as_the_other) {
  const Login login;
  const auto as_device = DeviceSigningKey::from_seed(login.gateway.expose_seed().clone());
  const Signature auth = sign_login(as_device, login.transcript, login.claim);
  EXPECT_FALSE(verify_challenge(login.gateway.public_key(), login.transcript, auth));
}

TEST(Login, native_device_needs_the_tls_exporter) {
  Login login;
  login.transcript.binding = {BindingType::none, {}};
  const auto& cert = login.person.device.trusted.verified_cert();
  EXPECT_EQ(login.verify(login.transcript, login.claim, login.sign()).error(),
            LoginError::missing_binding);
  EXPECT_TRUE(verify_login(cert, login.transcript, login.claim, login.sign(),
                           BindingRule::tls_ends_elsewhere));
  login.transcript.binding.value[0] = 1;
  EXPECT_EQ(login.verify(login.transcript, login.claim, login.sign()).error(),
            LoginError::bad_binding);
}

TEST(Login, browser_may_come_without_it) {
  const Enrolment browser = enrol(Platform::browser, kNow);
  const GatewayKey gateway = GatewayKey::generate();
  const LoginTranscript transcript{"hold.example", {}, {}, {}, kNow, {1}, 1};
  const LoginClaim claim{{}, browser.device.address(), gateway.public_key()};
  const Signature auth = sign_login(browser.device.signing_key, transcript, claim);
  EXPECT_TRUE(verify_login(browser.device.trusted.verified_cert(), transcript, claim, auth,
                           BindingRule::required_for_native));
}

// S + L for the group's order L (RFC 8032 section 5.1): the same equation in another encoding.
Signature malleated(Signature signature) {
  constexpr Bytes<32> kOrder = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                                0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
                                0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};
  unsigned carry = 0;
  for (std::size_t i = 0; i < kOrder.size(); ++i) {
    carry += signature[32 + i] + kOrder[i];
    signature[32 + i] = static_cast<std::uint8_t>(carry);
    carry >>= 8;
  }
  return signature;
}

TEST(Login, refuses_signatures_that_a_lenient_verifier_takes) {
  const Login login;
  const Signature good = login.sign();
  ASSERT_TRUE(login.verify(login.transcript, login.claim, good));
  EXPECT_NE(malleated(good), good);
  Signature without_scalar = good;
  std::fill(without_scalar.begin() + 32, without_scalar.end(), std::uint8_t{0});
  for (const auto& [name, signature] : {std::pair{"S + L", malleated(good)},
                                        {"S = 0", without_scalar},
                                        {"all zero", Signature{}}}) {
    EXPECT_EQ(login.verify(login.transcript, login.claim, signature).error(),
              LoginError::bad_signature)
        << name;
  }
}

// Keys for which R = identity, S = 0 satisfies the equation over any message, and two that encode
// no point canonically.
TEST(Login, refuses_small_order_and_non_canonical_device_keys_at_login_and_redeem) {
  Bytes<32> identity{1};
  Bytes<32> order_two;  // y = -1
  order_two.fill(0xff);
  order_two[0] = 0xec;
  order_two[31] = 0x7f;
  Bytes<32> zero_as_p = order_two;  // y = p, which is 0
  zero_as_p[0] = 0xed;
  Bytes<32> one_as_p = order_two;  // y = p + 1, which is 1
  one_as_p[0] = 0xee;
  Signature forged{};
  forged[0] = 1;  // R = identity, S = 0

  for (const auto& [name, key] : {std::pair{"zero", Bytes<32>{}},
                                  {"identity", identity},
                                  {"order two", order_two},
                                  {"p", zero_as_p},
                                  {"p + 1", one_as_p}}) {
    SCOPED_TRACE(name);
    Login login;
    DeviceCert cert = login.person.device.trusted.cert();
    cert.signing_key.bytes = key;
    ByteVector bytes =
        sign_device_cert(cert, login.person.account_key, DeviceSigningKey::generate());
    std::copy(forged.begin(), forged.end(), bytes.end() - 64);  // the device's own signature
    EXPECT_FALSE(verify_device_cert(bytes, login.person.pin()));

    const auto stored = trust_stored_device_cert(bytes);  // as if it had got in
    ASSERT_TRUE(stored);
    EXPECT_EQ(verify_login(*stored, login.transcript, login.claim, forged,
                           BindingRule::required_for_native)
                  .error(),
              LoginError::bad_signature);

    const auto claim_key = ClaimKey::generate();
    Redeem redeem{
        random_array<16>(), random_array<32>(), bytes, login.person.device.list.signed_bytes(), {}};
    redeem.claim = sign_claim(claim_key, redeem.invite_id, redeem.server_nonce, redeem.cert_bytes);
    EXPECT_EQ(verify_redeem(claim_key.public_key(), redeem).error(), ClaimError::bad_account);
  }
}

TEST(Login, refuses_a_version_that_was_not_offered) {
  Login login;
  login.transcript.version = 3;
  EXPECT_EQ(login.verify(login.transcript, login.claim, login.sign()).error(),
            LoginError::unknown_version);
}

}  // namespace
}  // namespace holdspace::crypto
