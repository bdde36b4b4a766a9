// Who may change whose hours, over sockets: signatures, an admin's narrowing and proposals, a
// client's own hours, and what becomes of promises.
#include "tests/gateway/core_policy_world.hpp"

namespace holdspace::gateway::tests {
namespace {

using namespace std::chrono_literals;

constexpr auto kQuiet = 700ms;

using PolicyApply = PolicyTest;

TEST_F(PolicyApply, needs_the_signature_of_its_owners_own_device_over_this_very_document) {
  const auto connection = log_in(world.therapist);
  const auto document = World::policy({world.open_later()}, 1);
  auto frame = world.therapist.apply_policy(document);
  frame.mutable_apply_policy()->clear_statement();
  EXPECT_EQ(connection->request(frame).error().code(), v1::SIGNATURE_NEEDED);

  const auto refused = [&](v1::ClientFrame other) {
    frame = world.therapist.apply_policy(document);
    frame.mutable_apply_policy()->set_statement(other.apply_policy().statement());
    const auto answer = connection->request(frame);
    EXPECT_EQ(answer.error().code(), v1::INVALID_ARGUMENT) << answer.ShortDebugString();
    EXPECT_EQ(answer.error().field(), "apply_policy.statement");
  };
  refused(world.client.apply_policy(document, world.therapist.account()));  // another signer
  refused(world.therapist.apply_policy(document, world.client.account()));  // another owner
  refused(world.therapist.apply_policy(World::policy({}, 1)));              // another document
  refused(world.therapist.apply_policy(World::policy({world.open_later()}, 2)));
  auto& second = world.therapist.add_device();
  (void)second;
  refused(world.therapist.apply_policy(document, std::nullopt, 2));  // another device than asks
  EXPECT_EQ(connection->request(world.therapist.apply_policy(document)).policy_applied().version(),
            1U);
}

TEST_F(PolicyApply, takes_the_next_version_once_and_no_other) {
  const auto connection = log_in(world.therapist);
  const auto first = world.therapist.apply_policy(World::policy({world.open_later()}, 1));
  EXPECT_EQ(connection->request(first).policy_applied().version(), 1U);
  EXPECT_EQ(connection->request(first).policy_applied().version(), 1U);  // done already
  for (const std::uint64_t version : {1U, 3U}) {
    const auto answer =
        connection->request(world.therapist.apply_policy(World::policy({}, version)));
    EXPECT_EQ(answer.error().code(), v1::STALE_POLICY) << version;
  }
}

TEST_F(PolicyApply, names_the_field_that_breaks_a_rule) {
  const auto connection = log_in(world.therapist);
  const auto field = [&](v1::ClientFrame frame) {
    return connection->request(frame).error().field();
  };
  auto document = World::policy({world.open_later()}, 1);
  document.set_zone("Europe/Atlantis");
  EXPECT_EQ(field(world.therapist.apply_policy(document)), "apply_policy.document.zone");
  document = World::policy({world.open_later()}, 1);
  document.mutable_windows(0)->set_end_minute(document.windows(0).start_minute());
  EXPECT_EQ(field(world.therapist.apply_policy(document)),
            "apply_policy.document.windows[0].end_minute");
  document = opening(1, world.store_now_ms());
  document.mutable_openings(0)->set_reason(v1::KEPT_PROMISE);
  document.mutable_openings(0)->set_accepted_through_version(1);
  EXPECT_EQ(field(world.therapist.apply_policy(document)),
            "apply_policy.document.openings[0].reason");
  auto frame = world.therapist.apply_policy(World::policy({}, 1));
  frame.mutable_apply_policy()->set_document(World::policy({}, 0).SerializeAsString());
  EXPECT_EQ(field(frame), "apply_policy.document.version");
  frame = world.therapist.apply_policy(World::policy({}, 1));
  frame.mutable_apply_policy()->clear_reason();
  EXPECT_EQ(field(frame), "apply_policy.reason");
  frame = world.therapist.apply_policy(World::policy({}, 1));
  frame.mutable_apply_policy()->set_document("no document");
  EXPECT_EQ(field(frame), "apply_policy.document");
  // A field that this gateway does not know may be a rule.
  frame.mutable_apply_policy()->set_document(World::policy({}, 1).SerializeAsString() +
                                             std::string("\xf8\x07\x01", 3));
  const auto newer = connection->request(frame);
  EXPECT_EQ(newer.error().code(), v1::UNSUPPORTED_VERSION);
}

TEST_F(PolicyApply, lets_an_admin_narrow_and_makes_a_proposal_of_what_widens) {
  auto both = World::open_all_week(v1::TO_THERAPIST);
  world.apply_policy(both);
  both.pop_back();
  const auto admin = log_in(world.admin);
  const auto narrowed = admin->request(for_therapist(World::policy(both, 2)));
  ASSERT_TRUE(narrowed.has_policy_applied()) << narrowed.ShortDebugString();
  EXPECT_FALSE(narrowed.policy_applied().proposed());
  const auto stored = admin->request(fetch(text(world.therapist.account()))).policy();
  EXPECT_EQ(stored.policy().version(), 2U);
  EXPECT_EQ(stored.meta().author_account_id(), text(world.admin.account()));
  EXPECT_EQ(stored.meta().reason(), v1::ILLNESS);
  EXPECT_TRUE(stored.meta().statement().empty());

  const auto wide = World::policy(World::open_all_week(v1::TO_THERAPIST), 3);
  const auto answer = admin->request(for_therapist(wide)).policy_applied();
  EXPECT_TRUE(answer.proposed());
  EXPECT_TRUE(answer.widens());
  EXPECT_EQ(answer.version(), 3U);
  EXPECT_EQ(admin->request(fetch(text(world.therapist.account()))).policy().policy().version(), 2U);

  const auto therapist = log_in(world.therapist);
  v1::ClientFrame ask;
  ask.mutable_fetch_proposal();
  const auto proposal = therapist->request(ask).proposal();
  EXPECT_EQ(proposal.document(), wide.SerializeAsString());
  EXPECT_EQ(proposal.meta().author_account_id(), text(world.admin.account()));
  const auto accepted = therapist->request(world.therapist.apply_policy(wide));
  EXPECT_EQ(accepted.policy_applied().version(), 3U);
  EXPECT_TRUE(therapist->request(ask).proposal().document().empty());
}

TEST_F(PolicyApply, lets_a_therapist_reject_a_proposal) {
  world.apply_policy({world.open_later()});
  const auto admin = log_in(world.admin);
  const auto wide = World::policy(World::open_all_week(v1::TO_THERAPIST), 2);
  ASSERT_TRUE(admin->request(for_therapist(wide)).policy_applied().proposed());
  const auto therapist = log_in(world.therapist);
  v1::ClientFrame reject;
  reject.mutable_reject_proposal();
  EXPECT_TRUE(therapist->request(reject).has_proposal_rejected());
  EXPECT_EQ(therapist->request(reject).error().code(), v1::NOT_FOUND);
}

TEST_F(PolicyApply, takes_no_signature_of_an_admin_for_somebody_else) {
  const auto admin = log_in(world.admin);
  auto frame =
      world.admin.apply_policy(World::policy({world.open_later()}, 1), world.therapist.account());
  EXPECT_EQ(admin->request(frame).error().field(), "apply_policy.statement");
  frame.mutable_apply_policy()->clear_account_id();
  EXPECT_EQ(admin->request(frame).error().field(), "apply_policy.account_id");
}

TEST_F(PolicyApply, keeps_everybody_but_the_admin_to_the_own_policy) {
  const auto therapist = log_in(world.therapist);
  const auto frame = world.therapist.apply_policy(World::policy({}, 1), world.client.account());
  EXPECT_EQ(therapist->request(frame).error().code(), v1::PERMISSION_DENIED);
}

TEST_F(PolicyApply, keeps_an_admin_away_from_a_clients_hours) {
  const auto client = log_in(world.client);
  auto hours = world.open_later();
  hours.set_direction(v1::TO_CLIENT);
  ASSERT_TRUE(
      client->request(world.client.apply_policy(World::policy({hours}, 1))).has_policy_applied());
  const auto admin = log_in(world.admin);
  const auto account = text(world.client.account());
  EXPECT_EQ(admin->request(fetch(account)).error().code(), v1::NOT_FOUND);
  v1::ClientFrame versions;
  versions.mutable_list_policy_versions()->set_account_id(account);
  EXPECT_EQ(admin->request(versions).error().code(), v1::NOT_FOUND);
  auto frame = for_therapist(World::policy({}, 2));
  frame.mutable_apply_policy()->set_account_id(account);
  EXPECT_EQ(admin->request(frame).error().code(), v1::NOT_FOUND);
}

TEST_F(PolicyApply, offers_the_practices_default_to_a_therapist_without_a_policy) {
  const auto admin = log_in(world.admin);
  const crypto::AccountId practice{};
  const auto document = World::policy({world.open_later()}, 1);
  auto unsigned_frame = world.admin.apply_policy(document, practice);
  unsigned_frame.mutable_apply_policy()->clear_statement();
  EXPECT_EQ(admin->request(unsigned_frame).error().code(), v1::SIGNATURE_NEEDED);
  const auto applied = admin->request(world.admin.apply_policy(document, practice));
  EXPECT_EQ(applied.policy_applied().version(), 1U) << applied.ShortDebugString();
  const auto therapist = log_in(world.therapist);
  const auto offered = therapist->request(fetch()).policy();
  EXPECT_FALSE(offered.has_policy());
  EXPECT_EQ(offered.practice_default().SerializeAsString(), document.SerializeAsString());
  world.apply_policy({});
  EXPECT_FALSE(log_in(world.therapist)->request(fetch()).policy().has_practice_default());
}

TEST_F(PolicyApply, holds_what_reaches_a_client_outside_of_the_clients_own_hours) {
  auto open = World::open_all_week(v1::TO_CLIENT);
  world.apply_policy(open);
  const auto client = log_in(world.client);
  auto later = world.open_later();
  const auto wrong = client->request(world.client.apply_policy(World::policy({later}, 1)));
  EXPECT_EQ(wrong.error().field(), "apply_policy.document.windows[0].direction");
  later.set_direction(v1::TO_CLIENT);
  const auto hours = World::policy({later}, 1);
  EXPECT_EQ(client->request(world.client.apply_policy(hours)).policy_applied().version(), 1U);
  EXPECT_EQ(client->request(fetch()).policy().policy().SerializeAsString(),
            hours.SerializeAsString());

  const auto therapist = log_in(world.therapist);
  const auto held = write(*therapist, world.therapist).accepted().verdict();
  EXPECT_EQ(held.outcome(), v1::HELD);
  EXPECT_EQ(held.reason(), "outside_client_hours");
  EXPECT_TRUE(client->next_push().has_drained());
  EXPECT_TRUE(client->silent(kQuiet));
  const auto wide = World::policy(open, 2);
  EXPECT_EQ(client->request(world.client.apply_policy(wide)).policy_applied().version(), 2U);
  EXPECT_EQ(client->next_push().deliver().items_size(), 1);
}

TEST_F(PolicyApply, keeps_a_promise_across_a_narrowing_for_what_was_accepted_before) {
  const auto opens = world.store_now_ms() + 8'000;
  auto therapist = log_in(world.therapist);
  ASSERT_TRUE(
      therapist->request(world.therapist.apply_policy(opening(1, opens))).has_policy_applied());
  const auto client = log_in(world.client);
  const auto promised = write(*client, world.client, 'a').accepted().verdict();
  ASSERT_EQ(promised.outcome(), v1::HELD);
  ASSERT_EQ(promised.promise_ms(), opens);

  // The narrower version alone would break it, and says so without being made.
  const auto narrow = World::policy({world.open_later()}, 2);
  auto frame = world.therapist.apply_policy(narrow);
  frame.mutable_apply_policy()->set_dry_run(true);
  const auto dry = therapist->request(frame).policy_applied();
  ASSERT_EQ(dry.broken_size(), 1) << dry.ShortDebugString();
  EXPECT_EQ(dry.broken(0).promise_ms(), opens);
  EXPECT_EQ(dry.broken(0).messages(), 1U);
  EXPECT_EQ(dry.kept_size(), 1);
  EXPECT_FALSE(dry.widens());
  EXPECT_EQ(therapist->request(fetch()).policy().policy().version(), 1U);

  const auto applied = therapist->request(world.therapist.apply_policy(narrow)).policy_applied();
  ASSERT_EQ(applied.kept_size(), 1);
  EXPECT_EQ(applied.kept(0).reason(), v1::KEPT_PROMISE);
  EXPECT_EQ(applied.kept(0).accepted_through_version(), 1U);
  EXPECT_EQ(therapist->request(fetch()).policy().kept_size(), 1);
  const auto later = write(*client, world.client, 'b').accepted().verdict();
  EXPECT_EQ(later.outcome(), v1::HELD);
  EXPECT_GT(later.promise_ms(), opens);

  EXPECT_TRUE(therapist->next_push().has_drained());
  const auto push = therapist->next_push(20s);
  EXPECT_GE(world.store_now_ms(), opens);
  ASSERT_EQ(push.deliver().items_size(), 1);
  EXPECT_EQ(push.deliver().items(0).envelope().body()[0], 'a');
  EXPECT_TRUE(therapist->next_push().has_drained());
  EXPECT_TRUE(therapist->silent(kQuiet));
  // A new login finds the same: what came later is not even counted.
  therapist = log_in(world.therapist);
  EXPECT_EQ(world.therapist.welcome.queued(), 1U);
  EXPECT_EQ(therapist->next_push().deliver().items_size(), 1);
  EXPECT_TRUE(therapist->next_push().has_drained());
}

TEST_F(PolicyApply, opens_the_gate_by_a_signed_override_until_it_expires) {
  world.apply_policy({world.open_later()});
  const auto client = log_in(world.client);
  ASSERT_EQ(write(*client, world.client).accepted().verdict().outcome(), v1::HELD);
  const auto therapist = log_in(world.therapist);
  EXPECT_TRUE(therapist->next_push().has_drained());
  const auto now = world.store_now_ms();
  const auto applied =
      therapist->request(world.therapist.apply_policy(opening(2, now))).policy_applied();
  EXPECT_EQ(applied.version(), 2U);
  EXPECT_EQ(therapist->next_push().deliver().items_size(), 1);
  const auto verdict = write(*client, world.client).accepted().verdict();
  EXPECT_EQ(verdict.outcome(), v1::RELEASED);
  EXPECT_EQ(verdict.reason(), "inside_opening");
  EXPECT_EQ(verdict.rule(), "opening");
}

}  // namespace
}  // namespace holdspace::gateway::tests
