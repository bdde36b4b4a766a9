// What each person is told of policies and verdicts, over sockets.
#include "tests/gateway/core_policy_world.hpp"

namespace holdspace::gateway::tests {
namespace {

using PolicyRead = PolicyTest;

// Names that must not reach a client.
v1::Policy telling_policy(World& world) {
  auto document = World::policy({world.open_later()}, 1);
  auto& surgery = *document.add_exceptions();
  surgery.set_id("surgery");
  surgery.set_kind(v1::Exception::CLOSED);
  surgery.set_from_date("2036-01-01");
  auto& travel = *document.add_travels();
  travel.set_from_ms(world.store_now_ms() + 86'400'000L * 300);
  travel.set_until_ms(travel.from_ms() + 1000);
  travel.set_zone("Pacific/Honolulu");
  document.mutable_limits()->set_reply_time_hours(24);
  return document;
}

TEST_F(PolicyRead, tells_a_client_when_and_not_why) {
  const auto therapist = log_in(world.therapist);
  ASSERT_TRUE(
      therapist->request(world.therapist.apply_policy(telling_policy(world))).has_policy_applied());
  const auto client = log_in(world.client);
  const auto shared = client->request(fetch_shared());
  EXPECT_EQ(shared.policy().policy().version(), 1U);
  EXPECT_EQ(shared.policy().policy().exceptions_size(), 1);
  EXPECT_FALSE(shared.policy().has_meta());
  EXPECT_FALSE(shared.policy().tzdb_version().empty());
  const auto sent = write(*client, world.client);
  EXPECT_EQ(sent.accepted().verdict().rule(), "weekly");
  EXPECT_EQ(sent.accepted().verdict().losing_rules_size(), 0);
  EXPECT_FALSE(sent.accepted().verdict().tzdb_version().empty());
  v1::ClientFrame preview;
  preview.mutable_preview_policy()->set_relationship_id(text(world.relationship));
  preview.mutable_preview_policy()->set_lane(v1::ROUTINE);
  preview.mutable_preview_policy()->set_direction(v1::TO_THERAPIST);
  preview.mutable_preview_policy()->set_at_ms(2'082'801'600'000);  // noon of 2036-01-01
  const auto seen = client->request(preview);
  EXPECT_EQ(seen.policy_preview().verdict().rule(), "closed_exception");
  for (const auto& answer : {shared, sent, seen}) {
    const auto all = answer.SerializeAsString();
    EXPECT_EQ(all.find("surgery"), std::string::npos);
    EXPECT_EQ(all.find("Honolulu"), std::string::npos);
  }
  const auto own = therapist->request(fetch_shared()).policy();
  EXPECT_EQ(own.policy().travels_size(), 1);
}

TEST_F(PolicyRead, keeps_a_client_away_from_earlier_versions_and_other_accounts) {
  world.apply_policy({world.open_later()});
  const auto client = log_in(world.client);
  auto earlier = fetch_shared();
  earlier.mutable_fetch_policy()->set_version(1);
  EXPECT_EQ(client->request(earlier).error().code(), v1::PERMISSION_DENIED);
  EXPECT_EQ(client->request(fetch(text(world.therapist.account()))).error().code(),
            v1::PERMISSION_DENIED);
  v1::ClientFrame versions;
  versions.mutable_list_policy_versions()->set_account_id(text(world.therapist.account()));
  EXPECT_EQ(client->request(versions).error().code(), v1::PERMISSION_DENIED);
  v1::ClientFrame preview;
  preview.mutable_preview_policy()->set_lane(v1::ROUTINE);
  preview.mutable_preview_policy()->set_direction(v1::TO_THERAPIST);
  EXPECT_EQ(client->request(preview).error().field(), "preview_policy.relationship_id");
}

TEST_F(PolicyRead, lists_the_versions_with_their_authors_and_shows_each) {
  world.apply_policy({world.open_later()});
  world.apply_policy({}, 1);
  const auto therapist = log_in(world.therapist);
  v1::ClientFrame versions;
  versions.mutable_list_policy_versions();
  const auto lines = therapist->request(versions).policy_versions();
  ASSERT_EQ(lines.lines_size(), 2);
  EXPECT_EQ(lines.lines(0).version(), 2U);
  EXPECT_EQ(lines.lines(1).meta().author_account_id(), text(world.therapist.account()));
  EXPECT_EQ(lines.lines(1).meta().author_device_id(), 1U);
  EXPECT_FALSE(lines.lines(1).meta().statement().empty());
  EXPECT_EQ(therapist->request(fetch("", 1)).policy().policy().windows_size(), 1);
  EXPECT_EQ(therapist->request(fetch("", 2)).policy().policy().windows_size(), 0);
  EXPECT_EQ(therapist->request(fetch("", 3)).error().code(), v1::NOT_FOUND);

  const auto admin = log_in(world.admin);
  versions.mutable_list_policy_versions()->set_account_id(text(world.therapist.account()));
  EXPECT_EQ(admin->request(versions).policy_versions().lines_size(), 2);
  EXPECT_EQ(admin->request(fetch()).error().field(), "fetch_policy.account_id");
  EXPECT_EQ(admin->request(fetch("short")).error().field(), "fetch_policy.account_id");
}

TEST_F(PolicyRead, previews_by_relationship_by_document_by_version_and_for_an_admin) {
  world.apply_policy(World::open_all_week(v1::TO_THERAPIST));
  world.apply_policy({world.open_later()}, 1);
  const auto therapist = log_in(world.therapist);
  v1::ClientFrame frame;
  auto& preview = *frame.mutable_preview_policy();
  preview.set_lane(v1::ROUTINE);
  preview.set_direction(v1::TO_THERAPIST);
  const auto outcome = [&](FrameClient& connection) {
    const auto answer = connection.request(frame);
    EXPECT_TRUE(answer.has_policy_preview()) << answer.ShortDebugString();
    return answer.policy_preview().verdict().outcome();
  };
  EXPECT_EQ(outcome(*therapist), v1::HELD);
  preview.set_version(1);
  EXPECT_EQ(outcome(*therapist), v1::RELEASED);
  preview.set_version(9);
  EXPECT_EQ(therapist->request(frame).error().code(), v1::NOT_FOUND);
  preview.set_version(0);
  *preview.mutable_policy() = World::policy(World::open_all_week(v1::TO_THERAPIST), 0);
  EXPECT_EQ(outcome(*therapist), v1::RELEASED);
  preview.mutable_policy()->set_zone("nowhere");
  EXPECT_EQ(therapist->request(frame).error().field(), "preview_policy.policy.zone");
  preview.clear_policy();
  preview.set_relationship_id(text(world.relationship));
  const auto shared = therapist->request(frame).policy_preview();
  EXPECT_EQ(shared.verdict().outcome(), v1::HELD);
  EXPECT_EQ(shared.next_changes_ms_size(), 6);
  EXPECT_EQ(shared.verdict().rule(), "weekly");
  preview.clear_relationship_id();
  const auto admin = log_in(world.admin);
  EXPECT_EQ(admin->request(frame).error().field(), "preview_policy.account_id");
  preview.set_account_id(text(world.therapist.account()));
  EXPECT_EQ(outcome(*admin), v1::HELD);
}

TEST_F(PolicyRead, previews_for_a_client_what_own_hours_would_do) {
  world.apply_policy(World::open_all_week(v1::TO_CLIENT));
  const auto client = log_in(world.client);
  v1::ClientFrame frame;
  auto& preview = *frame.mutable_preview_policy();
  preview.set_relationship_id(text(world.relationship));
  preview.set_lane(v1::ROUTINE);
  preview.set_direction(v1::TO_CLIENT);
  EXPECT_EQ(client->request(frame).policy_preview().verdict().outcome(), v1::RELEASED);
  auto later = world.open_later();
  later.set_direction(v1::TO_CLIENT);
  *preview.mutable_policy() = World::policy({later}, 1);
  const auto verdict = client->request(frame).policy_preview().verdict();
  EXPECT_EQ(verdict.outcome(), v1::HELD);
  EXPECT_EQ(verdict.rule(), "client_hours");
}

TEST_F(PolicyRead, says_once_for_each_closed_period_that_it_is_closed) {
  auto document = World::policy({world.open_later()}, 1);
  document.mutable_limits()->set_reply_time_hours(24);
  ASSERT_TRUE(log_in(world.therapist)
                  ->request(world.therapist.apply_policy(document))
                  .has_policy_applied());
  const auto client = log_in(world.client);
  const auto first = write(*client, world.client).accepted();
  EXPECT_TRUE(first.first_in_closed_period());
  EXPECT_EQ(first.reply_time_hours(), 24U);
  EXPECT_FALSE(write(*client, world.client).accepted().first_in_closed_period());
}

TEST_F(PolicyRead, refuses_what_would_wait_too_long_and_answers_an_earlier_send_as_before) {
  world.apply_policy({world.open_later()});
  const auto client = log_in(world.client);
  const auto message = crypto::random_array<16>();
  ASSERT_EQ(write(*client, world.client, 'a', message).accepted().verdict().outcome(), v1::HELD);
  world.apply_policy(World::open_all_week(v1::TO_CLIENT), 1);  // never to the therapist
  const auto refused = write(*client, world.client).error();
  EXPECT_EQ(refused.code(), v1::REFUSED);
  EXPECT_EQ(refused.verdict().reason(), "closed_too_long");
  const auto again = write(*client, world.client, 'a', message).accepted();
  EXPECT_TRUE(again.duplicate());
  EXPECT_EQ(again.verdict().outcome(), v1::HELD);
}

TEST_F(PolicyRead, names_the_colleague_who_covers_a_long_closing) {
  auto document = World::policy(World::open_all_week(v1::TO_THERAPIST), 1);
  auto& closure = *document.add_closures();
  closure.set_id("leave");
  closure.set_from_ms(world.store_now_ms());
  closure.set_until_ms(closure.from_ms() + 86'400'000L * 20);
  closure.set_cover_account_id(text(world.admin.account()));
  ASSERT_TRUE(log_in(world.therapist)
                  ->request(world.therapist.apply_policy(document))
                  .has_policy_applied());
  const auto client = log_in(world.client);
  const auto refused = write(*client, world.client).error();
  EXPECT_EQ(refused.code(), v1::REFUSED);
  EXPECT_EQ(refused.verdict().reason(), "covered");
  EXPECT_EQ(refused.verdict().cover_account_id(), text(world.admin.account()));
  EXPECT_EQ(refused.verdict().cover_until_ms(), closure.until_ms());
  EXPECT_EQ(refused.verdict().rule(), "emergency_closure");
}

}  // namespace
}  // namespace holdspace::gateway::tests
