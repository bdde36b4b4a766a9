// One event of a calendar as values. The only place that meets libical, which reads parameters,
// times, durations and rules; what it reads too generously is checked before (docs/adr/0008).
#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "client/calendar/event_text.hpp"
#include "client/calendar/recurrence.hpp"

namespace holdspace::client::calendar {

// Days on the wall and then time that passes, so that a day is 23 hours where the clocks jump.
struct Length {
  std::chrono::days days{};
  std::chrono::seconds exact{};
};

struct CalendarEvent {
  std::size_t line = 0;
  std::string uid;  // to tell events apart while reading; goes nowhere
  CalendarTime start;
  std::optional<CalendarTime> end;  // never together with length
  std::optional<Length> length;
  std::vector<Recurrence> rules;
  std::vector<CalendarTime> added;       // RDATE
  std::vector<CalendarTime> excluded;    // EXDATE
  std::optional<CalendarTime> replaces;  // RECURRENCE-ID
  bool cancelled = false;
  bool transparent = false;  // does not make anybody busy
};

// Not for two threads at the same time before the first call has returned: libical keeps settings
// for the whole process.
[[nodiscard]] boost::system::result<CalendarEvent, CalendarError> read_event(const EventText& text);

}  // namespace holdspace::client::calendar
