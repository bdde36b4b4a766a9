#include "client/policy_file.hpp"

#include <google/protobuf/util/json_util.h>

#include <optional>
#include <utility>

#include "boundary/names.hpp"
#include "client/policy_values.hpp"

namespace holdspace::client {
namespace {

using boost::system::result;

// Transitions shown by a preview: the wire's bound.
constexpr int kNextChangesMax = 6;

}  // namespace

result<v1::Policy, PolicyFileError> parse_policy_file(std::string_view json) {
  v1::Policy policy;
  const auto parsed =
      google::protobuf::util::JsonStringToMessage({json.data(), json.size()}, &policy);
  if (!parsed.ok()) return PolicyFileError{"not a policy file: " + parsed.ToString()};
  return policy;
}

std::string format_policy_file(const v1::Policy& policy) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  std::string json;
  const auto printed = google::protobuf::util::MessageToJsonString(policy, &json, options);
  return printed.ok() ? json : std::string();
}

result<boundary::Gate, PolicyFileError> compile_policy_file(const v1::Policy& wire) {
  auto policy = to_policy(wire);
  if (!policy.has_value())
    return PolicyFileError{policy.error().field + ": missing or not a known value"};
  auto gate = boundary::Gate::compile(std::move(*policy));
  if (!gate.has_value()) return PolicyFileError{boundary::describe(gate.error())};
  return std::move(*gate);
}

result<v1::PolicyPreview, PolicyFileError> preview_policy_file(const v1::Policy& policy,
                                                               const v1::Policy* hours,
                                                               const boundary::Facts& facts,
                                                               boundary::Instant at) {
  const auto therapist = compile_policy_file(policy);
  if (!therapist.has_value()) return therapist.error();
  std::optional<boundary::Gate> client;
  if (hours != nullptr) {
    auto compiled = compile_policy_file(*hours);
    if (!compiled.has_value())
      return PolicyFileError{"the client's own hours: " + compiled.error().text};
    client = std::move(*compiled);
  }
  const boundary::Gates gates{*therapist, client ? &*client : nullptr};
  v1::PolicyPreview preview;
  *preview.mutable_verdict() = to_wire(boundary::decide(gates, facts, at), therapist->policy());
  auto change = boundary::next_change(gates, facts, at);
  while (change && preview.next_changes_ms_size() < kNextChangesMax) {
    preview.add_next_changes_ms(change->time_since_epoch().count());
    change = boundary::next_change(gates, facts, *change);
  }
  preview.set_tzdb_version(boundary::tzdb_version());
  return preview;
}

result<v1::PolicyPreview, PolicyFileError> preview_policy_file(const v1::Policy& policy,
                                                               const PolicyQuestion& question) {
  boundary::Facts facts;
  facts.lane = to_lane(question.lane);
  facts.direction = to_direction(question.direction);
  return preview_policy_file(policy, nullptr, facts, question.at);
}

}  // namespace holdspace::client
