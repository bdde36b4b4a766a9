// What the files of validate.hpp share. Part of validate.hpp; nobody else needs it.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "boundary/validate.hpp"

namespace holdspace::boundary::validation {

using Finding = std::optional<PolicyError>;

// "windows[3]", "windows[3].end_minute"
[[nodiscard]] std::string path(std::string_view list, std::size_t index,
                               std::string_view member = {});

[[nodiscard]] PolicyError broken(std::string field, PolicyRule rule, std::string other = {});

[[nodiscard]] bool well_formed_id(std::string_view id);

template <typename T>
[[nodiscard]] bool listed_twice(const std::vector<T>& list) {
  for (auto here = list.begin(); here != list.end(); ++here) {
    if (std::find(list.begin(), here, *here) != here) {
      return true;
    }
  }
  return false;
}

// Start and end in minutes after midnight of `owner`: the same rules for a weekly window and for a
// part of an excepted day.
[[nodiscard]] Finding check_minutes(std::string_view owner, std::uint32_t start, std::uint32_t end);

// A list of weekly windows that stands at `list` in the policy.
[[nodiscard]] Finding check_windows(const std::vector<WeeklyWindow>& windows,
                                    std::string_view list);

[[nodiscard]] Finding check_exceptions(const std::vector<DatedException>& exceptions);

// Travels, relationship rules, closures and openings: what stands beside the calendar.
[[nodiscard]] Finding check_overrides(const Policy& policy);

[[nodiscard]] Finding check_limits(const Limits& limits);
[[nodiscard]] Finding check_terms(const Terms& terms);

}  // namespace holdspace::boundary::validation
