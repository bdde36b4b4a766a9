// A policy compiled for questions: when is the gate of a lane and direction open? Knows the
// calendar only, that is exceptions and weekly windows; the rules above them are in decide.hpp.
// docs/boundary.md, section "The calendar".
#pragma once

#include <array>
#include <boost/system/result.hpp>
#include <cstddef>
#include <vector>

#include "boundary/exception_plan.hpp"
#include "boundary/policy.hpp"
#include "boundary/time.hpp"
#include "boundary/verdict.hpp"
#include "boundary/weekly_plan.hpp"

namespace holdspace::boundary {

// A weekly window that has no minute on one date, because the clocks jump over it.
struct EmptyWindow {
  std::size_t window = 0;  // index in Policy::windows
  LocalDate date{};

  friend bool operator==(const EmptyWindow&, const EmptyWindow&) = default;
};

// At most this many openings or empty windows in one answer. Ours: over a year of seven openings a
// day.
inline constexpr std::size_t kOpeningsMax = 3000;

// Immutable once compiled: any number of threads may ask one Gate (hold it in a shared_ptr<const
// Gate>). Compile once for each policy version and keep it; asking is cheap, compiling is not.
class Gate {
 public:
  // Validates, finds the zone and turns the exceptions into UTC. Errors: those of validate().
  [[nodiscard]] static boost::system::result<Gate, PolicyError> compile(Policy policy);

  [[nodiscard]] const Policy& policy() const { return policy_; }
  [[nodiscard]] const Zone& zone() const { return zone_; }

  // The longest stretch around `at` in which the gate does not change, cut to `within`, which must
  // contain `at`. The urgent lane has no gate: never ask for it.
  [[nodiscard]] Stretch stretch_at(Lane lane, Direction direction, Instant at,
                                   Interval within) const;

  // The exceptions and the weekly rule that apply at `at`, strongest first; never empty. Whether
  // the gate is open follows from the first: an open exception, or a weekly rule with an id.
  [[nodiscard]] std::vector<Rule> rules_at(Lane lane, Direction direction, Instant at) const;

  // The openings in `within`, in order, cut to it; touching openings are one. At most kOpeningsMax,
  // and none later than kHorizon after the beginning of `within`.
  [[nodiscard]] std::vector<Interval> openings(Lane lane, Direction direction,
                                               Interval within) const;

  // Weekly windows that start on a date in `within` and have no minute on it: said when a policy is
  // saved. In order of date; at most kOpeningsMax.
  [[nodiscard]] std::vector<EmptyWindow> empty_windows(Interval within) const;

 private:
  // The compiled calendar of one lane and direction.
  struct Calendar {
    WeeklyPlan weekly;
    ExceptionPlan exceptions;
  };

  Gate(Policy policy, Zone zone);
  [[nodiscard]] Calendar compile_calendar(Lane lane, Direction direction) const;
  [[nodiscard]] const Calendar& calendar(Lane lane, Direction direction) const;
  [[nodiscard]] Stretch step_at(const Calendar& calendar, Instant at, Interval within) const;

  Policy policy_;
  Zone zone_;
  std::array<Calendar, 4> calendars_;  // routine and logistics, each in both directions
};

}  // namespace holdspace::boundary
