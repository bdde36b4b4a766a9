// Every rule that a policy must meet before it may be stored, each with a name. Pure values; the
// compiled form is gate.hpp. docs/boundary.md, section "The policy", lists what breaks each rule.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <string>

#include "boundary/policy.hpp"

namespace holdspace::boundary {

// The rule that a refused policy breaks. describe() in names.hpp puts it into words for a person.
enum class PolicyRule : std::uint8_t {
  zone_unknown,           // not a name of the time-zone database; also of a travel
  too_many_windows,       // more than kWindowsMax for one lane and direction
  urgent_has_no_windows,  // a window, exception or opening names the urgent lane, which no window
                          // can open or shut
  weekday_invalid,        // not a day of the week
  start_out_of_range,     // a start of 24:00 or later (25:00)
  end_not_after_start,    // the end equals the start or comes before it
  window_too_long,        // more than 24 hours
  windows_overlap,        // shares minutes with another window of the same lane and direction
  too_many_exceptions,    // more than kExceptionsMax
  id_malformed,           // empty, too long, or other characters than [a-z0-9-]
  id_duplicate,           // an earlier one in the same list has this id
  exception_dates_reversed,     // until_date is not after from_date
  exception_date_out_of_range,  // before kFirstYear or after kLastYear
  too_many_exception_spans,     // exceptions with a part of the day, or yearly ones, cover too many
                                // days in all
  listed_twice,                 // a lane, direction or reader stands twice in one list
  lifts_needs_open,             // only an open exception can lift
  lifts_unknown,                // no exception has that id
  lifts_not_closed,             // the lifted exception is not a closed one
  yearly_too_long,              // a yearly exception of more than kYearlyMax
  leap_day_unanswered,  // yearly from 29 February, and nobody said what happens in other years
  leap_day_needless,    // said for an exception that does not begin on 29 February of every year
  moveable_has_dates,   // a moveable holiday with dates, or yearly: it has its days from the rule
  easter_offset_out_of_range,    // further than kEasterOffsetMax from Easter Sunday
  month_out_of_range,            // not 1..12
  nth_out_of_range,              // not 1..5 and not -1
  moveable_days_out_of_range,    // not 1..kMoveableDaysMax
  cover_needs_closed,            // an open exception names a cover
  instant_out_of_range,          // before kFirstYear or after kLastYear, in UTC
  until_not_after_from,          // of a travel, closure or opening
  too_many_travels,              // more than kTravelsMax
  travels_overlap,               // one person is in one place
  too_many_relationship_rules,   // more than kRelationshipRulesMax
  relationship_listed_twice,     // an earlier entry is about the same relationship
  relationship_without_windows,  // an entry that replaces nothing
  too_many_closures,             // more than kClosuresMax
  too_many_openings,             // more than kOpeningsInPolicyMax
  opening_too_long,              // more than kOpeningMax: change the windows instead
  kept_promise_without_version,  // a kept promise that any message could use
  max_hold_out_of_range,         // more than kMaxHoldHoursMax
  reply_time_out_of_range,       // more than kReplyTimeHoursMax
  retention_out_of_range,        // more than kRetentionDaysMax
  hours_notice_out_of_range,     // more than kHoursNoticeDaysMax
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
