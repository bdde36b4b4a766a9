// See policy_wire.hpp.
#include "gateway/policy_wire.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <optional>
#include <utility>

#include "boundary/gate.hpp"
#include "boundary/names.hpp"

namespace holdspace::gateway {
namespace {

using Id = std::array<std::uint8_t, 16>;

// What is wrong, as a path in the policy, while its parts are read: the first fault stays.
class Reader {
 public:
  [[nodiscard]] const std::optional<std::string>& fault() const { return fault_; }

  void require(bool right, const std::string& field) {
    if (!right && !fault_) fault_ = field;
  }

  Id id(const std::string& bytes, const std::string& field) {
    Id id{};
    require(bytes.size() == id.size(), field);
    if (bytes.size() == id.size()) std::copy(bytes.begin(), bytes.end(), id.begin());
    return id;
  }

  std::optional<Id> id_or_none(const std::string& bytes, const std::string& field) {
    return bytes.empty() ? std::nullopt : std::optional(id(bytes, field));
  }

  // The rules of a policy refuse instants that are far away; these bounds keep their sums whole.
  boundary::Instant instant(std::int64_t ms, const std::string& field) {
    const bool near = -kInstantMax <= ms && ms <= kInstantMax;
    require(near, field);
    return boundary::Instant(std::chrono::milliseconds(near ? ms : 0));
  }

  // 1970-01-01, which no rule takes, after a fault.
  boundary::LocalDate date(const std::string& text, const std::string& field) {
    const auto date = boundary::parse_date(text);
    require(date.has_value(), field);
    return date.value_or(boundary::LocalDate{});
  }

 private:
  // Below 2^48 ms (the year 10889), as everywhere in this protocol.
  static constexpr std::int64_t kInstantMax = std::int64_t{1} << 48;

  std::optional<std::string> fault_;
};

std::string element(const std::string& list, int index) {
  return list + "[" + std::to_string(index) + "]";
}

std::int64_t to_ms(boundary::Instant at) {
  return at.time_since_epoch().count();
}

// The wire counts Monday 1 to Sunday 7, which std::chrono::weekday takes as it is.
std::chrono::weekday to_weekday(v1::Weekday day) {
  return std::chrono::weekday(static_cast<unsigned>(day));
}

std::vector<boundary::Lane> to_lanes(Reader& read, const google::protobuf::RepeatedField<int>& wire,
                                     const std::string& field) {
  std::vector<boundary::Lane> lanes;
  for (const auto lane : wire) {
    read.require(lane != v1::LANE_UNSPECIFIED, field);
    if (lane != v1::LANE_UNSPECIFIED) lanes.push_back(to_lane(static_cast<v1::Lane>(lane)));
  }
  return lanes;
}

void require_way(Reader& read, v1::Lane lane, v1::Direction direction, const std::string& owner) {
  read.require(lane != v1::LANE_UNSPECIFIED, owner + ".lane");
  read.require(direction != v1::DIRECTION_UNSPECIFIED, owner + ".direction");
}

std::vector<boundary::WeeklyWindow> to_windows(
    Reader& read, const google::protobuf::RepeatedPtrField<v1::Window>& wire,
    const std::string& list) {
  std::vector<boundary::WeeklyWindow> windows;
  for (int i = 0; i < wire.size(); ++i) {
    const auto& window = wire.at(i);
    const auto owner = element(list, i);
    require_way(read, window.lane(), window.direction(), owner);
    read.require(window.weekday() != v1::WEEKDAY_UNSPECIFIED, owner + ".weekday");
    if (read.fault()) break;
    windows.push_back({to_lane(window.lane()), to_direction(window.direction()),
                       to_weekday(window.weekday()), window.start_minute(), window.end_minute()});
  }
  return windows;
}

boundary::Moveable to_moveable(Reader& read, const v1::Moveable& wire, const std::string& owner) {
  boundary::Moveable out;
  out.days = wire.days();
  if (wire.has_nth_weekday()) {
    const auto& day = wire.nth_weekday();
    read.require(day.weekday() != v1::WEEKDAY_UNSPECIFIED, owner + ".nth_weekday.weekday");
    out.day = boundary::NthWeekday{day.month(), to_weekday(day.weekday()), day.nth()};
  } else {
    read.require(wire.has_easter_offset_days(), owner + ".day");
    out.day = boundary::EasterDay{wire.easter_offset_days()};
  }
  return out;
}

std::optional<boundary::LeapDay> to_leap_day(v1::Exception::LeapDay choice) {
  if (choice == v1::Exception::LEAP_DAY_UNSPECIFIED) return std::nullopt;
  return choice == v1::Exception::SKIP ? boundary::LeapDay::skip : boundary::LeapDay::february_28;
}

// A moveable holiday has no dates; whoever gives some learns it from the rule.
void read_dates(Reader& read, const v1::Exception& wire, const std::string& owner,
                boundary::DatedException& out) {
  const bool dated = !wire.has_moveable() || !wire.from_date().empty();
  if (dated) out.from_date = read.date(wire.from_date(), owner + ".from_date");
  if (!wire.until_date().empty())
    out.until_date = read.date(wire.until_date(), owner + ".until_date");
  else if (dated)
    out.until_date = out.from_date + std::chrono::days(1);
  if (wire.has_moveable()) out.moveable = to_moveable(read, wire.moveable(), owner + ".moveable");
}

boundary::DatedException to_exception(Reader& read, const v1::Exception& wire,
                                      const std::string& owner) {
  boundary::DatedException out;
  out.id = wire.id();
  out.lifts = wire.lifts();
  read.require(wire.kind() != v1::Exception::KIND_UNSPECIFIED, owner + ".kind");
  read_dates(read, wire, owner, out);
  read.require(wire.has_start_minute() || !wire.has_end_minute(), owner + ".start_minute");
  read.require(wire.has_end_minute() || !wire.has_start_minute(), owner + ".end_minute");
  out.kind = wire.kind() == v1::Exception::OPEN ? boundary::ExceptionKind::open
                                                : boundary::ExceptionKind::closed;
  if (wire.has_start_minute()) out.part = boundary::DayPart{wire.start_minute(), wire.end_minute()};
  out.lanes = to_lanes(read, wire.lanes(), owner + ".lanes");
  for (const auto direction : wire.directions()) {
    read.require(direction != v1::DIRECTION_UNSPECIFIED, owner + ".directions");
    out.directions.push_back(direction == v1::TO_CLIENT ? boundary::Direction::to_client
                                                        : boundary::Direction::to_therapist);
  }
  out.repeats = wire.repeats() == v1::Exception::YEARLY ? boundary::Repeats::yearly
                                                        : boundary::Repeats::never;
  out.leap_day = to_leap_day(wire.leap_day());
  out.cover_account_id = read.id_or_none(wire.cover_account_id(), owner + ".cover_account_id");
  return out;
}

boundary::Closure to_closure(Reader& read, const v1::Closure& wire, const std::string& owner) {
  boundary::Closure out;
  out.id = wire.id();
  out.from = read.instant(wire.from_ms(), owner + ".from_ms");
  if (wire.until_ms() != 0) out.until = read.instant(wire.until_ms(), owner + ".until_ms");
  out.cover_account_id = read.id_or_none(wire.cover_account_id(), owner + ".cover_account_id");
  return out;
}

constexpr std::pair<v1::OpeningReason, boundary::OpeningReason> kOpeningReasons[] = {
    {v1::KEPT_PROMISE, boundary::OpeningReason::kept_promise},
    {v1::CRISIS_FOLLOW_UP, boundary::OpeningReason::crisis_follow_up},
    {v1::AGREED_WITH_CLIENT, boundary::OpeningReason::agreed_with_client},
    {v1::SESSION_MOVED, boundary::OpeningReason::session_moved},
    {v1::SEND_NOW, boundary::OpeningReason::send_now},
    {v1::LEAVING, boundary::OpeningReason::leaving},
    {v1::OTHER_OPENING, boundary::OpeningReason::other},
};

std::optional<boundary::OpeningReason> to_opening_reason(v1::OpeningReason reason) {
  for (const auto& [wire, value] : kOpeningReasons)
    if (wire == reason) return value;
  return std::nullopt;
}

v1::OpeningReason to_wire(boundary::OpeningReason reason) {
  for (const auto& [wire, value] : kOpeningReasons)
    if (value == reason) return wire;
  return v1::OPENING_REASON_UNSPECIFIED;
}

boundary::Opening to_opening(Reader& read, const v1::Opening& wire, const std::string& owner) {
  boundary::Opening out;
  require_way(read, wire.lane(), wire.direction(), owner);
  const auto reason = to_opening_reason(wire.reason());
  read.require(reason.has_value(), owner + ".reason");
  out.id = wire.id();
  out.relationship_id = read.id_or_none(wire.relationship_id(), owner + ".relationship_id");
  out.from = read.instant(wire.from_ms(), owner + ".from_ms");
  out.until = read.instant(wire.until_ms(), owner + ".until_ms");
  out.accepted_through_version = wire.accepted_through_version();
  if (read.fault()) return out;
  out.lane = to_lane(wire.lane());
  out.direction = to_direction(wire.direction());
  out.reason = *reason;
  return out;
}

boundary::Terms to_terms(Reader& read, const v1::Terms& wire) {
  boundary::Terms out;
  out.lanes = to_lanes(read, wire.lanes(), "terms.lanes");
  out.reply_time_hours = wire.reply_time_hours();
  out.retention_days = wire.retention_days();
  out.lane_pause_allowed = wire.lane_pause_allowed();
  out.hours_notice_days = wire.hours_notice_days();
  for (const auto reader : wire.urgent_readers()) {
    read.require(reader != v1::URGENT_READER_UNSPECIFIED, "terms.urgent_readers");
    out.urgent_readers.push_back(reader == v1::SUPERVISOR ? boundary::UrgentReader::supervisor
                                 : reader == v1::ON_CALL_COLLEAGUE
                                     ? boundary::UrgentReader::on_call_colleague
                                     : boundary::UrgentReader::own_therapist);
  }
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
  Reader read;
  boundary::Policy out;
  out.version = wire.version();
  out.zone = wire.zone();
  out.windows = to_windows(read, wire.windows(), "windows");
  for (int i = 0; i < wire.exceptions_size(); ++i)
    out.exceptions.push_back(to_exception(read, wire.exceptions(i), element("exceptions", i)));
  for (int i = 0; i < wire.travels_size(); ++i) {
    const auto& travel = wire.travels(i);
    const auto owner = element("travels", i);
    out.travels.push_back({read.instant(travel.from_ms(), owner + ".from_ms"),
                           read.instant(travel.until_ms(), owner + ".until_ms"), travel.zone()});
  }
  for (int i = 0; i < wire.relationship_rules_size(); ++i) {
    const auto& rules = wire.relationship_rules(i);
    const auto owner = element("relationship_rules", i);
    out.relationship_rules.push_back({read.id(rules.relationship_id(), owner + ".relationship_id"),
                                      to_windows(read, rules.windows(), owner + ".windows")});
  }
  for (int i = 0; i < wire.closures_size(); ++i)
    out.closures.push_back(to_closure(read, wire.closures(i), element("closures", i)));
  for (int i = 0; i < wire.openings_size(); ++i)
    out.openings.push_back(to_opening(read, wire.openings(i), element("openings", i)));
  out.limits = {wire.limits().max_hold_hours(), wire.limits().reply_time_hours()};
  out.terms = to_terms(read, wire.terms());
  if (read.fault()) return PolicyFieldFault{*read.fault()};
  return out;
}

v1::Opening to_wire(const boundary::Opening& opening) {
  v1::Opening wire;
  wire.set_id(opening.id);
  if (opening.relationship_id)
    wire.set_relationship_id(opening.relationship_id->data(), opening.relationship_id->size());
  wire.set_lane(to_wire(opening.lane));
  wire.set_direction(to_wire(opening.direction));
  wire.set_from_ms(to_ms(opening.from));
  wire.set_until_ms(to_ms(opening.until));
  wire.set_accepted_through_version(opening.accepted_through_version);
  wire.set_reason(to_wire(opening.reason));
  return wire;
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
  wire.set_tzdb_version(boundary::tzdb_version());
  if (verdict.cover_account_id)
    wire.set_cover_account_id(verdict.cover_account_id->data(), verdict.cover_account_id->size());
  if (verdict.cover_until) wire.set_cover_until_ms(to_ms(*verdict.cover_until));
  return wire;
}

}  // namespace holdspace::gateway
