#include "client/cli/display.hpp"

#include <date/tz.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "boundary/names.hpp"
#include "client/content.hpp"

namespace holdspace::cli {
namespace {

std::string zone_name() {
  if (const auto* set = std::getenv("TZ"); set != nullptr && *set != '\0')
    return *set == ':' ? set + 1 : set;
  try {
    return date::current_zone()->name();
  } catch (const std::exception&) {
    return "Etc/UTC";  // a machine that does not say where it is
  }
}

boundary::Zone find_zone() {
  const auto zone = boundary::Zone::locate(zone_name());
  if (zone.has_value()) return *zone;
  return *boundary::Zone::locate("Etc/UTC");
}

}  // namespace

const boundary::Zone& viewer_zone() {
  static const auto kZone = find_zone();  // the environment of a process does not change under it
  return kZone;
}

std::string format_time(const boundary::Zone& zone, crypto::Instant at) {
  constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto local = zone.to_local(at);
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day date(day);
  const std::chrono::weekday weekday(day);
  const auto minutes = (local - day).count();
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%s %u %s %d %02d:%02d", kDays.at(weekday.c_encoding()),
                static_cast<unsigned>(date.day()),
                kMonths.at(static_cast<unsigned>(date.month()) - 1), static_cast<int>(date.year()),
                static_cast<int>(minutes / 60), static_cast<int>(minutes % 60));
  return std::string(text.data()) + " (" + std::string(zone.name()) + ")";
}

std::optional<crypto::Instant> parse_time(const boundary::Zone& zone, std::string_view text) {
  if (text.ends_with('Z')) return boundary::parse_instant(text);
  if (text.size() != 16 || (text[10] != ' ' && text[10] != 'T')) return std::nullopt;
  const auto date = boundary::parse_date(text.substr(0, 10));
  const auto minutes = boundary::parse_time_of_day(text.substr(11));
  if (!date || !minutes) return std::nullopt;
  return zone.earliest(*date + std::chrono::minutes(*minutes));
}

std::string format_utc(crypto::Instant at) {
  return boundary::format_instant(at);
}

std::optional<std::chrono::minutes> parse_span(std::string_view text) {
  if (text.size() < 2 || text.size() > 6) return std::nullopt;
  std::int64_t number = 0;
  for (const char digit : text.substr(0, text.size() - 1)) {
    if (digit < '0' || digit > '9') return std::nullopt;
    number = 10 * number + (digit - '0');
  }
  if (number == 0) return std::nullopt;
  switch (text.back()) {
    case 'm':
      return std::chrono::minutes(number);
    case 'h':
      return std::chrono::hours(number);
    case 'd':
      return std::chrono::hours(24 * number);
    default:
      return std::nullopt;
  }
}

std::optional<crypto::Instant> end_of_day(const boundary::Zone& zone, std::string_view text) {
  const auto date = boundary::parse_date(text);
  if (!date) return std::nullopt;
  return zone.earliest(*date + std::chrono::days(1));
}

std::string both_zones(const std::string& zone_name, crypto::Instant at) {
  auto text = format_time(viewer_zone(), at);
  const auto zone = boundary::Zone::locate(zone_name);
  if (zone.has_value() && zone->name() != viewer_zone().name())
    text += " = " + format_time(*zone, at);
  return text;
}

std::string_view outcome_word(v1::Outcome outcome) {
  switch (outcome) {
    case v1::RELEASED:
      return "released";
    case v1::HELD:
      return "held";
    case v1::REFUSAL:
      return "refused";
    case v1::OUTCOME_UNSPECIFIED:
    case v1::Outcome_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::Outcome_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return "unknown";
}

std::string_view lane_word(v1::Lane lane) {
  const auto known = client::from_wire(lane);
  return known ? client::lane_name(*known) : "unknown";
}

std::string_view direction_word(v1::Direction direction) {
  return direction == v1::TO_CLIENT ? "to_client" : "to_therapist";
}

std::string_view state_word(v1::RelationshipState state) {
  switch (state) {
    case v1::INVITED:
      return "invited";
    case v1::ACTIVE:
      return "active";
    case v1::PAUSED:
      return "paused";
    case v1::ENDING:
      return "ending";
    case v1::CLOSED:
      return "ended";
    case v1::SEVERED:
      return "severed";
    case v1::RELATIONSHIP_STATE_UNSPECIFIED:
    case v1::RelationshipState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::RelationshipState_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return "unknown";
}

}  // namespace holdspace::cli
