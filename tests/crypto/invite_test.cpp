#include "crypto/invite.hpp"

#include <gtest/gtest.h>

#include <set>

#include "crypto/claim.hpp"
#include "crypto/random.hpp"
#include "tests/crypto/support/people.hpp"

namespace holdspace::crypto {
namespace {

using testing::kNow;
using testing::make_person;
using testing::Person;
using testing::text_of;

std::string code_of(const InviteSecret& secret) {
  return text_of(secret.code());
}

CodeError code_error(const std::string& text) {
  const auto parsed = parse_invite_code(text);
  EXPECT_FALSE(parsed) << text;
  return parsed ? CodeError::wrong_length : parsed.error();
}

TEST(InviteCode, reads_back_in_the_ways_that_people_type) {
  for (int i = 0; i < 50; ++i) {
    const auto secret = InviteSecret::generate();
    std::string code = code_of(secret);
    ASSERT_EQ(code.size(), 35U);
    const auto same = [&](const std::string& text) {
      const auto parsed = parse_invite_code(text);
      ASSERT_TRUE(parsed) << text;
      EXPECT_TRUE(parsed->expose().equals(secret.expose()));
      EXPECT_EQ(parsed->id(), secret.id());
    };
    same(code);
    std::string lower;
    std::string misread;
    for (const char c : code) {
      lower.push_back(static_cast<char>(std::tolower(c)));
      if (c != '-') misread.push_back(c == '1' ? (i % 2 ? 'I' : 'l') : c == '0' ? 'o' : c);
    }
    same(lower);
    same(misread);
    same("  " + code + " ");
  }
}

TEST(InviteCode, names_the_mistake) {
  const std::string code = code_of(InviteSecret::generate());
  EXPECT_EQ(code_error(""), CodeError::wrong_length);
  EXPECT_EQ(code_error(code.substr(0, 34)), CodeError::wrong_length);
  EXPECT_EQ(code_error(code + "0"), CodeError::wrong_length);
  std::string changed = code;
  changed[3] = 'U';
  EXPECT_EQ(code_error(changed), CodeError::bad_character);
  changed[3] = '\n';
  EXPECT_EQ(code_error(changed), CodeError::bad_character);
}

TEST(InviteCode, catches_each_wrong_character) {
  const std::string code = code_of(InviteSecret::generate());
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (code[i] == '-') continue;
    std::string changed = code;
    changed[i] = code[i] == '7' ? '8' : '7';
    EXPECT_EQ(code_error(changed), CodeError::bad_checksum) << i;
  }
}

TEST(Invite, derives_four_different_things_from_one_secret) {
  const auto secret = InviteSecret::generate();
  const auto again = InviteSecret::from_bytes(secret.expose().clone());
  EXPECT_EQ(again.id(), secret.id());
  EXPECT_EQ(again.claim_key().public_key(), secret.claim_key().public_key());
  EXPECT_TRUE(again.psk().key.equals(secret.psk().key));
  EXPECT_EQ(secret.psk().id, secret.id());
  EXPECT_FALSE(secret.psk().key.equals(secret.packet_key()));
  EXPECT_FALSE(secret.claim_key().expose_seed().equals(secret.packet_key()));
}

InvitePacket packet_for_client(const Person& therapist) {
  InvitePacket packet;
  packet.practice_id = random_array<16>();
  packet.relationship_id = random_array<16>();
  packet.inviter = Inviter{therapist.pin(), therapist.device.list.signed_bytes()};
  packet.organisation_key = OrganisationKey::generate().public_key();
  packet.gateway_key = GatewayKey::generate().public_key();
  packet.display_name = "Therapist";
  packet.expires_at = kNow + kInviteLife;
  return packet;
}

TEST(InvitePacket, opens_to_what_was_sealed) {
  const Person therapist = make_person();
  const auto secret = InviteSecret::generate();
  const InvitePacket packet = packet_for_client(therapist);
  const auto opened = open_invite_packet(secret, "hold.example",
                                         seal_invite_packet(secret, "hold.example", packet));
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->kind, InviteKind::therapist_to_client);
  EXPECT_EQ(opened->practice_id, packet.practice_id);
  EXPECT_EQ(opened->relationship_id, packet.relationship_id);
  EXPECT_EQ(opened->inviter->pin, therapist.pin());
  EXPECT_EQ(opened->organisation_key, packet.organisation_key);
  EXPECT_EQ(opened->gateway_key, packet.gateway_key);
  EXPECT_EQ(opened->display_name, "Therapist");
  EXPECT_EQ(opened->expires_at, packet.expires_at);
}

TEST(InvitePacket, of_the_operator_names_no_inviter) {
  const auto secret = InviteSecret::generate();
  InvitePacket packet;
  packet.kind = InviteKind::operator_to_admin;
  packet.role = Role::admin;
  packet.gateway_key = GatewayKey::generate().public_key();
  packet.display_name = "Pr\xc3\xa4xis";
  const auto opened =
      open_invite_packet(secret, "localhost", seal_invite_packet(secret, "localhost", packet));
  ASSERT_TRUE(opened);
  EXPECT_FALSE(opened->inviter.has_value());
  EXPECT_EQ(opened->role, Role::admin);
}

TEST(InvitePacket, of_an_admin_lets_in_each_role_of_the_staff_and_no_client) {
  const Person admin = make_person();
  const auto secret = InviteSecret::generate();
  InvitePacket packet = packet_for_client(admin);
  packet.kind = InviteKind::admin_to_staff;
  packet.relationship_id = {};
  for (const Role role : {Role::admin, Role::therapist, Role::auditor}) {
    packet.role = role;
    const auto opened = open_invite_packet(secret, "hold.example",
                                           seal_invite_packet(secret, "hold.example", packet));
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->role, role);
  }
  for (const int role : {0, 3, 5}) {
    packet.role = static_cast<Role>(role);
    EXPECT_THROW((void)seal_invite_packet(secret, "hold.example", packet), std::logic_error);
  }
}

TEST(InvitePacket, refuses_another_code_host_or_any_changed_byte) {
  const Person therapist = make_person();
  const auto secret = InviteSecret::generate();
  ByteVector sealed = seal_invite_packet(secret, "hold.example", packet_for_client(therapist));
  EXPECT_EQ(open_invite_packet(InviteSecret::generate(), "hold.example", sealed).error(),
            PacketError::wrong_secret);
  EXPECT_EQ(open_invite_packet(secret, "hold.example.org", sealed).error(),
            PacketError::wrong_secret);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    sealed[i] ^= 1;
    ASSERT_FALSE(open_invite_packet(secret, "hold.example", sealed)) << i;
    sealed[i] ^= 1;
  }
}

TEST(InvitePacket, refuses_an_inviter_whose_list_is_not_theirs) {
  const Person therapist = make_person();
  const auto secret = InviteSecret::generate();
  InvitePacket packet = packet_for_client(therapist);
  packet.inviter->device_list = make_person().device.list.signed_bytes();
  const ByteVector sealed = seal_invite_packet(secret, "hold.example", packet);
  EXPECT_EQ(open_invite_packet(secret, "hold.example", sealed).error(), PacketError::bad_inviter);
}

TEST(InvitePacket, is_not_made_with_fields_that_disagree) {
  const Person therapist = make_person();
  const auto secret = InviteSecret::generate();
  const auto refused = [&](auto change) {
    InvitePacket packet = packet_for_client(therapist);
    change(packet);
    EXPECT_THROW((void)seal_invite_packet(secret, "hold.example", packet), std::logic_error);
  };
  refused([](InvitePacket& packet) { packet.role = Role::admin; });
  refused([](InvitePacket& packet) { packet.role = Role::auditor; });
  refused([](InvitePacket& packet) { packet.inviter.reset(); });
  refused([](InvitePacket& packet) { packet.relationship_id = {}; });
  refused([](InvitePacket& packet) { packet.kind = InviteKind::admin_to_staff; });
  refused([](InvitePacket& packet) { packet.kind = InviteKind::operator_to_admin; });
  refused([](InvitePacket& packet) { packet.display_name.clear(); });
  refused([](InvitePacket& packet) { packet.display_name = std::string(201, 'a'); });
  refused([](InvitePacket& packet) { packet.display_name = "\x1b[2J"; });
  refused([](InvitePacket& packet) { packet.display_name = "\xc0\xaf"; });      // overlong
  refused([](InvitePacket& packet) { packet.display_name = "\xed\xa0\x80"; });  // surrogate
  refused(
      [](InvitePacket& packet) { packet.display_name = "\xf4\x90\x80\x80"; });  // above U+10FFFF
  refused([](InvitePacket& packet) { packet.display_name = "\xc3"; });          // cut off
}

TEST(Claim, gateway_and_newcomer_prove_themselves) {
  const auto secret = InviteSecret::generate();
  const GatewayKey gateway = GatewayKey::generate();
  RedeemChallenge challenge{secret.id(), random_array<32>(), random_array<32>(), "hold.example"};
  const Signature by_gateway = sign_redeem_challenge(gateway, challenge);
  EXPECT_TRUE(verify_redeem_challenge(gateway.public_key(), challenge, by_gateway));
  challenge.host = "phish.example";
  EXPECT_FALSE(verify_redeem_challenge(gateway.public_key(), challenge, by_gateway));

  const Person client = make_person();
  Redeem redeem{secret.id(),
                challenge.server_nonce,
                client.device.trusted.verified_cert().signed_bytes(),
                client.device.list.signed_bytes(),
                {}};
  redeem.claim =
      sign_claim(secret.claim_key(), redeem.invite_id, redeem.server_nonce, redeem.cert_bytes);
  const auto account = verify_redeem(secret.claim_key().public_key(), redeem);
  ASSERT_TRUE(account);
  EXPECT_EQ(account->cert->account_id, client.address().account_id);
}

TEST(Claim, refuses_another_invite_nonce_certificate_or_key) {
  const auto secret = InviteSecret::generate();
  const Person client = make_person();
  const Person other = make_person();
  Redeem good{secret.id(),
              random_array<32>(),
              client.device.trusted.verified_cert().signed_bytes(),
              client.device.list.signed_bytes(),
              {}};
  good.claim = sign_claim(secret.claim_key(), good.invite_id, good.server_nonce, good.cert_bytes);
  const auto error = [](const InviteSecret& invite, const Redeem& redeem) {
    const auto account = verify_redeem(invite.claim_key().public_key(), redeem);
    EXPECT_FALSE(account);
    return account ? std::optional<ClaimError>() : account.error();
  };
  EXPECT_EQ(error(InviteSecret::generate(), good), ClaimError::bad_claim);
  Redeem changed = good;
  changed.invite_id[0] ^= 1;
  EXPECT_EQ(error(secret, changed), ClaimError::bad_claim);
  changed = good;
  changed.server_nonce[0] ^= 1;
  EXPECT_EQ(error(secret, changed), ClaimError::bad_claim);
  changed = good;
  changed.cert_bytes = other.device.trusted.verified_cert().signed_bytes();
  EXPECT_EQ(error(secret, changed), ClaimError::bad_claim);
  changed = good;
  changed.list_bytes = other.device.list.signed_bytes();
  EXPECT_EQ(error(secret, changed), ClaimError::bad_account);
}

}  // namespace
}  // namespace holdspace::crypto
