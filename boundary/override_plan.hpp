// The emergency closures and openings of a policy, for one lane and direction. Part of gate.hpp;
// nobody else needs it. docs/boundary.md, section "Closures and openings".
#pragma once

#include <optional>
#include <vector>

#include "boundary/policy.hpp"
#include "boundary/question.hpp"
#include "boundary/stretch.hpp"
#include "boundary/time.hpp"
#include "boundary/verdict.hpp"

namespace holdspace::boundary {

// Immutable; any thread.
class OverridePlan {
 public:
  // Takes every closure, and the openings of `lane` and `direction`, out of a valid policy.
  OverridePlan(const Policy& policy, Lane lane, Direction direction);

  // A stretch around `at` with one ruling, cut to `within`, which must contain `at`. It may be
  // shorter than the longest one.
  [[nodiscard]] Ruling ruling_at(const Question& question, Instant at, Interval within) const;

  // Appends the closures, then the openings, that apply at `at`.
  void append_rules_at(const Question& question, Instant at, std::vector<Rule>& rules) const;

  // Of the first closure in force that names one.
  [[nodiscard]] std::optional<Cover> cover_at(Instant at) const;

 private:
  std::vector<Closure> closures_;
  std::vector<Opening> openings_;
};

}  // namespace holdspace::boundary
