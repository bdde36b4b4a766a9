// Which of a queue's oldest envelopes have waited too long after their release, and when to look
// again. Pure. docs/operations.md, "Notices".
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "boundary/time.hpp"
#include "storage/expiry_store.hpp"

namespace holdspace::gateway {

// Nothing opens in sight: whoever changes the rules is not known here, so look again after this.
inline constexpr std::chrono::hours kLookAgain{24};

// One entry, and when it was or will be released (none: no opening in sight).
struct AgedEntry {
  std::uint64_t seq = 0;
  std::optional<boundary::Instant> released_at{};
};

struct ExpiryPlan {
  std::uint64_t through_seq = 0;  // entries up to here go; 0: none
  boundary::Instant look_again{};

  friend bool operator==(const ExpiryPlan&, const ExpiryPlan&) = default;
};

// `entries`: at least one, in seq order. Entries go from the front only, so that order is kept: one
// that may stay keeps all behind it.
[[nodiscard]] ExpiryPlan plan_expiry(std::span<const AgedEntry> entries, boundary::Instant now);

}  // namespace holdspace::gateway
