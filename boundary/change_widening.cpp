// The widenings of change.hpp, and where on the time line two documents can differ.
#include <algorithm>
#include <cassert>
#include <chrono>
#include <set>
#include <utility>

#include "boundary/change.hpp"
#include "boundary/occurrence.hpp"

namespace holdspace::boundary {

namespace {

using std::chrono::days;

constexpr Instant kInstantAfterLast =
    std::chrono::sys_days{std::chrono::year{kLastYear + 1} / 1 / 1};

// More differing exceptions than this are taken for a difference everywhere. Ours: sorting out
// their days would cost more than looking everywhere.
constexpr std::size_t kDifferingExceptionsMax = 100;

template <typename T, typename Visit>
void visit_missing(const std::vector<T>& from, const std::vector<T>& in, const Visit& visit) {
  for (std::size_t i = 0; i < from.size(); ++i) {
    const bool same_place = i < in.size() && in[i] == from[i];
    if (!same_place && std::find(in.begin(), in.end(), from[i]) == in.end()) {
      visit(from[i]);
    }
  }
}

// Each element that only one of the lists contains.
template <typename T, typename Visit>
void visit_differing(const std::vector<T>& a, const std::vector<T>& b, const Visit& visit) {
  visit_missing(a, b, visit);
  visit_missing(b, a, visit);
}

template <typename T>
bool speaks_of(const std::vector<T>& list, T one) {
  return list.empty() || std::find(list.begin(), list.end(), one) != list.end();
}

// The windows that decide for the question, whoever they are written for.
std::vector<WeeklyWindow> windows_for(const Policy& policy, const Question& question) {
  const auto pick = [&question](const std::vector<WeeklyWindow>& windows) {
    std::vector<WeeklyWindow> mine;
    std::copy_if(windows.begin(), windows.end(), std::back_inserter(mine),
                 [&question](const WeeklyWindow& window) {
                   return window.lane == question.lane && window.direction == question.direction;
                 });
    return mine;
  };
  for (const RelationshipRules& rules : policy.relationship_rules) {
    if (question.relationship_id == rules.relationship_id) {
      std::vector<WeeklyWindow> own = pick(rules.windows);
      if (!own.empty()) {
        return own;
      }
    }
  }
  return pick(policy.windows);
}

bool has_own_windows(const RelationshipRules& rules, Lane lane, Direction direction) {
  return std::any_of(rules.windows.begin(), rules.windows.end(),
                     [lane, direction](const WeeklyWindow& window) {
                       return window.lane == lane && window.direction == direction;
                     });
}

// The days of a wall somewhere on earth: a day more on either side, and one for hours that run
// past midnight.
Interval anywhere(const DaySpan& span) {
  return {Instant{span.from.time_since_epoch()} - days{1},
          Instant{span.until.time_since_epoch()} + days{2}};
}

std::vector<Interval> joined(std::vector<Interval> spans, Interval within) {
  std::sort(spans.begin(), spans.end(),
            [](const Interval& a, const Interval& b) { return a.from < b.from; });
  std::vector<Interval> disjoint;
  for (Interval span : spans) {
    span = {std::max(span.from, within.from), std::min(span.until, within.until)};
    if (span.empty()) {
      continue;
    }
    if (!disjoint.empty() && span.from <= disjoint.back().until) {
      disjoint.back().until = std::max(disjoint.back().until, span.until);
    } else {
      disjoint.push_back(span);
    }
  }
  return disjoint;
}

// Whether `wide` admits all that `narrow` admits.
bool contains(const Opening& wide, const Opening& narrow) {
  const std::uint64_t through = wide.accepted_through_version;
  return wide.lane == narrow.lane && wide.direction == narrow.direction &&
         (!wide.relationship_id || wide.relationship_id == narrow.relationship_id) &&
         wide.from <= narrow.from && narrow.until <= wide.until &&
         (through == 0 ||
          (narrow.accepted_through_version != 0 && narrow.accepted_through_version <= through));
}

// Looks along both gates for times at which only the later one is open.
class Comparison {
 public:
  Comparison(const Gate& before, const Gate& after, Instant from)
      : before_(before), after_(after), within_{from, kInstantAfterLast} {}

  Widenings find() {
    add_openings();
    for (const Lane lane : {Lane::routine, Lane::logistics}) {
      for (const Direction direction : {Direction::to_therapist, Direction::to_client}) {
        compare({lane, direction});
        for (const RelationshipId& relationship : with_own_windows(lane, direction)) {
          compare({lane, direction, relationship});
        }
      }
    }
    return std::move(result_);
  }

 private:
  void add_openings() {
    for (Opening opening : after_.policy().openings) {
      opening.from = std::max(opening.from, within_.from);
      const std::vector<Opening>& known = before_.policy().openings;
      const bool is_known = std::any_of(known.begin(), known.end(), [&opening](const Opening& one) {
        return contains(one, opening);
      });
      if (opening.from < opening.until && !is_known) {
        Question question{opening.lane, opening.direction, opening.relationship_id};
        if (opening.accepted_through_version != 0) {
          question.accepted_version = opening.accepted_through_version;
        } else {
          added_.push_back(opening);
        }
        add({question, {opening.from, opening.until}});
      }
    }
  }

  [[nodiscard]] std::set<RelationshipId> with_own_windows(Lane lane, Direction direction) const {
    std::set<RelationshipId> found;
    for (const Gate* gate : {&before_, &after_}) {
      for (const RelationshipRules& rules : gate->policy().relationship_rules) {
        if (has_own_windows(rules, lane, direction)) {
          found.insert(rules.relationship_id);
        }
      }
    }
    return found;
  }

  void compare(const Question& question) {
    for (const Interval& span :
         spans_of_change(before_.policy(), after_.policy(), question, within_)) {
      if (result_.more) {
        return;
      }
      compare(question, span);
    }
  }

  void compare(const Question& question, Interval span) {
    Stretch was{false, {span.from, span.from}};
    Stretch is = was;
    std::optional<Interval> widened;
    for (Instant at = span.from; at < span.until && !result_.more;
         at = std::min(was.span.until, is.span.until)) {
      if (++compared_ > kComparedStretchesMax) {
        result_.more = true;
      }
      if (was.span.until <= at) {
        was = before_.stretch_at(question, at, {at, span.until});
      }
      if (is.span.until <= at) {
        is = after_.stretch_at(question, at, {at, span.until});
      }
      if (is.open && !was.open) {
        const Instant until = std::min(was.span.until, is.span.until);
        widened = widened ? Interval{widened->from, until} : Interval{at, until};
      } else if (widened) {
        add_unless_opening(question, *std::exchange(widened, std::nullopt));
      }
    }
    if (widened) {
      add_unless_opening(question, *widened);
    }
  }

  // An opening is named once, not again for every relationship with windows of its own.
  void add_unless_opening(const Question& question, Interval when) {
    const bool named = std::any_of(added_.begin(), added_.end(), [&](const Opening& opening) {
      return opening.lane == question.lane && opening.direction == question.direction &&
             (!opening.relationship_id || opening.relationship_id == question.relationship_id) &&
             opening.from <= when.from && when.until <= opening.until;
    });
    if (!named) {
      add({question, when});
    }
  }

  void add(const Widening& widening) {
    if (result_.found.size() == kWideningsMax) {
      result_.more = true;
    } else {
      result_.found.push_back(widening);
    }
  }

  const Gate& before_;
  const Gate& after_;
  Interval within_;
  std::vector<Opening> added_;  // those for any message
  std::size_t compared_ = 0;
  Widenings result_;
};

}  // namespace

std::vector<Interval> spans_of_change(const Policy& before, const Policy& after,
                                      const Question& question, Interval within) {
  if (before.zone != after.zone || windows_for(before, question) != windows_for(after, question)) {
    return joined({within}, within);
  }
  std::vector<Interval> spans;
  visit_differing(before.travels, after.travels, [&spans](const Travel& travel) {
    spans.push_back({travel.from, travel.until});
  });
  visit_differing(before.closures, after.closures, [&](const Closure& closure) {
    spans.push_back({closure.from, closure.until.value_or(within.until)});
  });
  visit_differing(before.openings, after.openings, [&](const Opening& opening) {
    if (opening.lane == question.lane && opening.direction == question.direction) {
      spans.push_back({opening.from, opening.until});
    }
  });
  std::vector<const DatedException*> exceptions;
  visit_differing(before.exceptions, after.exceptions, [&](const DatedException& exception) {
    if (speaks_of(exception.lanes, question.lane) &&
        speaks_of(exception.directions, question.direction)) {
      exceptions.push_back(&exception);
    }
  });
  if (exceptions.size() > kDifferingExceptionsMax) {
    return joined({within}, within);
  }
  for (const DatedException* exception : exceptions) {
    for (const DaySpan& span : occurrences(*exception)) {
      spans.push_back(anywhere(span));
    }
  }
  return joined(std::move(spans), within);
}

Widenings widenings(const Gate& before, const Gate& after, Instant from) {
  return Comparison(before, after, from).find();
}

}  // namespace holdspace::boundary
