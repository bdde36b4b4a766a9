// The life of a relationship over sockets: who may change what, what both are told, what stops.
#include "tests/gateway/core_life_world.hpp"

namespace holdspace::gateway::tests {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr auto kQuiet = 700ms;

class RelationshipProcess : public LifeTest {};

TEST_F(RelationshipProcess, pauses_and_resumes_and_tells_both_sides) {
  const auto therapist = log_in(world.therapist);
  const auto client = log_in(world.client);
  const auto before = shown(*therapist);
  EXPECT_EQ(before.state(), v1::ACTIVE);
  EXPECT_GT(before.revision(), 0U);
  const auto paused = move(*therapist, Change::PAUSE).relationship_changed().relationship();
  EXPECT_EQ(paused.state(), v1::PAUSED);
  EXPECT_EQ(paused.revision(), before.revision() + 1);
  EXPECT_EQ(shown(*client).state(), v1::PAUSED);
  for (const auto* side : {&therapist, &client}) {
    const auto notice = next(**side, v1::Notice::kRelationship);
    EXPECT_EQ(notice.relationship().state(), v1::PAUSED);
    EXPECT_EQ(notice.relationship().relationship_id(), text(world.relationship));
  }
  EXPECT_EQ(move(*therapist, Change::RESUME).relationship_changed().relationship().state(),
            v1::ACTIVE);
}

TEST_F(RelationshipProcess, refuses_who_may_not_and_what_does_not_follow) {
  const auto therapist = log_in(world.therapist);
  const auto client = log_in(world.client);
  for (const auto to : {Change::PAUSE, Change::RESUME})
    EXPECT_EQ(move(*client, to).error().code(), v1::PERMISSION_DENIED) << Change::Change_Name(to);
  const auto revision = shown(*client).revision();
  EXPECT_EQ(client->request(change(Change::END_ON, revision, world.store_now_ms() + 60'000))
                .error()
                .code(),
            v1::PERMISSION_DENIED);
  EXPECT_EQ(move(*therapist, Change::RESUME).error().code(), v1::PERMISSION_DENIED);
  EXPECT_EQ(therapist->request(change(Change::PAUSE, revision + 1)).error().code(),
            v1::STALE_RELATIONSHIP);
  Person colleague;
  world.invite(world.admin, colleague, 2);
  EXPECT_EQ(log_in(colleague)->request(change(Change::PAUSE, revision)).error().code(),
            v1::NOT_FOUND);
}

TEST_F(RelationshipProcess, names_each_field_that_is_wrong) {
  const auto therapist = log_in(world.therapist);
  const auto field = [&](v1::ClientFrame frame) {
    return therapist->request(frame).error().field();
  };
  const auto now = world.store_now_ms();
  constexpr std::int64_t kDay = 86'400'000;
  auto frame = change(Change::PAUSE, 2);
  frame.mutable_change_relationship()->set_relationship_id("short");
  EXPECT_EQ(field(frame), "change_relationship.relationship_id");
  EXPECT_EQ(field(change(Change::CHANGE_UNSPECIFIED, 2)), "change_relationship.change");
  EXPECT_EQ(field(change(Change::PAUSE, 0)), "change_relationship.revision");
  EXPECT_EQ(field(change(Change::PAUSE, 2, now + kDay)), "change_relationship.ends_at_ms");
  EXPECT_EQ(field(change(Change::END_ON, 2)), "change_relationship.ends_at_ms");
  EXPECT_EQ(field(change(Change::END_ON, 2, now - 1)), "change_relationship.ends_at_ms");
  EXPECT_EQ(field(change(Change::END_ON, 2, now + 91 * kDay)), "change_relationship.ends_at_ms");
  frame = change(Change::END, 2);
  frame.mutable_change_relationship()->set_successor_account_id(text(world.admin.account()));
  EXPECT_EQ(field(frame), "change_relationship.successor_account_id");  // the admin's word alone
}

TEST_F(RelationshipProcess, answers_the_same_change_again_as_done) {
  const auto therapist = log_in(world.therapist);
  const auto ends_at = world.store_now_ms() + 3'600'000;
  const auto frame = change(Change::END_ON, shown(*therapist).revision(), ends_at);
  const auto first = therapist->request(frame).relationship_changed().relationship();
  EXPECT_EQ(first.state(), v1::ENDING);
  EXPECT_EQ(first.ends_at_ms(), ends_at);
  const auto again = therapist->request(frame).relationship_changed().relationship();
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
  EXPECT_EQ(next(*therapist, v1::Notice::kRelationship).relationship().ends_at_ms(), ends_at);
  EXPECT_TRUE(therapist->without_notice(kQuiet));
}

TEST_F(RelationshipProcess, ends_by_either_side_and_then_refuses_what_is_new) {
  world.apply_policy(World::open_all_week(v1::TO_THERAPIST));
  const auto client = log_in(world.client);
  EXPECT_EQ(move(*client, Change::END).relationship_changed().relationship().state(), v1::CLOSED);
  EXPECT_EQ(write(*client, world.client).error().code(), v1::ENDED);
  EXPECT_EQ(move(*client, Change::END).error().code(), v1::ENDED);
  EXPECT_EQ(move(*client, Change::SEVER).relationship_changed().relationship().state(),
            v1::SEVERED);
  EXPECT_EQ(move(*client, Change::SEVER).error().code(), v1::ENDED);
}

TEST_F(RelationshipProcess, keeps_the_promise_to_what_was_accepted_before_an_ending) {
  shut();
  const auto client = log_in(world.client);
  hold(*client);
  ASSERT_TRUE(move(*client, Change::END).has_relationship_changed());
  open();
  const auto inbox = log_in(world.therapist);
  EXPECT_EQ(inbox->next_push().deliver().items_size(), 1);
}

TEST_F(RelationshipProcess, severs_at_once_and_gives_back_what_is_held) {
  shut();
  const auto client = log_in(world.client);
  const auto message = hold(*client);
  const auto severed = move(*client, Change::SEVER).relationship_changed().relationship();
  EXPECT_EQ(severed.state(), v1::SEVERED);
  const auto returned = next(*client, v1::Notice::kReturned).returned();
  EXPECT_EQ(returned.why(), v1::Returned::SEVERED);
  EXPECT_EQ(returned.message_id(), text(message));
  EXPECT_EQ(returned.relationship_id(), text(world.relationship));
  EXPECT_EQ(returned.lane(), v1::ROUTINE);
  open();
  const auto inbox = log_in(world.therapist);
  EXPECT_EQ(world.therapist.welcome.queued(), 0U);
  EXPECT_TRUE(inbox->next_push().has_drained());
  EXPECT_TRUE(inbox->silent(kQuiet));
}

TEST_F(RelationshipProcess, pushes_nothing_of_a_severed_relationship_on_another_gateway_either) {
  world.start_gateway();
  const auto opens = world.store_now_ms() + 3'000;
  ASSERT_TRUE(log_in(world.therapist)
                  ->request(world.therapist.apply_policy(opening(1, opens)))
                  .has_policy_applied());
  const auto inbox = world.therapist.log_in(world.port(1));
  const auto client = log_in(world.client);
  EXPECT_TRUE(inbox->next_push().has_drained());
  hold(*client);
  ASSERT_TRUE(move(*client, Change::SEVER).has_relationship_changed());
  EXPECT_EQ(shown(*inbox).state(), v1::SEVERED);
  ASSERT_LT(world.store_now_ms(), opens) << "too slow to say anything";
  EXPECT_TRUE(inbox->silent(milliseconds(opens + 2'000 - world.store_now_ms())));
}

TEST_F(RelationshipProcess, lets_an_admin_end_what_she_is_no_party_to_and_name_a_successor) {
  Person colleague;
  world.invite(world.admin, colleague, 2);
  const auto admin = log_in(world.admin);
  const auto client = log_in(world.client);
  auto frame = change(Change::END, 0);
  auto& wire = *frame.mutable_change_relationship();
  wire.set_successor_account_id(text(world.client.account()));
  EXPECT_EQ(admin->request(frame).error().code(), v1::NOT_FOUND);  // not a therapist
  wire.set_successor_account_id(text(world.therapist.account()));
  EXPECT_EQ(admin->request(frame).error().field(), "change_relationship.successor_account_id");
  wire.set_successor_account_id(text(colleague.account()));
  const auto ended = admin->request(frame).relationship_changed().relationship();
  EXPECT_EQ(ended.state(), v1::CLOSED);
  EXPECT_TRUE(ended.peer_account_id().empty());
  const auto told = next(*client, v1::Notice::kRelationship).relationship();
  EXPECT_EQ(told.state(), v1::CLOSED);
  EXPECT_EQ(told.successor_account_id(), text(colleague.account()));
  EXPECT_EQ(admin->request(change(Change::PAUSE, 0)).error().code(), v1::PERMISSION_DENIED);
  wire.set_relationship_id(text(crypto::random_array<16>()));
  EXPECT_EQ(admin->request(frame).error().code(), v1::NOT_FOUND);
}

TEST_F(RelationshipProcess, signs_the_terms_by_both_sides_and_puts_them_in_force) {
  const auto terms = hash_of_terms();
  const auto therapist = log_in(world.therapist);
  const auto client = log_in(world.client);
  EXPECT_EQ(client->request(sign(world.client, terms)).error().code(), v1::NOT_FOUND);  // none yet
  const auto document = with_terms(World::open_all_week(v1::TO_THERAPIST), 1);
  ASSERT_TRUE(therapist->request(world.therapist.apply_policy(document)).has_policy_applied());

  const auto wrong = client->request(sign(world.client, hash_of_terms(false))).error();
  EXPECT_EQ(wrong.code(), v1::AGREEMENT_NEEDED);
  EXPECT_EQ(wrong.agreement_hash(), text(terms));
  EXPECT_EQ(client->request(sign(world.therapist, terms)).error().field(),
            "sign_agreement.statement");  // another signer
  auto other = sign(world.client, terms);
  other.mutable_sign_agreement()->set_relationship_id(text(crypto::random_array<16>()));
  EXPECT_EQ(client->request(other).error().field(), "sign_agreement.statement");

  const auto half = client->request(sign(world.client, terms)).agreement();
  EXPECT_TRUE(half.in_force().empty());
  EXPECT_EQ(half.wanted(), text(terms));
  EXPECT_FALSE(half.client_statement().empty());
  const auto asked = next(*therapist, v1::Notice::kAgreement).agreement();
  EXPECT_FALSE(asked.in_force());
  EXPECT_EQ(asked.agreement_hash(), text(terms));
  const auto whole = therapist->request(sign(world.therapist, terms)).agreement();
  EXPECT_EQ(whole.in_force(), text(terms));
  for (const auto* side : {&therapist, &client})
    EXPECT_TRUE(next(**side, v1::Notice::kAgreement).agreement().in_force());
  EXPECT_EQ(shown(*client).agreement_hash(), text(terms));

  v1::ClientFrame fetch;
  fetch.mutable_fetch_agreement()->set_relationship_id(text(world.relationship));
  const auto fetched = client->request(fetch).agreement();
  EXPECT_EQ(fetched.in_force(), text(terms));
  EXPECT_EQ(fetched.therapist_statement(),
            sign(world.therapist, terms).sign_agreement().statement());
  Person colleague;
  world.invite(world.admin, colleague, 2);
  EXPECT_EQ(log_in(colleague)->request(fetch).error().code(), v1::NOT_FOUND);
}

class PauseProcess : public LifeTest {
 protected:
  PauseProcess() {
    therapist = log_in(world.therapist);
    client = log_in(world.client);
  }
  void agree(bool pause_allowed = true) {
    LifeTest::agree(*therapist, *client, ++policy, pause_allowed);
  }
  v1::ClientFrame pause(std::int64_t until_ms, v1::Lane lane = v1::ROUTINE) {
    v1::ClientFrame frame;
    auto& wire = *frame.mutable_pause_lane();
    wire.set_relationship_id(text(world.relationship));
    wire.set_lane(lane);
    wire.set_until_ms(until_ms);
    wire.set_sealed_reason("sealed");
    wire.set_revision(shown(*therapist).revision());
    return frame;
  }
  v1::ServerFrame write_agreed(FrameClient& from) { return write_under(from, hash_of_terms()); }

  std::unique_ptr<FrameClient> therapist;
  std::unique_ptr<FrameClient> client;
  std::uint64_t policy = 0;
};

TEST_F(PauseProcess, rests_a_lane_that_the_terms_allow_to_rest_and_ends_it_early) {
  agree();
  const auto until = world.store_now_ms() + 3'600'000;
  const auto paused = client->request(pause(until)).relationship_changed().relationship();
  ASSERT_EQ(paused.pauses_size(), 1);
  EXPECT_EQ(paused.pauses(0).lane(), v1::ROUTINE);
  EXPECT_EQ(paused.pauses(0).until_ms(), until);
  EXPECT_EQ(paused.pauses(0).sealed_reason(), "sealed");
  const auto held = write_agreed(*client).accepted().verdict();
  EXPECT_EQ(held.outcome(), v1::HELD);
  EXPECT_EQ(held.reason(), "lane_paused");
  EXPECT_EQ(held.promise_ms(), until);
  const auto lifted = therapist->request(pause(0)).relationship_changed().relationship();
  EXPECT_EQ(lifted.pauses_size(), 0);
  EXPECT_EQ(therapist->next_push().has_drained(), true);
  EXPECT_EQ(therapist->next_push().deliver().items_size(), 1);
  EXPECT_EQ(next(*client, v1::Notice::kReleased).released().lane(), v1::ROUTINE);
}

TEST_F(PauseProcess, moves_the_promise_of_what_waits_before_it_rests_the_lane) {
  auto document = with_terms({world.open_later()}, ++policy);
  ASSERT_TRUE(therapist->request(world.therapist.apply_policy(document)).has_policy_applied());
  ASSERT_TRUE(therapist->request(sign(world.therapist, hash_of_terms())).has_agreement());
  ASSERT_TRUE(client->request(sign(world.client, hash_of_terms())).has_agreement());
  const auto held = write_agreed(*client).accepted().verdict();
  ASSERT_EQ(held.outcome(), v1::HELD);
  ASSERT_TRUE(therapist->request(pause(held.promise_ms() + 60'000)).has_relationship_changed());
  const auto renewed = next(*client, v1::Notice::kPromiseRenewed).promise_renewed();
  EXPECT_EQ(renewed.lane(), v1::ROUTINE);
  EXPECT_EQ(renewed.accepted_through_version(), 1U);
  EXPECT_EQ(renewed.promise_ms(), held.promise_ms() + 60'000);
}

TEST_F(PauseProcess, refuses_what_was_not_agreed_and_what_is_out_of_bounds) {
  EXPECT_EQ(client->request(pause(world.store_now_ms() + 60'000)).error().code(),
            v1::PERMISSION_DENIED);  // no policy
  agree(false);
  EXPECT_EQ(client->request(pause(world.store_now_ms() + 60'000)).error().code(),
            v1::PERMISSION_DENIED);
  const auto document = with_terms(World::open_all_week(v1::TO_THERAPIST), ++policy);
  ASSERT_TRUE(therapist->request(world.therapist.apply_policy(document)).has_policy_applied());
  const auto unsigned_terms = client->request(pause(world.store_now_ms() + 60'000)).error();
  EXPECT_EQ(unsigned_terms.code(), v1::AGREEMENT_NEEDED);
  EXPECT_EQ(unsigned_terms.agreement_hash(), text(hash_of_terms()));

  const auto field = [&](const v1::ClientFrame& frame) {
    return client->request(frame).error().field();
  };
  const auto now = world.store_now_ms();
  EXPECT_EQ(field(pause(now + 60'000, v1::URGENT)), "pause_lane.lane");
  EXPECT_EQ(field(pause(now - 1)), "pause_lane.until_ms");
  EXPECT_EQ(field(pause(now + 49 * 3'600'000LL)), "pause_lane.until_ms");
  auto frame = pause(now + 60'000);
  frame.mutable_pause_lane()->set_sealed_reason(std::string(1025, 's'));
  EXPECT_EQ(field(frame), "pause_lane.sealed_reason");
  frame = pause(now + 60'000);
  frame.mutable_pause_lane()->set_revision(99);
  EXPECT_EQ(client->request(frame).error().code(), v1::STALE_RELATIONSHIP);
  ASSERT_TRUE(move(*client, Change::END).has_relationship_changed());
  EXPECT_EQ(client->request(pause(now + 60'000)).error().code(), v1::ENDED);
}

}  // namespace
}  // namespace holdspace::gateway::tests
