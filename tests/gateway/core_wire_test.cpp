// Between the rooms' values and the wire: every error has a code, a copy's ENV must agree, policies
// and hints survive.
#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "boundary/decide.hpp"
#include "boundary/validate.hpp"
#include "crypto/env.hpp"
#include "gateway/envelope_check.hpp"
#include "gateway/hint.hpp"
#include "gateway/policy_cache.hpp"
#include "gateway/policy_snapshot.hpp"
#include "gateway/policy_wire.hpp"
#include "gateway/reply_error.hpp"

namespace holdspace::gateway {
namespace {

template <typename E>
struct Mapped {
  E error;
  v1::ErrorCode code;
};

template <typename E>
void expect_codes(std::initializer_list<Mapped<E>> rows) {
  for (const auto& row : rows)
    EXPECT_EQ(to_error(row.error).code(), row.code) << v1::ErrorCode_Name(row.code);
}

TEST(ReplyError, gives_every_store_error_its_code) {
  using namespace storage;
  expect_codes<CommandError>({{CommandError::unavailable, v1::UNAVAILABLE},
                              {CommandError::uncertain, v1::UNCERTAIN},
                              {CommandError::corrupt, v1::UNAVAILABLE}});
  const std::pair<AcceptError, v1::ErrorCode> accept[] = {
      {AcceptError::displaced, v1::UNAUTHENTICATED}, {AcceptError::not_found, v1::NOT_FOUND},
      {AcceptError::conflict, v1::CONFLICT},         {AcceptError::stale, v1::UNAVAILABLE},
      {AcceptError::mismatch, v1::MISMATCH},         {AcceptError::quota, v1::QUOTA},
      {AcceptError::invalid, v1::INVALID_ARGUMENT},  {AcceptError::unavailable, v1::UNAVAILABLE},
      {AcceptError::uncertain, v1::UNCERTAIN},       {AcceptError::corrupt, v1::UNAVAILABLE}};
  for (const auto& [error, code] : accept)
    EXPECT_EQ(to_error(AcceptFault{error, {}, 7}).code(), code);
  expect_codes<AckError>({{AckError::invalid, v1::INVALID_ARGUMENT},
                          {AckError::unavailable, v1::UNAVAILABLE},
                          {AckError::uncertain, v1::UNCERTAIN},
                          {AckError::corrupt, v1::UNAVAILABLE}});
  expect_codes<RelationshipError>({{RelationshipError::not_found, v1::NOT_FOUND},
                                   {RelationshipError::unavailable, v1::UNAVAILABLE},
                                   {RelationshipError::uncertain, v1::UNAVAILABLE},
                                   {RelationshipError::corrupt, v1::UNAVAILABLE}});
  expect_codes<ListRelationshipsError>({{ListRelationshipsError::not_found, v1::NOT_FOUND},
                                        {ListRelationshipsError::unavailable, v1::UNAVAILABLE},
                                        {ListRelationshipsError::uncertain, v1::UNAVAILABLE},
                                        {ListRelationshipsError::corrupt, v1::UNAVAILABLE}});
  expect_codes<FetchPolicyError>({{FetchPolicyError::not_found, v1::NOT_FOUND},
                                  {FetchPolicyError::unavailable, v1::UNAVAILABLE},
                                  {FetchPolicyError::uncertain, v1::UNAVAILABLE},
                                  {FetchPolicyError::corrupt, v1::UNAVAILABLE}});
  expect_codes<ApplyPolicyError>({{ApplyPolicyError::not_found, v1::NOT_FOUND},
                                  {ApplyPolicyError::stale_policy, v1::STALE_POLICY},
                                  {ApplyPolicyError::changed, v1::UNAVAILABLE},
                                  {ApplyPolicyError::quota, v1::QUOTA},
                                  {ApplyPolicyError::invalid, v1::INVALID_ARGUMENT},
                                  {ApplyPolicyError::unavailable, v1::UNAVAILABLE},
                                  {ApplyPolicyError::uncertain, v1::UNCERTAIN},
                                  {ApplyPolicyError::corrupt, v1::UNAVAILABLE}});
  expect_codes<ProposalError>({{ProposalError::not_found, v1::NOT_FOUND},
                               {ProposalError::stale_policy, v1::STALE_POLICY},
                               {ProposalError::quota, v1::QUOTA},
                               {ProposalError::invalid, v1::INVALID_ARGUMENT},
                               {ProposalError::unavailable, v1::UNAVAILABLE},
                               {ProposalError::uncertain, v1::UNCERTAIN},
                               {ProposalError::corrupt, v1::UNAVAILABLE}});
  expect_codes<ListHeldError>({{ListHeldError::not_found, v1::NOT_FOUND},
                               {ListHeldError::invalid, v1::UNAVAILABLE},
                               {ListHeldError::unavailable, v1::UNAVAILABLE},
                               {ListHeldError::uncertain, v1::UNAVAILABLE},
                               {ListHeldError::corrupt, v1::UNAVAILABLE}});
  expect_codes<PublishPrekeysError>({{PublishPrekeysError::not_found, v1::NOT_FOUND},
                                     {PublishPrekeysError::invalid, v1::INVALID_ARGUMENT},
                                     {PublishPrekeysError::unavailable, v1::UNAVAILABLE},
                                     {PublishPrekeysError::uncertain, v1::UNCERTAIN},
                                     {PublishPrekeysError::corrupt, v1::UNAVAILABLE}});
  const std::pair<FetchPrekeysError, v1::ErrorCode> fetch[] = {
      {FetchPrekeysError::not_found, v1::NOT_FOUND},
      {FetchPrekeysError::rate_limited, v1::RATE_LIMITED},
      {FetchPrekeysError::invalid, v1::INVALID_ARGUMENT},
      {FetchPrekeysError::unavailable, v1::UNAVAILABLE},
      {FetchPrekeysError::uncertain, v1::UNCERTAIN},
      {FetchPrekeysError::corrupt, v1::UNAVAILABLE}};
  for (const auto& [error, code] : fetch)
    EXPECT_EQ(to_error(FetchPrekeysFault{error, {}}).code(), code);
  expect_codes<FetchDevicesError>({{FetchDevicesError::not_found, v1::NOT_FOUND},
                                   {FetchDevicesError::unavailable, v1::UNAVAILABLE},
                                   {FetchDevicesError::uncertain, v1::UNAVAILABLE},
                                   {FetchDevicesError::corrupt, v1::UNAVAILABLE}});
  expect_codes<ReplaceDevicesError>({{ReplaceDevicesError::not_found, v1::NOT_FOUND},
                                     {ReplaceDevicesError::stale_list, v1::STALE_LIST},
                                     {ReplaceDevicesError::invalid, v1::INVALID_ARGUMENT},
                                     {ReplaceDevicesError::unavailable, v1::UNAVAILABLE},
                                     {ReplaceDevicesError::uncertain, v1::UNCERTAIN},
                                     {ReplaceDevicesError::corrupt, v1::UNAVAILABLE}});
  expect_codes<CreateInviteError>({{CreateInviteError::permission_denied, v1::PERMISSION_DENIED},
                                   {CreateInviteError::invalid, v1::INVALID_ARGUMENT},
                                   {CreateInviteError::quota, v1::QUOTA},
                                   {CreateInviteError::conflict, v1::CONFLICT},
                                   {CreateInviteError::unavailable, v1::UNAVAILABLE},
                                   {CreateInviteError::uncertain, v1::UNCERTAIN},
                                   {CreateInviteError::corrupt, v1::UNAVAILABLE}});
  expect_codes<InviteError>({{InviteError::not_found, v1::NOT_FOUND},
                             {InviteError::unavailable, v1::UNAVAILABLE},
                             {InviteError::uncertain, v1::UNCERTAIN},
                             {InviteError::corrupt, v1::UNAVAILABLE}});
}

TEST(ReplyError, tells_how_the_device_set_differs) {
  storage::AcceptFault fault{storage::AcceptError::mismatch, {}, 0};
  fault.mismatch.missing.push_back({{{1}}, 2});
  fault.mismatch.stale.push_back({{{3}}, 4});
  fault.mismatch.peer_epoch = 5;
  const auto error = to_error(fault);
  EXPECT_EQ(error.mismatch().missing(0).device_id(), 2U);
  EXPECT_EQ(error.mismatch().stale(0).account_id()[0], '\3');
  EXPECT_EQ(error.mismatch().peer_epoch(), 5U);
}

TEST(ReplyError, says_ended_for_a_relationship_that_is_over_and_refused_for_the_rest) {
  using boundary::Reason;
  for (const auto reason : {Reason::urgent_unavailable, Reason::relationship_invited,
                            Reason::relationship_paused, Reason::relationship_ending})
    EXPECT_EQ(to_error(reason, {}).code(), v1::REFUSED);
  EXPECT_EQ(to_error(Reason::relationship_ended, {}).code(), v1::ENDED);
  EXPECT_EQ(to_error(Reason::relationship_severed, {}).code(), v1::ENDED);
}

TEST(ReplyError, names_field_and_rule_of_a_policy) {
  const auto error = to_error(
      boundary::PolicyError{"windows[3].end_minute", boundary::PolicyRule::end_not_after_start, ""},
      "apply_policy.document");
  EXPECT_EQ(error.code(), v1::INVALID_ARGUMENT);
  EXPECT_EQ(error.field(), "apply_policy.document.windows[3].end_minute");
  EXPECT_FALSE(error.text().empty());
}

class EnvelopeCheck : public testing::Test {
 protected:
  EnvelopeCheck() {
    env.message_id = {1};
    env.sender = {{2}, 1};
    env.recipient = {{3}, 1};
    env.relationship_id = {4};
    context.sender = {{{2}}, 1};
    context.message = {{1}};
    context.relationship = {{4}};
    direct.set_eh(std::string(kHeaderBytesLater, 'e'));
    direct.set_body(std::string(1024 + 40, 'b'));
  }

  // The part of the copy that was refused, or "" when it was taken.
  std::string refused() {
    const auto bytes = crypto::encode_env(env);
    direct.set_env(std::string(bytes.begin(), bytes.end()));
    const auto copy = check_envelope(direct, context);
    return copy.has_value() ? "" : copy.error().field;
  }

  crypto::Env env;
  EnvelopeContext context;
  v1::Direct direct;
};

TEST_F(EnvelopeCheck, takes_a_copy_that_agrees) {
  EXPECT_EQ(refused(), "");
}

TEST_F(EnvelopeCheck, refuses_another_sender_message_relationship_or_lane) {
  const auto good = env;
  env.sender.device_id = 2;
  EXPECT_EQ(refused(), "env");
  env = good;
  env.sender.account_id = {9};
  EXPECT_EQ(refused(), "env");
  env = good;
  env.message_id = {9};
  EXPECT_EQ(refused(), "env");
  env = good;
  env.relationship_id = {9};
  EXPECT_EQ(refused(), "env");
  env = good;
  env.lane = crypto::Lane::urgent;
  EXPECT_EQ(refused(), "env");
  direct.set_env("short");
  EXPECT_FALSE(check_envelope(direct, context).has_value());
}

TEST_F(EnvelopeCheck, lets_the_relationship_out_between_devices_of_one_account_only) {
  env.relationship_id = {};
  EXPECT_EQ(refused(), "env");
  env.recipient = {{2}, 2};
  EXPECT_EQ(refused(), "");
}

TEST_F(EnvelopeCheck, compares_the_size_class_with_the_real_size) {
  env.size_class = 1;
  EXPECT_EQ(refused(), "body");
  direct.set_body(std::string(4096 + 40, 'b'));
  EXPECT_EQ(refused(), "");
  direct.set_body("");
  EXPECT_EQ(refused(), "body");
  direct.set_body(std::string(65536 + 41, 'b'));
  (void)refused();
  EXPECT_EQ(check_envelope(direct, context).error().kind, EnvelopeFault::Kind::too_large);
}

TEST_F(EnvelopeCheck, wants_handshake_bytes_exactly_with_a_handshake) {
  direct.set_hs(std::string(kHandshakeBytes, '\1'));
  EXPECT_EQ(refused(), "hs");
  env.kind = crypto::EnvKind::handshake;
  direct.set_eh(std::string(kHeaderBytesFirst, 'e'));
  EXPECT_EQ(refused(), "");
  direct.set_hs("");
  EXPECT_EQ(refused(), "hs");
  direct.clear_hs();
  env.kind = crypto::EnvKind::ratchet;
  direct.set_eh("short");
  EXPECT_EQ(refused(), "eh");
}

TEST_F(EnvelopeCheck, finds_the_one_time_key_that_a_handshake_uses) {
  env.kind = crypto::EnvKind::handshake;
  std::string hs(kHandshakeBytes, '\0');
  hs[222] = 1;  // kem_kind
  hs[225] = 2;  // kem_id, big-endian
  hs[226] = 3;
  direct.set_hs(hs);
  ASSERT_EQ(refused(), "");
  auto copy = check_envelope(direct, context);
  EXPECT_TRUE(copy->copy.burns_one_time_key);
  EXPECT_EQ(copy->copy.one_time_key, 0x203U);
  hs[222] = 2;  // the last-resort key stays
  direct.set_hs(hs);
  EXPECT_FALSE(check_envelope(direct, context)->copy.burns_one_time_key);
  hs[222] = 3;
  direct.set_hs(hs);
  EXPECT_FALSE(check_envelope(direct, context).has_value());
}

v1::Policy some_policy() {
  v1::Policy policy;
  policy.set_zone("Europe/London");
  auto& window = *policy.add_windows();
  window.set_lane(v1::LOGISTICS);
  window.set_direction(v1::TO_CLIENT);
  window.set_weekday(v1::SUNDAY);
  window.set_start_minute(60);
  window.set_end_minute(120);
  auto& exception = *policy.add_exceptions();
  exception.set_id("leave");
  exception.set_kind(v1::Exception::CLOSED);
  exception.set_from_date("2026-03-29");
  return policy;
}

TEST(PolicyWire, takes_over_each_field) {
  auto wire = some_policy();
  wire.set_version(3);
  const auto policy = to_policy(wire);
  ASSERT_TRUE(policy.has_value());
  EXPECT_EQ(policy->version, 3U);
  EXPECT_EQ(policy->windows.at(0).weekday, std::chrono::Sunday);
  EXPECT_EQ(policy->windows.at(0).lane, boundary::Lane::logistics);
  EXPECT_EQ(policy->windows.at(0).direction, boundary::Direction::to_client);
  EXPECT_EQ(policy->exceptions.at(0).until_date - policy->exceptions.at(0).from_date,
            std::chrono::days(1));
  EXPECT_FALSE(policy->exceptions.at(0).part);
}

TEST(PolicyWire, names_what_is_missing) {
  const auto fault = [](const std::function<void(v1::Policy&)>& spoil) {
    auto wire = some_policy();
    spoil(wire);
    const auto policy = to_policy(wire);
    return policy.has_value() ? std::string("taken") : policy.error().field;
  };
  EXPECT_EQ(fault([](v1::Policy& p) { p.mutable_windows(0)->clear_lane(); }), "windows[0].lane");
  EXPECT_EQ(fault([](v1::Policy& p) { p.mutable_windows(0)->clear_direction(); }),
            "windows[0].direction");
  EXPECT_EQ(fault([](v1::Policy& p) { p.mutable_windows(0)->clear_weekday(); }),
            "windows[0].weekday");
  EXPECT_EQ(fault([](v1::Policy& p) { p.mutable_exceptions(0)->clear_kind(); }),
            "exceptions[0].kind");
  EXPECT_EQ(fault([](v1::Policy& p) { p.mutable_exceptions(0)->set_from_date("2026-02-30"); }),
            "exceptions[0].from_date");
  EXPECT_EQ(fault([](v1::Policy& p) { p.mutable_exceptions(0)->set_until_date("soon"); }),
            "exceptions[0].until_date");
  EXPECT_EQ(fault([](v1::Policy& p) { p.mutable_exceptions(0)->set_start_minute(5); }),
            "exceptions[0].end_minute");
  EXPECT_EQ(fault([](v1::Policy& p) { p.mutable_exceptions(0)->add_lanes(v1::LANE_UNSPECIFIED); }),
            "exceptions[0].lanes");
  EXPECT_EQ(fault([](v1::Policy& p) { p.mutable_exceptions(0)->mutable_moveable(); }),
            "exceptions[0].moveable.day");
  EXPECT_EQ(fault([](v1::Policy& p) {
              p.mutable_exceptions(0)->mutable_moveable()->mutable_nth_weekday()->set_month(1);
            }),
            "exceptions[0].moveable.nth_weekday.weekday");
  EXPECT_EQ(fault([](v1::Policy& p) { p.mutable_exceptions(0)->set_cover_account_id("short"); }),
            "exceptions[0].cover_account_id");
  EXPECT_EQ(fault([](v1::Policy& p) {
              p.add_travels()->set_from_ms(std::numeric_limits<std::int64_t>::max());
            }),
            "travels[0].from_ms");
  EXPECT_EQ(fault([](v1::Policy& p) { p.add_relationship_rules(); }),
            "relationship_rules[0].relationship_id");
  EXPECT_EQ(fault([](v1::Policy& p) {
              auto& rules = *p.add_relationship_rules();
              rules.set_relationship_id(std::string(16, 'r'));
              rules.add_windows();
            }),
            "relationship_rules[0].windows[0].lane");
  EXPECT_EQ(fault([](v1::Policy& p) {
              p.add_closures()->set_until_ms(std::numeric_limits<std::int64_t>::min());
            }),
            "closures[0].until_ms");
  EXPECT_EQ(fault([](v1::Policy& p) { p.add_openings(); }), "openings[0].lane");
  EXPECT_EQ(fault([](v1::Policy& p) {
              auto& opening = *p.add_openings();
              opening.set_lane(v1::ROUTINE);
              opening.set_direction(v1::TO_CLIENT);
            }),
            "openings[0].reason");
  EXPECT_EQ(fault([](v1::Policy& p) { p.mutable_terms()->add_lanes(v1::LANE_UNSPECIFIED); }),
            "terms.lanes");
  EXPECT_EQ(fault([](v1::Policy& p) {
              p.mutable_terms()->add_urgent_readers(v1::URGENT_READER_UNSPECIFIED);
            }),
            "terms.urgent_readers");
}

TEST(PolicyWire, reads_everything_that_a_policy_can_say) {
  const std::string id(16, 'r');
  auto wire = some_policy();
  auto& holiday = *wire.add_exceptions();
  holiday.set_id("thanksgiving");
  holiday.set_kind(v1::Exception::CLOSED);
  holiday.set_cover_account_id(id);
  auto& rule = *holiday.mutable_moveable();
  rule.set_days(2);
  rule.mutable_nth_weekday()->set_month(11);
  rule.mutable_nth_weekday()->set_weekday(v1::SUNDAY);
  rule.mutable_nth_weekday()->set_nth(-1);
  auto& leap = *wire.add_exceptions();
  leap.set_id("leap");
  leap.set_kind(v1::Exception::CLOSED);
  leap.set_from_date("2028-02-29");
  leap.set_repeats(v1::Exception::YEARLY);
  leap.set_leap_day(v1::Exception::SKIP);
  auto& travel = *wire.add_travels();
  travel.set_from_ms(1'777'932'000'000);
  travel.set_until_ms(1'778'018'400'000);
  travel.set_zone("Europe/Berlin");
  auto& rules = *wire.add_relationship_rules();
  rules.set_relationship_id(id);
  *rules.add_windows() = wire.windows(0);
  auto& closure = *wire.add_closures();
  closure.set_id("ill");
  closure.set_from_ms(1'777'932'000'000);
  wire.mutable_limits()->set_max_hold_hours(240);
  wire.mutable_limits()->set_reply_time_hours(48);
  auto& terms = *wire.mutable_terms();
  terms.add_lanes(v1::URGENT);
  terms.set_reply_time_hours(72);
  terms.set_retention_days(3650);
  terms.set_lane_pause_allowed(true);
  terms.set_hours_notice_days(14);
  terms.add_urgent_readers(v1::SUPERVISOR);

  const auto policy = to_policy(wire);
  ASSERT_TRUE(policy.has_value()) << policy.error().field;
  ASSERT_TRUE(boundary::validate(*policy).has_value());
  boundary::RelationshipId expected{};
  expected.fill('r');
  const auto& read = policy->exceptions.at(1);
  EXPECT_EQ(read.moveable,
            (boundary::Moveable{boundary::NthWeekday{11, std::chrono::Sunday, -1}, 2}));
  EXPECT_EQ(read.cover_account_id, expected);
  EXPECT_EQ(policy->exceptions.at(2).repeats, boundary::Repeats::yearly);
  EXPECT_EQ(policy->exceptions.at(2).leap_day, boundary::LeapDay::skip);
  EXPECT_EQ(boundary::format_instant(policy->travels.at(0).from), "2026-05-04T22:00:00.000Z");
  EXPECT_EQ(policy->travels.at(0).zone, "Europe/Berlin");
  EXPECT_EQ(policy->relationship_rules.at(0).relationship_id, expected);
  EXPECT_EQ(policy->relationship_rules.at(0).windows, policy->windows);
  EXPECT_FALSE(policy->closures.at(0).until.has_value());
  EXPECT_EQ(policy->limits, (boundary::Limits{240, 48}));
  EXPECT_EQ(
      policy->terms,
      (boundary::Terms{
          {boundary::Lane::urgent}, 72, 3650, true, 14, {boundary::UrgentReader::supervisor}}));
}

TEST(PolicyWire, writes_an_opening_as_it_is_read) {
  for (int reason = v1::OpeningReason_MIN + 1; reason <= v1::OpeningReason_MAX; ++reason) {
    auto wire = some_policy();
    auto& opening = *wire.add_openings();
    opening.set_id("kept-1");
    opening.set_relationship_id(std::string(16, 'r'));
    opening.set_lane(v1::LOGISTICS);
    opening.set_direction(v1::TO_CLIENT);
    opening.set_from_ms(1'777'932'000'000);
    opening.set_until_ms(1'778'018'400'000);
    opening.set_accepted_through_version(2);
    opening.set_reason(static_cast<v1::OpeningReason>(reason));
    const auto policy = to_policy(wire);
    ASSERT_TRUE(policy.has_value()) << policy.error().field;
    EXPECT_EQ(to_wire(policy->openings.at(0)).SerializeAsString(), opening.SerializeAsString());
  }
}

TEST(PolicyWire, tells_the_cover_and_the_release_of_the_time_zone_data) {
  auto wire_policy = some_policy();
  auto& closure = *wire_policy.add_closures();
  closure.set_id("ill");
  closure.set_from_ms(1'777'932'000'000);
  closure.set_cover_account_id(std::string(16, 'c'));
  const auto gate = boundary::Gate::compile(*to_policy(wire_policy));
  ASSERT_TRUE(gate.has_value());
  const auto now = *boundary::parse_instant("2026-05-06T12:00:00Z");
  const auto wire = to_wire(boundary::decide({*gate}, {}, now), *gate);
  EXPECT_EQ(wire.reason(), "covered");
  EXPECT_EQ(wire.cover_account_id(), std::string(16, 'c'));
  EXPECT_EQ(wire.cover_until_ms(), 0);
  EXPECT_EQ(wire.tzdb_version(), boundary::tzdb_version());
}

TEST(PolicyWire, tells_the_verdict_with_its_promise_and_zone) {
  const auto gate = boundary::Gate::compile(*to_policy(some_policy()));
  ASSERT_TRUE(gate.has_value());
  boundary::Facts facts;
  facts.lane = boundary::Lane::logistics;
  facts.direction = boundary::Direction::to_client;
  const auto now = *boundary::parse_instant("2026-11-21T12:00:00Z");  // a Saturday
  const auto wire = to_wire(boundary::decide({*gate}, facts, now), *gate);
  EXPECT_EQ(wire.outcome(), v1::HELD);
  EXPECT_EQ(wire.reason(), "outside_windows");
  EXPECT_EQ(wire.promise_ms(),
            boundary::parse_instant("2026-11-22T01:00:00Z")->time_since_epoch().count());
  EXPECT_EQ(wire.zone(), "Europe/London");
}

TEST(Sides, make_the_direction) {
  storage::RelationshipFacts relationship;
  relationship.therapist = {{1}};
  relationship.client = {{2}};
  const auto direction = [&](storage::AccountId self, Side side) {
    return facts_for(relationship, self, side, boundary::Lane::routine).direction;
  };
  EXPECT_EQ(direction({{2}}, Side::sending), boundary::Direction::to_therapist);
  EXPECT_EQ(direction({{1}}, Side::sending), boundary::Direction::to_client);
  EXPECT_EQ(direction({{2}}, Side::receiving), boundary::Direction::to_client);
  EXPECT_EQ(direction({{1}}, Side::receiving), boundary::Direction::to_therapist);
}

TEST(PolicyCache, forgets_the_policy_longest_unused) {
  const auto gate =
      std::make_shared<const boundary::Gate>(*boundary::Gate::compile(*to_policy(some_policy())));
  PolicyCache cache(2);
  cache.put({{1}}, 1, gate);
  cache.put({{1}}, 2, gate);
  EXPECT_NE(cache.find({{1}}, 1), nullptr);
  cache.put({{2}}, 1, gate);
  EXPECT_EQ(cache.size(), 2U);
  EXPECT_EQ(cache.find({{1}}, 2), nullptr);
  EXPECT_NE(cache.find({{1}}, 1), nullptr);
}

TEST(Hint, survives_the_channel_and_nothing_else_is_one) {
  for (const auto kind : {Hint::Kind::look, Hint::Kind::displaced, Hint::Kind::revoked}) {
    const Hint hint{kind, {{1, 2}}, {{{3, 4}}, 0x01020304}, {{5, 6}}};
    EXPECT_EQ(parse_hint(encode_hint(hint)), hint);
  }
  auto bytes = encode_hint({});
  EXPECT_FALSE(parse_hint(bytes + "x"));
  EXPECT_FALSE(parse_hint(""));
  bytes[0] = 5;
  EXPECT_FALSE(parse_hint(bytes));
}

}  // namespace
}  // namespace holdspace::gateway
