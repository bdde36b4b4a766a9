// Where its owner's wall is at each instant: at home, or on a journey. Part of gate.hpp; nobody
// else needs it. docs/boundary.md, section "Travel".
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "boundary/policy.hpp"
#include "boundary/time.hpp"

namespace holdspace::boundary {

// Immutable; any thread.
class Itinerary {
 public:
  struct Stay {
    Interval when;
    Zone zone;
    std::optional<std::size_t> travel;  // index in Policy::travels; none: at home
  };

  // The travels of a valid policy.
  Itinerary(Zone home, const std::vector<Travel>& travels);

  [[nodiscard]] const Stay& stay_at(Instant at) const;

  // In order, without holes, from the first Instant to the last.
  [[nodiscard]] const std::vector<Stay>& stays() const { return stays_; }

 private:
  std::vector<Stay> stays_;
};

}  // namespace holdspace::boundary
