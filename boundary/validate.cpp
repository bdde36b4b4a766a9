#include "boundary/validate.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "boundary/validate_parts.hpp"

namespace holdspace::boundary {

namespace validation {

namespace {

constexpr std::uint32_t kMinutesPerWeek = 7 * kMinutesPerDay;

Finding check_window(const WeeklyWindow& window, const std::string& owner) {
  if (window.lane == Lane::urgent) {
    return broken(owner + ".lane", PolicyRule::urgent_has_no_windows);
  }
  if (!window.weekday.ok()) {
    return broken(owner + ".weekday", PolicyRule::weekday_invalid);
  }
  return check_minutes(owner, window.start_minute, window.end_minute);
}

// Minutes from Sunday 00:00; an end past Saturday night is more than a week and wraps to the first
// window.
struct PlacedWindow {
  std::uint32_t start;
  std::uint32_t end;
  std::size_t index;
};

Finding overlap(std::string_view list, const PlacedWindow& a, const PlacedWindow& b) {
  const auto [first, second] = std::minmax(a.index, b.index);
  return broken(path(list, second), PolicyRule::windows_overlap, path(list, first));
}

// Windows in order of start overlap somewhere exactly when two neighbours do, the last and the
// first included.
Finding check_overlaps(std::string_view list, std::vector<PlacedWindow> placed) {
  std::sort(placed.begin(), placed.end(),
            [](const PlacedWindow& a, const PlacedWindow& b) { return a.start < b.start; });
  for (std::size_t i = 1; i < placed.size(); ++i) {
    if (placed[i - 1].end > placed[i].start) {
      return overlap(list, placed[i - 1], placed[i]);
    }
  }
  if (placed.size() > 1 && placed.back().end > placed.front().start + kMinutesPerWeek) {
    return overlap(list, placed.back(), placed.front());
  }
  return std::nullopt;
}

}  // namespace

std::string path(std::string_view list, std::size_t index, std::string_view member) {
  std::string text(list);
  text += '[' + std::to_string(index) + ']';
  if (!member.empty()) {
    text += '.';
    text += member;
  }
  return text;
}

PolicyError broken(std::string field, PolicyRule rule, std::string other) {
  return {std::move(field), rule, std::move(other)};
}

bool well_formed_id(std::string_view id) {
  return !id.empty() && id.size() <= kIdBytesMax && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

Finding check_minutes(std::string_view owner, std::uint32_t start, std::uint32_t end) {
  if (start >= kMinutesPerDay) {
    return broken(std::string(owner) + ".start_minute", PolicyRule::start_out_of_range);
  }
  if (end <= start) {
    return broken(std::string(owner) + ".end_minute", PolicyRule::end_not_after_start);
  }
  if (end - start > kMinutesPerDay) {
    return broken(std::string(owner) + ".end_minute", PolicyRule::window_too_long);
  }
  return std::nullopt;
}

Finding check_windows(const std::vector<WeeklyWindow>& windows, std::string_view list) {
  std::array<std::vector<PlacedWindow>, 4> placed;  // one list for each gated lane and direction
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const WeeklyWindow& window = windows[i];
    if (Finding found = check_window(window, path(list, i))) {
      return found;
    }
    const std::size_t gate = (window.lane == Lane::routine ? 0U : 2U) +
                             (window.direction == Direction::to_therapist ? 0U : 1U);
    if (placed[gate].size() == kWindowsMax) {
      return broken(path(list, i), PolicyRule::too_many_windows);
    }
    const std::uint32_t midnight = window.weekday.c_encoding() * kMinutesPerDay;
    placed[gate].push_back({midnight + window.start_minute, midnight + window.end_minute, i});
  }
  for (std::vector<PlacedWindow>& gate : placed) {
    if (Finding found = check_overlaps(list, std::move(gate))) {
      return found;
    }
  }
  return std::nullopt;
}

Finding check_limits(const Limits& limits) {
  if (limits.max_hold_hours > kMaxHoldHoursMax) {
    return broken("limits.max_hold_hours", PolicyRule::max_hold_out_of_range);
  }
  if (limits.reply_time_hours > kReplyTimeHoursMax) {
    return broken("limits.reply_time_hours", PolicyRule::reply_time_out_of_range);
  }
  return std::nullopt;
}

Finding check_terms(const Terms& terms) {
  if (listed_twice(terms.lanes)) {
    return broken("terms.lanes", PolicyRule::listed_twice);
  }
  if (terms.reply_time_hours > kReplyTimeHoursMax) {
    return broken("terms.reply_time_hours", PolicyRule::reply_time_out_of_range);
  }
  if (terms.retention_days > kRetentionDaysMax) {
    return broken("terms.retention_days", PolicyRule::retention_out_of_range);
  }
  if (terms.hours_notice_days > kHoursNoticeDaysMax) {
    return broken("terms.hours_notice_days", PolicyRule::hours_notice_out_of_range);
  }
  if (listed_twice(terms.urgent_readers)) {
    return broken("terms.urgent_readers", PolicyRule::listed_twice);
  }
  return std::nullopt;
}

}  // namespace validation

boost::system::result<void, PolicyError> validate(const Policy& policy) {
  using namespace validation;
  if (Zone::locate(policy.zone).has_error()) {
    return broken("zone", PolicyRule::zone_unknown);
  }
  if (Finding found = check_windows(policy.windows, "windows")) {
    return *found;
  }
  if (Finding found = check_exceptions(policy.exceptions)) {
    return *found;
  }
  if (Finding found = check_overrides(policy)) {
    return *found;
  }
  if (Finding found = check_limits(policy.limits)) {
    return *found;
  }
  if (Finding found = check_terms(policy.terms)) {
    return *found;
  }
  return {};
}

}  // namespace holdspace::boundary
