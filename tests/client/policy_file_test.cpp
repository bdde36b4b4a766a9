#include "client/policy_file.hpp"

#include <gtest/gtest.h>

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
      *policy, {v1::ROUTINE, v1::TO_THERAPIST, *boundary::parse_instant("2026-12-24T23:10Z")});
  ASSERT_TRUE(preview.has_value());
  EXPECT_EQ(preview->verdict().outcome(), v1::HELD);
  EXPECT_EQ(preview->verdict().reason(), "closed_exception");
  EXPECT_EQ(preview->verdict().promise_ms(),
            boundary::parse_instant("2027-01-04T09:00Z")->time_since_epoch().count());
  EXPECT_EQ(preview->next_changes_ms_size(), 6);
  EXPECT_EQ(preview->next_changes_ms(0), preview->verdict().promise_ms());
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
}

}  // namespace
}  // namespace holdspace::client
