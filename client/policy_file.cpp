#include "client/policy_file.hpp"

#include <google/protobuf/util/json_util.h>

#include "boundary/decide.hpp"
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

result<v1::PolicyPreview, PolicyFileError> preview_policy_file(const v1::Policy& wire,
                                                               const PolicyQuestion& question) {
  auto policy = to_policy(wire);
  if (!policy.has_value())
    return PolicyFileError{policy.error().field + ": missing or not a known value"};
  const auto gate = boundary::Gate::compile(std::move(*policy));
  if (!gate.has_value()) return PolicyFileError{boundary::describe(gate.error())};
  boundary::Facts facts;
  facts.lane = to_lane(question.lane);
  facts.direction = to_direction(question.direction);
  v1::PolicyPreview preview;
  *preview.mutable_verdict() =
      to_wire(boundary::decide({*gate}, facts, question.at), gate->policy());
  auto change = boundary::next_change({*gate}, facts, question.at);
  while (change && preview.next_changes_ms_size() < kNextChangesMax) {
    preview.add_next_changes_ms(change->time_since_epoch().count());
    change = boundary::next_change({*gate}, facts, *change);
  }
  preview.set_tzdb_version(boundary::tzdb_version());
  return preview;
}

}  // namespace holdspace::client
