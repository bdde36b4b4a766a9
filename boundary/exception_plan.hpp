// The dated exceptions of one lane and direction on the UTC time line. Part of gate.hpp; nobody
// else needs it. docs/boundary.md, section "Exceptions".
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "boundary/policy.hpp"
#include "boundary/time.hpp"
#include "boundary/verdict.hpp"

namespace holdspace::boundary {

// Immutable; any thread.
class ExceptionPlan {
 public:
  // A stretch that exceptions decide, or one that they leave to the weekly windows.
  struct Ruling {
    std::optional<ExceptionKind> kind;  // none: the weekly windows decide
    Interval span;
  };

  // Takes the exceptions that speak of `lane` and `direction` out of a valid policy.
  ExceptionPlan(const Policy& policy, const Zone& zone, Lane lane, Direction direction);

  // The longest stretch around `at` with one ruling, cut to `within`, which must contain `at`.
  [[nodiscard]] Ruling ruling_at(Instant at, Interval within) const;

  // Appends the exceptions that apply at `at`: closed ones, then open ones, then closed ones that
  // an open one lifts.
  void append_rules_at(Instant at, std::vector<Rule>& rules) const;

 private:
  struct Exception {
    std::string id;
    ExceptionKind kind{};
    std::optional<std::size_t> lifts;  // index in exceptions_
  };
  struct Span {
    Interval when;
    std::size_t exception = 0;  // index in exceptions_
  };
  struct Forced {
    Interval when;
    ExceptionKind kind{};
  };

  void collect(const Policy& policy, const Zone& zone, Lane lane, Direction direction);
  void sweep();

  std::vector<Exception> exceptions_;  // in policy order
  std::vector<Span> spans_;            // in order of start
  std::vector<Forced> forced_;         // disjoint, in order; between them the weekly windows decide
};

}  // namespace holdspace::boundary
