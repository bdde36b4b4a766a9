#include "tests/client/boundary_vectors.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <set>

#include "boundary/names.hpp"
#include "client/policy_file.hpp"
#include "client/wire_bytes.hpp"

namespace holdspace::client::testing {
namespace {

using nlohmann::json;

const json& vectors() {
  static const json kFile = [] {
    const char* const source = std::getenv("HOLDSPACE_SOURCE");
    std::ifstream in(std::string(source != nullptr ? source : ".") + "/tests/vectors/v1/" +
                     kBoundaryVectorsFile);
    return json::parse(in);
  }();
  return kFile;
}

std::set<std::string> seen(const std::function<std::string(const json&)>& what) {
  std::set<std::string> values;
  for (const json& row : vectors().at("rows")) values.insert(what(row));
  return values;
}

// A verdict on the wire in the form of a row's.
json previewed(const v1::Verdict& verdict) {
  const auto instant = [](std::int64_t ms) { return boundary::format_instant(from_ms(ms)); };
  const std::map<v1::Outcome, std::string> outcomes = {
      {v1::RELEASED, "release_now"}, {v1::HELD, "hold"}, {v1::REFUSAL, "refuse"}};
  json row{{"outcome", outcomes.at(verdict.outcome())},
           {"reason", verdict.reason()},
           {"rule", verdict.rule()},
           {"valid_from", instant(verdict.valid_from_ms())},
           {"valid_until", instant(verdict.valid_until_ms())}};
  if (verdict.has_promise_ms()) row["promise"] = instant(verdict.promise_ms());
  if (!verdict.cover_account_id().empty()) row["cover"] = to_hex(view(verdict.cover_account_id()));
  if (verdict.cover_until_ms() != 0) row["cover_until"] = instant(verdict.cover_until_ms());
  return row;
}

TEST(BoundaryVectors, are_answered_by_the_gate_of_a_policy_file) {
  const std::vector<boundary::Gate> gates = gates_of(vectors());
  for (const json& row : vectors().at("rows")) {
    EXPECT_EQ(json(answer(gates, row)).dump(), row.at("verdict").dump()) << row.dump();
  }
}

// What `policy preview --file` shows: the same verdict, put on the wire.
TEST(BoundaryVectors, are_answered_by_the_preview_of_a_policy_file) {
  std::vector<v1::Policy> policies;
  for (const json& document : vectors().at("policies"))
    policies.push_back(*parse_policy_file(document.dump()));
  for (const json& row : vectors().at("rows")) {
    const v1::Policy* hours =
        row.contains("client") ? &policies.at(row.at("client").get<std::size_t>()) : nullptr;
    const auto& policy = policies.at(row.at("policy").get<std::size_t>());
    const auto preview = preview_policy_file(policy, hours, facts_of(row), instant_of(row));
    ASSERT_TRUE(preview.has_value()) << preview.error().text;
    EXPECT_EQ(previewed(preview->verdict()).dump(), row.at("verdict").dump()) << row.dump();
  }
}

TEST(BoundaryVectors, stand_at_both_ends_of_the_interval_of_each_verdict) {
  const std::vector<boundary::Gate> gates = gates_of(vectors());
  for (const json& row : vectors().at("rows")) {
    json other = row;
    const auto until =
        boundary::parse_instant(row.at("verdict").at("valid_until").get<std::string>());
    for (const std::string& at :
         {row.at("verdict").at("valid_from").get<std::string>(),
          boundary::format_instant(*until - std::chrono::milliseconds{1})}) {
      other["at"] = at;
      const json verdict = answer(gates, other);
      EXPECT_EQ(verdict.at("outcome"), row.at("verdict").at("outcome")) << other.dump();
      EXPECT_EQ(verdict.value("promise", ""), row.at("verdict").value("promise", ""))
          << other.dump();
    }
  }
}

TEST(BoundaryVectors, are_many_and_in_many_zones) {
  EXPECT_GE(vectors().at("rows").size(), 500U);
  EXPECT_GE(seen([](const json& row) {
              return vectors()
                  .at("policies")
                  .at(row.at("policy").get<std::size_t>())
                  .at("zone")
                  .get<std::string>();
            }).size(),
            12U);
}

TEST(BoundaryVectors, contain_every_rung_and_every_reason) {
  const std::set<std::string> rungs = seen([](const json& row) {
    const std::string rule = row.at("verdict").at("rule").get<std::string>();
    return rule.substr(0, rule.find(':'));
  });
  for (int kind = 0; kind <= static_cast<int>(boundary::RuleKind::weekly); ++kind) {
    const std::string rung(boundary::name(static_cast<boundary::RuleKind>(kind)));
    EXPECT_TRUE(rungs.count(rung) == 1) << rung;
  }
  const std::set<std::string> reasons =
      seen([](const json& row) { return row.at("verdict").at("reason").get<std::string>(); });
  for (int reason = 0; reason <= static_cast<int>(boundary::Reason::relationship_severed);
       ++reason) {
    const std::string word(boundary::name(static_cast<boundary::Reason>(reason)));
    EXPECT_TRUE(reasons.count(word) == 1) << word;
  }
}

// Written down by hand, not by the gate: docs/boundary.md has the same instants.
TEST(BoundaryVectors, agree_with_the_wall_where_the_clocks_jump) {
  const auto opens = [](std::string_view zone, std::string_view at) {
    for (const json& row : vectors().at("rows")) {
      const json& policy = vectors().at("policies").at(row.at("policy").get<std::size_t>());
      if (policy.at("zone") == zone && row.at("at") == at && row.at("lane") == "routine") {
        return row.at("verdict").at("outcome") == "release_now";
      }
    }
    ADD_FAILURE() << "no row for " << zone << " at " << at;
    return false;
  };
  // New York, 2026-03-08: 02:15-02:45 does not exist; 03:00 is 07:00Z.
  EXPECT_TRUE(opens("America/New_York", "2026-03-08T07:00:00.000Z"));
  EXPECT_FALSE(opens("America/New_York", "2026-03-08T06:59:59.999Z"));
  // New York, 2026-11-01: 01:15-01:45 is one opening from 05:15Z to 06:45Z.
  EXPECT_TRUE(opens("America/New_York", "2026-11-01T05:15:00.000Z"));
  EXPECT_TRUE(opens("America/New_York", "2026-11-01T06:44:59.999Z"));
  EXPECT_FALSE(opens("America/New_York", "2026-11-01T06:45:00.000Z"));
  // Apia went from the end of Thursday 2011-12-29 straight to Saturday: one opening from 22:00 to
  // 00:45 across a day that never was.
  EXPECT_TRUE(opens("Pacific/Apia", "2011-12-30T08:00:00.000Z"));
  EXPECT_TRUE(opens("Pacific/Apia", "2011-12-30T10:44:59.999Z"));
}

}  // namespace
}  // namespace holdspace::client::testing
