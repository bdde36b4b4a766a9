#include "tests/client/boundary_vectors.hpp"

#include <stdexcept>

#include "boundary/names.hpp"
#include "client/policy_file.hpp"
#include "client/policy_values.hpp"
#include "tests/client/boundary_vector_policies.hpp"

namespace holdspace::client::testing {
namespace {

using boundary::Instant;
using nlohmann::json;
using nlohmann::ordered_json;

template <typename T>
T must(const std::optional<T>& value, const std::string& text) {
  if (!value) throw std::invalid_argument("malformed row: " + text);
  return *value;
}

template <std::size_t N>
std::string hex(const std::array<std::uint8_t, N>& id) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : id) {
    text += kDigits[byte / 16];
    text += kDigits[byte % 16];
  }
  return text;
}

boundary::RelationshipId id_of(const std::string& text) {
  boundary::RelationshipId id{};
  if (text.size() != 2 * id.size()) throw std::invalid_argument("malformed id: " + text);
  for (std::size_t i = 0; i < id.size(); ++i)
    id[i] = static_cast<std::uint8_t>(std::stoi(text.substr(2 * i, 2), nullptr, 16));
  return id;
}

Instant instant(const json& text) {
  return must(boundary::parse_instant(text.get<std::string>()), text.get<std::string>());
}

boundary::Interval interval(const json& pair) {
  return {instant(pair.at(0)), instant(pair.at(1))};
}

ordered_json to_json(const boundary::Interval& interval) {
  return ordered_json::array(
      {boundary::format_instant(interval.from), boundary::format_instant(interval.until)});
}

// Only what differs from a new routine message of an active relationship.
ordered_json row_of(const Question& question) {
  const boundary::Facts& facts = question.facts;
  ordered_json row{{"policy", question.policy}, {"at", boundary::format_instant(question.at)}};
  if (question.client) row["client"] = *question.client;
  row["lane"] = boundary::name(facts.lane);
  row["direction"] = boundary::name(facts.direction);
  if (facts.state != boundary::RelationshipState::active)
    row["state"] = boundary::name(facts.state);
  if (facts.moment == boundary::Moment::release) row["moment"] = "release";
  if (facts.same_account) row["same_account"] = true;
  if (facts.relationship_id) row["relationship"] = hex(*facts.relationship_id);
  if (facts.accepted_version) row["accepted_version"] = *facts.accepted_version;
  if (facts.pauses.routine) row["routine_pause"] = to_json(*facts.pauses.routine);
  if (facts.pauses.logistics) row["logistics_pause"] = to_json(*facts.pauses.logistics);
  if (facts.ends_at) row["ends_at"] = boundary::format_instant(*facts.ends_at);
  return row;
}

ordered_json to_json(const boundary::Verdict& verdict) {
  ordered_json answer{{"outcome", boundary::name(verdict.outcome)},
                      {"reason", boundary::name(verdict.reason)},
                      {"rule", boundary::format_rule(verdict.rule)}};
  if (verdict.promise) answer["promise"] = boundary::format_instant(*verdict.promise);
  answer["valid_from"] = boundary::format_instant(verdict.valid.from);
  answer["valid_until"] = boundary::format_instant(verdict.valid.until);
  if (verdict.cover_account_id) answer["cover"] = hex(*verdict.cover_account_id);
  if (verdict.cover_until) answer["cover_until"] = boundary::format_instant(*verdict.cover_until);
  return answer;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + (&line == &lines.back() ? "\n" : ",\n");
  return text;
}

constexpr char kAbout[] =
    "What the gate says of one message at one instant. A row: the index of the therapist's policy "
    "and, where there is one, of the client's own hours; the instant; the facts, of which these "
    "are left out when they are so: state active, moment accept, no copy of the same account, no "
    "pause. The verdict stands in [valid_from, valid_until). Version 1.";

}  // namespace

// One policy or row on each line, so that a change shows which.
std::string make_boundary_vectors() {
  json file{{"policies", json::array()}};
  std::vector<std::string> policies;
  for (const boundary::Policy& policy : vector_policies()) {
    file["policies"].push_back(json::parse(format_policy_file(to_wire(policy))));
    policies.push_back(file["policies"].back().dump());
  }
  const std::vector<boundary::Gate> gates = gates_of(file);
  std::vector<std::string> rows;
  for (const Question& question : vector_questions(gates)) {
    ordered_json row = row_of(question);
    row["verdict"] = answer(gates, row);
    rows.push_back(row.dump());
  }
  return "{\"about\": " + json(kAbout).dump() +
         ",\n\"tzdata\": " + json(boundary::tzdb_version()).dump() + ",\n\"policies\": [\n" +
         joined(policies) + "],\n\"rows\": [\n" + joined(rows) + "]}\n";
}

std::vector<boundary::Gate> gates_of(const json& file) {
  std::vector<boundary::Gate> gates;
  for (const json& document : file.at("policies")) {
    const auto wire = parse_policy_file(document.dump());
    if (!wire.has_value()) throw std::invalid_argument(wire.error().text);
    auto policy = to_policy(*wire);
    if (!policy.has_value()) throw std::invalid_argument(policy.error().field);
    auto gate = boundary::Gate::compile(*std::move(policy));
    if (!gate.has_value()) throw std::invalid_argument(boundary::describe(gate.error()));
    gates.push_back(*std::move(gate));
  }
  return gates;
}

boundary::Facts facts_of(const json& row) {
  const auto text = [&row](const char* member) { return row.at(member).get<std::string>(); };
  boundary::Facts facts;
  facts.lane = must(boundary::parse_lane(text("lane")), text("lane"));
  facts.direction = must(boundary::parse_direction(text("direction")), text("direction"));
  if (row.contains("state"))
    facts.state = must(boundary::parse_relationship_state(text("state")), text("state"));
  if (row.value("moment", "accept") == "release") facts.moment = boundary::Moment::release;
  facts.same_account = row.value("same_account", false);
  if (row.contains("relationship")) facts.relationship_id = id_of(text("relationship"));
  if (row.contains("accepted_version"))
    facts.accepted_version = row.at("accepted_version").get<std::uint64_t>();
  if (row.contains("routine_pause")) facts.pauses.routine = interval(row.at("routine_pause"));
  if (row.contains("logistics_pause")) facts.pauses.logistics = interval(row.at("logistics_pause"));
  if (row.contains("ends_at")) facts.ends_at = instant(row.at("ends_at"));
  return facts;
}

Instant instant_of(const json& row) {
  return instant(row.at("at"));
}

ordered_json answer(const std::vector<boundary::Gate>& gates, const json& row) {
  const boundary::Gate* const client =
      row.contains("client") ? &gates.at(row.at("client").get<std::size_t>()) : nullptr;
  const boundary::Gates way{gates.at(row.at("policy").get<std::size_t>()), client};
  return to_json(boundary::decide(way, facts_of(row), instant_of(row)));
}

}  // namespace holdspace::client::testing
