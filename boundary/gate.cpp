#include "boundary/gate.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <string>
#include <utility>

namespace holdspace::boundary {

namespace {

using std::chrono::days;
using std::chrono::milliseconds;

Interval cut_to_horizon(Interval within) {
  return {within.from, std::min(within.until, within.from + kHorizon)};
}

// Whether the clocks change on a date or the next, which is as far as a window of the date can
// begin and end.
bool clocks_change(const Zone& zone, LocalDate date) {
  const std::chrono::seconds before = zone.offset(zone.earliest(date));
  return zone.offset(zone.latest(date + days{1})) != before ||
         zone.offset(zone.latest(date + days{2})) != before;
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
      itinerary_(zone, policy_.travels),
      calendars_{compile_calendar(Lane::routine, Direction::to_therapist),
                 compile_calendar(Lane::routine, Direction::to_client),
                 compile_calendar(Lane::logistics, Direction::to_therapist),
                 compile_calendar(Lane::logistics, Direction::to_client)} {}

Gate::Calendar Gate::compile_calendar(Lane lane, Direction direction) const {
  Calendar made{OverridePlan(policy_, lane, direction),
                ExceptionPlan(policy_, itinerary_, lane, direction),
                WeeklyPlan(policy_.windows, lane, direction),
                {}};
  for (const RelationshipRules& rules : policy_.relationship_rules) {
    WeeklyPlan own(rules.windows, lane, direction);
    if (!own.empty()) {
      made.own_weekly.emplace(rules.relationship_id, std::move(own));
    }
  }
  return made;
}

const Gate::Calendar& Gate::calendar(const Question& question) const {
  assert(question.lane != Lane::urgent);
  const std::size_t first = question.lane == Lane::routine ? 0 : 2;
  return calendars_[first + (question.direction == Direction::to_therapist ? 0 : 1)];
}

// One step: a stretch in which the same rung decides and does not change its mind.
Stretch Gate::step_at(const Calendar& calendar, const WeeklyPlan& weekly, const Question& question,
                      Instant at, Interval within) const {
  const Ruling forced = calendar.overrides.ruling_at(question, at, within);
  if (forced.open) {
    return {*forced.open, forced.span};
  }
  const Ruling excepted = calendar.exceptions.ruling_at(at, forced.span);
  if (excepted.open) {
    return {*excepted.open, excepted.span};
  }
  const Itinerary::Stay& stay = itinerary_.stay_at(at);
  return weekly.stretch_at(stay.zone, at, intersect(excepted.span, stay.when));
}

const WeeklyPlan& Gate::weekly_of(const Calendar& calendar, const Question& question) {
  if (!question.relationship_id || calendar.own_weekly.empty()) {
    return calendar.weekly;
  }
  const auto own = calendar.own_weekly.find(*question.relationship_id);
  return own == calendar.own_weekly.end() ? calendar.weekly : own->second;
}

Stretch Gate::stretch_at(const Question& question, Instant at, Interval within) const {
  assert(within.contains(at));
  const Calendar& mine = calendar(question);
  const WeeklyPlan& weekly = weekly_of(mine, question);
  Stretch whole = step_at(mine, weekly, question, at, within);
  while (whole.span.until < within.until) {
    const Stretch next = step_at(mine, weekly, question, whole.span.until, within);
    if (next.open != whole.open) {
      break;
    }
    whole.span.until = next.span.until;
  }
  while (whole.span.from > within.from) {
    const Stretch previous =
        step_at(mine, weekly, question, whole.span.from - milliseconds{1}, within);
    if (previous.open != whole.open) {
      break;
    }
    whole.span.from = previous.span.from;
  }
  return whole;
}

bool Gate::open_at(const Question& question, Instant at) const {
  const Calendar& mine = calendar(question);
  return step_at(mine, weekly_of(mine, question), question, at, {at, at + milliseconds{1}}).open;
}

std::vector<Rule> Gate::rules_at(const Question& question, Instant at) const {
  const Calendar& mine = calendar(question);
  std::vector<Rule> rules;
  mine.overrides.append_rules_at(question, at, rules);
  mine.exceptions.append_rules_at(at, rules);
  const Itinerary::Stay& stay = itinerary_.stay_at(at);
  if (stay.travel) {
    rules.push_back({RuleKind::travel_zone, "travels[" + std::to_string(*stay.travel) + "]"});
  }
  const WeeklyPlan& weekly = weekly_of(mine, question);
  const std::optional<std::size_t> window = weekly.window_at(stay.zone, at);
  const char* const list = &weekly == &mine.weekly ? "windows[" : "relationship_windows[";
  rules.push_back(
      {RuleKind::weekly, window ? list + std::to_string(*window) + "]" : std::string()});
  return rules;
}

std::optional<Cover> Gate::cover_at(const Question& question, Instant at) const {
  const Calendar& mine = calendar(question);
  const Ruling forced = mine.overrides.ruling_at(question, at, {at, at + milliseconds{1}});
  if (forced.open && *forced.open) {
    return std::nullopt;
  }
  const std::optional<Cover> named = mine.overrides.cover_at(at);
  return named ? named : mine.exceptions.cover_at(at);
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

// Windows of the list that the clocks of the stay jump over on `date`.
void Gate::append_empty_windows(const Itinerary::Stay& stay, LocalDate date,
                                std::vector<EmptyWindow>& found) const {
  const auto append = [&](const std::vector<WeeklyWindow>& windows,
                          std::optional<std::size_t> relationship_rules) {
    for (std::size_t i = 0; i < windows.size() && found.size() < kOpeningsMax; ++i) {
      const WeeklyWindow& window = windows[i];
      if (window.weekday != std::chrono::weekday{date}) {
        continue;
      }
      const Interval jumped = to_interval(stay.zone, date, window.start_minute, window.end_minute);
      if (jumped.empty() && stay.when.contains(jumped.from)) {
        found.push_back({i, relationship_rules, date});
      }
    }
  };
  append(policy_.windows, std::nullopt);
  for (std::size_t i = 0; i < policy_.relationship_rules.size(); ++i) {
    append(policy_.relationship_rules[i].windows, i);
  }
}

std::vector<EmptyWindow> Gate::empty_windows(Interval within) const {
  const Interval range = cut_to_horizon(within);
  std::vector<EmptyWindow> found;
  for (const Itinerary::Stay& stay : itinerary_.stays()) {
    const Interval here = intersect(stay.when, range);
    if (here.empty()) {
      continue;
    }
    const LocalDate last =
        std::chrono::floor<days>(stay.zone.to_local(here.until - milliseconds{1}));
    for (LocalDate date = std::chrono::floor<days>(stay.zone.to_local(here.from)); date <= last;
         date += days{1}) {
      if (clocks_change(stay.zone, date)) {
        append_empty_windows(stay, date, found);
      }
    }
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const EmptyWindow& a, const EmptyWindow& b) { return a.date < b.date; });
  return found;
}

}  // namespace holdspace::boundary
