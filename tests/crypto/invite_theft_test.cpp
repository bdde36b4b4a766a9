// A stolen or guessed invite, and what of it people and devices can tell.
#include <gtest/gtest.h>

#include "crypto/claim.hpp"
#include "crypto/qr_text.hpp"
#include "crypto/short_string.hpp"
#include "tests/crypto/support/people.hpp"

namespace holdspace::crypto {
namespace {

using testing::End;
using testing::Kem;
using testing::make_person;
using testing::Person;

// The nine digits at the two ends of one relayed short string.
struct Digits {
  std::string at_starter;
  std::string at_responder;
};
Digits run(const ShortStringScene& starter_scene, const ShortStringScene& responder_scene) {
  auto starter = ShortStringStarter::begin(starter_scene);
  auto responder = ShortStringResponder::take_commit(responder_scene, starter.commit());
  const auto revealed = starter.take_answer(responder->answer());
  return {revealed->string.digits(), responder->take_reveal(revealed->reveal)->digits()};
}

TEST(Scenario, an_invite_stolen_before_use_leaves_the_thief_invited_and_never_confirmed) {
  Person therapist = make_person();
  Person thief = make_person();
  Person client = make_person();
  const auto invite = InviteSecret::generate();
  therapist.invites.emplace(invite.id(), invite.psk());

  End from_thief(thief, therapist);
  ASSERT_TRUE(from_thief.start(Kem::one_time, invite.psk()));
  End at_therapist(therapist, thief);
  const Direct first = from_thief.send("hello");
  const auto received = at_therapist.receive(first);
  ASSERT_EQ(received.spent_invite, invite.id());
  // What the therapist's device pins, and what its screen asks for.
  const Contact contact{parse_handshake(first.hs)->claimed_pin(), ContactStatus::invited};
  EXPECT_TRUE(asks_for_check(contact.status));

  // The true client comes later: the invite is spent.
  End from_client(client, therapist);
  ASSERT_TRUE(from_client.start(Kem::one_time, invite.psk()));
  const Direct late = from_client.send("hello");
  const auto refused = End(therapist, client).try_open(late);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().handshake_error, RespondError::wrong_psk);

  // In the room, all three ways tell them apart; the status stays.
  const SafetyNumber on_therapists_screen(therapist.pin(), contact.pin);
  const SafetyNumber on_clients_screen(client.pin(), therapist.pin());
  EXPECT_NE(on_therapists_screen.digits(), on_clients_screen.digits());
  EXPECT_FALSE(ConfirmQr(client.pin(), therapist.pin()).check(therapist.pin(), contact.pin));
  EXPECT_EQ(confirm(contact, SafetyNumber(therapist.pin(), client.pin()).people_say_same()),
            contact);
}

TEST(Scenario, thief_and_server_between_two_sessions_cannot_make_the_short_strings_agree) {
  Person therapist = make_person();
  Person client = make_person();
  Person thief = make_person();
  const auto invite = InviteSecret::generate();
  therapist.invites.emplace(invite.id(), invite.psk());
  thief.invites.emplace(invite.id(), invite.psk());
  // The client talks to the thief, whose packet named the thief's key as the therapist's; the thief
  // talks to the therapist.
  End client_end(client, thief);
  End thief_end(thief, therapist);
  ASSERT_TRUE(client_end.start(Kem::one_time, invite.psk()));
  ASSERT_TRUE(thief_end.start(Kem::one_time, invite.psk()));
  const auto transcript_of = [](const End& end) {
    return *end.sessions().transcript(*end.sessions().active_session());
  };
  const ShortStringScene at_client{transcript_of(client_end), client.pin(), thief.pin()};
  const ShortStringScene at_therapist{transcript_of(thief_end), therapist.pin(), thief.pin()};
  const Digits relayed = run(at_therapist, at_client);
  EXPECT_NE(relayed.at_starter, relayed.at_responder);
  // Without anybody in between they do.
  End direct(client, therapist);
  ASSERT_TRUE(direct.start(Kem::one_time, invite.psk()));
  End answering(therapist, client);
  ASSERT_FALSE(answering.receive(direct.send("hello")).failure);
  const Hash64 transcript = transcript_of(direct);
  EXPECT_EQ(transcript_of(answering), transcript);
  const Digits honest =
      run({transcript, therapist.pin(), client.pin()}, {transcript, client.pin(), therapist.pin()});
  EXPECT_EQ(honest.at_starter, honest.at_responder);
  EXPECT_FALSE(direct.sessions().transcript(SessionId{}).has_value());
}

TEST(Scenario, an_invite_stolen_after_use_or_guessed_opens_nothing) {
  Person therapist = make_person();
  Person client = make_person();
  Person thief = make_person();
  const auto invite = InviteSecret::generate();
  therapist.invites.emplace(invite.id(), invite.psk());
  End from_client(client, therapist);
  End at_therapist(therapist, client);
  ASSERT_TRUE(from_client.start(Kem::one_time, invite.psk()));
  ASSERT_TRUE(at_therapist.receive(from_client.send("hello")).spent_invite.has_value());

  // After use.
  End from_thief(thief, therapist);
  ASSERT_TRUE(from_thief.start(Kem::one_time, invite.psk()));
  const auto refused = End(therapist, thief).try_open(from_thief.send("hello"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().handshake_error, RespondError::wrong_psk);

  // A guess by the server, which knows the handle, the claim's public key and the packet.
  InvitePacket packet;
  packet.kind = InviteKind::operator_to_admin;
  packet.role = Role::admin;
  packet.display_name = "Practice";
  const ByteVector sealed = seal_invite_packet(invite, "hold.example", packet);
  const auto guess = InviteSecret::generate();
  EXPECT_EQ(open_invite_packet(guess, "hold.example", sealed).error(), PacketError::wrong_secret);
  Redeem redeem{invite.id(),
                random_array<32>(),
                thief.device.trusted.verified_cert().signed_bytes(),
                thief.device.list.signed_bytes(),
                {}};
  redeem.claim =
      sign_claim(guess.claim_key(), redeem.invite_id, redeem.server_nonce, redeem.cert_bytes);
  EXPECT_EQ(verify_redeem(invite.claim_key().public_key(), redeem).error(), ClaimError::bad_claim);
}

}  // namespace
}  // namespace holdspace::crypto
