#include "boundary/exception_plan.hpp"

#include <algorithm>
#include <chrono>
#include <unordered_map>

#include "boundary/weekly_plan.hpp"

namespace holdspace::boundary {

namespace {

using std::chrono::days;

template <typename T>
bool speaks_of(const std::vector<T>& listed, T one) {
  return listed.empty() || std::find(listed.begin(), listed.end(), one) != listed.end();
}

// Calls `visit(Interval)` for each span of an exception: one for whole days, one for each day
// with a part.
template <typename Visit>
void for_each_span(const DatedException& exception, const Zone& zone, Visit visit) {
  if (!exception.part) {
    visit(Interval{zone.earliest(exception.from_date), zone.latest(exception.until_date)});
    return;
  }
  for (LocalDate date = exception.from_date; date < exception.until_date; date += days{1}) {
    visit(to_interval(zone, date, exception.part->start_minute, exception.part->end_minute));
  }
}

}  // namespace

ExceptionPlan::ExceptionPlan(const Policy& policy, const Zone& zone, Lane lane,
                             Direction direction) {
  collect(policy, zone, lane, direction);
  sweep();
}

void ExceptionPlan::collect(const Policy& policy, const Zone& zone, Lane lane,
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
    exceptions_.push_back({exception->id, exception->kind,
                           lifted == by_id.end() ? std::nullopt : std::optional(lifted->second)});
    for_each_span(*exception, zone, [this](Interval when) {
      if (!when.empty()) {
        spans_.push_back({when, exceptions_.size() - 1});
      }
    });
  }
  std::sort(spans_.begin(), spans_.end(),
            [](const Span& a, const Span& b) { return a.when.from < b.when.from; });
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

ExceptionPlan::Ruling ExceptionPlan::ruling_at(Instant at, Interval within) const {
  const auto next = std::upper_bound(forced_.begin(), forced_.end(), at,
                                     [](Instant t, const Forced& f) { return t < f.when.from; });
  Ruling ruling{.kind = std::nullopt, .span = within};
  if (next != forced_.begin()) {
    const Forced& latest = *std::prev(next);
    if (latest.when.contains(at)) {
      return {latest.kind,
              {std::max(latest.when.from, within.from), std::min(latest.when.until, within.until)}};
    }
    ruling.span.from = std::max(within.from, latest.when.until);
  }
  if (next != forced_.end()) {
    ruling.span.until = std::min(within.until, next->when.from);
  }
  return ruling;
}

void ExceptionPlan::append_rules_at(Instant at, std::vector<Rule>& rules) const {
  std::vector<std::size_t> in_force;
  for (const Span& span : spans_) {
    if (span.when.from > at) {
      break;
    }
    if (span.when.contains(at)) {
      in_force.push_back(span.exception);
    }
  }
  std::sort(in_force.begin(), in_force.end());
  in_force.erase(std::unique(in_force.begin(), in_force.end()), in_force.end());

  std::vector<std::size_t> lifted_ones;
  for (const std::size_t i : in_force) {
    if (exceptions_[i].lifts) {
      lifted_ones.push_back(*exceptions_[i].lifts);
    }
  }
  std::sort(lifted_ones.begin(), lifted_ones.end());

  enum class Rank : std::uint8_t { closed, open, lifted };
  for (const Rank rank : {Rank::closed, Rank::open, Rank::lifted}) {
    for (const std::size_t i : in_force) {
      const bool is_open = exceptions_[i].kind == ExceptionKind::open;
      const bool is_lifted = std::binary_search(lifted_ones.begin(), lifted_ones.end(), i);
      const Rank own = is_open ? Rank::open : is_lifted ? Rank::lifted : Rank::closed;
      if (own == rank) {
        rules.push_back(
            {is_open ? RuleKind::open_exception : RuleKind::closed_exception, exceptions_[i].id});
      }
    }
  }
}

}  // namespace holdspace::boundary
