// Busy times and holidays from an iCalendar file (RFC 5545), as closed exceptions of a policy.
// Only times are taken. No network, no clock, no file: bytes in, values out. docs/boundary.md,
// section "Busy times from a calendar".
#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "boundary/time.hpp"
#include "client/calendar/event_text.hpp"
#include "holdspace/v1/policy.pb.h"

namespace holdspace::client::calendar {

// A year and a month: a yearly holiday is found, and a rule without end ends.
inline constexpr std::chrono::days kHorizonMax{400};
inline constexpr std::chrono::days kDurationMax{400};
inline constexpr std::size_t kInstancesMax = 5000;
// Days that rules look at, and kStepsPerLine for each line that libical reads: under 100 ms on a
// small server. Counted and not timed, so that the same file always gets the same answer.
inline constexpr std::int64_t kStepsMax = 4'000'000;
inline constexpr std::int64_t kStepsPerLine = 200;

struct ImportOptions {
  boundary::Zone zone;                   // the policy's
  boundary::LocalDate from{};            // the first day that counts, in that zone
  std::chrono::days days = kHorizonMax;  // 1..kHorizonMax
  std::string id_prefix = "busy";        // is_id_prefix
};

// Events that close nothing, by the reason.
struct SkippedEvents {
  std::size_t cancelled = 0;       // STATUS:CANCELLED
  std::size_t transparent = 0;     // TRANSP:TRANSPARENT: shown as free
  std::size_t without_length = 0;  // ends when it starts
  std::size_t outside = 0;         // no part of it lies within the days asked for
  std::size_t others = 0;          // not events: to-dos, journals, free-busy answers
};

struct ImportedCalendar {
  std::vector<v1::Exception> exceptions;  // closed, for every lane and both directions
  std::size_t events = 0;                 // read, with the skipped ones
  std::size_t instances = 0;              // busy times within the days asked for
  SkippedEvents skipped;
};

// A busy time that the days asked for cut is taken whole, so that it keeps its id from day to day.
// Times on the wall without a zone are in the policy's zone.
[[nodiscard]] boost::system::result<ImportedCalendar, CalendarError> parse_calendar(
    std::string_view bytes, const ImportOptions& options);

}  // namespace holdspace::client::calendar
