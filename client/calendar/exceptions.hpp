// From busy times to closed exceptions of a policy, and from there into the policy. Pure; any
// thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "boundary/time.hpp"
#include "holdspace/v1/policy.pb.h"

namespace holdspace::client::calendar {

// Room for the dates and hours that follow in an id.
inline constexpr std::size_t kIdPrefixBytesMax = 24;

// Half-open, on the wall of the policy's zone.
struct BusySpan {
  boundary::LocalMinute from{};
  boundary::LocalMinute until{};
};

// 1..kIdPrefixBytesMax of a-z 0-9 -.
[[nodiscard]] bool is_id_prefix(std::string_view text);

// The fewest closed exceptions that cover the spans, by their first day. Spans that overlap or
// touch become one, and the same hours on days in a row one with a part of each day. Ids say the
// days and hours and nothing else: "busy-2026-12-24-to-2027-01-02", "busy-2026-11-03-0900-1030".
[[nodiscard]] std::vector<v1::Exception> to_exceptions(std::vector<BusySpan> spans,
                                                       std::string_view id_prefix);

struct Replacement {
  std::vector<std::string> added;
  std::vector<std::string> removed;
  std::vector<std::string> unchanged;
  std::vector<std::string> kept;  // imported before and changed by hand since: left alone
};

// Puts `imported` into the policy, in place of what an earlier import with this prefix put there.
// An exception counts as imported while it says exactly what its id says; one that was given
// lanes, other hours or a cover is its owner's.
Replacement replace_imported(v1::Policy& policy, const std::vector<v1::Exception>& imported,
                             std::string_view id_prefix);

}  // namespace holdspace::client::calendar
