// A change of a policy thought through: who may make it, which promises it keeps, who is told. Real
// dates, no store.
#include <gtest/gtest.h>

#include "boundary/decide.hpp"
#include "gateway/fields.hpp"
#include "gateway/policy_plan.hpp"
#include "gateway/policy_snapshot.hpp"
#include "gateway/policy_wire.hpp"
#include "gateway/reply_error.hpp"

namespace holdspace::gateway {
namespace {

constexpr storage::AccountId kTherapist{{1}};
constexpr storage::AccountId kClient{{2}};
constexpr storage::RelationshipId kRelationship{{3}};

boundary::Instant at(const char* text) {
  return *boundary::parse_instant(text);
}
std::int64_t ms(const char* text) {
  return at(text).time_since_epoch().count();
}

// A Saturday; the next opening of `weekdays({MONDAY})` is on 2026-11-23.
const char* const kNow = "2026-11-21T12:00:00Z";
const char* const kMondayNine = "2026-11-23T09:00:00Z";
const char* const kTuesdayNine = "2026-11-24T09:00:00Z";

// 09:00-17:00 UTC, routine.
v1::Policy weekdays(std::initializer_list<v1::Weekday> days,
                    v1::Direction direction = v1::TO_THERAPIST) {
  v1::Policy policy;
  policy.set_zone("Etc/UTC");
  for (const auto day : days) {
    auto& window = *policy.add_windows();
    window.set_lane(v1::ROUTINE);
    window.set_direction(direction);
    window.set_weekday(day);
    window.set_start_minute(540);
    window.set_end_minute(1020);
  }
  return policy;
}

GatePtr gate_of(const v1::Policy& document) {
  return compile_version(encode_version(document.SerializeAsString(), {}), document.version());
}

CurrentVersion current(v1::Policy document, std::uint64_t version = 1) {
  document.set_version(version);
  return {version, document, gate_of(document)};
}

ProposedVersion proposed(v1::Policy document, std::uint64_t version = 2) {
  document.set_version(version);
  ProposedVersion out;
  out.owner = kTherapist;
  out.by_owner = true;
  out.bytes = document.SerializeAsString();
  out.gate = gate_of(document);
  out.document = std::move(document);
  out.reason = v1::HOURS;
  return out;
}

storage::RelationshipFacts relationship() {
  storage::RelationshipFacts facts;
  facts.id = kRelationship;
  facts.therapist = kTherapist;
  facts.client = kClient;
  facts.state = boundary::RelationshipState::active;
  facts.policy_version = 1;
  return facts;
}

HeldMessages held(const CurrentVersion& before, std::vector<std::uint64_t> versions = {1},
                  boundary::Direction direction = boundary::Direction::to_therapist) {
  HeldMessages out;
  out.relationships = {relationship()};
  for (const auto version : versions)
    out.kinds.push_back(
        {relationship(), boundary::Lane::routine, direction, version, 3, before.gate, nullptr});
  return out;
}

PolicyPlan plan(const ProposedVersion& change, const CurrentVersion& before,
                const HeldMessages& waiting) {
  auto made = plan_version(change, before, waiting, at(kNow));
  if (!made.has_value()) throw std::runtime_error(made.error().ShortDebugString());
  return std::move(*made);
}

const v1::PromiseRenewed* renewed(const AccountNotice& told) {
  return told.notice.has_promise_renewed() ? &told.notice.promise_renewed() : nullptr;
}

TEST(PolicyPlan, keeps_a_promise_across_a_narrowing_for_exactly_what_was_promised) {
  const auto before = current(weekdays({v1::MONDAY, v1::TUESDAY}));
  const auto made = plan(proposed(weekdays({v1::TUESDAY})), before, held(before));
  ASSERT_EQ(made.kept.size(), 1U);
  EXPECT_EQ(made.kept[0].from, at(kMondayNine));
  EXPECT_EQ(made.kept[0].accepted_through_version, 1U);
  ASSERT_EQ(made.broken.size(), 1U);
  EXPECT_EQ(made.broken[0].promise_ms(), ms(kMondayNine));
  EXPECT_EQ(made.broken[0].renewed_ms(), ms(kTuesdayNine));
  EXPECT_EQ(made.broken[0].messages(), 3U);
  for (const auto& told : made.notices) EXPECT_EQ(renewed(told), nullptr);

  const auto stored = compile_version(made.version_bytes, 2);
  ASSERT_NE(stored, nullptr);
  auto facts = facts_for(relationship(), kTherapist, Side::receiving, boundary::Lane::routine, 1);
  const auto passes = [&] {
    return boundary::decide({*stored}, facts, at(kMondayNine)).outcome ==
           boundary::Outcome::release_now;
  };
  EXPECT_TRUE(passes());
  facts.accepted_version = 2;  // written after the change
  EXPECT_FALSE(passes());
}

TEST(PolicyPlan, tells_the_sender_another_instant_when_promises_are_renewed) {
  const auto before = current(weekdays({v1::MONDAY, v1::TUESDAY}));
  auto change = proposed(weekdays({v1::TUESDAY}));
  change.promises = v1::RENEW_PROMISES;
  const auto made = plan(change, before, held(before));
  EXPECT_TRUE(made.kept.empty());
  ASSERT_FALSE(made.notices.empty());
  EXPECT_EQ(made.notices[0].account, kClient);
  ASSERT_NE(renewed(made.notices[0]), nullptr);
  EXPECT_EQ(renewed(made.notices[0])->promise_ms(), ms(kTuesdayNine));
  EXPECT_EQ(renewed(made.notices[0])->accepted_through_version(), 1U);
  EXPECT_EQ(renewed(made.notices[0])->reason(), "outside_windows");
}

TEST(PolicyPlan, renews_under_an_emergency_closure_whatever_was_asked) {
  const auto before = current(weekdays({v1::MONDAY, v1::TUESDAY}));
  auto shut = weekdays({v1::MONDAY, v1::TUESDAY});
  auto& closure = *shut.add_closures();
  closure.set_id("ill");
  closure.set_from_ms(ms(kNow));
  closure.set_until_ms(ms("2026-11-24T00:00:00Z"));
  const auto made = plan(proposed(shut), before, held(before));
  EXPECT_TRUE(made.kept.empty());
  ASSERT_NE(renewed(made.notices.at(0)), nullptr);
  EXPECT_EQ(renewed(made.notices[0])->promise_ms(), ms(kTuesdayNine));
  EXPECT_EQ(renewed(made.notices[0])->reason(), "emergency_closure");
}

TEST(PolicyPlan, leaves_alone_what_passes_earlier_than_promised) {
  const auto before = current(weekdays({v1::TUESDAY}));
  const auto made = plan(proposed(weekdays({v1::MONDAY, v1::TUESDAY})), before, held(before));
  EXPECT_TRUE(made.kept.empty());
  EXPECT_TRUE(made.broken.empty());
  for (const auto& told : made.notices) EXPECT_EQ(renewed(told), nullptr);
}

TEST(PolicyPlan, tells_of_earlier_versions_again_when_a_later_one_was_told_something_else) {
  // What version 1 accepted has a kept promise for Monday; version 2 opens on Tuesday.
  auto document = weekdays({v1::TUESDAY});
  document.set_version(2);
  boundary::Opening kept;
  kept.id = "kept-1-1";
  kept.from = at(kMondayNine);
  kept.until = at("2026-11-23T17:00:00Z");
  kept.accepted_through_version = 1;
  kept.reason = boundary::OpeningReason::kept_promise;
  const std::vector<boundary::Opening> all = {kept};
  const CurrentVersion before{
      2, document, compile_version(encode_version(document.SerializeAsString(), all), 2)};
  ASSERT_NE(before.gate, nullptr);
  const auto waiting = held(before, {1, 2});
  const GateChange change{GateChange::Of::therapist,
                          compile_version(encode_version(
                                              [] {
                                                auto later = weekdays({v1::WEDNESDAY});
                                                return later.SerializeAsString();
                                              }(),
                                              all),
                                          3)};
  const auto told = renewal_notices(change, at(kNow), waiting.kinds);
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(renewed(told[0])->accepted_through_version(), 2U);
  EXPECT_EQ(renewed(told[0])->promise_ms(), ms("2026-11-25T09:00:00Z"));
  EXPECT_EQ(renewed(told[1])->accepted_through_version(), 1U);
  EXPECT_EQ(renewed(told[1])->promise_ms(), ms(kMondayNine));
}

TEST(PolicyPlan, renews_what_the_hours_of_the_client_hold_longer) {
  const auto therapist = current(weekdays({v1::MONDAY, v1::TUESDAY}, v1::TO_CLIENT));
  auto hours = proposed(weekdays({v1::TUESDAY}, v1::TO_CLIENT), 1);
  hours.owner = kClient;
  hours.side = GateChange::Of::client;
  const auto made = plan(hours, {0, {}, compile_no_policy()},
                         held(therapist, {1}, boundary::Direction::to_client));
  EXPECT_TRUE(made.kept.empty());
  ASSERT_EQ(made.notices.size(), 1U);
  EXPECT_EQ(made.notices[0].account, kTherapist);
  EXPECT_EQ(renewed(made.notices[0])->promise_ms(), ms(kTuesdayNine));
  EXPECT_EQ(renewed(made.notices[0])->reason(), "outside_client_hours");
}

TEST(PolicyPlan, makes_a_proposal_of_an_admins_widening_and_applies_a_narrowing) {
  const auto before = current(weekdays({v1::MONDAY, v1::TUESDAY}));
  auto wider = proposed(weekdays({v1::MONDAY, v1::TUESDAY, v1::SUNDAY}));
  wider.by_owner = false;
  const auto proposal = plan(wider, before, held(before));
  EXPECT_TRUE(proposal.proposal);
  EXPECT_EQ(proposal.action, v1::AuditRecord::POLICY_PROPOSED);
  ASSERT_EQ(proposal.notices.size(), 1U);
  EXPECT_EQ(proposal.notices[0].account, kTherapist);
  EXPECT_EQ(proposal.notices[0].notice.policy().version(), 2U);

  auto narrower = proposed(weekdays({v1::TUESDAY}));
  narrower.by_owner = false;
  const auto applied = plan(narrower, before, held(before));
  EXPECT_FALSE(applied.proposal);
  EXPECT_EQ(applied.action, v1::AuditRecord::POLICY_APPLIED);
  EXPECT_EQ(applied.notices.back().account, kTherapist);  // somebody else changed her hours
}

TEST(PolicyPlan, takes_an_opening_by_an_admin_for_a_widening) {
  const auto before = current(weekdays({v1::MONDAY}));
  auto document = weekdays({v1::MONDAY});
  auto& opening = *document.add_openings();
  opening.set_id("now");
  opening.set_lane(v1::ROUTINE);
  opening.set_direction(v1::TO_THERAPIST);
  opening.set_from_ms(ms(kNow));
  opening.set_until_ms(ms("2026-11-21T13:00:00Z"));
  opening.set_reason(v1::SEND_NOW);
  auto change = proposed(document);
  change.by_owner = false;
  EXPECT_TRUE(plan(change, before, held(before)).proposal);
  change.by_owner = true;
  const auto made = plan(change, before, held(before));
  EXPECT_FALSE(made.proposal);
  EXPECT_EQ(made.action, v1::AuditRecord::GATE_OPENED);
}

TEST(PolicyPlan, tells_a_client_of_hours_that_look_different_and_of_no_journey) {
  const auto before = current(weekdays({v1::MONDAY}));
  const auto changed = plan(proposed(weekdays({v1::TUESDAY})), before, held(before, {}));
  ASSERT_EQ(changed.notices.size(), 1U);
  EXPECT_EQ(changed.notices[0].account, kClient);
  EXPECT_EQ(changed.notices[0].notice.policy().version(), 2U);

  auto journey = weekdays({v1::MONDAY});
  auto& travel = *journey.add_travels();
  travel.set_from_ms(ms(kNow));
  travel.set_until_ms(ms("2026-12-01T00:00:00Z"));
  travel.set_zone("Pacific/Honolulu");
  EXPECT_TRUE(plan(proposed(journey), before, held(before, {})).notices.empty());
}

TEST(PolicyPlan, has_no_room_for_more_promises_than_a_policy_can_hold) {
  const auto before = current(weekdays({v1::MONDAY, v1::TUESDAY}));
  auto full = weekdays({v1::TUESDAY});
  for (int i = 0; i < 128; ++i) {
    auto& opening = *full.add_openings();
    opening.set_id("past-" + std::to_string(i));
    opening.set_lane(v1::LOGISTICS);
    opening.set_direction(v1::TO_CLIENT);
    opening.set_from_ms(ms("2026-11-01T00:00:00Z"));
    opening.set_until_ms(ms("2026-11-02T00:00:00Z"));
    opening.set_reason(v1::OTHER_OPENING);
  }
  const auto made = plan_version(proposed(full), before, held(before), at(kNow));
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().field(), "apply_policy.document.openings");
}

std::string fault(void (*spoil)(v1::Policy&)) {
  auto hours = weekdays({v1::MONDAY}, v1::TO_CLIENT);
  auto& exception = *hours.add_exceptions();
  exception.set_id("leave");
  exception.add_directions(v1::TO_CLIENT);
  hours.add_travels();
  spoil(hours);
  return fault_of_hours(hours).value_or("");
}

TEST(HoursOfAClient, are_weekly_and_dated_times_to_the_client_on_a_wall_that_may_travel) {
  EXPECT_EQ(fault([](v1::Policy&) {}), "");
  EXPECT_EQ(fault([](v1::Policy& p) { p.mutable_windows(0)->set_direction(v1::TO_THERAPIST); }),
            "windows[0].direction");
  EXPECT_EQ(fault([](v1::Policy& p) { p.mutable_exceptions(0)->add_directions(v1::TO_THERAPIST); }),
            "exceptions[0].directions");
  EXPECT_EQ(fault([](v1::Policy& p) { p.mutable_exceptions(0)->set_cover_account_id("c"); }),
            "exceptions[0].cover_account_id");
  EXPECT_EQ(fault([](v1::Policy& p) { p.add_relationship_rules(); }), "relationship_rules");
  EXPECT_EQ(fault([](v1::Policy& p) { p.add_closures(); }), "closures");
  EXPECT_EQ(fault([](v1::Policy& p) { p.add_openings(); }), "openings");
  EXPECT_EQ(fault([](v1::Policy& p) { p.mutable_limits(); }), "limits");
  EXPECT_EQ(fault([](v1::Policy& p) { p.mutable_terms(); }), "terms");
}

TEST(Openings, of_a_kept_promise_are_the_gateways_alone) {
  v1::Policy policy;
  policy.add_openings()->set_reason(v1::SEND_NOW);
  EXPECT_FALSE(fault_of_openings(policy));
  policy.add_openings()->set_reason(v1::KEPT_PROMISE);
  EXPECT_EQ(fault_of_openings(policy), "openings[1].reason");
}

TEST(PolicyVersion, keeps_the_signed_bytes_and_what_stands_beside_them) {
  boundary::Opening kept;
  kept.id = "kept-1-1";
  kept.from = at(kMondayNine);
  kept.until = at("2026-11-23T17:00:00Z");
  kept.accepted_through_version = 1;
  kept.reason = boundary::OpeningReason::kept_promise;
  const std::vector<boundary::Opening> all = {kept};
  const auto document = weekdays({v1::TUESDAY}).SerializeAsString();
  const auto bytes = encode_version(document, all);
  EXPECT_EQ(parse_version(bytes)->document(), document);
  const auto gate = compile_version(bytes, 9);
  ASSERT_NE(gate, nullptr);
  EXPECT_EQ(gate->policy().version, 9U);
  EXPECT_EQ(gate->policy().openings, all);
  EXPECT_EQ(compile_version("not a version", 9), nullptr);
  EXPECT_EQ(compile_version(encode_version("not a document", {}), 9), nullptr);
}

}  // namespace
}  // namespace holdspace::gateway
