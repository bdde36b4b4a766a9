// A client who has an account joins a second therapist, over sockets: who may, with which proof,
// and what both sides see.
#include "tests/gateway/core_life_world.hpp"

namespace holdspace::gateway::tests {
namespace {

using holdspace::tests::Person;

class JoinProcess : public LifeTest {
 protected:
  JoinProcess() {
    first_ = world.relationship;
    world.invite(world.admin, colleague, 2);
  }

  // The admin of a practice beside the one of `world`.
  void found_another_practice(Person& its_admin) {
    const auto made = run({operator_program(), "practice-invite", "--config",
                           world.config().string(), "--host", "localhost"});
    const auto secret = crypto::parse_invite_code(made.out.substr(0, made.out.find('\n')));
    ASSERT_TRUE(secret.has_value()) << made.out;
    ASSERT_EQ(its_admin.redeem(world.port(), *secret), v1::ERROR_CODE_UNSPECIFIED);
  }
  // Of the colleague, for a client.
  crypto::InviteSecret invite() {
    world.relationship = crypto::random_array<16>();
    return world.make_invite(colleague, 3);
  }
  static v1::ServerFrame ask(FrameClient& from, const crypto::InviteSecret& invite) {
    v1::ClientFrame frame;
    frame.mutable_join_open()->set_invite_id(text(invite.id()));
    return from.request(frame);
  }
  // Asks and claims; with `key` by another claim key than the invite's.
  v1::ServerFrame join(FrameClient& from, const crypto::InviteSecret& invite,
                       const crypto::ClaimKey* key = nullptr) {
    const auto challenge = ask(from, invite);
    if (!challenge.has_join_challenge()) return challenge;
    return from.request(
        claim(invite, challenge.join_challenge().server_nonce(), world.client, key));
  }
  static v1::ClientFrame claim(const crypto::InviteSecret& invite, const std::string& nonce,
                               Person& person, const crypto::ClaimKey* key = nullptr) {
    crypto::Nonce server_nonce{};
    std::copy(nonce.begin(), nonce.end(), server_nonce.begin());
    v1::ClientFrame frame;
    frame.mutable_join()->set_invite_id(text(invite.id()));
    frame.mutable_join()->set_claim(
        text(crypto::sign_claim(key != nullptr ? *key : invite.claim_key(), invite.id(),
                                server_nonce, person.device().signed_cert)));
    return frame;
  }
  std::size_t relationships(FrameClient& of) {
    v1::ClientFrame frame;
    frame.mutable_list_relationships();
    return static_cast<std::size_t>(of.request(frame).relationships().relationships_size());
  }

  Person colleague;
  crypto::RelationshipId first_{};
};

TEST_F(JoinProcess, makes_a_second_relationship_that_both_see_and_leaves_the_first) {
  const auto secret = invite();
  const auto client = log_in(world.client);
  const auto therapist = log_in(colleague);
  const auto challenge = ask(*client, secret);
  EXPECT_EQ(challenge.join_challenge().packet(), "opaque to the gateway");
  ASSERT_EQ(challenge.join_challenge().server_nonce().size(), 32U);
  const auto joined =
      client->request(claim(secret, challenge.join_challenge().server_nonce(), world.client));
  EXPECT_EQ(joined.joined().relationship_id(), text(world.relationship));
  EXPECT_EQ(shown(*client).state(), v1::ACTIVE);
  EXPECT_EQ(shown(*client).peer_account_id(), text(colleague.account()));
  EXPECT_EQ(shown(*therapist).peer_account_id(), text(world.client.account()));
  EXPECT_EQ(relationships(*client), 2U);
  EXPECT_EQ(relationships(*therapist), 1U);
  EXPECT_EQ(relationships(*log_in(world.therapist)), 1U);
  world.relationship = first_;
  EXPECT_EQ(shown(*client).peer_account_id(), text(world.therapist.account()));
}

TEST_F(JoinProcess, a_challenge_is_good_for_one_join_on_its_connection) {
  const auto client = log_in(world.client);
  const auto secret = invite();
  const auto nonce = ask(*client, secret).join_challenge().server_nonce();
  const auto newer = ask(*client, secret).join_challenge().server_nonce();
  EXPECT_NE(nonce, newer);
  EXPECT_EQ(client->request(claim(secret, nonce, world.client)).error().code(), v1::NOT_FOUND);
  EXPECT_EQ(client->request(claim(secret, newer, world.client)).error().field(), "join.invite_id");
  EXPECT_EQ(client->request(claim(invite(), nonce, world.client)).error().field(),
            "join.invite_id");
  v1::ClientFrame frame;
  frame.mutable_join_open()->set_invite_id("short");
  EXPECT_EQ(client->request(frame).error().field(), "join_open.invite_id");
  (void)ask(*client, secret);
  frame.mutable_join()->set_invite_id(text(secret.id()));
  frame.mutable_join()->set_claim("short");
  EXPECT_EQ(client->request(frame).error().field(), "join.claim");
}

TEST_F(JoinProcess, proofs_that_are_not_the_invites_close_it_after_five) {
  const auto client = log_in(world.client);
  const auto secret = invite();
  const auto other_key = crypto::ClaimKey::generate();
  for (int i = 1; i < 5; ++i) {
    EXPECT_EQ(join(*client, secret, &other_key).error().code(), v1::NOT_FOUND) << i;
  }
  // The invite's own key over another device's certificate is no better.
  const auto nonce = ask(*client, secret).join_challenge().server_nonce();
  EXPECT_EQ(client->request(claim(secret, nonce, world.therapist)).error().code(), v1::NOT_FOUND);
  EXPECT_EQ(ask(*client, secret).error().code(), v1::NOT_FOUND);
  EXPECT_EQ(relationships(*client), 1U);
}

TEST_F(JoinProcess, unknown_and_used_invites_and_those_for_staff_are_one_answer) {
  const auto client = log_in(world.client);
  EXPECT_EQ(ask(*client, crypto::InviteSecret::generate()).error().code(), v1::NOT_FOUND);
  EXPECT_EQ(ask(*client, world.make_invite(world.admin, 2)).error().code(), v1::NOT_FOUND);
  const auto secret = invite();
  ASSERT_TRUE(join(*client, secret).has_joined());
  EXPECT_EQ(ask(*client, secret).error().code(), v1::NOT_FOUND);
}

TEST_F(JoinProcess, an_invite_of_another_practice_is_unknown) {
  const auto client = log_in(world.client);
  Person admin_elsewhere;
  Person therapist_elsewhere;
  found_another_practice(admin_elsewhere);
  world.invite(admin_elsewhere, therapist_elsewhere, 2);
  world.relationship = crypto::random_array<16>();
  const auto secret = world.make_invite(therapist_elsewhere, 3);
  EXPECT_EQ(ask(*client, secret).error().code(), v1::NOT_FOUND);
  EXPECT_EQ(world.client.redeem(world.port(), secret), v1::ERROR_CODE_UNSPECIFIED) << "still open";
}

TEST_F(JoinProcess, a_pair_has_one_relationship_that_lives) {
  const auto client = log_in(world.client);
  ASSERT_TRUE(join(*client, invite()).has_joined());
  EXPECT_EQ(join(*client, invite()).error().code(), v1::PAIR_EXISTS);
  EXPECT_EQ(relationships(*client), 2U);
}

TEST_F(JoinProcess, asking_for_invites_is_limited_as_redeeming_is) {
  World strict("redeems_address_burst = 12\nredeems_address_refill_ms = 60000");
  strict.enrol_everybody();  // uses three
  const auto client = strict.client.log_in(strict.port());
  for (int i = 0; i < 9; ++i)
    EXPECT_EQ(ask(*client, crypto::InviteSecret::generate()).error().code(), v1::NOT_FOUND) << i;
  const auto limited = ask(*client, crypto::InviteSecret::generate());
  EXPECT_EQ(limited.error().code(), v1::RATE_LIMITED);
  EXPECT_GT(limited.error().retry_after_ms(), 0);
}

}  // namespace
}  // namespace holdspace::gateway::tests
