// The dated exceptions of one lane and direction on the UTC time line. Part of gate.hpp; nobody
// else needs it. docs/boundary.md, section "Exceptions".
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "boundary/itinerary.hpp"
#include "boundary/policy.hpp"
#include "boundary/question.hpp"
#include "boundary/stretch.hpp"
#include "boundary/time.hpp"
#include "boundary/verdict.hpp"

namespace holdspace::boundary {

// Immutable; any thread.
class ExceptionPlan {
 public:
  // Takes the exceptions that speak of `lane` and `direction` out of a valid policy, and reads
  // their days on the wall of each stay.
  ExceptionPlan(const Policy& policy, const Itinerary& itinerary, Lane lane, Direction direction);

  // The longest stretch around `at` with one ruling, cut to `within`, which must contain `at`.
  [[nodiscard]] Ruling ruling_at(Instant at, Interval within) const;

  // Appends the exceptions that apply at `at`: closed ones, then open ones, then closed ones that
  // an open one lifts.
  void append_rules_at(Instant at, std::vector<Rule>& rules) const;

  // Of the first closed exception in force at `at`, lifted ones aside, that names one.
  [[nodiscard]] std::optional<Cover> cover_at(Instant at) const;

 private:
  struct Exception {
    std::string id;
    ExceptionKind kind{};
    std::optional<AccountId> cover_account_id;
    std::optional<std::size_t> lifts;  // index in exceptions_
  };
  struct Span {
    Interval when;
    std::size_t exception = 0;  // index in exceptions_
    Instant reach{};            // latest end of this span and all before it
  };
  struct Forced {
    Interval when;
    ExceptionKind kind{};
  };

  // What applies at one instant, as indices in exceptions_, each in policy order.
  struct InForce {
    std::vector<std::size_t> closed;
    std::vector<std::size_t> open;
    std::vector<std::size_t> lifted;
  };

  void collect(const Policy& policy, const Itinerary& itinerary, Lane lane, Direction direction);
  void sweep();
  [[nodiscard]] InForce in_force_at(Instant at) const;
  [[nodiscard]] Instant end_of(std::size_t exception, Instant at) const;

  std::vector<Exception> exceptions_;  // in policy order
  std::vector<Span> spans_;            // in order of start
  std::vector<Forced> forced_;         // disjoint, in order; between them the weekly windows decide
};

}  // namespace holdspace::boundary
