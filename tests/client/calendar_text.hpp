// Calendars as text for tests: each row states the lines of an event and what comes of them.
#pragma once

#include <string>
#include <vector>

#include "client/calendar/import.hpp"

namespace holdspace::client::calendar {

inline std::string calendar_of(const std::string& inside) {
  return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//\r\n" + inside + "END:VCALENDAR\r\n";
}

inline std::string event_of(const std::string& lines) {
  static int number = 0;
  return "BEGIN:VEVENT\r\nUID:" + std::to_string(++number) + "@test\r\n" + lines + "END:VEVENT\r\n";
}

inline ImportOptions options_in(const char* zone, const char* from, int days = 400) {
  return {*boundary::Zone::locate(zone), *boundary::parse_date(from), std::chrono::days(days),
          "busy"};
}

// "2026-12-24..2026-12-27" for whole days, "2026-11-03 540-630" for a part of one,
// "2026-11-03..2026-11-06 540-630" for a part of each.
inline std::vector<std::string> closed_in(const ImportedCalendar& imported) {
  std::vector<std::string> out;
  for (const auto& exception : imported.exceptions) {
    auto text = exception.from_date();
    const auto next = *boundary::parse_date(text) + std::chrono::days(1);
    const bool one_day = exception.until_date() == boundary::format_date(next);
    if (!one_day || !exception.has_start_minute()) text += ".." + exception.until_date();
    if (exception.has_start_minute())
      text += " " + std::to_string(exception.start_minute()) + "-" +
              std::to_string(exception.end_minute());
    out.push_back(text);
  }
  return out;
}

}  // namespace holdspace::client::calendar
