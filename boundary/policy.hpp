// A therapist's boundary policy as plain values, and every rule that a policy must meet before it
// may be stored. Not the compiled form (gate.hpp), not the wire form
// (proto/holdspace/v1/policy.proto, same field names). docs/boundary.md, section "The policy".
#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "boundary/time.hpp"

namespace holdspace::boundary {

enum class Lane : std::uint8_t {
  routine,    // gated by its windows
  logistics,  // appointments and the like; gated by windows of its own
  urgent,     // never gated and never held: it passes to people on call or is refused at once
};

enum class Direction : std::uint8_t { to_therapist, to_client };

// One weekly opening [start, end) in the policy's zone. Windows of one lane and direction may touch
// (they act as one) and must not overlap. A lane and direction without any window is shut except
// for open exceptions.
struct WeeklyWindow {
  Lane lane = Lane::routine;  // routine or logistics
  Direction direction = Direction::to_therapist;
  std::chrono::weekday weekday = std::chrono::Monday;  // the day on which it starts
  std::uint32_t start_minute = 0;                      // minutes after local midnight, 0..1439
  std::uint32_t end_minute =
      0;  // start + 1 .. start + 1440; 1440 is 24:00, more runs into the next day

  friend bool operator==(const WeeklyWindow&, const WeeklyWindow&) = default;
};

enum class ExceptionKind : std::uint8_t {
  closed,  // shut for its span, whatever the weekly windows say
  open,    // open for its span on hours that the weekly windows leave shut
};

// Part of each day [start, end), with the bounds of a weekly window.
struct DayPart {
  std::uint32_t start_minute = 0;
  std::uint32_t end_minute = 0;

  friend bool operator==(const DayPart&, const DayPart&) = default;
};

// A dated closing or opening that goes before the weekly windows for its span: the days [from_date,
// until_date) in the policy's zone, whole or one part of each. At equal rank closed beats open,
// unless the open one lifts the closed one.
struct DatedException {
  std::string id;  // 1..64 characters [a-z0-9-], unique in the policy
  ExceptionKind kind = ExceptionKind::closed;
  LocalDate from_date{};
  LocalDate until_date{};             // exclusive
  std::optional<DayPart> part;        // none: whole days
  std::vector<Lane> lanes;            // empty: every gated lane
  std::vector<Direction> directions;  // empty: both
  std::string lifts;  // open only: id of the closed exception that this one lifts; empty: none

  friend bool operator==(const DatedException&, const DatedException&) = default;
};

// One immutable version of a policy. Copying a policy and changing the copy is how the next version
// begins.
struct Policy {
  std::uint64_t version = 0;  // set by the store, rising; 0 is a policy that was never stored
  std::string zone;           // IANA name, "Europe/London"
  std::vector<WeeklyWindow> windows;
  std::vector<DatedException> exceptions;

  friend bool operator==(const Policy&, const Policy&) = default;
};

// Seven windows that keep one lane and direction open all week: for a side that sets itself no
// hours.
[[nodiscard]] std::vector<WeeklyWindow> open_all_week(Lane lane, Direction direction);

// Bounds, all ours. Seven windows a day and one to spare is more than any practice's week; a
// thousand exceptions is three closed days a day for a year; the span cap keeps a compiled policy
// under a megabyte.
inline constexpr std::size_t kWindowsMax = 50;  // for each lane and direction
inline constexpr std::size_t kExceptionsMax = 1000;
inline constexpr std::size_t kExceptionSpansMax =
    4000;  // spans of all exceptions; one with a part has one for each day
inline constexpr std::size_t kExceptionIdBytesMax = 64;
inline constexpr int kFirstYear = 2000;
inline constexpr int kLastYear = 2037;  // the system's zone files list no clock change after it

// The rule that a refused policy breaks. describe() in names.hpp puts it into words for a person.
enum class PolicyRule : std::uint8_t {
  zone_unknown,            // not a name of the time-zone database
  too_many_windows,        // more than kWindowsMax for one lane and direction
  urgent_has_no_windows,   // a window or exception names the urgent lane, which no window can open
                           // or shut
  weekday_invalid,         // not a day of the week
  start_out_of_range,      // a start of 24:00 or later (25:00)
  end_not_after_start,     // the end equals the start or comes before it
  window_too_long,         // more than 24 hours
  windows_overlap,         // shares minutes with another window of the same lane and direction
  too_many_exceptions,     // more than kExceptionsMax
  exception_id_malformed,  // empty, too long, or other characters than [a-z0-9-]
  exception_id_duplicate,  // an earlier exception has this id
  exception_dates_reversed,     // until_date is not after from_date
  exception_date_out_of_range,  // before kFirstYear or after kLastYear
  too_many_exception_spans,     // exceptions with a part of the day run over too many days in all
  listed_twice,                 // a lane or direction stands twice in one list
  lifts_needs_open,             // only an open exception can lift
  lifts_unknown,                // no exception has that id
  lifts_not_closed,             // the lifted exception is not a closed one
};

struct PolicyError {
  std::string field;  // path in the policy: "windows[3].end_minute"
  PolicyRule rule{};
  std::string other;  // the field that it collides with, when there is one

  friend bool operator==(const PolicyError&, const PolicyError&) = default;
};

// Checks every rule above and reports the first one broken. Pure; any thread.
[[nodiscard]] boost::system::result<void, PolicyError> validate(const Policy& policy);

}  // namespace holdspace::boundary
