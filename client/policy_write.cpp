// From the values of boundary/ to the wire. See policy_values.hpp.
#include <array>
#include <optional>
#include <variant>

#include "boundary/names.hpp"
#include "boundary/time.hpp"
#include "client/policy_tables.hpp"
#include "client/policy_values.hpp"

namespace holdspace::client {
namespace {

using Id = std::array<std::uint8_t, 16>;

std::int64_t to_ms(boundary::Instant at) {
  return at.time_since_epoch().count();
}

void set_id(const Id& id, std::string& wire) {
  wire.assign(id.begin(), id.end());
}

v1::Window to_wire(const boundary::WeeklyWindow& window) {
  v1::Window wire;
  wire.set_lane(wire_of(kLanes, window.lane));
  wire.set_direction(wire_of(kDirections, window.direction));
  wire.set_weekday(static_cast<v1::Weekday>(window.weekday.iso_encoding()));
  wire.set_start_minute(window.start_minute);
  wire.set_end_minute(window.end_minute);
  return wire;
}

v1::Moveable to_wire(const boundary::Moveable& moveable) {
  v1::Moveable wire;
  wire.set_days(moveable.days);
  if (const auto* const easter = std::get_if<boundary::EasterDay>(&moveable.day)) {
    wire.set_easter_offset_days(easter->easter_offset_days);
  } else {
    const auto& nth = std::get<boundary::NthWeekday>(moveable.day);
    auto& day = *wire.mutable_nth_weekday();
    day.set_month(nth.month);
    day.set_weekday(static_cast<v1::Weekday>(nth.weekday.iso_encoding()));
    day.set_nth(nth.nth);
  }
  return wire;
}

v1::Exception to_wire(const boundary::DatedException& exception) {
  v1::Exception wire;
  wire.set_id(exception.id);
  wire.set_kind(wire_of(kKinds, exception.kind));
  if (exception.moveable) {
    *wire.mutable_moveable() = to_wire(*exception.moveable);
  } else {
    wire.set_from_date(boundary::format_date(exception.from_date));
    wire.set_until_date(boundary::format_date(exception.until_date));
  }
  if (exception.part) {
    wire.set_start_minute(exception.part->start_minute);
    wire.set_end_minute(exception.part->end_minute);
  }
  for (const auto lane : exception.lanes) wire.add_lanes(wire_of(kLanes, lane));
  for (const auto direction : exception.directions)
    wire.add_directions(wire_of(kDirections, direction));
  wire.set_lifts(exception.lifts);
  wire.set_repeats(wire_of(kRepeats, exception.repeats));
  if (exception.leap_day) wire.set_leap_day(wire_of(kLeapDays, *exception.leap_day));
  if (exception.cover_account_id)
    set_id(*exception.cover_account_id, *wire.mutable_cover_account_id());
  return wire;
}

v1::Closure to_wire(const boundary::Closure& closure) {
  v1::Closure wire;
  wire.set_id(closure.id);
  wire.set_from_ms(to_ms(closure.from));
  if (closure.until) wire.set_until_ms(to_ms(*closure.until));
  if (closure.cover_account_id) set_id(*closure.cover_account_id, *wire.mutable_cover_account_id());
  return wire;
}

v1::Opening to_wire(const boundary::Opening& opening) {
  v1::Opening wire;
  wire.set_id(opening.id);
  if (opening.relationship_id) set_id(*opening.relationship_id, *wire.mutable_relationship_id());
  wire.set_lane(wire_of(kLanes, opening.lane));
  wire.set_direction(wire_of(kDirections, opening.direction));
  wire.set_from_ms(to_ms(opening.from));
  wire.set_until_ms(to_ms(opening.until));
  wire.set_accepted_through_version(opening.accepted_through_version);
  wire.set_reason(wire_of(kOpeningReasons, opening.reason));
  return wire;
}

v1::Terms to_wire(const boundary::Terms& terms) {
  v1::Terms wire;
  for (const auto lane : terms.lanes) wire.add_lanes(wire_of(kLanes, lane));
  wire.set_reply_time_hours(terms.reply_time_hours);
  wire.set_retention_days(terms.retention_days);
  wire.set_lane_pause_allowed(terms.lane_pause_allowed);
  wire.set_hours_notice_days(terms.hours_notice_days);
  for (const auto reader : terms.urgent_readers)
    wire.add_urgent_readers(wire_of(kUrgentReaders, reader));
  return wire;
}

}  // namespace

v1::Policy to_wire(const boundary::Policy& policy) {
  v1::Policy wire;
  wire.set_version(policy.version);
  wire.set_zone(policy.zone);
  for (const auto& window : policy.windows) *wire.add_windows() = to_wire(window);
  for (const auto& exception : policy.exceptions) *wire.add_exceptions() = to_wire(exception);
  for (const auto& travel : policy.travels) {
    auto& out = *wire.add_travels();
    out.set_from_ms(to_ms(travel.from));
    out.set_until_ms(to_ms(travel.until));
    out.set_zone(travel.zone);
  }
  for (const auto& rules : policy.relationship_rules) {
    auto& out = *wire.add_relationship_rules();
    set_id(rules.relationship_id, *out.mutable_relationship_id());
    for (const auto& window : rules.windows) *out.add_windows() = to_wire(window);
  }
  for (const auto& closure : policy.closures) *wire.add_closures() = to_wire(closure);
  for (const auto& opening : policy.openings) *wire.add_openings() = to_wire(opening);
  if (policy.limits != boundary::Limits{}) {
    wire.mutable_limits()->set_max_hold_hours(policy.limits.max_hold_hours);
    wire.mutable_limits()->set_reply_time_hours(policy.limits.reply_time_hours);
  }
  if (policy.terms != boundary::Terms{}) *wire.mutable_terms() = to_wire(policy.terms);
  return wire;
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
  wire.set_tzdb_version(boundary::tzdb_version());
  if (verdict.cover_account_id) set_id(*verdict.cover_account_id, *wire.mutable_cover_account_id());
  if (verdict.cover_until) wire.set_cover_until_ms(to_ms(*verdict.cover_until));
  return wire;
}

}  // namespace holdspace::client
