#include "client/policy_file.hpp"

#include <gtest/gtest.h>

#include "boundary/names.hpp"
#include "boundary/validate.hpp"
#include "client/policy_values.hpp"

namespace holdspace::client {
namespace {

constexpr char kPolicy[] = R"({
  "zone": "Europe/London",
  "windows": [
    { "lane": "ROUTINE", "direction": "TO_THERAPIST", "weekday": "MONDAY", "startMinute": 540, "endMinute": 1020 }
  ],
  "exceptions": [ { "id": "winter-break", "kind": "CLOSED", "fromDate": "2026-12-24", "untilDate": "2027-01-02" } ]
})";

TEST(PolicyFile, reads_what_it_writes) {
  const auto policy = parse_policy_file(kPolicy);
  ASSERT_TRUE(policy.has_value());
  const auto again = parse_policy_file(format_policy_file(*policy));
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->SerializeAsString(), policy->SerializeAsString());
}

TEST(PolicyFile, previews_by_the_rules_of_the_gate) {
  const auto policy = parse_policy_file(kPolicy);
  const auto preview = preview_policy_file(
      *policy, {v1::ROUTINE, v1::TO_THERAPIST, *boundary::parse_instant("2027-01-01T23:10Z")});
  ASSERT_TRUE(preview.has_value());
  EXPECT_EQ(preview->verdict().outcome(), v1::HELD);
  EXPECT_EQ(preview->verdict().reason(), "closed_exception");
  EXPECT_EQ(preview->verdict().promise_ms(),
            boundary::parse_instant("2027-01-04T09:00Z")->time_since_epoch().count());
  EXPECT_EQ(preview->next_changes_ms_size(), 6);
  EXPECT_EQ(preview->next_changes_ms(0), preview->verdict().promise_ms());
}

// Everything that a policy can say, with no field left at its default.
constexpr char kWholePolicy[] = R"({
  "version": "4",
  "zone": "Europe/London",
  "windows": [
    { "lane": "ROUTINE", "direction": "TO_THERAPIST", "weekday": "SUNDAY", "startMinute": 540, "endMinute": 1020 }
  ],
  "exceptions": [
    { "id": "winter-break", "kind": "CLOSED", "fromDate": "2026-12-24", "untilDate": "2027-01-02",
      "startMinute": 0, "endMinute": 720, "lanes": ["LOGISTICS"], "directions": ["TO_CLIENT"],
      "repeats": "YEARLY", "coverAccountId": "AAECAwQFBgcICQoLDA0ODw==" },
    { "id": "leap", "kind": "CLOSED", "fromDate": "2028-02-29", "untilDate": "2028-03-01",
      "repeats": "YEARLY", "leapDay": "SKIP" },
    { "id": "good-friday", "kind": "CLOSED", "moveable": { "easterOffsetDays": -2, "days": 4 } },
    { "id": "clinic", "kind": "OPEN", "lifts": "good-friday",
      "moveable": { "nthWeekday": { "month": 4, "weekday": "MONDAY", "nth": -1 }, "days": 1 } }
  ],
  "travels": [ { "fromMs": "1777932000000", "untilMs": "1778018400000", "zone": "Europe/Berlin" } ],
  "relationshipRules": [ { "relationshipId": "AAECAwQFBgcICQoLDA0ODw==", "windows": [
    { "lane": "LOGISTICS", "direction": "TO_CLIENT", "weekday": "MONDAY", "startMinute": 60, "endMinute": 120 } ] } ],
  "closures": [
    { "id": "flood", "fromMs": "1777932000000", "untilMs": "1778018400000",
      "coverAccountId": "AAECAwQFBgcICQoLDA0ODw==" },
    { "id": "ill", "fromMs": "1777932000000" }
  ],
  "openings": [ { "id": "kept-1", "relationshipId": "AAECAwQFBgcICQoLDA0ODw==", "lane": "LOGISTICS",
    "direction": "TO_CLIENT", "fromMs": "1777932000000", "untilMs": "1778018400000",
    "acceptedThroughVersion": "3", "reason": "KEPT_PROMISE" } ],
  "limits": { "maxHoldHours": 240, "replyTimeHours": 48 },
  "terms": { "lanes": ["ROUTINE", "URGENT"], "replyTimeHours": 72, "retentionDays": 3650,
    "lanePauseAllowed": true, "hoursNoticeDays": 14, "urgentReaders": ["OWN_THERAPIST", "SUPERVISOR"] }
})";

TEST(PolicyFile, gives_every_field_to_the_rules_and_back) {
  const auto wire = parse_policy_file(kWholePolicy);
  ASSERT_TRUE(wire.has_value()) << wire.error().text;
  const auto policy = to_policy(*wire);
  ASSERT_TRUE(policy.has_value()) << policy.error().field;
  const auto valid = boundary::validate(*policy);
  EXPECT_TRUE(valid.has_value()) << boundary::describe(valid.error());
  EXPECT_EQ(format_policy_file(to_wire(*policy)), format_policy_file(*wire));
}

TEST(PolicyFile, knows_every_enumerator_in_both_directions) {
  v1::Policy wire;
  wire.set_zone("Etc/UTC");
  for (int reason = v1::OpeningReason_MIN + 1; reason <= v1::OpeningReason_MAX; ++reason) {
    auto& opening = *wire.add_openings();
    opening.set_lane(v1::ROUTINE);
    opening.set_direction(v1::TO_THERAPIST);
    opening.set_reason(static_cast<v1::OpeningReason>(reason));
  }
  for (int reader = v1::UrgentReader_MIN + 1; reader <= v1::UrgentReader_MAX; ++reader)
    wire.mutable_terms()->add_urgent_readers(static_cast<v1::UrgentReader>(reader));
  const auto policy = to_policy(wire);
  ASSERT_TRUE(policy.has_value()) << policy.error().field;
  EXPECT_EQ(to_wire(*policy).SerializeAsString(), wire.SerializeAsString());
}

TEST(PolicyFile, names_the_field_that_is_wrong) {
  const auto check = [](std::string_view json, std::string_view words) {
    const auto policy = parse_policy_file(json);
    std::string said;
    if (policy.has_value()) {
      const auto preview = preview_policy_file(*policy, {});
      ASSERT_FALSE(preview.has_value()) << json;
      said = preview.error().text;
    } else {
      said = policy.error().text;
    }
    EXPECT_NE(said.find(words), std::string::npos) << said;
  };
  check("{", "not a policy file");
  check(R"({"zone":"Europe/London","windoes":[]})", "windoes");
  check(R"({"zone":"Mars/Olympus"})", "zone");
  check(R"({"zone":"Etc/UTC","windows":[{"lane":"ROUTINE","direction":"TO_CLIENT"}]})",
        "windows[0].weekday");
  check(
      R"({"zone":"Etc/UTC","windows":[{"lane":"ROUTINE","direction":"TO_CLIENT","weekday":"MONDAY","startMinute":600,"endMinute":600}]})",
      "windows[0].end_minute");
  check(R"({"zone":"Etc/UTC","exceptions":[{"id":"x","kind":"CLOSED","fromDate":"2026-02-30"}]})",
        "exceptions[0].fromDate");
  check(R"({"zone":"Etc/UTC","exceptions":[{"id":"x","kind":"CLOSED","moveable":{"days":1}}]})",
        "exceptions[0].moveable.easterOffsetDays");
  check(
      R"({"zone":"Etc/UTC","exceptions":[{"id":"x","kind":"CLOSED","fromDate":"2026-01-01","moveable":{"easterOffsetDays":1,"days":1}}]})",
      "exceptions[0].from_date");
  check(R"({"zone":"Etc/UTC","closures":[{"id":"x","fromMs":1,"coverAccountId":"AAEC"}]})",
        "closures[0].coverAccountId");
  check(R"({"zone":"Etc/UTC","closures":[{"id":"x","fromMs":"9223372036854775807"}]})",
        "closures[0].fromMs");
  check(R"({"zone":"Etc/UTC","openings":[{"id":"x","lane":"ROUTINE","direction":"TO_CLIENT"}]})",
        "openings[0].reason");
  check(R"({"zone":"Etc/UTC","relationshipRules":[{"windows":[]}]})",
        "relationshipRules[0].relationshipId");
}

}  // namespace
}  // namespace holdspace::client
