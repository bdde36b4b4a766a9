// Instants and dates as text. Zones are their platform's: zone_system.cpp here.
#include "boundary/time.hpp"

#include <array>
#include <cstdio>

namespace holdspace::boundary {

namespace {

using std::chrono::floor;

// Reads exactly `text.size()` decimal digits.
std::optional<int> parse_digits(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') {
      return std::nullopt;
    }
    value = value * 10 + (c - '0');
  }
  return value;
}

// The digits of `text` at [at, at + count), at most `max`; nothing when they are cut short or
// something else.
std::optional<int> parse_field(std::string_view text, std::size_t at, std::size_t count, int max) {
  if (text.size() < at + count) {
    return std::nullopt;
  }
  const std::optional<int> value = parse_digits(text.substr(at, count));
  return value && *value <= max ? value : std::nullopt;
}

// Seconds and milliseconds after "HH:MM": "", ":SS" or ":SS.mmm".
std::optional<std::chrono::milliseconds> parse_seconds(std::string_view text) {
  if (text.empty()) {
    return std::chrono::milliseconds{0};
  }
  const bool with_millis = text.size() == 7 && text[3] == '.';
  if (text[0] != ':' || (text.size() != 3 && !with_millis)) {
    return std::nullopt;
  }
  const std::optional<int> seconds = parse_field(text, 1, 2, 59);
  const std::optional<int> millis =
      with_millis ? parse_field(text, 4, 3, 999) : std::optional<int>{0};
  if (!seconds || !millis) {
    return std::nullopt;
  }
  return std::chrono::seconds{*seconds} + std::chrono::milliseconds{*millis};
}

}  // namespace

LocalMinute Zone::to_local(Instant at) const {
  return LocalMinute{floor<std::chrono::minutes>(at.time_since_epoch() + offset(at))};
}

std::optional<LocalDate> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
    return std::nullopt;
  }
  const std::optional<int> year = parse_field(text, 0, 4, 9999);
  const std::optional<int> month = parse_field(text, 5, 2, 12);
  const std::optional<int> day = parse_field(text, 8, 2, 31);
  if (!year || !month || !day) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) {
    return std::nullopt;
  }
  return LocalDate{date};
}

std::string format_date(LocalDate date) {
  const std::chrono::year_month_day ymd{date};
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(ymd.year()),
                static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()));
  return text.data();
}

std::optional<Instant> parse_instant(std::string_view text) {
  if (text.size() < 17 || text[10] != 'T' || text[13] != ':' || text.back() != 'Z') {
    return std::nullopt;
  }
  const std::optional<LocalDate> date = parse_date(text.substr(0, 10));
  const std::optional<int> hour = parse_field(text, 11, 2, 23);
  const std::optional<int> minute = parse_field(text, 14, 2, 59);
  const std::optional<std::chrono::milliseconds> seconds =
      parse_seconds(text.substr(16, text.size() - 17));
  if (!date || !hour || !minute || !seconds) {
    return std::nullopt;
  }
  return Instant{date->time_since_epoch() + std::chrono::hours{*hour} +
                 std::chrono::minutes{*minute} + *seconds};
}

std::string format_instant(Instant at) {
  const auto day = floor<std::chrono::days>(at);
  const std::chrono::hh_mm_ss time{at - day};
  std::array<char, 32> rest{};
  std::snprintf(rest.data(), rest.size(), "T%02d:%02d:%02d.%03dZ",
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()),
                static_cast<int>(time.subseconds().count()));
  return format_date(LocalDate{day.time_since_epoch()}) + rest.data();
}

std::string format_local(const Zone& zone, Instant at) {
  const LocalMinute wall = zone.to_local(at);
  const auto day = floor<std::chrono::days>(wall);
  const int minute = static_cast<int>((wall - day).count());
  const int offset = static_cast<int>(floor<std::chrono::minutes>(zone.offset(at)).count());
  const int distance = offset < 0 ? -offset : offset;
  std::array<char, 32> rest{};
  std::snprintf(rest.data(), rest.size(), " %02d:%02d %c%02d:%02d", minute / 60, minute % 60,
                offset < 0 ? '-' : '+', distance / 60, distance % 60);
  return format_date(LocalDate{day}) + rest.data();
}

}  // namespace holdspace::boundary
