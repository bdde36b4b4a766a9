#include "boundary/names.hpp"

#include <array>
#include <cassert>
#include <cstdio>

namespace holdspace::boundary {

namespace {

constexpr std::array kLanes{Lane::routine, Lane::logistics, Lane::urgent};
constexpr std::array kDirections{Direction::to_therapist, Direction::to_client};
constexpr std::array kStates{RelationshipState::invited, RelationshipState::active,
                             RelationshipState::paused,  RelationshipState::ending,
                             RelationshipState::ended,   RelationshipState::severed};
constexpr std::array kReasons{
    Reason::same_account_copy,   Reason::inside_window,        Reason::inside_open_exception,
    Reason::outside_windows,     Reason::closed_exception,     Reason::no_opening_in_horizon,
    Reason::urgent_unavailable,  Reason::relationship_invited, Reason::relationship_paused,
    Reason::relationship_ending, Reason::relationship_ended,   Reason::relationship_severed};
constexpr std::array<std::string_view, 7> kDays{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

template <typename Values>
std::optional<typename Values::value_type> parse(const Values& values, std::string_view text) {
  for (const auto value : values) {
    if (name(value) == text) {
      return value;
    }
  }
  return std::nullopt;
}

std::string format_minute(std::uint32_t minute) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%02u:%02u", minute / 60, minute % 60);
  return text.data();
}

// Reached only when a value outside its enum was made by a cast, which is a fault of the caller.
std::string_view no_such_value() {
  assert(false && "value outside its enum");
  return "?";
}

}  // namespace

std::string_view name(Lane lane) {
  switch (lane) {
    case Lane::routine:
      return "routine";
    case Lane::logistics:
      return "logistics";
    case Lane::urgent:
      return "urgent";
  }
  return no_such_value();
}

std::string_view name(Direction direction) {
  switch (direction) {
    case Direction::to_therapist:
      return "to_therapist";
    case Direction::to_client:
      return "to_client";
  }
  return no_such_value();
}

std::string_view name(ExceptionKind kind) {
  switch (kind) {
    case ExceptionKind::closed:
      return "closed";
    case ExceptionKind::open:
      return "open";
  }
  return no_such_value();
}

std::string_view name(RelationshipState state) {
  switch (state) {
    case RelationshipState::invited:
      return "invited";
    case RelationshipState::active:
      return "active";
    case RelationshipState::paused:
      return "paused";
    case RelationshipState::ending:
      return "ending";
    case RelationshipState::ended:
      return "ended";
    case RelationshipState::severed:
      return "severed";
  }
  return no_such_value();
}

std::string_view name(Outcome outcome) {
  switch (outcome) {
    case Outcome::release_now:
      return "release_now";
    case Outcome::hold:
      return "hold";
    case Outcome::refuse:
      return "refuse";
  }
  return no_such_value();
}

std::string_view name(Reason reason) {
  switch (reason) {
    case Reason::same_account_copy:
      return "same_account_copy";
    case Reason::inside_window:
      return "inside_window";
    case Reason::inside_open_exception:
      return "inside_open_exception";
    case Reason::outside_windows:
      return "outside_windows";
    case Reason::closed_exception:
      return "closed_exception";
    case Reason::no_opening_in_horizon:
      return "no_opening_in_horizon";
    case Reason::urgent_unavailable:
      return "urgent_unavailable";
    case Reason::relationship_invited:
      return "relationship_invited";
    case Reason::relationship_paused:
      return "relationship_paused";
    case Reason::relationship_ending:
      return "relationship_ending";
    case Reason::relationship_ended:
      return "relationship_ended";
    case Reason::relationship_severed:
      return "relationship_severed";
  }
  return no_such_value();
}

std::string_view name(RuleKind kind) {
  switch (kind) {
    case RuleKind::same_account:
      return "same_account";
    case RuleKind::relationship_state:
      return "relationship_state";
    case RuleKind::urgent_lane:
      return "urgent_lane";
    case RuleKind::closed_exception:
      return "closed_exception";
    case RuleKind::open_exception:
      return "open_exception";
    case RuleKind::weekly:
      return "weekly";
  }
  return no_such_value();
}

std::string_view name(PolicyRule rule) {
  switch (rule) {
    case PolicyRule::zone_unknown:
      return "zone_unknown";
    case PolicyRule::too_many_windows:
      return "too_many_windows";
    case PolicyRule::urgent_has_no_windows:
      return "urgent_has_no_windows";
    case PolicyRule::weekday_invalid:
      return "weekday_invalid";
    case PolicyRule::start_out_of_range:
      return "start_out_of_range";
    case PolicyRule::end_not_after_start:
      return "end_not_after_start";
    case PolicyRule::window_too_long:
      return "window_too_long";
    case PolicyRule::windows_overlap:
      return "windows_overlap";
    case PolicyRule::too_many_exceptions:
      return "too_many_exceptions";
    case PolicyRule::exception_id_malformed:
      return "exception_id_malformed";
    case PolicyRule::exception_id_duplicate:
      return "exception_id_duplicate";
    case PolicyRule::exception_dates_reversed:
      return "exception_dates_reversed";
    case PolicyRule::exception_date_out_of_range:
      return "exception_date_out_of_range";
    case PolicyRule::too_many_exception_spans:
      return "too_many_exception_spans";
    case PolicyRule::listed_twice:
      return "listed_twice";
    case PolicyRule::lifts_needs_open:
      return "lifts_needs_open";
    case PolicyRule::lifts_unknown:
      return "lifts_unknown";
    case PolicyRule::lifts_not_closed:
      return "lifts_not_closed";
  }
  return no_such_value();
}

std::string_view name(std::chrono::weekday day) {
  return day.ok() ? kDays[day.c_encoding()] : "?";
}

std::optional<Lane> parse_lane(std::string_view text) {
  return parse(kLanes, text);
}

std::optional<Direction> parse_direction(std::string_view text) {
  return parse(kDirections, text);
}

std::optional<RelationshipState> parse_relationship_state(std::string_view text) {
  return parse(kStates, text);
}

std::optional<Reason> parse_reason(std::string_view text) {
  return parse(kReasons, text);
}

std::optional<std::chrono::weekday> parse_weekday(std::string_view text) {
  for (unsigned day = 0; day < kDays.size(); ++day) {
    if (kDays[day] == text) {
      return std::chrono::weekday{day};
    }
  }
  return std::nullopt;
}

std::optional<std::uint32_t> parse_time_of_day(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') {
    return std::nullopt;
  }
  for (const std::size_t i : {0U, 1U, 3U, 4U}) {
    if (text[i] < '0' || text[i] > '9') {
      return std::nullopt;
    }
  }
  const auto digit = [text](std::size_t i) { return static_cast<std::uint32_t>(text[i] - '0'); };
  const std::uint32_t hour = digit(0) * 10 + digit(1);
  const std::uint32_t minute = digit(3) * 10 + digit(4);
  const std::uint32_t total = hour * 60 + minute;
  if (minute > 59 || total > kMinutesPerDay) {
    return std::nullopt;
  }
  return total;
}

std::string format_window(const WeeklyWindow& window) {
  std::string text(name(window.weekday));
  text += ' ' + format_minute(window.start_minute) + '-';
  if (window.end_minute <= kMinutesPerDay) {
    return text + format_minute(window.end_minute);
  }
  return text + format_minute(window.end_minute - kMinutesPerDay) + " next day";
}

std::string format_rule(const Rule& rule) {
  std::string text(name(rule.kind));
  if (!rule.id.empty()) {
    text += ':' + rule.id;
  }
  return text;
}

std::string_view describe(Reason reason) {
  switch (reason) {
    case Reason::same_account_copy:
      return "A copy for your own devices.";
    case Reason::inside_window:
      return "Messages pass at this time.";
    case Reason::inside_open_exception:
      return "Messages pass at this time by a special opening.";
    case Reason::outside_windows:
      return "These are quiet hours. The message is kept safe until they end.";
    case Reason::closed_exception:
      return "This is time away. The message is kept safe until it ends.";
    case Reason::no_opening_in_horizon:
      return "No opening is planned. The message is kept safe until one is.";
    case Reason::urgent_unavailable:
      return "Nobody is on call for urgent messages. It was not sent. Please use the crisis card.";
    case Reason::relationship_invited:
      return "The agreement is not in force yet, so messages cannot be sent.";
    case Reason::relationship_paused:
      return "The work is paused. Messages about appointments can still be sent.";
    case Reason::relationship_ending:
      return "The work is ending. Messages about appointments can still be sent.";
    case Reason::relationship_ended:
    case Reason::relationship_severed:
      return "The work has ended, so messages cannot be sent.";
  }
  return no_such_value();
}

std::string_view describe(PolicyRule rule) {
  switch (rule) {
    case PolicyRule::zone_unknown:
      return "this is not a known time zone; use a name such as Europe/London";
    case PolicyRule::too_many_windows:
      return "there can be at most 50 windows for one lane and direction";
    case PolicyRule::urgent_has_no_windows:
      return "the urgent lane has no hours: no window or exception can open or shut it";
    case PolicyRule::weekday_invalid:
      return "this is not a day of the week";
    case PolicyRule::start_out_of_range:
      return "the start must be between 00:00 and 23:59";
    case PolicyRule::end_not_after_start:
      return "the end must be later than the start";
    case PolicyRule::window_too_long:
      return "a window can last at most 24 hours";
    case PolicyRule::windows_overlap:
      return "two windows of the same lane and direction must not overlap";
    case PolicyRule::too_many_exceptions:
      return "there can be at most 1000 exceptions";
    case PolicyRule::exception_id_malformed:
      return "an exception needs a name of 1 to 64 characters: a-z, 0-9 and -";
    case PolicyRule::exception_id_duplicate:
      return "each exception needs a name of its own";
    case PolicyRule::exception_dates_reversed:
      return "the first day after the exception must come after its first day";
    case PolicyRule::exception_date_out_of_range:
      return "dates must be in the years 2000 to 2037";
    case PolicyRule::too_many_exception_spans:
      return "exceptions with hours can cover at most 4000 days in all";
    case PolicyRule::listed_twice:
      return "each lane and direction can be listed once";
    case PolicyRule::lifts_needs_open:
      return "only an open exception can lift another";
    case PolicyRule::lifts_unknown:
      return "no exception has this name";
    case PolicyRule::lifts_not_closed:
      return "only a closed exception can be lifted";
  }
  return no_such_value();
}

std::string describe(const PolicyError& error) {
  std::string text = error.field + ": " + std::string(describe(error.rule));
  if (!error.other.empty()) {
    text += " (see " + error.other + ")";
  }
  return text;
}

}  // namespace holdspace::boundary
