// The raw check of an iCalendar file (RFC 5545) before anything else reads it: sizes, text and
// nesting, without recursion. What comes out are the few lines of each event that say when it is;
// titles, places, alarms, attachments and zone rules go no further than this file.
#pragma once

#include <boost/system/result.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace holdspace::client::calendar {

// Ours: years of a practice's calendar fit, and reading one stays a matter of milliseconds.
inline constexpr std::size_t kCalendarBytesMax = 256 * 1024;
inline constexpr std::size_t kEventsMax = 2000;
// Without the line break; RFC 5545 folds at 75. A line that is kept may not be longer unfolded.
inline constexpr std::size_t kLineBytesMax = 8 * 1024;
// VCALENDAR, VEVENT, VALARM and one to spare.
inline constexpr std::size_t kNestingMax = 4;

// Why a calendar is refused. Always the whole of it: an event left out would be an hour left open.
enum class CalendarProblem : std::uint8_t {
  too_large,           // more than kCalendarBytesMax
  line_too_long,       // more than kLineBytesMax
  not_utf8,            // not UTF-8, or with a zero byte
  malformed,           // not the grammar of RFC 5545, or properties that contradict each other
  nested_too_deep,     // components inside more than kNestingMax - 1 others
  too_many_events,     // more than kEventsMax
  too_many_instances,  // more than kInstancesMax busy times within the days asked for
  too_much_work,       // its rules take more than kStepsMax to work out
  zone_unknown,        // a TZID that is not a name of the time-zone database
  bad_duration,        // an end before the start, or more than kDurationMax after it
  repeats_within_day,  // a rule that repeats by the hour, minute or second
  unsupported,         // a part of RFC 5545 that is not understood here, so it is not guessed
  duplicate_event,     // two events of one UID of which neither replaces a part of the other
};

struct CalendarError {
  CalendarProblem problem{};
  std::size_t line = 0;  // where it begins, from 1; 0: the file as a whole
  std::string field;     // "RRULE"; empty: not one property. Never text of the file
};

// One line for a person: "line 12, RRULE: ...".
[[nodiscard]] std::string describe(const CalendarError& error);

// "DTSTART;TZID=Europe/London:20260330T090000" unfolded and in its three parts.
struct ContentLine {
  std::size_t line = 0;
  std::string name;        // in capitals
  std::string parameters;  // ";TZID=Europe/London" or empty
  std::string value;       // as written
};

struct EventText {
  std::size_t line = 0;
  std::vector<ContentLine> lines;  // UID, STATUS, TRANSP and what says when
};

struct CalendarText {
  std::vector<EventText> events;
  std::size_t others = 0;  // to-dos, journals, free-busy answers and the like
};

// The ASCII letters of names and keywords, which mean the same in either case.
[[nodiscard]] std::string capitals(std::string_view text);

// Pure; any thread.
[[nodiscard]] boost::system::result<CalendarText, CalendarError> read_calendar_text(
    std::string_view bytes);

}  // namespace holdspace::client::calendar
