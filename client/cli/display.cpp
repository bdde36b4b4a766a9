#include "client/cli/display.hpp"

#include <date/tz.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "boundary/names.hpp"
#include "client/cli/command.hpp"
#include "client/failure.hpp"
#include "client/wire_bytes.hpp"

namespace holdspace::cli {
namespace {

using client::records::OutboxRow;

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

// "outside the therapist's hours": short, after the instant.
std::string_view short_reason(std::string_view reason) {
  const auto known = boundary::parse_reason(reason);
  if (!known) return reason;
  switch (*known) {
    case boundary::Reason::outside_windows:
      return "outside the agreed hours";
    case boundary::Reason::closed_exception:
      return "time away";
    case boundary::Reason::emergency_closure:
      return "an unplanned closure";
    case boundary::Reason::lane_paused:
      return "the agreed pause";
    case boundary::Reason::outside_client_hours:
      return "the client's quiet hours";
    case boundary::Reason::no_opening_in_horizon:
      return "no opening is planned yet";
    case boundary::Reason::same_account_copy:
    case boundary::Reason::inside_opening:
    case boundary::Reason::inside_window:
    case boundary::Reason::inside_open_exception:
    case boundary::Reason::closed_too_long:
    case boundary::Reason::covered:
    case boundary::Reason::urgent_unavailable:
    case boundary::Reason::relationship_invited:
    case boundary::Reason::relationship_paused:
    case boundary::Reason::relationship_ending:
    case boundary::Reason::relationship_ended:
    case boundary::Reason::relationship_severed:
      break;
  }
  return boundary::describe(*known);
}

std::string refusal(const OutboxRow& row) {
  if (!row.reason().empty()) return "refused: " + std::string(short_reason(row.reason()));
  if (!row.error_text().empty()) return "refused: " + row.error_text();
  return "refused: " + client::describe_code(static_cast<v1::ErrorCode>(row.error_code()));
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

std::string_view state_word(const OutboxRow& row) {
  switch (row.state()) {
    case client::records::ACCEPTED_RELEASED:
      return "released";
    case client::records::ACCEPTED_HELD:
      return "held";
    case client::records::REFUSED:
      return "refused";
    case client::records::NOT_CONFIRMED:
      return "not_confirmed";
    case client::records::WAITING:
    case client::records::OutboxState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case client::records::OutboxState_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return "waiting";
}

std::string describe_state(const OutboxRow& row, const boundary::Zone& zone) {
  switch (row.state()) {
    case client::records::ACCEPTED_RELEASED:
      return "released";
    case client::records::ACCEPTED_HELD:
      if (row.promise_ms() == 0) return "held - " + std::string(short_reason(row.reason()));
      return "held until " + format_time(zone, client::from_ms(row.promise_ms())) + " - " +
             std::string(short_reason(row.reason()));
    case client::records::REFUSED:
      return refusal(row);
    case client::records::NOT_CONFIRMED:
      return "not confirmed yet - will be sent again";
    case client::records::WAITING:
    case client::records::OutboxState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case client::records::OutboxState_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return "not sent yet - kept here, will be sent" +
         (row.error_text().empty() ? std::string() : " (" + row.error_text() + ")");
}

int exit_code(const OutboxRow& row) {
  switch (row.state()) {
    case client::records::ACCEPTED_RELEASED:
    case client::records::ACCEPTED_HELD:
      return kOk;
    case client::records::REFUSED:
      return kRefused;
    case client::records::NOT_CONFIRMED:
    case client::records::WAITING:
    case client::records::OutboxState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case client::records::OutboxState_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return kNotConfirmed;
}

}  // namespace holdspace::cli
