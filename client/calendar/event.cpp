#include "client/calendar/event.hpp"

#include <libical/ical.h>

#include <algorithm>
#include <memory>

#include "client/calendar/value_check.hpp"

namespace holdspace::client::calendar {
namespace {

using boost::system::result;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

template <class Value>
using Read = result<Value, CalendarProblem>;

struct FreeProperty {
  void operator()(icalproperty* property) const { icalproperty_free(property); }
};
using Property = std::unique_ptr<icalproperty, FreeProperty>;

// Null when libical cannot read it.
Property parse(const ContentLine& line) {
  // Otherwise libical built for debugging ends the program at an error in its input.
  static const bool set = [] {
    icalerror_set_errors_are_fatal(0);
    return true;
  }();
  static_cast<void>(set);
  // libical drops what comes after its hundredth parameter; a date needs two.
  constexpr std::size_t kParameterBytesMax = 256;
  if (line.parameters.size() > kParameterBytesMax) return nullptr;
  const auto text = line.name + line.parameters + ":" + line.value;
  return Property(icalproperty_new_from_string(text.c_str()));
}

Read<CalendarTime> to_time(const icaltimetype& read) {
  const std::chrono::year_month_day date(std::chrono::year(read.year),
                                         std::chrono::month(static_cast<unsigned>(read.month)),
                                         std::chrono::day(static_cast<unsigned>(read.day)));
  if (!date.ok()) return CalendarProblem::malformed;
  CalendarTime out{LocalDate(date), {}, {}};
  if (read.is_date != 0) return out;
  // A leap second counts as the one before it (RFC 5545, 3.3.12).
  if (read.hour > 23 || read.minute > 59 || read.second > 60) return CalendarProblem::malformed;
  out.time = hours(read.hour) + minutes(read.minute) + seconds(std::min(read.second, 59));
  return out;
}

// The zone is the database's, by its name: what a VTIMEZONE of that name says is not asked.
result<void, CalendarProblem> set_zone(CalendarTime& time, std::string_view value,
                                       icalproperty* property) {
  auto* parameter = icalproperty_get_first_parameter(property, ICAL_TZID_PARAMETER);
  const char* name = parameter == nullptr ? nullptr : icalparameter_get_tzid(parameter);
  const bool utc = value.back() == 'Z';
  if (!time.time || (!utc && parameter == nullptr)) return {};
  if (utc && parameter != nullptr) return CalendarProblem::malformed;
  const auto zone =
      boundary::Zone::locate(utc ? "Etc/UTC" : std::string_view(name == nullptr ? "" : name));
  if (!zone.has_value()) return CalendarProblem::zone_unknown;
  time.zone = *zone;
  return {};
}

// VALUE=DATE and the like must say what the value is. Asked of the text, because libical makes the
// parameter agree.
bool kind_agrees(const std::string& parameters, const CalendarTime& time) {
  const auto text = capitals(parameters) + ";";
  constexpr std::string_view kParameter = ";VALUE=";
  const auto at = text.find(kParameter);
  if (at == std::string::npos) return true;
  const auto begin = at + kParameter.size();
  return text.substr(begin, text.find(';', begin) - begin) == (time.time ? "DATE-TIME" : "DATE");
}

Read<CalendarTime> read_time(const ContentLine& line) {
  if (!has_form_of_time(line.value)) return CalendarProblem::malformed;
  const auto property = parse(line);
  auto* value = property ? icalproperty_get_value(property.get()) : nullptr;
  if (value == nullptr) return CalendarProblem::malformed;
  const auto kind = icalvalue_isa(value);
  if (kind != ICAL_DATE_VALUE && kind != ICAL_DATETIME_VALUE) return CalendarProblem::malformed;
  auto time =
      to_time(kind == ICAL_DATE_VALUE ? icalvalue_get_date(value) : icalvalue_get_datetime(value));
  if (!time.has_value()) return time.error();
  if (!kind_agrees(line.parameters, *time)) return CalendarProblem::malformed;
  const auto zone = set_zone(*time, line.value, property.get());
  if (!zone.has_value()) return zone.error();
  return time;
}

// EXDATE and RDATE hold several. Each is read alone, because libical drops those after the 500th.
result<void, CalendarProblem> read_times(ContentLine line, std::vector<CalendarTime>& out) {
  const auto values = std::move(line.value);
  for (std::size_t at = 0; at <= values.size();) {
    const auto comma = std::min(values.find(',', at), values.size());
    line.value = values.substr(at, comma - at);
    at = comma + 1;
    // A period has an end of its own, which libical's own recurrences leave out too.
    if (line.value.find('/') != std::string::npos) return CalendarProblem::unsupported;
    auto time = read_time(line);
    if (!time.has_value()) return time.error();
    out.push_back(*time);
  }
  return {};
}

Read<Length> read_length(const ContentLine& line) {
  if (!has_form_of_duration(line.value)) return CalendarProblem::malformed;
  const auto property = parse(line);
  if (!property || icalproperty_isa(property.get()) != ICAL_DURATION_PROPERTY)
    return CalendarProblem::malformed;
  const auto read = icalproperty_get_duration(property.get());
  if (read.is_neg != 0) return CalendarProblem::bad_duration;
  return Length{days(std::int64_t{read.weeks} * 7 + read.days),
                hours(read.hours) + minutes(read.minutes) + seconds(read.seconds)};
}

template <std::size_t Size>
std::vector<int> to_numbers(const short (&list)[Size]) {
  const auto* const end = std::find(std::begin(list), std::end(list), ICAL_RECURRENCE_ARRAY_MAX);
  return {std::begin(list), end};
}

// libical's own bounds are those of every calendar that has been in use.
bool has_gregorian_numbers(const icalrecurrencetype& rule) {
  const auto within = [](const std::vector<int>& numbers, int max) {
    return std::all_of(numbers.begin(), numbers.end(),
                       [max](int number) { return std::abs(number) <= max; });
  };
  auto ordinals = to_numbers(rule.by_day);
  for (int& day : ordinals) day = icalrecurrencetype_day_position(static_cast<short>(day));
  return within(to_numbers(rule.by_month), 12) && within(to_numbers(rule.by_month_day), 31) &&
         within(to_numbers(rule.by_year_day), 366) && within(to_numbers(rule.by_set_pos), 366) &&
         within(ordinals, 53) && rule.week_start != ICAL_NO_WEEKDAY;
}

Read<Frequency> to_frequency(icalrecurrencetype_frequency frequency) {
  switch (frequency) {
    case ICAL_SECONDLY_RECURRENCE:
    case ICAL_MINUTELY_RECURRENCE:
    case ICAL_HOURLY_RECURRENCE:
      return CalendarProblem::repeats_within_day;
    case ICAL_DAILY_RECURRENCE:
      return Frequency::daily;
    case ICAL_WEEKLY_RECURRENCE:
      return Frequency::weekly;
    case ICAL_MONTHLY_RECURRENCE:
      return Frequency::monthly;
    case ICAL_YEARLY_RECURRENCE:
      return Frequency::yearly;
    case ICAL_NO_RECURRENCE:
      break;
  }
  return CalendarProblem::malformed;
}

// Some programs repeat the start's own time of day in the rule.
bool keeps_time_of_day(const icalrecurrencetype& rule, const CalendarTime& start) {
  const auto time = start.time.value_or(seconds(0));
  const auto only = [](const std::vector<int>& listed, std::int64_t value) {
    return listed.empty() || (listed.size() == 1 && listed.front() == value);
  };
  return only(to_numbers(rule.by_hour), time / hours(1)) &&
         only(to_numbers(rule.by_minute), time % hours(1) / minutes(1)) &&
         only(to_numbers(rule.by_second), (time % minutes(1)).count());
}

// Combinations that RFC 5545 forbids or leaves open.
bool is_clear(const Recurrence& rule) {
  const bool ordinals = std::any_of(rule.by_day.begin(), rule.by_day.end(),
                                    [](const OrdinalDay& day) { return day.ordinal != 0; });
  const bool in_month = !rule.by_month.empty() || !rule.by_month_day.empty();
  switch (rule.frequency) {
    case Frequency::daily:
      return !ordinals && rule.by_year_day.empty();
    case Frequency::weekly:
      return !ordinals && rule.by_year_day.empty() && rule.by_month_day.empty();
    case Frequency::monthly:
      return rule.by_year_day.empty();
    case Frequency::yearly:
      if (!rule.by_year_day.empty()) return !in_month && !ordinals;
      return rule.by_month_day.empty() || !rule.by_month.empty();
  }
  return false;
}

Read<Recurrence> read_rule(const ContentLine& line, const CalendarTime& start) {
  auto upper = line;
  upper.value = capitals(line.value);
  const auto checked = check_rule(upper.value);
  if (!checked.has_value()) return checked.error();
  const auto property = parse(upper);
  if (!property || icalproperty_isa(property.get()) != ICAL_RRULE_PROPERTY)
    return CalendarProblem::malformed;
  const auto read = icalproperty_get_rrule(property.get());
  const auto frequency = to_frequency(read.freq);
  if (!frequency.has_value()) return frequency.error();
  if (!has_gregorian_numbers(read)) return CalendarProblem::malformed;
  if (!keeps_time_of_day(read, start)) return CalendarProblem::repeats_within_day;
  Recurrence out;
  out.frequency = *frequency;
  out.interval = read.interval;
  // libical counts Sunday 1 to Saturday 7.
  out.week_start = std::chrono::weekday(static_cast<unsigned>(read.week_start) - 1);
  if (read.count != 0) out.count = read.count;
  if (icaltime_is_null_time(read.until) == 0) {
    auto until = to_time(read.until);
    if (!until.has_value()) return until.error();
    const auto at = upper.value.find("UNTIL=");
    const auto end = std::min(upper.value.find(';', at), upper.value.size());
    if (upper.value[end - 1] == 'Z') until->zone = *boundary::Zone::locate("Etc/UTC");
    out.until = *until;
  }
  out.by_month = to_numbers(read.by_month);
  out.by_month_day = to_numbers(read.by_month_day);
  out.by_year_day = to_numbers(read.by_year_day);
  out.by_position = to_numbers(read.by_set_pos);
  for (const int day : to_numbers(read.by_day)) {
    const auto weekday = icalrecurrencetype_day_day_of_week(static_cast<short>(day));
    const int ordinal = icalrecurrencetype_day_position(static_cast<short>(day));
    out.by_day.push_back({ordinal, std::chrono::weekday(static_cast<unsigned>(weekday) - 1)});
  }
  if (!is_clear(out)) return CalendarProblem::unsupported;
  return out;
}

// All lines but DTSTART, which the others need.
result<void, CalendarProblem> take_line(const ContentLine& line, CalendarEvent& event) {
  const auto once = [&line](auto& into, auto read) -> result<void, CalendarProblem> {
    if (into) return CalendarProblem::malformed;
    auto value = read(line);
    if (!value.has_value()) return value.error();
    into = *value;
    return {};
  };
  if (line.name == "DTEND") return once(event.end, read_time);
  if (line.name == "DURATION") return once(event.length, read_length);
  if (line.name == "RECURRENCE-ID") {
    // "this and all later ones" would need the rest of the series to move.
    if (line.parameters.find("RANGE") != std::string::npos) return CalendarProblem::unsupported;
    return once(event.replaces, read_time);
  }
  if (line.name == "RDATE") return read_times(line, event.added);
  if (line.name == "EXDATE") return read_times(line, event.excluded);
  if (line.name == "EXRULE") return CalendarProblem::unsupported;
  if (line.name == "RRULE") {
    auto rule = read_rule(line, event.start);
    if (!rule.has_value()) return rule.error();
    event.rules.push_back(std::move(*rule));
  }
  if (line.name == "UID") event.uid = line.value;
  if (line.name == "STATUS") event.cancelled = capitals(line.value) == "CANCELLED";
  if (line.name == "TRANSP") event.transparent = capitals(line.value) == "TRANSPARENT";
  return {};
}

// Whole days or times: an event is one or the other throughout.
const char* field_of_other_kind(const CalendarEvent& event) {
  const bool timed = event.start.time.has_value();
  const auto differs = [timed](const CalendarTime& time) { return time.time.has_value() != timed; };
  if (event.end && differs(*event.end)) return "DTEND";
  if (event.replaces && differs(*event.replaces)) return "RECURRENCE-ID";
  if (std::any_of(event.added.begin(), event.added.end(), differs)) return "RDATE";
  // A whole day may be taken out of a series of times, but no time out of one of days.
  if (!timed && std::any_of(event.excluded.begin(), event.excluded.end(), differs)) return "EXDATE";
  if (!timed && event.length && event.length->exact.count() != 0) return "DURATION";
  if (event.end && event.length) return "DURATION";
  return nullptr;
}

}  // namespace

result<CalendarEvent, CalendarError> read_event(const EventText& text) {
  CalendarEvent event;
  event.line = text.line;
  const auto is_start = [](const ContentLine& line) { return line.name == "DTSTART"; };
  const auto starts = std::count_if(text.lines.begin(), text.lines.end(), is_start);
  if (starts != 1) return CalendarError{CalendarProblem::malformed, text.line, "DTSTART"};
  const auto& first = *std::find_if(text.lines.begin(), text.lines.end(), is_start);
  const auto start = read_time(first);
  if (!start.has_value()) return CalendarError{start.error(), first.line, first.name};
  event.start = *start;
  for (const auto& line : text.lines) {
    const auto taken = take_line(line, event);
    if (!taken.has_value()) return CalendarError{taken.error(), line.line, line.name};
  }
  if (event.replaces && (event.uid.empty() || !event.rules.empty() || !event.added.empty()))
    return CalendarError{CalendarProblem::malformed, text.line, "RECURRENCE-ID"};
  if (const auto* field = field_of_other_kind(event))
    return CalendarError{CalendarProblem::malformed, text.line, field};
  return event;
}

}  // namespace holdspace::client::calendar
