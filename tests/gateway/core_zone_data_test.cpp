// What another version of the time-zone database does to promises: who is told what, and what the
// ledger says. Real dates: British Columbia stays on summer time from November 2026 on, which
// "2025b" does not know. No store.
#include <gtest/gtest.h>

#include "gateway/policy_version.hpp"
#include "gateway/zone_data_plan.hpp"

namespace holdspace::gateway {
namespace {

using namespace std::chrono_literals;
using boundary::Direction;
using boundary::Instant;

constexpr storage::AccountId kTherapist{{1}};
constexpr storage::AccountId kClient{{2}};
constexpr storage::RelationshipId kRelationship{{3}};

Instant at(const char* text) {
  return *boundary::parse_instant(text);
}

// Monday 2026-11-02, 09:00 on the wall of Vancouver, by the older release and by the newer one.
const Instant kByOlder = at("2026-11-02T17:00:00Z");
const Instant kByNewer = at("2026-11-02T16:00:00Z");
const Instant kSunday = at("2026-11-01T20:00:00Z");
const ZoneDataStep kStep{"2025b", "2026b"};

// Mondays 09:00-17:00, both directions, on a wall that is `hours` behind UTC; computed by whatever
// release is installed.
boundary::Policy mondays(const char* zone) {
  boundary::Policy policy;
  policy.version = 4;
  policy.zone = zone;
  for (const auto direction : {Direction::to_therapist, Direction::to_client}) {
    boundary::WeeklyWindow window;
    window.direction = direction;
    window.weekday = std::chrono::Monday;
    window.start_minute = 540;
    window.end_minute = 1020;
    policy.windows.push_back(window);
  }
  return policy;
}

PolicySnapshot snapshot(boundary::Policy policy) {
  PolicySnapshot way;
  way.facts.id = kRelationship;
  way.facts.therapist = kTherapist;
  way.facts.client = kClient;
  way.facts.state = boundary::RelationshipState::active;
  way.facts.revision = 2;
  way.facts.policy_version = 4;
  auto gate = boundary::Gate::compile(std::move(policy));
  EXPECT_TRUE(gate.has_value());
  way.therapist = std::make_shared<const boundary::Gate>(std::move(*gate));
  return way;
}

// A wall that stays seven hours behind UTC, in every release.
PolicySnapshot by_newer() {
  return snapshot(mondays("Etc/GMT+7"));
}

storage::HeldMessage held(std::uint64_t version, std::optional<Instant> promise,
                          Direction direction = Direction::to_therapist) {
  storage::HeldMessage message;
  message.name.relationship = kRelationship;
  message.name.direction = direction;
  message.policy_version = version;
  message.promise = promise;
  return message;
}

v1::PromiseRenewed told(const storage::NewNotice& notice) {
  v1::Notice wire;
  EXPECT_TRUE(wire.ParseFromString(notice.bytes));
  return wire.promise_renewed();
}

TEST(ZoneDataPlan, moves_nothing_when_every_promise_is_computed_the_same) {
  const std::vector<storage::HeldMessage> waiting = {held(4, kByNewer), held(4, std::nullopt)};
  EXPECT_TRUE(plan_shifts(by_newer(), waiting, kSunday).empty());
}

TEST(ZoneDataPlan, tells_each_sender_the_other_instant_once_for_each_lane_and_direction) {
  const std::vector<storage::HeldMessage> waiting = {held(4, kByOlder), held(4, kByOlder),
                                                     held(4, kByNewer),
                                                     held(4, kByOlder, Direction::to_client)};
  const auto shifts = plan_shifts(by_newer(), waiting, kSunday);
  ASSERT_EQ(shifts.size(), 2U);
  EXPECT_EQ(shifts[0].direction, Direction::to_therapist);
  EXPECT_EQ(shifts[0].moves, (std::vector<MovedVersion>{{4, kByOlder, kByNewer, 2}}));
  ASSERT_EQ(shifts[0].notices.size(), 1U);
  EXPECT_EQ(shifts[0].notices[0].account, kClient);
  const auto notice = told(shifts[0].notices[0]);
  EXPECT_EQ(notice.promise_ms(), kByNewer.time_since_epoch().count());
  EXPECT_EQ(notice.accepted_through_version(), 4U);
  EXPECT_EQ(notice.reason(), "outside_windows");
  ASSERT_EQ(shifts[1].notices.size(), 1U);
  EXPECT_EQ(shifts[1].notices[0].account, kTherapist);
}

TEST(ZoneDataPlan, leaves_a_kept_promise_where_it_is_and_says_so_behind_a_later_one) {
  auto policy = mondays("Etc/GMT+7");
  boundary::Opening kept;
  kept.id = "kept-3-1";
  kept.from = at("2026-11-02T01:00:00Z");
  kept.until = at("2026-11-02T02:00:00Z");
  kept.accepted_through_version = 3;
  kept.reason = boundary::OpeningReason::kept_promise;
  policy.openings.push_back(kept);
  const std::vector<storage::HeldMessage> waiting = {held(3, kept.from), held(4, kByOlder)};
  const auto shifts = plan_shifts(snapshot(policy), waiting, kSunday);
  ASSERT_EQ(shifts.size(), 1U);
  EXPECT_EQ(shifts[0].moves, (std::vector<MovedVersion>{{4, kByOlder, kByNewer, 1}}));
  ASSERT_EQ(shifts[0].notices.size(), 2U);
  EXPECT_EQ(told(shifts[0].notices[0]).accepted_through_version(), 4U);
  EXPECT_EQ(told(shifts[0].notices[1]).accepted_through_version(), 3U);
  EXPECT_EQ(told(shifts[0].notices[1]).promise_ms(), kept.from.time_since_epoch().count());
}

TEST(ZoneDataPlan, follows_the_windows_of_the_relationship_and_the_clients_own_hours) {
  auto policy = mondays("Etc/GMT+8");
  boundary::RelationshipRules own;
  own.relationship_id = kRelationship.bytes;
  auto window = policy.windows[0];
  window.start_minute = 480;  // 08:00, 16:00Z
  own.windows = {window};
  policy.relationship_rules.push_back(own);
  auto way = snapshot(policy);
  const std::vector<storage::HeldMessage> waiting = {held(4, kByOlder)};
  const auto shifts = plan_shifts(way, waiting, kSunday);
  ASSERT_EQ(shifts.size(), 1U);
  EXPECT_EQ(shifts[0].moves[0].after, kByNewer);

  auto hours = mondays("Etc/GMT+9");  // 18:00Z
  hours.windows.erase(hours.windows.begin());
  way.client = snapshot(hours).therapist;
  const std::vector<storage::HeldMessage> reply = {held(4, kByOlder, Direction::to_client)};
  EXPECT_EQ(plan_shifts(way, reply, kSunday).at(0).moves.at(0).after, at("2026-11-02T18:00:00Z"));
}

TEST(ZoneDataPlan, passes_over_what_is_open_and_what_was_promised_nothing) {
  const std::vector<storage::HeldMessage> waiting = {held(4, kByOlder)};
  EXPECT_TRUE(plan_shifts(by_newer(), waiting, kByNewer + 1min).empty());
  const std::vector<storage::HeldMessage> nothing = {held(4, std::nullopt)};
  EXPECT_TRUE(plan_shifts(by_newer(), nothing, kSunday).empty());
}

TEST(ZoneDataPlan, records_what_moved_from_when_to_when_and_by_which_release) {
  const auto way = by_newer();
  const std::vector<storage::HeldMessage> waiting = {held(4, kByOlder), held(4, kByOlder)};
  auto shifts = plan_shifts(way, waiting, kSunday);
  const auto renewal = renewal_of(way, std::move(shifts.at(0)), kStep);
  EXPECT_EQ(renewal.zone_data, "2026b");
  EXPECT_EQ(renewal.promises, (std::vector<storage::RenewedPromise>{{4, kByNewer}}));
  EXPECT_EQ(renewal.validity.policy_version, 4U);
  EXPECT_EQ(renewal.validity.revision, 2U);
  EXPECT_TRUE(renewal.validity.span.contains(kSunday));
  EXPECT_LE(renewal.validity.span.until, kByNewer);
  v1::AuditRecord record;
  ASSERT_TRUE(record.ParseFromString(renewal.trail.audit));
  EXPECT_EQ(record.action(), v1::AuditRecord::TIME_ZONE_DATA_CHANGED);
  EXPECT_EQ(record.object_id(), storage::to_bytes(kRelationship));
  const auto& change = record.zone_data();
  EXPECT_EQ(change.before(), "2025b");
  EXPECT_EQ(change.after(), "2026b");
  EXPECT_EQ(change.moved(), 2U);
  EXPECT_EQ(change.lane(), v1::ROUTINE);
  EXPECT_EQ(change.direction(), v1::TO_THERAPIST);
  ASSERT_EQ(change.moves_size(), 1);
  EXPECT_EQ(change.moves(0).promise_before_ms(), kByOlder.time_since_epoch().count());
  EXPECT_EQ(change.moves(0).promise_after_ms(), kByNewer.time_since_epoch().count());
}

TEST(ZoneDataPlan, keeps_a_record_of_many_versions_within_its_bound) {
  std::vector<storage::HeldMessage> waiting;
  for (std::uint64_t version = 1; version <= 40; ++version)
    waiting.push_back(held(version, kByOlder));
  const auto way = by_newer();
  auto shifts = plan_shifts(way, waiting, kSunday);
  ASSERT_EQ(shifts.at(0).moves.size(), 40U);
  EXPECT_EQ(shifts[0].notices.size(), 1U) << "one instant for all of them";
  const auto renewal = renewal_of(way, std::move(shifts[0]), kStep);
  EXPECT_LE(renewal.trail.audit.size(), storage::kAuditBytesMax);
  v1::AuditRecord record;
  ASSERT_TRUE(record.ParseFromString(renewal.trail.audit));
  EXPECT_EQ(static_cast<std::size_t>(record.zone_data().moves_size()), kMovesRecorded);
  EXPECT_EQ(record.zone_data().moved(), 40U);
}

TEST(ZoneDataPlan, names_the_practice_in_the_record_that_ends_a_look) {
  const storage::PracticeId practice{{9}};
  v1::AuditRecord record;
  ASSERT_TRUE(record.ParseFromString(practice_record(practice, kStep, 12)));
  EXPECT_EQ(record.object_id(), storage::to_bytes(practice));
  EXPECT_EQ(record.zone_data().moved(), 12U);
}

}  // namespace
}  // namespace holdspace::gateway
