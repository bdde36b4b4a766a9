#include "client/calendar/value_check.hpp"

#include <algorithm>
#include <charconv>
#include <regex>

namespace holdspace::client::calendar {
namespace {

using boost::system::result;

bool is_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Every number of the text has at most `digits_max` digits.
bool has_short_numbers(std::string_view text, std::size_t digits_max) {
  std::size_t digits = 0;
  for (const char c : text) {
    digits = c >= '0' && c <= '9' ? digits + 1 : 0;
    if (digits > digits_max) return false;
  }
  return true;
}

result<void, CalendarProblem> check_part(std::string_view part) {
  const auto equals = part.find('=');
  if (equals == std::string_view::npos) return CalendarProblem::malformed;
  const auto key = part.substr(0, equals);
  const auto value = part.substr(equals + 1);
  if (key == "RSCALE" || key == "SKIP" || key == "BYWEEKNO") return CalendarProblem::unsupported;
  bool good = true;
  if (key == "UNTIL") {
    good = has_form_of_time(value);
  } else if (key == "COUNT") {
    int count = 0;
    const auto* const last = value.data() + value.size();
    const auto parsed = std::from_chars(value.data(), last, count);
    good = parsed.ec == std::errc() && parsed.ptr == last;
  } else {
    good = has_short_numbers(value, key == "INTERVAL" ? 4 : key == "BYDAY" ? 2 : 3);
  }
  if (!good) return CalendarProblem::malformed;
  return {};
}

}  // namespace

bool has_form_of_time(std::string_view text) {
  if (text.size() == 8) return is_digits(text);
  if (text.size() == 16 && text.back() == 'Z') text.remove_suffix(1);
  return text.size() == 15 && text[8] == 'T' && is_digits(text.substr(0, 8)) &&
         is_digits(text.substr(9));
}

bool has_form_of_duration(std::string_view text) {
  // Nine digits fit the integers of libical.
  static const std::regex kForm(
      "[+-]?P([0-9]{1,9}W|([0-9]{1,9}D)?(T([0-9]{1,9}H)?([0-9]{1,9}M)?([0-9]{1,9}S)?)?)");
  return std::regex_match(text.begin(), text.end(), kForm) && text.back() != 'P' &&
         text.back() != 'T';
}

result<void, CalendarProblem> check_rule(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(';', at), text.size());
    const auto checked = check_part(text.substr(at, end - at));
    if (!checked.has_value()) return checked;
    at = end + 1;
  }
  return {};
}

}  // namespace holdspace::client::calendar
