// What a person should know of a policy before it is saved: when it is open in the time to come,
// and when what clients write would be refused. Pure values in and out; any thread.
// docs/boundary.md, section "Coverage".
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "boundary/coverage.hpp"
#include "boundary/gate.hpp"

namespace holdspace::client {

struct CoverageQuestion {
  boundary::Instant from{};
  std::chrono::days days = boundary::kHorizon;   // of 24 hours; 1 to kHorizon
  std::optional<boundary::Lane> lane;            // none: routine and logistics
  std::optional<boundary::Direction> direction;  // none: both
  // Its own windows and openings count; none: those for every relationship.
  std::optional<boundary::RelationshipId> relationship_id;
};

// Everything cut to the days that were asked about, the longest closure too.
[[nodiscard]] boundary::Coverage coverage_of(const boundary::Gate& gate,
                                             const CoverageQuestion& question);

// Times within boundary::kHorizon in which what clients write would be refused and no colleague is
// named, and hours that do not exist.
struct Gaps {
  // There with the weekly windows alone: a practice that is open on one day in the week has one in
  // each. Known from choosing the hours.
  std::vector<boundary::Gap> of_the_week;
  // Made or made longer by a closed exception or an emergency closure: easily overlooked.
  std::vector<boundary::Gap> of_closings;
  // Windows that the clocks jump over, in the words of boundary::describe(). Nothing is refused
  // there.
  std::vector<std::string> skipped_windows;

  [[nodiscard]] bool none() const {
    return of_the_week.empty() && of_closings.empty() && skipped_windows.empty();
  }
};

[[nodiscard]] Gaps find_gaps(const boundary::Gate& gate, boundary::Instant from);

}  // namespace holdspace::client
