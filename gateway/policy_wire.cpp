// See policy_wire.hpp.
#include "gateway/policy_wire.hpp"

#include <cassert>

#include "boundary/gate.hpp"
#include "boundary/names.hpp"

namespace holdspace::gateway {
namespace {

std::string element(const char* list, int index, const char* field) {
  return std::string(list) + "[" + std::to_string(index) + "]." + field;
}

std::int64_t to_ms(boundary::Instant at) {
  return at.time_since_epoch().count();
}

std::optional<boundary::DatedException> to_exception(const v1::Exception& wire,
                                                     const char*& wrong) {
  boundary::DatedException out;
  out.id = wire.id();
  out.lifts = wire.lifts();
  const auto from = boundary::parse_date(wire.from_date());
  const auto until = boundary::parse_date(wire.until_date());
  wrong = nullptr;
  if (wire.kind() == v1::Exception::KIND_UNSPECIFIED) wrong = "kind";
  if (!from) wrong = "from_date";
  if (!until && !wire.until_date().empty()) wrong = "until_date";
  if (wire.has_start_minute() != wire.has_end_minute())
    wrong = wire.has_start_minute() ? "end_minute" : "start_minute";
  for (const auto lane : wire.lanes())
    if (lane == v1::LANE_UNSPECIFIED) wrong = "lanes";
  for (const auto direction : wire.directions())
    if (direction == v1::DIRECTION_UNSPECIFIED) wrong = "directions";
  if (wrong != nullptr) return std::nullopt;

  out.kind = wire.kind() == v1::Exception::OPEN ? boundary::ExceptionKind::open
                                                : boundary::ExceptionKind::closed;
  out.from_date = *from;
  out.until_date = until.value_or(*from + std::chrono::days(1));
  if (wire.has_start_minute()) out.part = boundary::DayPart{wire.start_minute(), wire.end_minute()};
  for (const auto lane : wire.lanes()) out.lanes.push_back(to_lane(static_cast<v1::Lane>(lane)));
  for (const auto direction : wire.directions())
    out.directions.push_back(to_direction(static_cast<v1::Direction>(direction)));
  return out;
}

}  // namespace

boundary::Lane to_lane(v1::Lane lane) {
  assert(lane == v1::ROUTINE || lane == v1::LOGISTICS || lane == v1::URGENT);
  if (lane == v1::URGENT) return boundary::Lane::urgent;
  return lane == v1::LOGISTICS ? boundary::Lane::logistics : boundary::Lane::routine;
}

v1::Lane to_wire(boundary::Lane lane) {
  switch (lane) {
    case boundary::Lane::routine:
      return v1::ROUTINE;
    case boundary::Lane::logistics:
      return v1::LOGISTICS;
    case boundary::Lane::urgent:
      return v1::URGENT;
  }
  return v1::LANE_UNSPECIFIED;
}

boundary::Direction to_direction(v1::Direction direction) {
  assert(direction == v1::TO_THERAPIST || direction == v1::TO_CLIENT);
  return direction == v1::TO_CLIENT ? boundary::Direction::to_client
                                    : boundary::Direction::to_therapist;
}

v1::Direction to_wire(boundary::Direction direction) {
  return direction == boundary::Direction::to_client ? v1::TO_CLIENT : v1::TO_THERAPIST;
}

boost::system::result<boundary::Policy, PolicyFieldFault> to_policy(const v1::Policy& wire) {
  boundary::Policy out;
  out.version = wire.version();
  out.zone = wire.zone();
  for (int i = 0; i < wire.windows_size(); ++i) {
    const auto& window = wire.windows(i);
    if (window.lane() == v1::LANE_UNSPECIFIED)
      return PolicyFieldFault{element("windows", i, "lane")};
    if (window.direction() == v1::DIRECTION_UNSPECIFIED)
      return PolicyFieldFault{element("windows", i, "direction")};
    if (window.weekday() == v1::WEEKDAY_UNSPECIFIED)
      return PolicyFieldFault{element("windows", i, "weekday")};
    // The wire counts Monday 1 to Sunday 7, which std::chrono::weekday takes as it is.
    out.windows.push_back({to_lane(window.lane()), to_direction(window.direction()),
                           std::chrono::weekday(static_cast<unsigned>(window.weekday())),
                           window.start_minute(), window.end_minute()});
  }
  for (int i = 0; i < wire.exceptions_size(); ++i) {
    const char* wrong = nullptr;
    const auto exception = to_exception(wire.exceptions(i), wrong);
    if (!exception) return PolicyFieldFault{element("exceptions", i, wrong)};
    out.exceptions.push_back(*exception);
  }
  return out;
}

v1::Verdict to_wire(const boundary::Verdict& verdict, const boundary::Gate& gate) {
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
  wire.set_zone(gate.policy().zone);
  return wire;
}

}  // namespace holdspace::gateway
