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
    Reason::same_account_copy,     Reason::inside_opening,       Reason::inside_open_exception,
    Reason::inside_window,         Reason::emergency_closure,    Reason::lane_paused,
    Reason::outside_client_hours,  Reason::closed_exception,     Reason::outside_windows,
    Reason::no_opening_in_horizon, Reason::closed_too_long,      Reason::covered,
    Reason::urgent_unavailable,    Reason::relationship_invited, Reason::relationship_paused,
    Reason::relationship_ending,   Reason::relationship_ended,   Reason::relationship_severed};
constexpr std::array kOpeningReasons{OpeningReason::kept_promise,
                                     OpeningReason::crisis_follow_up,
                                     OpeningReason::agreed_with_client,
                                     OpeningReason::session_moved,
                                     OpeningReason::send_now,
                                     OpeningReason::leaving,
                                     OpeningReason::other};
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
    case Reason::inside_opening:
      return "inside_opening";
    case Reason::inside_open_exception:
      return "inside_open_exception";
    case Reason::inside_window:
      return "inside_window";
    case Reason::emergency_closure:
      return "emergency_closure";
    case Reason::lane_paused:
      return "lane_paused";
    case Reason::outside_client_hours:
      return "outside_client_hours";
    case Reason::closed_exception:
      return "closed_exception";
    case Reason::outside_windows:
      return "outside_windows";
    case Reason::no_opening_in_horizon:
      return "no_opening_in_horizon";
    case Reason::closed_too_long:
      return "closed_too_long";
    case Reason::covered:
      return "covered";
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
    case RuleKind::emergency_closure:
      return "emergency_closure";
    case RuleKind::opening:
      return "opening";
    case RuleKind::lane_pause:
      return "lane_pause";
    case RuleKind::client_hours:
      return "client_hours";
    case RuleKind::closed_exception:
      return "closed_exception";
    case RuleKind::open_exception:
      return "open_exception";
    case RuleKind::travel_zone:
      return "travel_zone";
    case RuleKind::weekly:
      return "weekly";
  }
  return no_such_value();
}

std::string_view name(OpeningReason reason) {
  switch (reason) {
    case OpeningReason::kept_promise:
      return "kept_promise";
    case OpeningReason::crisis_follow_up:
      return "crisis_follow_up";
    case OpeningReason::agreed_with_client:
      return "agreed_with_client";
    case OpeningReason::session_moved:
      return "session_moved";
    case OpeningReason::send_now:
      return "send_now";
    case OpeningReason::leaving:
      return "leaving";
    case OpeningReason::other:
      return "other";
  }
  return no_such_value();
}

std::string_view name(UrgentReader reader) {
  switch (reader) {
    case UrgentReader::own_therapist:
      return "own_therapist";
    case UrgentReader::on_call_colleague:
      return "on_call_colleague";
    case UrgentReader::supervisor:
      return "supervisor";
  }
  return no_such_value();
}

std::string_view name(LeapDay choice) {
  switch (choice) {
    case LeapDay::february_28:
      return "february_28";
    case LeapDay::skip:
      return "skip";
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

std::optional<OpeningReason> parse_opening_reason(std::string_view text) {
  return parse(kOpeningReasons, text);
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

}  // namespace holdspace::boundary
