// What a client is told: the kinds of rules and instants, never a name, a journey, a colleague or
// somebody else's hours.
#include <gtest/gtest.h>

#include "boundary/decide.hpp"
#include "gateway/client_view.hpp"
#include "gateway/policy_wire.hpp"

namespace holdspace::gateway {
namespace {

const boundary::RelationshipId kMine{1};
const boundary::RelationshipId kOther{2};

std::string bytes(const boundary::RelationshipId& id) {
  return {id.begin(), id.end()};
}

boundary::Instant at(const char* text) {
  return *boundary::parse_instant(text);
}

std::int64_t ms(const char* text) {
  return at(text).time_since_epoch().count();
}

v1::Window window(v1::Direction direction, v1::Weekday day, std::uint32_t start) {
  v1::Window out;
  out.set_lane(v1::ROUTINE);
  out.set_direction(direction);
  out.set_weekday(day);
  out.set_start_minute(start);
  out.set_end_minute(start + 60);
  return out;
}

v1::Exception closed(const char* id, const char* from, const char* until) {
  v1::Exception out;
  out.set_id(id);
  out.set_kind(v1::Exception::CLOSED);
  out.set_from_date(from);
  out.set_until_date(until);
  return out;
}

// Everything that a document can have, with words that must not come out.
v1::Policy full_policy() {
  v1::Policy policy;
  policy.set_version(5);
  policy.set_zone("Europe/London");
  *policy.add_windows() = window(v1::TO_THERAPIST, v1::MONDAY, 540);
  *policy.add_windows() = window(v1::TO_CLIENT, v1::MONDAY, 600);
  *policy.add_exceptions() = closed("divorce-hearing", "2026-03-01", "2026-03-02");
  auto& surgery = *policy.add_exceptions();
  surgery = closed("surgery", "2026-12-01", "2026-12-20");
  surgery.set_cover_account_id(std::string(16, 'c'));
  auto& clinic = *policy.add_exceptions();
  clinic = closed("open-again", "2026-12-10", "2026-12-11");
  clinic.set_kind(v1::Exception::OPEN);
  clinic.set_lifts("surgery");
  auto& travel = *policy.add_travels();
  travel.set_from_ms(ms("2026-11-01T00:00:00Z"));
  travel.set_until_ms(ms("2027-01-01T00:00:00Z"));
  travel.set_zone("Pacific/Honolulu");
  for (const auto& id : {kMine, kOther}) {
    auto& rules = *policy.add_relationship_rules();
    rules.set_relationship_id(bytes(id));
    *rules.add_windows() = window(v1::TO_THERAPIST, id == kMine ? v1::TUESDAY : v1::FRIDAY, 660);
  }
  auto& closure = *policy.add_closures();
  closure.set_id("car-accident");
  closure.set_from_ms(ms("2026-11-20T00:00:00Z"));
  closure.set_cover_account_id(std::string(16, 'c'));
  auto& opening = *policy.add_openings();
  opening.set_id("crisis-of-somebody");
  opening.set_relationship_id(bytes(kOther));
  opening.set_lane(v1::ROUTINE);
  opening.set_direction(v1::TO_THERAPIST);
  opening.set_from_ms(ms("2026-11-25T00:00:00Z"));
  opening.set_until_ms(ms("2026-11-26T00:00:00Z"));
  opening.set_reason(v1::CRISIS_FOLLOW_UP);
  policy.mutable_limits()->set_reply_time_hours(24);
  policy.mutable_terms()->set_retention_days(30);
  return policy;
}

TEST(ClientView, of_a_policy_has_no_name_journey_colleague_override_or_other_client_in_it) {
  const auto view = client_view(full_policy(), kMine, at("2026-11-25T12:00:00Z"));
  const auto all = view.SerializeAsString();
  for (const char* word : {"surgery", "divorce", "open-again", "Honolulu", "accident", "crisis"})
    EXPECT_EQ(all.find(word), std::string::npos) << word;
  EXPECT_EQ(all.find(bytes(kOther)), std::string::npos);
  EXPECT_EQ(all.find(std::string(16, 'c')), std::string::npos);
  EXPECT_EQ(view.openings_size() + view.travels_size() + view.relationship_rules_size(), 0);
}

TEST(ClientView, of_a_policy_says_when_this_relationship_is_open) {
  const auto view = client_view(full_policy(), kMine, at("2026-11-25T12:00:00Z"));
  EXPECT_EQ(view.version(), 5U);
  EXPECT_EQ(view.zone(), "Europe/London");
  ASSERT_EQ(view.windows_size(), 2);
  EXPECT_EQ(view.windows(0).weekday(), v1::TUESDAY);  // its own in place of Monday's
  EXPECT_EQ(view.windows(1).direction(), v1::TO_CLIENT);
  ASSERT_EQ(view.exceptions_size(), 2);  // the one in March is over
  EXPECT_EQ(view.exceptions(0).from_date(), "2026-12-01");
  EXPECT_EQ(view.exceptions(1).lifts(), view.exceptions(0).id());
  ASSERT_EQ(view.closures_size(), 1);
  EXPECT_EQ(view.closures(0).from_ms(), ms("2026-11-20T00:00:00Z"));
  EXPECT_EQ(view.limits().reply_time_hours(), 24U);
  EXPECT_EQ(view.terms().retention_days(), 30U);
  const auto policy = to_policy(view);
  ASSERT_TRUE(policy.has_value()) << policy.error().field;
  EXPECT_TRUE(boundary::Gate::compile(*policy).has_value());
}

TEST(ClientView, of_a_policy_shows_a_stranger_the_common_hours) {
  const auto view =
      client_view(full_policy(), boundary::RelationshipId{9}, at("2026-11-25T12:00:00Z"));
  ASSERT_EQ(view.windows_size(), 2);
  EXPECT_EQ(view.windows(0).weekday(), v1::MONDAY);
}

TEST(ClientView, of_a_verdict_keeps_instants_and_the_kind_of_the_rule_alone) {
  v1::Verdict verdict;
  verdict.set_outcome(v1::HELD);
  verdict.set_reason("closed_exception");
  verdict.set_rule("closed_exception:surgery");
  verdict.add_losing_rules("travel_zone:travels[0]");
  verdict.set_promise_ms(77);
  verdict.set_policy_version(5);
  const auto view = client_view(verdict);
  EXPECT_EQ(view.rule(), "closed_exception");
  EXPECT_EQ(view.losing_rules_size(), 0);
  EXPECT_EQ(view.reason(), "closed_exception");
  EXPECT_EQ(view.promise_ms(), 77);
  EXPECT_EQ(view.policy_version(), 5U);
}

TEST(ClientView, of_a_verdict_names_the_colleague_who_covers_this_very_message) {
  v1::Verdict verdict;
  verdict.set_reason("covered");
  verdict.set_cover_account_id(std::string(16, 'c'));
  verdict.set_cover_until_ms(99);
  const auto view = client_view(verdict);
  EXPECT_EQ(view.cover_account_id(), std::string(16, 'c'));
  EXPECT_EQ(view.cover_until_ms(), 99);
}

TEST(ClientView, of_a_verdict_is_the_same_at_home_and_on_a_journey) {
  auto home = full_policy();
  home.clear_closures();
  home.clear_travels();
  auto away = home;
  auto& travel = *away.add_travels();  // a zone that shows the same wall
  travel.set_from_ms(ms("2026-11-01T00:00:00Z"));
  travel.set_until_ms(ms("2026-11-30T00:00:00Z"));
  travel.set_zone("Africa/Abidjan");
  boundary::Facts facts;
  facts.relationship_id = kMine;
  for (const char* now : {"2026-11-23T12:00:00Z", "2026-11-24T11:30:00Z"}) {
    std::vector<v1::Verdict> seen;
    for (const auto* document : {&home, &away}) {
      const auto gate = boundary::Gate::compile(*to_policy(*document));
      ASSERT_TRUE(gate.has_value());
      seen.push_back(client_view(to_wire(boundary::decide({*gate}, facts, at(now)), *gate)));
    }
    EXPECT_EQ(seen[0].ShortDebugString(), seen[1].ShortDebugString()) << now;
  }
}

}  // namespace
}  // namespace holdspace::gateway
