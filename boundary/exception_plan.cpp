#include "boundary/exception_plan.hpp"

#include <algorithm>
#include <chrono>
#include <unordered_map>

#include "boundary/occurrence.hpp"
#include "boundary/weekly_plan.hpp"

namespace holdspace::boundary {

namespace {

using std::chrono::days;

template <typename T>
bool speaks_of(const std::vector<T>& listed, T one) {
  return listed.empty() || std::find(listed.begin(), listed.end(), one) != listed.end();
}

// No zone is a whole day away from UTC, and a part of a day ends a day later at most.
constexpr days kOffsetMax{1};
constexpr days kPartMax{2};

// Whether days on some wall can have an instant in `when` at all; spares the zone's arithmetic.
bool may_meet(DaySpan days_on_wall, Interval when) {
  return Instant{days_on_wall.from.time_since_epoch()} - kOffsetMax < when.until &&
         when.from < Instant{days_on_wall.until.time_since_epoch()} + kOffsetMax + kPartMax;
}

// Calls `visit(Interval)` for what one occurrence of an exception is during one stay: one span of
// whole days, or one for each day with a part.
template <typename Visit>
void for_each_span(const DatedException& exception, DaySpan occurrence, const Itinerary::Stay& stay,
                   Visit visit) {
  if (!may_meet(occurrence, stay.when)) {
    return;
  }
  if (!exception.part) {
    visit(intersect(stay.when,
                    {stay.zone.earliest(occurrence.from), stay.zone.latest(occurrence.until)}));
    return;
  }
  for (LocalDate date = occurrence.from; date < occurrence.until; date += days{1}) {
    if (may_meet({date, date + days{1}}, stay.when)) {
      visit(intersect(stay.when, to_interval(stay.zone, date, exception.part->start_minute,
                                             exception.part->end_minute)));
    }
  }
}

}  // namespace

ExceptionPlan::ExceptionPlan(const Policy& policy, const Itinerary& itinerary, Lane lane,
                             Direction direction) {
  collect(policy, itinerary, lane, direction);
  sweep();
}

void ExceptionPlan::collect(const Policy& policy, const Itinerary& itinerary, Lane lane,
                            Direction direction) {
  std::unordered_map<std::string, std::size_t> by_id;
  std::vector<const DatedException*> mine;
  for (const DatedException& exception : policy.exceptions) {
    if (speaks_of(exception.lanes, lane) && speaks_of(exception.directions, direction)) {
      by_id.emplace(exception.id, mine.size());
      mine.push_back(&exception);
    }
  }
  for (const DatedException* exception : mine) {
    // A closed exception that does not speak of this lane has nothing here to lift.
    const auto lifted = by_id.find(exception->lifts);
    exceptions_.push_back({exception->id, exception->kind, exception->cover_account_id,
                           lifted == by_id.end() ? std::nullopt : std::optional(lifted->second)});
    for (const DaySpan& occurrence : occurrences(*exception)) {
      for (const Itinerary::Stay& stay : itinerary.stays()) {
        for_each_span(*exception, occurrence, stay, [this](Interval when) {
          if (!when.empty()) {
            spans_.push_back({when, exceptions_.size() - 1, when.until});
          }
        });
      }
    }
  }
  std::sort(spans_.begin(), spans_.end(),
            [](const Span& a, const Span& b) { return a.when.from < b.when.from; });
  for (std::size_t i = 1; i < spans_.size(); ++i) {
    spans_[i].reach = std::max(spans_[i].reach, spans_[i - 1].reach);
  }
}

// Walks over all beginnings and ends once, counting what is in force, and writes down the stretches
// that are decided.
void ExceptionPlan::sweep() {
  struct Edge {
    Instant at;
    std::size_t exception;
    int change;  // +1 begins, -1 ends
  };
  std::vector<Edge> edges;
  for (const Span& span : spans_) {
    edges.push_back({span.when.from, span.exception, +1});
    edges.push_back({span.when.until, span.exception, -1});
  }
  std::sort(edges.begin(), edges.end(), [](const Edge& a, const Edge& b) { return a.at < b.at; });

  std::vector<int> in_force(exceptions_.size(), 0);
  std::vector<int> lifters(exceptions_.size(), 0);
  int closing = 0;  // closed exceptions in force and not lifted
  int opening = 0;  // open exceptions in force
  const auto closes = [&](std::size_t i) { return in_force[i] > 0 && lifters[i] == 0 ? 1 : 0; };

  for (std::size_t i = 0; i < edges.size(); ++i) {
    const Edge& edge = edges[i];
    const Exception& exception = exceptions_[edge.exception];
    const bool is_open = exception.kind == ExceptionKind::open;
    // The closed exception whose effect this edge can change.
    const std::optional<std::size_t> closed =
        is_open ? exception.lifts : std::optional(edge.exception);
    const int before = closed ? closes(*closed) : 0;
    in_force[edge.exception] += edge.change;
    if (is_open) {
      opening += edge.change;
      if (exception.lifts) {
        lifters[*exception.lifts] += edge.change;
      }
    }
    closing += (closed ? closes(*closed) : 0) - before;

    const bool last = i + 1 == edges.size();
    if (last || edges[i + 1].at == edge.at || (closing == 0 && opening == 0)) {
      continue;
    }
    const ExceptionKind kind = closing > 0 ? ExceptionKind::closed : ExceptionKind::open;
    if (!forced_.empty() && forced_.back().kind == kind && forced_.back().when.until == edge.at) {
      forced_.back().when.until = edges[i + 1].at;
    } else {
      forced_.push_back({{edge.at, edges[i + 1].at}, kind});
    }
  }
}

Ruling ExceptionPlan::ruling_at(Instant at, Interval within) const {
  const auto next = std::upper_bound(forced_.begin(), forced_.end(), at,
                                     [](Instant t, const Forced& f) { return t < f.when.from; });
  Ruling ruling{.open = std::nullopt, .span = within};
  if (next != forced_.begin()) {
    const Forced& latest = *std::prev(next);
    if (latest.when.contains(at)) {
      return {latest.kind == ExceptionKind::open, intersect(latest.when, within)};
    }
    ruling.span.from = std::max(within.from, latest.when.until);
  }
  if (next != forced_.end()) {
    ruling.span.until = std::min(within.until, next->when.from);
  }
  return ruling;
}

ExceptionPlan::InForce ExceptionPlan::in_force_at(Instant at) const {
  std::vector<std::size_t> all;
  auto span = std::upper_bound(spans_.begin(), spans_.end(), at,
                               [](Instant t, const Span& s) { return t < s.when.from; });
  while (span != spans_.begin() && std::prev(span)->reach > at) {
    --span;
    if (span->when.contains(at)) {
      all.push_back(span->exception);
    }
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());

  std::vector<std::size_t> lifted_ones;
  for (const std::size_t i : all) {
    if (exceptions_[i].lifts) {
      lifted_ones.push_back(*exceptions_[i].lifts);
    }
  }
  InForce found;
  for (const std::size_t i : all) {
    const bool is_lifted =
        std::find(lifted_ones.begin(), lifted_ones.end(), i) != lifted_ones.end();
    if (exceptions_[i].kind == ExceptionKind::open) {
      found.open.push_back(i);
    } else {
      (is_lifted ? found.lifted : found.closed).push_back(i);
    }
  }
  return found;
}

void ExceptionPlan::append_rules_at(Instant at, std::vector<Rule>& rules) const {
  const InForce found = in_force_at(at);
  for (const std::size_t i : found.closed) {
    rules.push_back({RuleKind::closed_exception, exceptions_[i].id});
  }
  for (const std::size_t i : found.open) {
    rules.push_back({RuleKind::open_exception, exceptions_[i].id});
  }
  for (const std::size_t i : found.lifted) {
    rules.push_back({RuleKind::closed_exception, exceptions_[i].id});
  }
}

// Where the exception that is in force at `at` ends. A journey inside it cuts its span in pieces
// that touch.
Instant ExceptionPlan::end_of(std::size_t exception, Instant at) const {
  Instant end = at;
  for (const Span& span : spans_) {
    if (span.exception == exception && span.when.from <= end) {
      end = std::max(end, span.when.until);
    }
  }
  return end;
}

std::optional<Cover> ExceptionPlan::cover_at(Instant at) const {
  for (const std::size_t i : in_force_at(at).closed) {
    if (exceptions_[i].cover_account_id) {
      return Cover{*exceptions_[i].cover_account_id, end_of(i, at)};
    }
  }
  return std::nullopt;
}

}  // namespace holdspace::boundary
