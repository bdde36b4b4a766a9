// Taking a signature back over sockets: what stops, what goes on, and what brings it back.
#include "tests/gateway/core_life_world.hpp"

namespace holdspace::gateway::tests {
namespace {

class RevocationProcess : public LifeTest {
 protected:
  RevocationProcess() {
    therapist = log_in(world.therapist);
    client = log_in(world.client);
  }

  v1::ClientFrame revoke() {
    v1::ClientFrame frame;
    frame.mutable_revoke_agreement()->set_relationship_id(text(world.relationship));
    return frame;
  }
  // The next notice that somebody took a signature back.
  v1::AgreementNotice next_revocation(FrameClient& from) {
    for (;;) {
      auto notice = next(from, v1::Notice::kAgreement).agreement();
      if (notice.revoked()) return notice;
    }
  }

  std::unique_ptr<FrameClient> therapist;
  std::unique_ptr<FrameClient> client;
  crypto::Hash32 terms = hash_of_terms();
};

TEST_F(RevocationProcess, by_either_side_stops_both_until_both_have_signed_again) {
  agree(*therapist, *client, 1);
  ASSERT_TRUE(write_under(*client, terms).has_accepted());
  const auto revoked = client->request(revoke()).agreement();
  EXPECT_TRUE(revoked.in_force().empty());
  EXPECT_EQ(revoked.wanted(), text(terms));
  EXPECT_TRUE(revoked.client_statement().empty());
  EXPECT_FALSE(revoked.therapist_statement().empty());
  const auto told = next_revocation(*therapist);
  EXPECT_EQ(told.relationship_id(), text(world.relationship));
  EXPECT_EQ(told.agreement_hash(), text(terms));
  EXPECT_FALSE(told.in_force());
  EXPECT_TRUE(shown(*therapist).agreement_hash().empty());
  for (const auto& named : {terms, crypto::Hash32{}}) {
    const auto refused = write_under(*client, named).error();
    EXPECT_EQ(refused.code(), v1::AGREEMENT_NEEDED);
    EXPECT_EQ(refused.agreement_hash(), text(terms));
  }
  EXPECT_EQ(write(*therapist, world.therapist).error().code(), v1::REFUSED);  // shut to the client

  EXPECT_EQ(client->request(sign(world.client, terms)).agreement().in_force(), text(terms));
  EXPECT_TRUE(write_under(*client, terms).has_accepted());
  ASSERT_TRUE(therapist->request(revoke()).has_agreement());
  EXPECT_EQ(next_revocation(*client).agreement_hash(), text(terms));
  EXPECT_EQ(write_under(*client, terms).error().code(), v1::AGREEMENT_NEEDED);
}

TEST_F(RevocationProcess, lets_what_was_accepted_before_pass_once_at_its_opening) {
  const auto shut = with_terms({world.open_later()}, 1);
  ASSERT_TRUE(therapist->request(world.therapist.apply_policy(shut)).has_policy_applied());
  ASSERT_TRUE(therapist->request(sign(world.therapist, terms)).has_agreement());
  ASSERT_TRUE(client->request(sign(world.client, terms)).has_agreement());
  const auto held = write_under(*client, terms).accepted();
  ASSERT_EQ(held.verdict().outcome(), v1::HELD);
  ASSERT_TRUE(client->request(revoke()).has_agreement());
  EXPECT_TRUE(therapist->next_push().has_drained());
  const auto open = with_terms(World::open_all_week(v1::TO_THERAPIST), 2);
  ASSERT_TRUE(therapist->request(world.therapist.apply_policy(open)).has_policy_applied());
  EXPECT_EQ(therapist->next_push().deliver().items_size(), 1);
}

TEST_F(RevocationProcess, leaves_it_to_the_sender_to_withdraw_what_waits) {
  const auto shut = with_terms({world.open_later()}, 1);
  ASSERT_TRUE(therapist->request(world.therapist.apply_policy(shut)).has_policy_applied());
  ASSERT_TRUE(therapist->request(sign(world.therapist, terms)).has_agreement());
  ASSERT_TRUE(client->request(sign(world.client, terms)).has_agreement());
  const auto held = write_under(*client, terms).accepted();
  ASSERT_EQ(held.verdict().outcome(), v1::HELD);
  ASSERT_TRUE(therapist->request(revoke()).has_agreement());
  const auto message = crypto::to_bytes<16>(
      {reinterpret_cast<const std::uint8_t*>(held.message_id().data()), held.message_id().size()});
  EXPECT_TRUE(client->request(withdraw(*message)).has_withdrawn());
}

TEST_F(RevocationProcess, of_a_pause_of_a_lane_wants_the_terms_signed_again) {
  agree(*therapist, *client, 1);
  ASSERT_TRUE(therapist->request(revoke()).has_agreement());
  v1::ClientFrame pause;
  auto& wire = *pause.mutable_pause_lane();
  wire.set_relationship_id(text(world.relationship));
  wire.set_lane(v1::ROUTINE);
  wire.set_until_ms(world.store_now_ms() + 60'000);
  wire.set_revision(shown(*client).revision());
  EXPECT_EQ(client->request(pause).error().code(), v1::AGREEMENT_NEEDED);
}

TEST_F(RevocationProcess, tells_nobody_of_what_was_never_signed_or_is_taken_back_already) {
  agree(*therapist, *client, 1);
  ASSERT_TRUE(client->request(revoke()).has_agreement());
  ASSERT_TRUE(next_revocation(*therapist).revoked());
  const auto again = client->request(revoke()).agreement();
  EXPECT_TRUE(again.in_force().empty());
  EXPECT_TRUE(therapist->without_notice(std::chrono::milliseconds(700)));
}

TEST_F(RevocationProcess, is_possible_after_the_end_and_only_for_the_two) {
  agree(*therapist, *client, 1);
  ASSERT_TRUE(move(*therapist, Change::END).has_relationship_changed());
  EXPECT_TRUE(client->request(revoke()).agreement().in_force().empty());
  EXPECT_EQ(client->request(sign(world.client, terms)).error().code(), v1::ENDED);
  Person colleague;
  world.invite(world.admin, colleague, 2);
  EXPECT_EQ(log_in(colleague)->request(revoke()).error().code(), v1::NOT_FOUND);
  auto frame = revoke();
  frame.mutable_revoke_agreement()->set_relationship_id("short");
  EXPECT_EQ(client->request(frame).error().field(), "revoke_agreement.relationship_id");
}

}  // namespace
}  // namespace holdspace::gateway::tests
