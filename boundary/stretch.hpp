// Two small values in which the parts of a gate answer each other. docs/boundary.md, section "How
// it is computed, and checked".
#pragma once

#include <optional>

#include "boundary/time.hpp"

namespace holdspace::boundary {

// A stretch of time in which a gate stays open or stays shut.
struct Stretch {
  bool open = false;
  Interval span;

  friend bool operator==(const Stretch&, const Stretch&) = default;
};

// A stretch that one rung of the ladder decides, or one that it leaves to the rungs below.
struct Ruling {
  std::optional<bool> open;  // none: the rungs below decide
  Interval span;
};

}  // namespace holdspace::boundary
