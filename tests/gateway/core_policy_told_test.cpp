// Who is told of a change of hours, over sockets: promises that are renewed, a proposal, an admin's
// narrowing, and what nobody hears of.
#include "tests/gateway/core_policy_world.hpp"

namespace holdspace::gateway::tests {
namespace {

using namespace std::chrono_literals;

constexpr auto kQuiet = 700ms;

class PolicyTold : public PolicyTest {
 protected:
  // The next notice of this kind; others are passed over.
  static v1::Notice next(FrameClient& from, v1::Notice::KindCase kind) {
    for (;;) {
      auto notice = from.next_notice();
      if (notice.kind_case() == kind) return notice;
    }
  }

  std::uint64_t apply(FrameClient& connection, Person& person, const v1::Policy& document,
                      v1::PromiseHandling promises = v1::KEEP_PROMISES) {
    auto frame = person.apply_policy(document);
    frame.mutable_apply_policy()->set_promises(promises);
    const auto answer = connection.request(frame);
    EXPECT_TRUE(answer.has_policy_applied()) << answer.ShortDebugString();
    return answer.policy_applied().version();
  }
};

TEST_F(PolicyTold, the_sender_of_a_renewed_promise_before_the_old_instant) {
  const auto opens = world.store_now_ms() + 5'000;
  const auto therapist = log_in(world.therapist);
  apply(*therapist, world.therapist, opening(1, opens));
  const auto client = log_in(world.client);
  ASSERT_EQ(write(*client, world.client).accepted().verdict().promise_ms(), opens);
  const auto later = world.open_later();
  apply(*therapist, world.therapist, World::policy({later}, 2), v1::RENEW_PROMISES);
  EXPECT_LT(world.store_now_ms(), opens);
  const auto told = next(*client, v1::Notice::kPromiseRenewed);
  const auto& renewed = told.promise_renewed();
  EXPECT_EQ(renewed.relationship_id(), text(world.relationship));
  EXPECT_EQ(renewed.lane(), v1::ROUTINE);
  EXPECT_EQ(renewed.accepted_through_version(), 1U);
  EXPECT_EQ(renewed.promise_ms() / 60'000 % 1'440, later.start_minute());
  EXPECT_EQ(renewed.reason(), "outside_windows");
  // The old instant passes and nothing comes.
  EXPECT_TRUE(therapist->next_push().has_drained());
  EXPECT_TRUE(therapist->silent(std::chrono::milliseconds(opens - world.store_now_ms()) + kQuiet));
}

TEST_F(PolicyTold, the_sender_whose_promise_an_emergency_closure_breaks) {
  const auto opens = world.store_now_ms() + 5'000;
  const auto therapist = log_in(world.therapist);
  apply(*therapist, world.therapist, opening(1, opens));
  const auto client = log_in(world.client);
  ASSERT_EQ(write(*client, world.client).accepted().verdict().promise_ms(), opens);
  auto ill = opening(2, opens);
  auto& closure = *ill.add_closures();
  closure.set_id("ill");
  closure.set_from_ms(world.store_now_ms());
  closure.set_until_ms(opens + 60'000);
  apply(*therapist, world.therapist, ill);
  const auto told = next(*client, v1::Notice::kPromiseRenewed).promise_renewed();
  EXPECT_EQ(told.promise_ms(), opens + 60'000);
  EXPECT_EQ(told.reason(), "emergency_closure");
}

TEST_F(PolicyTold, the_therapist_whose_message_the_clients_hours_hold_longer) {
  const auto opens = world.store_now_ms() + 60'000;
  const auto therapist = log_in(world.therapist);
  apply(*therapist, world.therapist, opening(1, opens, v1::TO_CLIENT));
  ASSERT_EQ(write(*therapist, world.therapist).accepted().verdict().promise_ms(), opens);
  const auto client = log_in(world.client);
  auto later = world.open_later();
  later.set_direction(v1::TO_CLIENT);
  apply(*client, world.client, World::policy({later}, 1));
  // The override is over before these hours begin, and no other opening follows within 400 days
  // but when both are open at once: never.
  const auto told = next(*therapist, v1::Notice::kPromiseRenewed).promise_renewed();
  EXPECT_FALSE(told.has_promise_ms());
  EXPECT_EQ(told.accepted_through_version(), 1U);
}

TEST_F(PolicyTold, a_therapist_of_a_proposal_and_of_what_an_admin_narrowed) {
  world.apply_policy(World::open_all_week(v1::TO_THERAPIST));
  const auto therapist = log_in(world.therapist);
  const auto client = log_in(world.client);
  const auto admin = log_in(world.admin);
  auto fewer = World::open_all_week(v1::TO_THERAPIST);
  fewer.pop_back();
  ASSERT_TRUE(admin->request(for_therapist(World::policy(fewer, 2))).has_policy_applied());
  auto told = next(*therapist, v1::Notice::kPolicy).policy();
  EXPECT_TRUE(told.relationship_id().empty());
  EXPECT_EQ(told.version(), 2U);
  const auto wide = World::policy(World::open_all_week(v1::TO_THERAPIST), 3);
  ASSERT_TRUE(admin->request(for_therapist(wide)).policy_applied().proposed());
  told = next(*therapist, v1::Notice::kPolicy).policy();
  EXPECT_EQ(told.version(), 3U);

  // The client hears of the versions in force, not of the proposal.
  for (const std::uint64_t version : {1U, 2U}) {
    const auto heard = next(*client, v1::Notice::kPolicy).policy();
    EXPECT_EQ(heard.relationship_id(), text(world.relationship));
    EXPECT_EQ(heard.version(), version);
  }
  EXPECT_TRUE(client->without_notice(kQuiet));
}

TEST_F(PolicyTold, no_client_of_a_journey) {
  const auto therapist = log_in(world.therapist);
  auto journey = World::policy({world.open_later()}, 1);
  apply(*therapist, world.therapist, journey);
  const auto client = log_in(world.client);
  EXPECT_EQ(next(*client, v1::Notice::kPolicy).policy().version(), 1U);
  journey.set_version(2);
  auto& travel = *journey.add_travels();
  travel.set_from_ms(world.store_now_ms());
  travel.set_until_ms(travel.from_ms() + 86'400'000);
  travel.set_zone("Pacific/Honolulu");
  apply(*therapist, world.therapist, journey);
  EXPECT_TRUE(client->without_notice(kQuiet));
}

}  // namespace
}  // namespace holdspace::gateway::tests
