#include "client/policy_coverage.hpp"

#include <algorithm>
#include <utility>

namespace holdspace::client {
namespace {

using boundary::Gap;
using boundary::Instant;
using boundary::Interval;

std::vector<Interval> cut(const std::vector<Interval>& spans, Interval within) {
  std::vector<Interval> inside;
  for (const auto& span : spans)
    if (const auto part = boundary::intersect(span, within); !part.empty()) inside.push_back(part);
  return inside;
}

// The first of the longest spans of `within` that no opening touches. `openings`: in order.
std::optional<Interval> longest_closure(const std::vector<Interval>& openings, Interval within) {
  std::optional<Interval> longest;
  const auto note = [&longest](Interval closure) {
    if (!closure.empty() &&
        (!longest || closure.until - closure.from > longest->until - longest->from))
      longest = closure;
  };
  auto shut_from = within.from;
  for (const auto& opening : openings) {
    note({shut_from, opening.from});
    shut_from = opening.until;
  }
  note({shut_from, within.until});
  return longest;
}

boundary::LaneCoverage cut(boundary::LaneCoverage lane, Interval within) {
  lane.openings = cut(lane.openings, within);
  lane.longest_closure = longest_closure(lane.openings, within);
  std::vector<boundary::Refusal> refusals;
  for (const auto& refusal : lane.refusals)
    if (const auto part = boundary::intersect(refusal.when, within); !part.empty())
      refusals.push_back({part, refusal.cover_account_id});
  lane.refusals = std::move(refusals);
  return lane;
}

// Whether the window that the clocks jump over is one of those that were asked about.
bool is_asked_about(const boundary::EmptyWindow& empty, const boundary::Policy& policy,
                    const CoverageQuestion& question) {
  const auto* windows = &policy.windows;
  if (empty.relationship_rules) {
    const auto& rules = policy.relationship_rules[*empty.relationship_rules];
    if (rules.relationship_id != question.relationship_id) return false;
    windows = &rules.windows;
  }
  const auto& window = (*windows)[empty.window];
  return window.lane == question.lane.value_or(window.lane) &&
         window.direction == question.direction.value_or(window.direction);
}

// The same hours for somebody who never closes them.
boundary::Policy without_closings(boundary::Policy policy) {
  policy.closures.clear();
  std::erase_if(policy.exceptions, [](const boundary::DatedException& exception) {
    return exception.kind == boundary::ExceptionKind::closed;
  });
  for (auto& exception : policy.exceptions) exception.lifts.clear();
  return policy;
}

bool lies_in(const Gap& gap, const std::vector<Gap>& others) {
  return std::any_of(others.begin(), others.end(), [&gap](const Gap& other) {
    return other.lane == gap.lane && other.when.from <= gap.when.from &&
           gap.when.until <= other.when.until;
  });
}

}  // namespace

boundary::Coverage coverage_of(const boundary::Gate& gate, const CoverageQuestion& question) {
  const Interval within{question.from, question.from + question.days};
  boundary::Coverage found{
      .within = within, .lanes = {}, .empty_windows = gate.empty_windows(within)};
  std::erase_if(found.empty_windows, [&](const boundary::EmptyWindow& empty) {
    return !is_asked_about(empty, gate.policy(), question);
  });
  for (const auto lane : {boundary::Lane::routine, boundary::Lane::logistics}) {
    for (const auto direction :
         {boundary::Direction::to_therapist, boundary::Direction::to_client}) {
      if (lane != question.lane.value_or(lane)) continue;
      if (direction != question.direction.value_or(direction)) continue;
      const boundary::Question about{lane, direction, question.relationship_id, {}};
      found.lanes.push_back(cut(boundary::lane_coverage(gate, about, question.from), within));
    }
  }
  return found;
}

Gaps find_gaps(const boundary::Gate& gate, Instant from) {
  const auto coverage = boundary::coverage(gate, from);
  const auto all = boundary::gaps(gate.policy(), coverage);
  Gaps found;
  for (const auto& empty : coverage.empty_windows)
    found.skipped_windows.push_back(boundary::describe(empty, gate.policy()));
  if (all.empty()) return found;
  const auto week = boundary::Gate::compile(without_closings(gate.policy()));
  std::vector<Gap> of_the_week;
  if (week.has_value())
    of_the_week = boundary::gaps(week->policy(), boundary::coverage(*week, from));
  for (const auto& gap : all)
    (lies_in(gap, of_the_week) ? found.of_the_week : found.of_closings).push_back(gap);
  return found;
}

}  // namespace holdspace::client
