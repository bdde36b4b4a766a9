#include "boundary/override_plan.hpp"

#include <algorithm>
#include <iterator>

namespace holdspace::boundary {

namespace {

Interval span_of(const Closure& closure) {
  return {closure.from, closure.until.value_or(Instant::max())};
}

Interval span_of(const Opening& opening) {
  return {opening.from, opening.until};
}

// Whether the opening is for the messages that the question is about.
bool admits(const Opening& opening, const Question& question) {
  if (opening.relationship_id && opening.relationship_id != question.relationship_id) {
    return false;
  }
  return opening.accepted_through_version == 0 ||
         (question.accepted_version &&
          *question.accepted_version <= opening.accepted_through_version);
}

// Takes away from `span`, which contains `at`, what lies behind an interval that does not contain
// `at`.
void stop_at(Interval other, Instant at, Interval& span) {
  if (other.until <= at) {
    span.from = std::max(span.from, other.until);
  } else {
    span.until = std::min(span.until, other.from);
  }
}

}  // namespace

OverridePlan::OverridePlan(const Policy& policy, Lane lane, Direction direction)
    : closures_(policy.closures) {
  std::copy_if(policy.openings.begin(), policy.openings.end(), std::back_inserter(openings_),
               [=](const Opening& opening) {
                 return opening.lane == lane && opening.direction == direction;
               });
}

Ruling OverridePlan::ruling_at(const Question& question, Instant at, Interval within) const {
  Ruling ruling{.open = std::nullopt, .span = within};
  for (const Closure& closure : closures_) {
    const Interval when = span_of(closure);
    if (when.contains(at)) {
      return {.open = false, .span = intersect(when, within)};
    }
    stop_at(when, at, ruling.span);
  }
  for (const Opening& opening : openings_) {
    if (!admits(opening, question)) {
      continue;
    }
    const Interval when = span_of(opening);
    if (when.contains(at)) {
      return {.open = true, .span = intersect(when, ruling.span)};
    }
    stop_at(when, at, ruling.span);
  }
  return ruling;
}

void OverridePlan::append_rules_at(const Question& question, Instant at,
                                   std::vector<Rule>& rules) const {
  for (const Closure& closure : closures_) {
    if (span_of(closure).contains(at)) {
      rules.push_back({RuleKind::emergency_closure, closure.id});
    }
  }
  for (const Opening& opening : openings_) {
    if (admits(opening, question) && span_of(opening).contains(at)) {
      rules.push_back({RuleKind::opening, opening.id});
    }
  }
}

std::optional<Cover> OverridePlan::cover_at(Instant at) const {
  for (const Closure& closure : closures_) {
    if (closure.cover_account_id && span_of(closure).contains(at)) {
      return Cover{*closure.cover_account_id, closure.until};
    }
  }
  return std::nullopt;
}

}  // namespace holdspace::boundary
