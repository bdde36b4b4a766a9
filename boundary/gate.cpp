#include "boundary/gate.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <utility>

namespace holdspace::boundary {

namespace {

using std::chrono::days;
using std::chrono::milliseconds;

Interval cut_to_horizon(Interval within) {
  return {within.from, std::min(within.until, within.from + kHorizon)};
}

}  // namespace

boost::system::result<Gate, PolicyError> Gate::compile(Policy policy) {
  const boost::system::result<void, PolicyError> valid = validate(policy);
  if (valid.has_error()) {
    return valid.error();
  }
  const boost::system::result<Zone, ZoneError> zone = Zone::locate(policy.zone);
  assert(zone.has_value());  // validate() has found it
  return Gate(std::move(policy), *zone);
}

Gate::Gate(Policy policy, Zone zone)
    : policy_(std::move(policy)),
      zone_(zone),
      calendars_{compile_calendar(Lane::routine, Direction::to_therapist),
                 compile_calendar(Lane::routine, Direction::to_client),
                 compile_calendar(Lane::logistics, Direction::to_therapist),
                 compile_calendar(Lane::logistics, Direction::to_client)} {}

Gate::Calendar Gate::compile_calendar(Lane lane, Direction direction) const {
  return {WeeklyPlan(policy_, lane, direction), ExceptionPlan(policy_, zone_, lane, direction)};
}

const Gate::Calendar& Gate::calendar(Lane lane, Direction direction) const {
  assert(lane != Lane::urgent);
  const std::size_t first = lane == Lane::routine ? 0 : 2;
  return calendars_[first + (direction == Direction::to_therapist ? 0 : 1)];
}

// One step: a stretch in which the same part of the calendar decides and does not change its mind.
Stretch Gate::step_at(const Calendar& calendar, Instant at, Interval within) const {
  const ExceptionPlan::Ruling ruling = calendar.exceptions.ruling_at(at, within);
  if (ruling.kind) {
    return {.open = *ruling.kind == ExceptionKind::open, .span = ruling.span};
  }
  return calendar.weekly.stretch_at(zone_, at, ruling.span);
}

Stretch Gate::stretch_at(const Question& question, Instant at, Interval within) const {
  assert(within.contains(at));
  const Calendar& mine = calendar(question.lane, question.direction);
  Stretch whole = step_at(mine, at, within);
  while (whole.span.until < within.until) {
    const Stretch next = step_at(mine, whole.span.until, within);
    if (next.open != whole.open) {
      break;
    }
    whole.span.until = next.span.until;
  }
  while (whole.span.from > within.from) {
    const Stretch previous = step_at(mine, whole.span.from - milliseconds{1}, within);
    if (previous.open != whole.open) {
      break;
    }
    whole.span.from = previous.span.from;
  }
  return whole;
}

std::vector<Rule> Gate::rules_at(const Question& question, Instant at) const {
  const Calendar& mine = calendar(question.lane, question.direction);
  std::vector<Rule> rules;
  mine.exceptions.append_rules_at(at, rules);
  const std::optional<std::size_t> window = mine.weekly.window_at(zone_, at);
  rules.push_back(
      {RuleKind::weekly, window ? "windows[" + std::to_string(*window) + "]" : std::string()});
  return rules;
}

std::optional<Cover> Gate::cover_at(const Question& /*question*/, Instant /*at*/) const {
  return std::nullopt;
}

std::vector<Interval> Gate::openings(const Question& question, Interval within) const {
  const Interval range = cut_to_horizon(within);
  std::vector<Interval> found;
  Instant at = range.from;
  while (at < range.until && found.size() < kOpeningsMax) {
    const Stretch stretch = stretch_at(question, at, {at, range.until});
    if (stretch.open) {
      found.push_back(stretch.span);
    }
    at = stretch.span.until;
  }
  return found;
}

std::vector<EmptyWindow> Gate::empty_windows(Interval within) const {
  const Interval range = cut_to_horizon(within);
  std::vector<EmptyWindow> found;
  if (range.empty()) {
    return found;
  }
  const LocalDate last = std::chrono::floor<days>(zone_.to_local(range.until - milliseconds{1}));
  for (LocalDate date = std::chrono::floor<days>(zone_.to_local(range.from)); date <= last;
       date += days{1}) {
    for (std::size_t i = 0; i < policy_.windows.size() && found.size() < kOpeningsMax; ++i) {
      const WeeklyWindow& window = policy_.windows[i];
      if (window.weekday == std::chrono::weekday{date} &&
          to_interval(zone_, date, window.start_minute, window.end_minute).empty()) {
        found.push_back({.window = i, .date = date});
      }
    }
  }
  return found;
}

}  // namespace holdspace::boundary
