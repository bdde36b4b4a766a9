#include "boundary/policy.hpp"

namespace holdspace::boundary {

std::vector<WeeklyWindow> open_all_week(Lane lane, Direction direction) {
  std::vector<WeeklyWindow> windows;
  for (unsigned day = 0; day < 7; ++day) {
    windows.push_back({lane, direction, std::chrono::weekday{day}, 0, kMinutesPerDay});
  }
  return windows;
}

std::chrono::hours max_hold(const Policy& policy) {
  const std::uint32_t stated = policy.limits.max_hold_hours;
  return stated == 0 ? kMaxHoldDefault : std::chrono::hours{stated};
}

}  // namespace holdspace::boundary
