#include "boundary/validate.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace holdspace::boundary {

namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::year;

using Finding = std::optional<PolicyError>;

constexpr std::uint32_t kMinutesPerWeek = 7 * kMinutesPerDay;

constexpr LocalDate kFirstDate = local_days{year{kFirstYear} / 1 / 1};
constexpr LocalDate kDateAfterLast = local_days{year{kLastYear + 1} / 1 / 1};

std::string path(std::string_view list, std::size_t index, std::string_view member = {}) {
  std::string text(list);
  text += '[' + std::to_string(index) + ']';
  if (!member.empty()) {
    text += '.';
    text += member;
  }
  return text;
}

PolicyError broken(std::string field, PolicyRule rule, std::string other = {}) {
  return {std::move(field), rule, std::move(other)};
}

// Start and end in minutes after midnight: the same rules for a weekly window and for a part of an
// excepted day.
Finding check_minutes(std::string_view list, std::size_t index, std::uint32_t start,
                      std::uint32_t end) {
  if (start >= kMinutesPerDay) {
    return broken(path(list, index, "start_minute"), PolicyRule::start_out_of_range);
  }
  if (end <= start) {
    return broken(path(list, index, "end_minute"), PolicyRule::end_not_after_start);
  }
  if (end - start > kMinutesPerDay) {
    return broken(path(list, index, "end_minute"), PolicyRule::window_too_long);
  }
  return std::nullopt;
}

Finding check_window(const WeeklyWindow& window, std::size_t index) {
  if (window.lane == Lane::urgent) {
    return broken(path("windows", index, "lane"), PolicyRule::urgent_has_no_windows);
  }
  if (!window.weekday.ok()) {
    return broken(path("windows", index, "weekday"), PolicyRule::weekday_invalid);
  }
  return check_minutes("windows", index, window.start_minute, window.end_minute);
}

// Minutes from Sunday 00:00; an end past Saturday night is more than a week and wraps to the first
// window.
struct PlacedWindow {
  std::uint32_t start;
  std::uint32_t end;
  std::size_t index;
};

Finding overlap(const PlacedWindow& a, const PlacedWindow& b) {
  const auto [first, second] = std::minmax(a.index, b.index);
  return broken(path("windows", second), PolicyRule::windows_overlap, path("windows", first));
}

// Windows in order of start overlap somewhere exactly when two neighbours do, the last and the
// first included.
Finding check_overlaps(std::vector<PlacedWindow> placed) {
  std::sort(placed.begin(), placed.end(),
            [](const PlacedWindow& a, const PlacedWindow& b) { return a.start < b.start; });
  for (std::size_t i = 1; i < placed.size(); ++i) {
    if (placed[i - 1].end > placed[i].start) {
      return overlap(placed[i - 1], placed[i]);
    }
  }
  if (placed.size() > 1 && placed.back().end > placed.front().start + kMinutesPerWeek) {
    return overlap(placed.back(), placed.front());
  }
  return std::nullopt;
}

Finding check_windows(const Policy& policy) {
  std::array<std::vector<PlacedWindow>, 4> placed;  // one list for each gated lane and direction
  for (std::size_t i = 0; i < policy.windows.size(); ++i) {
    const WeeklyWindow& window = policy.windows[i];
    if (Finding found = check_window(window, i)) {
      return found;
    }
    const std::size_t list = (window.lane == Lane::routine ? 0U : 2U) +
                             (window.direction == Direction::to_therapist ? 0U : 1U);
    if (placed[list].size() == kWindowsMax) {
      return broken(path("windows", i), PolicyRule::too_many_windows);
    }
    const std::uint32_t midnight = window.weekday.c_encoding() * kMinutesPerDay;
    placed[list].push_back({midnight + window.start_minute, midnight + window.end_minute, i});
  }
  for (std::vector<PlacedWindow>& list : placed) {
    if (Finding found = check_overlaps(std::move(list))) {
      return found;
    }
  }
  return std::nullopt;
}

bool well_formed_id(std::string_view id) {
  return !id.empty() && id.size() <= kIdBytesMax && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

template <typename T>
bool listed_twice(const std::vector<T>& list) {
  for (std::size_t i = 1; i < list.size(); ++i) {
    const auto here = list.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(list.begin(), here, list[i]) != here) {
      return true;
    }
  }
  return false;
}

// Everything about one exception that can be said without the others.
Finding check_exception(const DatedException& exception, std::size_t index) {
  const auto at = [index](std::string_view member) { return path("exceptions", index, member); };
  if (!well_formed_id(exception.id)) {
    return broken(at("id"), PolicyRule::id_malformed);
  }
  if (exception.from_date < kFirstDate || exception.from_date >= kDateAfterLast) {
    return broken(at("from_date"), PolicyRule::exception_date_out_of_range);
  }
  if (exception.until_date <= exception.from_date) {
    return broken(at("until_date"), PolicyRule::exception_dates_reversed);
  }
  if (exception.until_date > kDateAfterLast) {
    return broken(at("until_date"), PolicyRule::exception_date_out_of_range);
  }
  if (std::find(exception.lanes.begin(), exception.lanes.end(), Lane::urgent) !=
      exception.lanes.end()) {
    return broken(at("lanes"), PolicyRule::urgent_has_no_windows);
  }
  if (listed_twice(exception.lanes)) {
    return broken(at("lanes"), PolicyRule::listed_twice);
  }
  if (listed_twice(exception.directions)) {
    return broken(at("directions"), PolicyRule::listed_twice);
  }
  if (!exception.lifts.empty() && exception.kind != ExceptionKind::open) {
    return broken(at("lifts"), PolicyRule::lifts_needs_open);
  }
  if (exception.part) {
    return check_minutes("exceptions", index, exception.part->start_minute,
                         exception.part->end_minute);
  }
  return std::nullopt;
}

std::size_t count_spans(const DatedException& exception) {
  return exception.part
             ? static_cast<std::size_t>((exception.until_date - exception.from_date) / days{1})
             : 1;
}

Finding check_exceptions(const Policy& policy) {
  const std::vector<DatedException>& exceptions = policy.exceptions;
  if (exceptions.size() > kExceptionsMax) {
    return broken("exceptions", PolicyRule::too_many_exceptions);
  }
  std::unordered_map<std::string_view, std::size_t> by_id;
  std::size_t spans = 0;
  for (std::size_t i = 0; i < exceptions.size(); ++i) {
    if (Finding found = check_exception(exceptions[i], i)) {
      return found;
    }
    const auto [earlier, is_new] = by_id.emplace(exceptions[i].id, i);
    if (!is_new) {
      return broken(path("exceptions", i, "id"), PolicyRule::id_duplicate,
                    path("exceptions", earlier->second, "id"));
    }
    spans += count_spans(exceptions[i]);
    if (spans > kExceptionSpansMax) {
      return broken(path("exceptions", i), PolicyRule::too_many_exception_spans);
    }
  }
  for (std::size_t i = 0; i < exceptions.size(); ++i) {
    if (exceptions[i].lifts.empty()) {
      continue;
    }
    const auto lifted = by_id.find(exceptions[i].lifts);
    if (lifted == by_id.end()) {
      return broken(path("exceptions", i, "lifts"), PolicyRule::lifts_unknown);
    }
    if (exceptions[lifted->second].kind != ExceptionKind::closed) {
      return broken(path("exceptions", i, "lifts"), PolicyRule::lifts_not_closed,
                    path("exceptions", lifted->second));
    }
  }
  return std::nullopt;
}

}  // namespace

boost::system::result<void, PolicyError> validate(const Policy& policy) {
  if (Zone::locate(policy.zone).has_error()) {
    return broken("zone", PolicyRule::zone_unknown);
  }
  if (Finding found = check_windows(policy)) {
    return *found;
  }
  if (Finding found = check_exceptions(policy)) {
    return *found;
  }
  return {};
}

}  // namespace holdspace::boundary
