// See policy_read.hpp.
#include "web/boundary/policy_read.hpp"

#include "web/boundary/enumerators.hpp"
#include "web/boundary/field_reader.hpp"

namespace holdspace::web {
namespace {

std::vector<boundary::WeeklyWindow> to_windows(FieldReader& read,
                                               std::span<const holdspace_v1_Window> wire,
                                               const std::string& list) {
  std::vector<boundary::WeeklyWindow> windows;
  for (const auto& window : wire) {
    const auto owner = element(list, windows.size());
    windows.push_back({read.value(kLanes, window.lane, owner + ".lane"),
                       read.value(kDirections, window.direction, owner + ".direction"),
                       read.weekday(window.weekday, owner + ".weekday"), window.start_minute,
                       window.end_minute});
  }
  return windows;
}

boundary::Moveable to_moveable(FieldReader& read, const holdspace_v1_Moveable& wire,
                               const std::string& owner) {
  boundary::Moveable out;
  out.days = wire.days;
  if (wire.which_day == holdspace_v1_Moveable_nth_weekday_tag) {
    const auto& day = wire.day.nth_weekday;
    out.day = boundary::NthWeekday{
        day.month, read.weekday(day.weekday, owner + ".nth_weekday.weekday"), day.nth};
  } else {
    read.require(wire.which_day == holdspace_v1_Moveable_easter_offset_days_tag,
                 owner + ".easter_offset_days");
    out.day = boundary::EasterDay{wire.day.easter_offset_days};
  }
  return out;
}

// A moveable holiday has no dates; whoever gives some learns it from the rule.
void read_dates(FieldReader& read, const holdspace_v1_Exception& wire, const std::string& owner,
                boundary::DatedException& out) {
  const bool dated = !wire.has_moveable || !view(wire.from_date).empty();
  if (dated) out.from_date = read.date(wire.from_date, owner + ".from_date");
  if (!view(wire.until_date).empty())
    out.until_date = read.date(wire.until_date, owner + ".until_date");
  else if (dated)
    out.until_date = out.from_date + std::chrono::days(1);
  if (wire.has_moveable) out.moveable = to_moveable(read, wire.moveable, owner + ".moveable");
}

boundary::DatedException to_exception(FieldReader& read, const holdspace_v1_Exception& wire,
                                      const std::string& owner) {
  boundary::DatedException out;
  out.id = view(wire.id);
  out.kind = read.value(kKinds, wire.kind, owner + ".kind");
  read_dates(read, wire, owner, out);
  read.require(wire.has_start_minute || !wire.has_end_minute, owner + ".start_minute");
  read.require(wire.has_end_minute || !wire.has_start_minute, owner + ".end_minute");
  if (wire.has_start_minute) out.part = boundary::DayPart{wire.start_minute, wire.end_minute};
  out.lanes = read.values(kLanes, elements(wire.lanes, wire.lanes_count), owner + ".lanes");
  out.directions = read.values(kDirections, elements(wire.directions, wire.directions_count),
                               owner + ".directions");
  out.lifts = view(wire.lifts);
  out.repeats = read.value(kRepeats, wire.repeats, owner + ".repeats");
  if (wire.leap_day != holdspace_v1_Exception_LeapDay_LEAP_DAY_UNSPECIFIED)
    out.leap_day = read.value(kLeapDays, wire.leap_day, owner + ".leap_day");
  out.cover_account_id = read.id_or_none(wire.cover_account_id, owner + ".cover_account_id");
  return out;
}

boundary::Closure to_closure(FieldReader& read, const holdspace_v1_Closure& wire,
                             const std::string& owner) {
  boundary::Closure out;
  out.id = view(wire.id);
  out.from = read.instant(wire.from_ms, owner + ".from_ms");
  if (wire.until_ms != 0) out.until = read.instant(wire.until_ms, owner + ".until_ms");
  out.cover_account_id = read.id_or_none(wire.cover_account_id, owner + ".cover_account_id");
  return out;
}

boundary::Opening to_opening(FieldReader& read, const holdspace_v1_Opening& wire,
                             const std::string& owner) {
  boundary::Opening out;
  out.id = view(wire.id);
  out.relationship_id = read.id_or_none(wire.relationship_id, owner + ".relationship_id");
  out.lane = read.value(kLanes, wire.lane, owner + ".lane");
  out.direction = read.value(kDirections, wire.direction, owner + ".direction");
  out.from = read.instant(wire.from_ms, owner + ".from_ms");
  out.until = read.instant(wire.until_ms, owner + ".until_ms");
  out.accepted_through_version = wire.accepted_through_version;
  out.reason = read.value(kOpeningReasons, wire.reason, owner + ".reason");
  return out;
}

boundary::Terms to_terms(FieldReader& read, const holdspace_v1_Terms& wire) {
  boundary::Terms out;
  out.lanes = read.values(kLanes, elements(wire.lanes, wire.lanes_count), "terms.lanes");
  out.reply_time_hours = wire.reply_time_hours;
  out.retention_days = wire.retention_days;
  out.lane_pause_allowed = wire.lane_pause_allowed;
  out.hours_notice_days = wire.hours_notice_days;
  out.urgent_readers =
      read.values(kUrgentReaders, elements(wire.urgent_readers, wire.urgent_readers_count),
                  "terms.urgent_readers");
  return out;
}

// Travels, and windows of single relationships.
void read_places(FieldReader& read, const holdspace_v1_Policy& wire, boundary::Policy& out) {
  for (const auto& travel : elements(wire.travels, wire.travels_count)) {
    const auto owner = element("travels", out.travels.size());
    out.travels.push_back({read.instant(travel.from_ms, owner + ".from_ms"),
                           read.instant(travel.until_ms, owner + ".until_ms"),
                           std::string(view(travel.zone))});
  }
  for (const auto& rules : elements(wire.relationship_rules, wire.relationship_rules_count)) {
    const auto owner = element("relationship_rules", out.relationship_rules.size());
    out.relationship_rules.push_back(
        {read.id(rules.relationship_id, owner + ".relationship_id"),
         to_windows(read, elements(rules.windows, rules.windows_count), owner + ".windows")});
  }
}

}  // namespace

boost::system::result<boundary::Policy, FieldFault> read_policy(
    std::span<const std::uint8_t> document) {
  Decoded<holdspace_v1_Policy> wire;
  if (document.size() > kPolicyBytesMax || !wire.decode(document)) return FieldFault{};
  FieldReader read;
  boundary::Policy out;
  out.version = wire->version;
  out.zone = view(wire->zone);
  out.windows = to_windows(read, elements(wire->windows, wire->windows_count), "windows");
  for (const auto& exception : elements(wire->exceptions, wire->exceptions_count))
    out.exceptions.push_back(
        to_exception(read, exception, element("exceptions", out.exceptions.size())));
  read_places(read, *wire, out);
  for (const auto& closure : elements(wire->closures, wire->closures_count))
    out.closures.push_back(to_closure(read, closure, element("closures", out.closures.size())));
  for (const auto& opening : elements(wire->openings, wire->openings_count))
    out.openings.push_back(to_opening(read, opening, element("openings", out.openings.size())));
  out.limits = {wire->limits.max_hold_hours, wire->limits.reply_time_hours};
  out.terms = to_terms(read, wire->terms);
  if (read.fault()) return FieldFault{*read.fault()};
  return out;
}

boost::system::result<boundary::Facts, FieldFault> read_facts(const holdspace_web_v1_Facts& wire) {
  FieldReader read;
  const auto span = [&read](const holdspace_web_v1_Span& pause, const std::string& field) {
    return boundary::Interval{read.instant(pause.from_ms, field + ".from_ms"),
                              read.instant(pause.until_ms, field + ".until_ms")};
  };
  boundary::Facts facts;
  facts.lane = read.value(kLanes, wire.lane, "lane");
  facts.direction = read.value(kDirections, wire.direction, "direction");
  facts.state = read.value(kStates, wire.state, "state");
  facts.moment = wire.release ? boundary::Moment::release : boundary::Moment::accept;
  facts.same_account = wire.same_account;
  facts.relationship_id = read.id_or_none(wire.relationship_id, "relationship_id");
  if (wire.has_accepted_version) facts.accepted_version = wire.accepted_version;
  if (wire.has_routine_pause) facts.pauses.routine = span(wire.routine_pause, "routine_pause");
  if (wire.has_logistics_pause)
    facts.pauses.logistics = span(wire.logistics_pause, "logistics_pause");
  if (wire.has_ends_at_ms) facts.ends_at = read.instant(wire.ends_at_ms, "ends_at_ms");
  if (read.fault()) return FieldFault{*read.fault()};
  return facts;
}

boost::system::result<boundary::Instant, FieldFault> read_instant(std::int64_t ms,
                                                                  const std::string& field) {
  FieldReader read;
  const auto at = read.instant(ms, field);
  if (read.fault()) return FieldFault{*read.fault()};
  return at;
}

}  // namespace holdspace::web
