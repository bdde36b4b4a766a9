// See expiry_plan.hpp.
#include "gateway/expiry_plan.hpp"

#include <algorithm>

namespace holdspace::gateway {

ExpiryPlan plan_expiry(std::span<const AgedEntry> entries, boundary::Instant now) {
  ExpiryPlan plan;
  plan.look_again = now;  // all that was listed goes: look at what is behind it
  for (const auto& entry : entries) {
    const auto due =
        entry.released_at ? *entry.released_at + storage::kCollectWithin : boundary::Instant::max();
    if (due > now) {
      plan.look_again = std::min<boundary::Instant>(due, now + kLookAgain);
      break;
    }
    plan.through_seq = entry.seq;
  }
  return plan;
}

}  // namespace holdspace::gateway
