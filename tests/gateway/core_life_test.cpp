// The life of a relationship without sockets or store: who may move it where, and what is written
// about it.
#include <gtest/gtest.h>

#include <set>
#include <tuple>

#include "crypto/random.hpp"
#include "gateway/audit_record.hpp"
#include "gateway/audit_signer.hpp"
#include "gateway/expiry_plan.hpp"
#include "gateway/fields.hpp"
#include "gateway/hint.hpp"
#include "gateway/lane_pause.hpp"
#include "gateway/notice_wire.hpp"
#include "gateway/relationship_change.hpp"
#include "gateway/relationship_wire.hpp"
#include "gateway/reply_error.hpp"

namespace holdspace::gateway {
namespace {

using Change = v1::ChangeRelationship;
using State = boundary::RelationshipState;
using storage::Role;

constexpr State kStates[] = {State::invited, State::active, State::paused,
                             State::ending,  State::ended,  State::severed};
constexpr Role kRoles[] = {Role::admin, Role::therapist, Role::client, Role::auditor};

TEST(RelationshipChange, allows_exactly_what_the_table_says) {
  const std::set<std::tuple<int, Role, State>> allowed = {
      {Change::PAUSE, Role::therapist, State::active},
      {Change::RESUME, Role::therapist, State::paused},
      {Change::END_ON, Role::therapist, State::active},
      {Change::END_ON, Role::therapist, State::paused},
      {Change::END_ON, Role::therapist, State::ending},
      {Change::END, Role::therapist, State::active},
      {Change::END, Role::therapist, State::paused},
      {Change::END, Role::therapist, State::ending},
      {Change::END, Role::client, State::active},
      {Change::END, Role::client, State::paused},
      {Change::END, Role::client, State::ending},
      {Change::END, Role::admin, State::active},
      {Change::END, Role::admin, State::paused},
      {Change::END, Role::admin, State::ending},
      {Change::SEVER, Role::therapist, State::active},
      {Change::SEVER, Role::therapist, State::paused},
      {Change::SEVER, Role::therapist, State::ending},
      {Change::SEVER, Role::therapist, State::ended},
      {Change::SEVER, Role::client, State::active},
      {Change::SEVER, Role::client, State::paused},
      {Change::SEVER, Role::client, State::ending},
      {Change::SEVER, Role::client, State::ended},
      {Change::SEVER, Role::admin, State::active},
      {Change::SEVER, Role::admin, State::paused},
      {Change::SEVER, Role::admin, State::ending},
      {Change::SEVER, Role::admin, State::ended},
  };
  for (int change = Change::Change_MIN; change <= Change::Change_MAX; ++change)
    for (const auto role : kRoles)
      for (const auto state : kStates) {
        const auto moved = change_state(static_cast<Change::Change>(change), state, role);
        EXPECT_EQ(moved.has_value(), allowed.contains({change, role, state}))
            << Change::Change_Name(static_cast<Change::Change>(change)) << " by "
            << static_cast<int>(role) << " from " << static_cast<int>(state);
      }
}

TEST(RelationshipChange, leads_where_it_says) {
  const auto to = [](Change::Change change, State from) {
    return *change_state(change, from, Role::therapist);
  };
  EXPECT_EQ(to(Change::PAUSE, State::active), State::paused);
  EXPECT_EQ(to(Change::RESUME, State::paused), State::active);
  EXPECT_EQ(to(Change::END_ON, State::active), State::ending);
  EXPECT_EQ(to(Change::END, State::ending), State::ended);
  EXPECT_EQ(to(Change::SEVER, State::ended), State::severed);
}

TEST(RelationshipChange, tells_an_ended_relationship_from_a_change_that_is_not_allowed) {
  EXPECT_EQ(change_state(Change::PAUSE, State::ended, Role::therapist).error(), ChangeError::ended);
  EXPECT_EQ(change_state(Change::SEVER, State::severed, Role::client).error(), ChangeError::ended);
  EXPECT_EQ(change_state(Change::RESUME, State::active, Role::therapist).error(),
            ChangeError::not_allowed);
  // A role that may not is told nothing about the state.
  EXPECT_EQ(change_state(Change::PAUSE, State::ended, Role::client).error(),
            ChangeError::not_allowed);
}

TEST(RelationshipChange, lets_only_an_admin_name_a_successor_and_only_at_an_end) {
  for (const auto role : kRoles)
    for (int change = Change::Change_MIN; change <= Change::Change_MAX; ++change)
      EXPECT_EQ(may_name_successor(static_cast<Change::Change>(change), role),
                role == Role::admin && (change == Change::END || change == Change::SEVER));
}

using boundary::Instant;
using namespace std::chrono_literals;

Instant at(std::chrono::milliseconds since) {
  return Instant(since);
}

storage::RelationshipFacts some_facts() {
  storage::RelationshipFacts facts;
  facts.id = {crypto::random_array<16>()};
  facts.therapist = {crypto::random_array<16>()};
  facts.client = {crypto::random_array<16>()};
  facts.state = State::ending;
  facts.ends_at = at(90s);
  facts.revision = 7;
  facts.policy_version = 3;
  facts.agreement = storage::AgreementHash{};
  facts.routine_pause = storage::LanePause{{at(1s), at(2s)}, "sealed"};
  return facts;
}

TEST(RelationshipWire, shows_a_party_everything_and_an_admin_no_pause_and_no_peer) {
  const auto facts = some_facts();
  const auto client = to_wire(facts, facts.client);
  EXPECT_EQ(client.peer_account_id(), storage::to_bytes(facts.therapist));
  EXPECT_FALSE(client.self_is_therapist());
  EXPECT_EQ(client.state(), v1::ENDING);
  EXPECT_EQ(client.ends_at_ms(), 90'000);
  EXPECT_EQ(client.revision(), 7U);
  EXPECT_EQ(client.agreement_hash(), std::string(32, '\0'));
  ASSERT_EQ(client.pauses_size(), 1);
  EXPECT_EQ(client.pauses(0).lane(), v1::ROUTINE);
  EXPECT_EQ(client.pauses(0).until_ms(), 2'000);
  EXPECT_EQ(client.pauses(0).sealed_reason(), "sealed");
  const auto admin = to_wire(facts, {crypto::random_array<16>()});
  EXPECT_TRUE(admin.peer_account_id().empty());
  EXPECT_EQ(admin.pauses_size(), 0);
  EXPECT_TRUE(to_wire(facts, facts.therapist).self_is_therapist());
}

TEST(NoticeWire, tells_both_sides_and_only_the_therapist_while_nobody_has_joined) {
  auto facts = some_facts();
  const storage::AccountId successor{crypto::random_array<16>()};
  const auto both = relationship_notices(facts, successor);
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[0].account, facts.therapist);
  EXPECT_EQ(both[1].account, facts.client);
  v1::Notice notice;
  ASSERT_TRUE(notice.ParseFromString(both[1].bytes));
  EXPECT_EQ(notice.relationship().state(), v1::ENDING);
  EXPECT_EQ(notice.relationship().ends_at_ms(), 90'000);
  EXPECT_EQ(notice.relationship().successor_account_id(), storage::to_bytes(successor));
  facts.client = {};
  EXPECT_EQ(relationship_notices(facts).size(), 1U);
}

TEST(NoticeWire, gives_a_notice_the_stores_instant_unless_it_has_one_of_its_own) {
  const auto facts = some_facts();
  const auto relationship = relationship_notices(facts).front();
  const auto plain = to_wire(storage::Notice{4, at(5s), relationship.bytes});
  EXPECT_EQ(plain.id(), 4U);
  EXPECT_EQ(plain.at_ms(), 5'000);
  const auto bytes = released_notice(facts.id, boundary::Lane::logistics, at(3s));
  const auto released = to_wire(storage::Notice{5, at(60s), bytes});
  EXPECT_EQ(released.at_ms(), 3'000);
  EXPECT_EQ(released.released().accepted_before_ms(), 3'000);
  EXPECT_EQ(released.released().lane(), v1::LOGISTICS);
}

TEST(NoticeWire, leaves_holes_that_the_store_fills_in) {
  const storage::AccountId cover{crypto::random_array<16>()};
  const auto form = return_form(v1::Returned::COVERED, cover);
  for (const auto lane : {boundary::Lane::routine, boundary::Lane::logistics}) {
    auto bytes = form.by_lane.at(static_cast<std::size_t>(lane));
    bytes.replace(bytes.find(storage::kRelationshipHole), 16, std::string(16, 'r'));
    bytes.replace(bytes.find(storage::kMessageHole), 16, std::string(16, 'm'));
    v1::Notice notice;
    ASSERT_TRUE(notice.ParseFromString(bytes));
    EXPECT_EQ(notice.returned().relationship_id(), std::string(16, 'r'));
    EXPECT_EQ(notice.returned().message_id(), std::string(16, 'm'));
    EXPECT_EQ(notice.returned().why(), v1::Returned::COVERED);
    EXPECT_EQ(notice.returned().cover_account_id(), storage::to_bytes(cover));
    EXPECT_LE(bytes.size(), storage::kNoticeBytesMax);
  }
}

TEST(AuditRecord, names_actor_action_object_and_detail) {
  const storage::DeviceRef actor{{crypto::random_array<16>()}, 2};
  const storage::RelationshipId object{crypto::random_array<16>()};
  const auto bytes =
      audit_record(actor, v1::AuditRecord::RELATIONSHIP_CHANGED, object, v1::SEVERED, 4);
  v1::AuditRecord record;
  ASSERT_TRUE(record.ParseFromString(bytes));
  EXPECT_EQ(record.actor_account_id(), storage::to_bytes(actor.account));
  EXPECT_EQ(record.actor_device_id(), 2U);
  EXPECT_EQ(record.action(), v1::AuditRecord::RELATIONSHIP_CHANGED);
  EXPECT_EQ(record.object_id(), storage::to_bytes(object));
  EXPECT_EQ(record.detail(), static_cast<std::uint32_t>(v1::SEVERED));
  EXPECT_EQ(record.policy_version(), 4U);
  EXPECT_TRUE(record.other_id().empty());
  EXPECT_LE(bytes.size(), storage::kAuditBytesMax);
}

TEST(AuditRecord, names_both_accounts_of_a_pair) {
  const storage::DeviceRef actor{{crypto::random_array<16>()}, 2};
  const storage::AccountId one{crypto::random_array<16>()};
  const storage::AccountId other{crypto::random_array<16>()};
  v1::AuditRecord record;
  ASSERT_TRUE(record.ParseFromString(
      audit_record(actor, v1::AuditRecord::CONFLICT_LISTED, one, 0, 0, other)));
  EXPECT_EQ(record.object_id(), storage::to_bytes(one));
  EXPECT_EQ(record.other_id(), storage::to_bytes(other));
}

std::vector<storage::AuditEntry> entries(std::uint64_t first, std::size_t count) {
  std::vector<storage::AuditEntry> out;
  for (std::size_t i = 0; i < count; ++i)
    out.push_back({first + i, at(std::chrono::seconds(first + i)), "record"});
  return out;
}

TEST(AuditSigner, chains_what_follows_and_nothing_else) {
  const auto whole = extend({}, entries(1, 5));
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->count, 5U);
  const auto first = extend({}, entries(1, 2));
  const auto rest = extend(*first, entries(3, 3));
  EXPECT_EQ(rest->head, whole->head);
  EXPECT_FALSE(extend(*first, entries(4, 1)));
  EXPECT_FALSE(extend(*first, entries(2, 1)));
}

TEST(AuditSigner, signs_what_an_auditor_verifies_and_trusts_only_its_own_word) {
  const auto key = crypto::GatewayKey::generate();
  const storage::PracticeId practice{crypto::random_array<16>()};
  const auto chain = extend({}, entries(1, 3));
  const crypto::AuditCheckpoint words{practice.bytes, 3, 9000, chain->head};
  storage::AuditCheckpoint stored{3, at(9s), chain->head,
                                  crypto::sign_audit_checkpoint(key, words)};
  crypto::AuditVerifier verifier(practice.bytes, key.public_key());
  for (const auto& entry : entries(1, 3))
    (void)verifier.feed({entry.number,
                         static_cast<std::uint64_t>(entry.at.time_since_epoch().count()),
                         view(entry.record)});
  EXPECT_EQ(verifier.check(words, stored.signature), crypto::AuditVerdict::ok);

  const auto trusted = trusted_chain(key.public_key(), practice, stored);
  ASSERT_TRUE(trusted);
  EXPECT_EQ(trusted->count, 3U);
  EXPECT_EQ(trusted->head, chain->head);
  EXPECT_TRUE(trusted_chain(key.public_key(), practice, std::nullopt));
  const auto other = crypto::GatewayKey::generate();
  EXPECT_FALSE(trusted_chain(other.public_key(), practice, stored));
  EXPECT_FALSE(trusted_chain(key.public_key(), {crypto::random_array<16>()}, stored));
  stored.head[0] ^= 1;
  EXPECT_FALSE(trusted_chain(key.public_key(), practice, stored));
}

TEST(ExpiryPlan, removes_from_the_front_what_was_released_thirty_days_ago) {
  const auto now = at(std::chrono::hours(24 * 100));
  const auto month = storage::kCollectWithin;
  const std::vector<AgedEntry> aged = {
      {3, now - month - 1h}, {4, now - month}, {6, now - month + 2h}, {7, now - month - 9h}};
  EXPECT_EQ(plan_expiry(aged, now), (ExpiryPlan{4, now + 2h}));
}

TEST(ExpiryPlan, keeps_what_was_never_released_and_looks_again_in_a_day) {
  const auto now = at(std::chrono::hours(24 * 100));
  const std::vector<AgedEntry> held = {{1, std::nullopt}, {2, at(0s)}};
  EXPECT_EQ(plan_expiry(held, now), (ExpiryPlan{0, now + kLookAgain}));
  const std::vector<AgedEntry> far = {{1, now + std::chrono::hours(24 * 9)}};
  EXPECT_EQ(plan_expiry(far, now), (ExpiryPlan{0, now + kLookAgain}));
}

TEST(ExpiryPlan, looks_at_once_at_what_lies_behind_a_row_that_goes_whole) {
  const auto now = at(std::chrono::hours(24 * 100));
  const std::vector<AgedEntry> old = {{1, at(0s)}, {2, at(1s)}};
  EXPECT_EQ(plan_expiry(old, now), (ExpiryPlan{2, now}));
}

boundary::Gate always_open_to_therapist() {
  boundary::Policy policy;
  policy.zone = "Etc/UTC";
  policy.windows =
      boundary::open_all_week(boundary::Lane::routine, boundary::Direction::to_therapist);
  auto gate = boundary::Gate::compile(std::move(policy));
  EXPECT_TRUE(gate.has_value());
  return std::move(*gate);
}

storage::HeldMessage held(boundary::Direction direction, std::uint64_t version,
                          std::optional<Instant> promise) {
  storage::HeldMessage message;
  message.name.direction = direction;
  message.policy_version = version;
  message.promise = promise;
  return message;
}

TEST(LanePause, moves_the_promises_that_fall_into_it_later_versions_first) {
  using boundary::Direction;
  const auto gate = always_open_to_therapist();
  const Instant now(std::chrono::sys_days(std::chrono::year(2026) / 3 / 30) + 10h);
  const std::vector<storage::HeldMessage> waiting = {
      held(Direction::to_therapist, 1, now + 2h), held(Direction::to_therapist, 2, now + 3h),
      held(Direction::to_therapist, 1, now + 1h), held(Direction::to_therapist, 3, now + 30h),
      held(Direction::to_client, 2, std::nullopt)};
  const auto facts_of = [&](Direction direction) {
    boundary::Facts facts;
    facts.direction = direction;
    facts.pauses.routine = boundary::Interval{now, now + 24h};
    return facts;
  };
  const auto moved = moved_promises(waiting, {gate}, facts_of, now);
  ASSERT_EQ(moved.size(), 2U);  // not the one beyond the pause, and none without a promise
  EXPECT_EQ(moved[0].through_version, 2U);
  EXPECT_EQ(moved[1].through_version, 1U);
  for (const auto& each : moved) {
    EXPECT_EQ(each.direction, Direction::to_therapist);
    EXPECT_EQ(each.promise, now + 24h);
    EXPECT_EQ(each.reason, "lane_paused");
  }
}

TEST(Hint, says_that_something_of_an_account_changed) {
  const Hint hint{
      Hint::Kind::changed, {crypto::random_array<16>()}, {{crypto::random_array<16>()}, 0}, {}};
  EXPECT_EQ(parse_hint(encode_hint(hint)), hint);
  auto unknown = encode_hint(hint);
  unknown[0] = 5;
  EXPECT_FALSE(parse_hint(unknown));
}

TEST(ReplyError, gives_each_refusal_of_the_life_of_a_relationship_its_code) {
  EXPECT_EQ(to_error(ChangeError::ended).code(), v1::ENDED);
  EXPECT_EQ(to_error(ChangeError::not_allowed).code(), v1::PERMISSION_DENIED);
  using Join = storage::JoinError;
  EXPECT_EQ(to_error(Join::not_found).code(), v1::NOT_FOUND);
  EXPECT_EQ(to_error(Join::permission_denied).code(), v1::PERMISSION_DENIED);
  EXPECT_EQ(to_error(Join::pair_exists).code(), v1::PAIR_EXISTS);
  EXPECT_EQ(to_error(Join::quota).code(), v1::QUOTA);
  EXPECT_EQ(to_error(Join::corrupt).code(), v1::UNAVAILABLE);
  EXPECT_EQ(to_error(Join::uncertain).code(), v1::UNCERTAIN);
  using Set = storage::SetRelationshipError;
  EXPECT_EQ(to_error(Set::stale).code(), v1::STALE_RELATIONSHIP);
  EXPECT_EQ(to_error(Set::unlawful).code(), v1::PERMISSION_DENIED);
  EXPECT_EQ(to_error(Set::not_found).code(), v1::NOT_FOUND);
  EXPECT_EQ(to_error(Set::quota).code(), v1::QUOTA);
  EXPECT_EQ(to_error(Set::uncertain).code(), v1::UNCERTAIN);
  EXPECT_EQ(to_error(Set::changed).code(), v1::UNAVAILABLE);
  EXPECT_EQ(to_error(storage::SignAgreementError::closed).code(), v1::ENDED);
  EXPECT_EQ(to_error(storage::WithdrawError::already_released).code(), v1::ALREADY_RELEASED);
  EXPECT_EQ(to_error(storage::FindSentError::not_found).code(), v1::NOT_FOUND);
  EXPECT_EQ(to_error(storage::ReturnError::quota).code(), v1::QUOTA);
  const auto left = to_error({storage::FinishLeavingError::items_left, 12});
  EXPECT_EQ(left.code(), v1::HELD_ITEMS_LEFT);
  EXPECT_EQ(left.items_left(), 12U);
  EXPECT_EQ(to_error({storage::FinishLeavingError::not_leaving, 0}).field(), "leave.phase");
  EXPECT_EQ(to_error(storage::AckNoticesError::not_found).code(), v1::NOT_FOUND);
  EXPECT_EQ(to_error(storage::FetchAuditError::invalid).code(), v1::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace holdspace::gateway
