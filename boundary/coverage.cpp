#include "boundary/coverage.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "boundary/decide.hpp"
#include "boundary/names.hpp"

namespace holdspace::boundary {

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

bool names_a_cover(const Policy& policy) {
  const auto has_cover = [](const auto& closing) { return closing.cover_account_id.has_value(); };
  return std::any_of(policy.closures.begin(), policy.closures.end(), has_cover) ||
         std::any_of(policy.exceptions.begin(), policy.exceptions.end(), has_cover);
}

// Follows one lane from change to change.
class Walk {
 public:
  Walk(const Gate& gate, const Question& question, Interval within)
      : gate_(gate), within_(within), has_covers_(names_a_cover(gate.policy())) {
    facts_.lane = question.lane;
    facts_.direction = question.direction;
    facts_.relationship_id = question.relationship_id;
    found_.question = question;
  }

  LaneCoverage follow() {
    Interval closure{within_.from, within_.from};
    Instant at = within_.from;
    for (std::size_t i = 0; at < within_.until && i < kCoverageChangesMax; ++i) {
      const Outcome outcome = decide({gate_}, facts_, at).outcome;
      const Instant change = next_change({gate_}, facts_, at).value_or(within_.until);
      const Interval phase{at, std::min(change, within_.until)};
      if (outcome == Outcome::release_now) {
        found_.openings.push_back(phase);
        closure.from = phase.until;
      }
      closure.until = phase.until;
      note(closure);
      if (outcome == Outcome::refuse) {
        refuse(phase);
      }
      at = phase.until;
    }
    return std::move(found_);
  }

 private:
  void note(Interval closure) {
    const std::optional<Interval>& longest = found_.longest_closure;
    if (!closure.empty() &&
        (!longest || closure.until - closure.from > longest->until - longest->from)) {
      found_.longest_closure = closure;
    }
  }

  [[nodiscard]] std::optional<AccountId> cover_at(Instant at) const {
    return has_covers_ ? decide({gate_}, facts_, at).cover_account_id : std::nullopt;
  }

  // In parts of one cover each: looked at every hour, and the change in between found by halving.
  void refuse(Interval phase) {
    Instant at = phase.from;
    while (at < phase.until) {
      const Refusal part{{at, end_of_cover(at, phase.until)}, cover_at(at)};
      found_.refusals.push_back(part);
      at = part.when.until;
    }
  }

  [[nodiscard]] Instant end_of_cover(Instant at, Instant until) const {
    if (!has_covers_) {
      return until;
    }
    const std::optional<AccountId> cover = cover_at(at);
    Instant same = at;
    Instant other = at;
    while (same == other) {
      if (same + hours{1} >= until && cover_at(until - milliseconds{1}) == cover) {
        return until;
      }
      other = std::min(same + hours{1}, until - milliseconds{1});
      same = cover_at(other) == cover ? other : same;
    }
    while (other - same > milliseconds{1}) {
      const Instant middle = same + (other - same) / 2;
      (cover_at(middle) == cover ? same : other) = middle;
    }
    return other;
  }

  const Gate& gate_;
  Interval within_;
  bool has_covers_;
  Facts facts_;
  LaneCoverage found_;
};

std::string_view words(Lane lane) {
  switch (lane) {
    case Lane::routine:
      return "Routine messages";
    case Lane::logistics:
      return "Messages about appointments";
    case Lane::urgent:
      return "Urgent messages";
  }
  return "Messages";
}

}  // namespace

LaneCoverage lane_coverage(const Gate& gate, const Question& question, Instant from) {
  return Walk(gate, question, {from, from + kHorizon}).follow();
}

Coverage coverage(const Gate& gate, Instant from) {
  const Interval within{from, from + kHorizon};
  Coverage found{.within = within, .lanes = {}, .empty_windows = gate.empty_windows(within)};
  for (const Lane lane : {Lane::routine, Lane::logistics}) {
    for (const Direction direction : {Direction::to_therapist, Direction::to_client}) {
      found.lanes.push_back(lane_coverage(gate, {lane, direction}, from));
    }
  }
  return found;
}

std::vector<Gap> gaps(const Policy& policy, const Coverage& coverage) {
  const std::vector<Lane>& offered = policy.terms.lanes;
  std::vector<Gap> found;
  for (const LaneCoverage& lane : coverage.lanes) {
    const bool is_offered = offered.empty() || std::find(offered.begin(), offered.end(),
                                                         lane.question.lane) != offered.end();
    if (!is_offered || lane.question.direction != Direction::to_therapist) {
      continue;
    }
    for (const Refusal& refusal : lane.refusals) {
      if (!refusal.cover_account_id) {
        found.push_back({lane.question.lane, refusal.when});
      }
    }
  }
  return found;
}

std::string describe(const Gap& gap, const Zone& zone) {
  return std::string(words(gap.lane)) + " from clients will be refused from " +
         format_local(zone, gap.when.from) + " to " + format_local(zone, gap.when.until) +
         ", and no colleague is named.";
}

std::string describe(const EmptyWindow& empty, const Policy& policy) {
  const auto& windows = empty.relationship_rules
                            ? policy.relationship_rules[*empty.relationship_rules].windows
                            : policy.windows;
  const auto& window = windows[empty.window];
  return std::string(name(window.lane)) + ' ' + std::string(name(window.direction)) + ' ' +
         format_window(window) + " on " + format_date(empty.date);
}

}  // namespace holdspace::boundary
