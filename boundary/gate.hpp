// A policy compiled for questions: when is its owner's gate open for a message? Knows the whole
// document: closures, openings, exceptions, travel and weekly windows. What comes from outside of
// it (state of the relationship, pauses, the other side's hours, max_hold) is in decide.hpp.
// docs/boundary.md, section "The calendar".
#pragma once

#include <array>
#include <boost/system/result.hpp>
#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "boundary/exception_plan.hpp"
#include "boundary/itinerary.hpp"
#include "boundary/override_plan.hpp"
#include "boundary/policy.hpp"
#include "boundary/question.hpp"
#include "boundary/stretch.hpp"
#include "boundary/time.hpp"
#include "boundary/validate.hpp"
#include "boundary/verdict.hpp"
#include "boundary/weekly_plan.hpp"

namespace holdspace::boundary {

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
  // The home zone; where the wall is while travelling is the Gate's own affair.
  [[nodiscard]] const Zone& zone() const { return zone_; }

  // The longest stretch around `at` in which the gate does not change, cut to `within`, which must
  // contain `at`.
  [[nodiscard]] Stretch stretch_at(const Question& question, Instant at, Interval within) const;

  [[nodiscard]] bool open_at(const Question& question, Instant at) const;

  // The rules of the document that apply at `at`, in the order of the ladder; never empty, the
  // weekly rule is always the last. Whether the gate is open follows from the first: an opening, an
  // open exception, or a weekly rule with an id (also behind a travel zone).
  [[nodiscard]] std::vector<Rule> rules_at(const Question& question, Instant at) const;

  // Who stands in at `at`: named by a closure or, where nothing opens the gate, by a closed
  // exception; the first in the order of the ladder that names anyone.
  [[nodiscard]] std::optional<Cover> cover_at(const Question& question, Instant at) const;

  // The openings in `within`, in order, cut to it; touching openings are one. At most kOpeningsMax,
  // and none later than kHorizon after the beginning of `within`.
  [[nodiscard]] std::vector<Interval> openings(const Question& question, Interval within) const;

  // Weekly windows that start on a date in `within` and have no minute on it: said when a policy is
  // saved. In order of date; at most kOpeningsMax, no later than kHorizon after the beginning.
  [[nodiscard]] std::vector<EmptyWindow> empty_windows(Interval within) const;

 private:
  // The compiled rules of one lane and direction.
  struct Calendar {
    OverridePlan overrides;
    ExceptionPlan exceptions;
    WeeklyPlan weekly;
    std::map<RelationshipId, WeeklyPlan> own_weekly;  // of relationships that replace it
  };

  Gate(Policy policy, Zone zone);
  [[nodiscard]] Calendar compile_calendar(Lane lane, Direction direction) const;
  [[nodiscard]] const Calendar& calendar(const Question& question) const;
  [[nodiscard]] static const WeeklyPlan& weekly_of(const Calendar& calendar,
                                                   const Question& question);
  [[nodiscard]] Stretch step_at(const Calendar& calendar, const WeeklyPlan& weekly,
                                const Question& question, Instant at, Interval within) const;
  void append_empty_windows(const Itinerary::Stay& stay, LocalDate date,
                            std::vector<EmptyWindow>& found) const;

  Policy policy_;
  Zone zone_;
  Itinerary itinerary_;
  std::array<Calendar, 4> calendars_;  // routine and logistics, each in both directions
};

}  // namespace holdspace::boundary
