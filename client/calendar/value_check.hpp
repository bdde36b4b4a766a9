// The exact forms of RFC 5545 for values that libical reads more generously than they are written.
// Asked before libical is. Pure; any thread.
#pragma once

#include <boost/system/result.hpp>
#include <string_view>

#include "client/calendar/event_text.hpp"

namespace holdspace::client::calendar {

// YYYYMMDD, YYYYMMDDTHHMMSS or the latter with Z. libical lets signs and blanks pass.
[[nodiscard]] bool has_form_of_time(std::string_view text);

// libical skips numbers without a unit.
[[nodiscard]] bool has_form_of_duration(std::string_view text);

// Each part of a rule in capitals. libical keeps numbers in short integers and cuts what is too
// long, so that 70000 weeks would become 4464.
[[nodiscard]] boost::system::result<void, CalendarProblem> check_rule(std::string_view text);

}  // namespace holdspace::client::calendar
