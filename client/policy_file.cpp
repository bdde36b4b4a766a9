#include "client/policy_file.hpp"

#include <google/protobuf/util/json_util.h>

#include "boundary/decide.hpp"
#include "boundary/names.hpp"

namespace holdspace::client {
namespace {

using boost::system::result;

// Transitions shown by a preview: the wire's bound.
constexpr int kNextChangesMax = 6;

std::int64_t to_ms(boundary::Instant at) {
  return at.time_since_epoch().count();
}

PolicyFileError wrong(const std::string& list, int index, const std::string& field) {
  return {list + "[" + std::to_string(index) + "]." + field + ": missing or not a known value"};
}

boundary::Lane to_lane(int lane) {
  if (lane == v1::URGENT) return boundary::Lane::urgent;
  return lane == v1::LOGISTICS ? boundary::Lane::logistics : boundary::Lane::routine;
}

boundary::Direction to_direction(int direction) {
  return direction == v1::TO_CLIENT ? boundary::Direction::to_client
                                    : boundary::Direction::to_therapist;
}

result<boundary::DatedException, PolicyFileError> to_exception(const v1::Exception& wire,
                                                               int index) {
  const auto from = boundary::parse_date(wire.from_date());
  const auto until = boundary::parse_date(wire.until_date());
  if (wire.kind() == v1::Exception::KIND_UNSPECIFIED) return wrong("exceptions", index, "kind");
  if (!from) return wrong("exceptions", index, "fromDate");
  if (!until && !wire.until_date().empty()) return wrong("exceptions", index, "untilDate");
  if (wire.has_start_minute() != wire.has_end_minute())
    return wrong("exceptions", index, wire.has_start_minute() ? "endMinute" : "startMinute");
  boundary::DatedException out;
  out.id = wire.id();
  out.lifts = wire.lifts();
  out.kind = wire.kind() == v1::Exception::OPEN ? boundary::ExceptionKind::open
                                                : boundary::ExceptionKind::closed;
  out.from_date = *from;
  out.until_date = until.value_or(*from + std::chrono::days(1));
  if (wire.has_start_minute()) out.part = boundary::DayPart{wire.start_minute(), wire.end_minute()};
  for (const auto lane : wire.lanes()) {
    if (lane == v1::LANE_UNSPECIFIED) return wrong("exceptions", index, "lanes");
    out.lanes.push_back(to_lane(lane));
  }
  for (const auto direction : wire.directions()) {
    if (direction == v1::DIRECTION_UNSPECIFIED) return wrong("exceptions", index, "directions");
    out.directions.push_back(to_direction(direction));
  }
  return out;
}

result<boundary::Policy, PolicyFileError> to_policy(const v1::Policy& wire) {
  boundary::Policy out;
  out.version = wire.version();
  out.zone = wire.zone();
  for (int index = 0; index < wire.windows_size(); ++index) {
    const auto& window = wire.windows(index);
    if (window.lane() == v1::LANE_UNSPECIFIED) return wrong("windows", index, "lane");
    if (window.direction() == v1::DIRECTION_UNSPECIFIED)
      return wrong("windows", index, "direction");
    if (window.weekday() == v1::WEEKDAY_UNSPECIFIED) return wrong("windows", index, "weekday");
    // The wire counts Monday 1 to Sunday 7, which std::chrono::weekday takes as it is.
    out.windows.push_back({to_lane(window.lane()), to_direction(window.direction()),
                           std::chrono::weekday(static_cast<unsigned>(window.weekday())),
                           window.start_minute(), window.end_minute()});
  }
  for (int index = 0; index < wire.exceptions_size(); ++index) {
    auto exception = to_exception(wire.exceptions(index), index);
    if (!exception.has_value()) return exception.error();
    out.exceptions.push_back(std::move(*exception));
  }
  return out;
}

v1::Verdict to_wire(const boundary::Verdict& verdict, const boundary::Policy& policy) {
  v1::Verdict wire;
  switch (verdict.outcome) {
    case boundary::Outcome::release_now:
      wire.set_outcome(v1::RELEASED);
      break;
    case boundary::Outcome::hold:
      wire.set_outcome(v1::HELD);
      break;
    case boundary::Outcome::refuse:
      wire.set_outcome(v1::REFUSAL);
      break;
  }
  wire.set_reason(std::string(boundary::name(verdict.reason)));
  wire.set_rule(boundary::format_rule(verdict.rule));
  for (const auto& rule : verdict.losing) wire.add_losing_rules(boundary::format_rule(rule));
  if (verdict.promise) wire.set_promise_ms(to_ms(*verdict.promise));
  wire.set_valid_from_ms(to_ms(verdict.valid.from));
  wire.set_valid_until_ms(to_ms(verdict.valid.until));
  wire.set_policy_version(verdict.policy_version);
  wire.set_zone(policy.zone);
  return wire;
}

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
  if (!policy.has_value()) return policy.error();
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
    preview.add_next_changes_ms(to_ms(*change));
    change = boundary::next_change({*gate}, facts, *change);
  }
  preview.set_tzdb_version(boundary::tzdb_version());
  return preview;
}

}  // namespace holdspace::client
