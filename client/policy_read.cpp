// From the wire to the values of boundary/. See policy_values.hpp.
#include <algorithm>
#include <array>
#include <optional>

#include "boundary/time.hpp"
#include "client/policy_tables.hpp"
#include "client/policy_values.hpp"

namespace holdspace::client {
namespace {

using Id = std::array<std::uint8_t, 16>;

// Reads the parts of a policy file; the first field that is wrong stays. Fields are spelled as in
// the file (JSON).
class Reader {
 public:
  [[nodiscard]] const std::optional<std::string>& fault() const { return fault_; }

  void require(bool right, const std::string& field) {
    if (!right && !fault_) fault_ = field;
  }

  // The first value of the table after a fault.
  template <class Wire, class Value, std::size_t N>
  Value value(const std::pair<Wire, Value> (&table)[N], int wire, const std::string& field) {
    for (const auto& row : table)
      if (row.first == wire) return row.second;
    require(false, field);
    return table[0].second;
  }

  template <class Wire, class Value, std::size_t N>
  std::vector<Value> values(const std::pair<Wire, Value> (&table)[N],
                            const google::protobuf::RepeatedField<int>& wire,
                            const std::string& field) {
    std::vector<Value> out;
    for (const auto one : wire) out.push_back(value(table, one, field));
    return out;
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

  // The rules of a policy refuse instants that are far away; this bound keeps their sums whole.
  boundary::Instant instant(std::int64_t ms, const std::string& field) {
    constexpr std::int64_t kInstantMax = std::int64_t{1} << 48;  // the year 10889
    const bool near = -kInstantMax <= ms && ms <= kInstantMax;
    require(near, field);
    return boundary::Instant(std::chrono::milliseconds(near ? ms : 0));
  }

  boundary::LocalDate date(const std::string& text, const std::string& field) {
    const auto date = boundary::parse_date(text);
    require(date.has_value(), field);
    return date.value_or(boundary::LocalDate{});
  }

  std::chrono::weekday weekday(v1::Weekday day, const std::string& field) {
    const bool known = day != v1::WEEKDAY_UNSPECIFIED && v1::Weekday_IsValid(day);
    require(known, field);
    // The wire counts Monday 1 to Sunday 7, which std::chrono::weekday takes as it is.
    return std::chrono::weekday(known ? static_cast<unsigned>(day) : 0);
  }

 private:
  std::optional<std::string> fault_;
};

std::string element(const std::string& list, int index) {
  return list + "[" + std::to_string(index) + "]";
}

std::vector<boundary::WeeklyWindow> to_windows(
    Reader& read, const google::protobuf::RepeatedPtrField<v1::Window>& wire,
    const std::string& list) {
  std::vector<boundary::WeeklyWindow> windows;
  for (int i = 0; i < wire.size(); ++i) {
    const auto& window = wire.at(i);
    const auto owner = element(list, i);
    windows.push_back({read.value(kLanes, window.lane(), owner + ".lane"),
                       read.value(kDirections, window.direction(), owner + ".direction"),
                       read.weekday(window.weekday(), owner + ".weekday"), window.start_minute(),
                       window.end_minute()});
  }
  return windows;
}

boundary::Moveable to_moveable(Reader& read, const v1::Moveable& wire, const std::string& owner) {
  boundary::Moveable out;
  out.days = wire.days();
  if (wire.has_nth_weekday()) {
    const auto& day = wire.nth_weekday();
    out.day = boundary::NthWeekday{
        day.month(), read.weekday(day.weekday(), owner + ".nthWeekday.weekday"), day.nth()};
  } else {
    read.require(wire.has_easter_offset_days(), owner + ".easterOffsetDays");
    out.day = boundary::EasterDay{wire.easter_offset_days()};
  }
  return out;
}

// A moveable holiday has no dates; whoever gives some learns it from the rule.
void read_dates(Reader& read, const v1::Exception& wire, const std::string& owner,
                boundary::DatedException& out) {
  const bool dated = !wire.has_moveable() || !wire.from_date().empty();
  if (dated) out.from_date = read.date(wire.from_date(), owner + ".fromDate");
  if (!wire.until_date().empty())
    out.until_date = read.date(wire.until_date(), owner + ".untilDate");
  else if (dated)
    out.until_date = out.from_date + std::chrono::days(1);
  if (wire.has_moveable()) out.moveable = to_moveable(read, wire.moveable(), owner + ".moveable");
}

boundary::DatedException to_exception(Reader& read, const v1::Exception& wire,
                                      const std::string& owner) {
  boundary::DatedException out;
  out.id = wire.id();
  out.kind = read.value(kKinds, wire.kind(), owner + ".kind");
  read_dates(read, wire, owner, out);
  read.require(wire.has_start_minute() || !wire.has_end_minute(), owner + ".startMinute");
  read.require(wire.has_end_minute() || !wire.has_start_minute(), owner + ".endMinute");
  if (wire.has_start_minute()) out.part = boundary::DayPart{wire.start_minute(), wire.end_minute()};
  out.lanes = read.values(kLanes, wire.lanes(), owner + ".lanes");
  out.directions = read.values(kDirections, wire.directions(), owner + ".directions");
  out.lifts = wire.lifts();
  out.repeats = read.value(kRepeats, wire.repeats(), owner + ".repeats");
  if (wire.leap_day() != v1::Exception::LEAP_DAY_UNSPECIFIED)
    out.leap_day = read.value(kLeapDays, wire.leap_day(), owner + ".leapDay");
  out.cover_account_id = read.id_or_none(wire.cover_account_id(), owner + ".coverAccountId");
  return out;
}

boundary::Closure to_closure(Reader& read, const v1::Closure& wire, const std::string& owner) {
  boundary::Closure out;
  out.id = wire.id();
  out.from = read.instant(wire.from_ms(), owner + ".fromMs");
  if (wire.until_ms() != 0) out.until = read.instant(wire.until_ms(), owner + ".untilMs");
  out.cover_account_id = read.id_or_none(wire.cover_account_id(), owner + ".coverAccountId");
  return out;
}

boundary::Opening to_opening(Reader& read, const v1::Opening& wire, const std::string& owner) {
  boundary::Opening out;
  out.id = wire.id();
  out.relationship_id = read.id_or_none(wire.relationship_id(), owner + ".relationshipId");
  out.lane = read.value(kLanes, wire.lane(), owner + ".lane");
  out.direction = read.value(kDirections, wire.direction(), owner + ".direction");
  out.from = read.instant(wire.from_ms(), owner + ".fromMs");
  out.until = read.instant(wire.until_ms(), owner + ".untilMs");
  out.accepted_through_version = wire.accepted_through_version();
  out.reason = read.value(kOpeningReasons, wire.reason(), owner + ".reason");
  return out;
}

boundary::Terms to_terms(Reader& read, const v1::Terms& wire) {
  boundary::Terms out;
  out.lanes = read.values(kLanes, wire.lanes(), "terms.lanes");
  out.reply_time_hours = wire.reply_time_hours();
  out.retention_days = wire.retention_days();
  out.lane_pause_allowed = wire.lane_pause_allowed();
  out.hours_notice_days = wire.hours_notice_days();
  out.urgent_readers = read.values(kUrgentReaders, wire.urgent_readers(), "terms.urgentReaders");
  return out;
}

}  // namespace

boundary::Lane to_lane(v1::Lane lane) {
  Reader read;
  return read.value(kLanes, lane, {});
}

boundary::Direction to_direction(v1::Direction direction) {
  Reader read;
  return read.value(kDirections, direction, {});
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
    out.travels.push_back({read.instant(travel.from_ms(), owner + ".fromMs"),
                           read.instant(travel.until_ms(), owner + ".untilMs"), travel.zone()});
  }
  for (int i = 0; i < wire.relationship_rules_size(); ++i) {
    const auto& rules = wire.relationship_rules(i);
    const auto owner = element("relationshipRules", i);
    out.relationship_rules.push_back({read.id(rules.relationship_id(), owner + ".relationshipId"),
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

}  // namespace holdspace::client
