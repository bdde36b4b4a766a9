#include "boundary/decide.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "boundary/names.hpp"

namespace holdspace::boundary {

namespace {

using std::chrono::days;

// The horizon moves in whole UTC days, so that a verdict does not change from one millisecond to
// the next only because a far opening came into sight.
struct Sight {
  Instant today;
  Interval whole;
};

Sight sight_from(Instant now) {
  const Instant today = std::chrono::floor<days>(now);
  return {today, {today - days{1}, today + kHorizon + days{1}}};
}

// The ladder: every rule that applies, strongest first. A rung that wins hides nothing; the ones
// below it are named as losers. Emergency closures and signed overrides belong between the urgent
// lane and the calendar.
std::vector<Rule> ladder(const Gate& gate, const Facts& facts, Instant now) {
  std::vector<Rule> rules;
  if (facts.same_account) {
    rules.push_back({RuleKind::same_account, {}});
  }
  if (passage(facts.state, facts.lane, facts.moment) == Passage::refused) {
    rules.push_back({RuleKind::relationship_state, std::string(name(facts.state))});
  }
  if (facts.lane == Lane::urgent) {
    rules.push_back({RuleKind::urgent_lane, {}});
    return rules;  // no window opens or shuts this lane
  }
  std::vector<Rule> calendar = gate.rules_at({facts.lane, facts.direction}, now);
  std::move(calendar.begin(), calendar.end(), std::back_inserter(rules));
  return rules;
}

Reason refusal(RelationshipState state) {
  switch (state) {
    case RelationshipState::invited:
      return Reason::relationship_invited;
    case RelationshipState::paused:
      return Reason::relationship_paused;
    case RelationshipState::ending:
      return Reason::relationship_ending;
    case RelationshipState::ended:
      return Reason::relationship_ended;
    case RelationshipState::severed:
      return Reason::relationship_severed;
    case RelationshipState::active:
      break;
  }
  assert(false && "an active relationship refuses nothing");
  return Reason::relationship_severed;
}

void decide_by_calendar(const Gate& gate, const Facts& facts, Instant now, Verdict& verdict) {
  const Sight sight = sight_from(now);
  const Stretch stretch = gate.stretch_at({facts.lane, facts.direction}, now, sight.whole);
  verdict.valid = stretch.span;
  if (stretch.open) {
    verdict.outcome = Outcome::release_now;
    verdict.reason = verdict.rule.kind == RuleKind::open_exception ? Reason::inside_open_exception
                                                                   : Reason::inside_window;
    return;
  }
  verdict.outcome = Outcome::hold;
  verdict.reason = verdict.rule.kind == RuleKind::closed_exception ? Reason::closed_exception
                                                                   : Reason::outside_windows;
  if (stretch.span.until == sight.whole.until) {
    // Tomorrow's look reaches a day further and may find an opening.
    verdict.reason = Reason::no_opening_in_horizon;
    verdict.valid.until = sight.today + days{1};
    return;
  }
  verdict.promise = stretch.span.until;
  if (*verdict.promise >= sight.whole.until - days{1}) {
    // Yesterday's look did not reach this opening yet.
    verdict.valid.from = std::max(verdict.valid.from, sight.today);
  }
}

}  // namespace

Verdict decide(const Gates& gates, const Facts& facts, Instant now) {
  const Gate& gate = gates.therapist;
  std::vector<Rule> rules = ladder(gate, facts, now);
  Verdict verdict;
  verdict.policy_version = gate.policy().version;
  verdict.valid = sight_from(now).whole;
  verdict.rule = std::move(rules.front());
  rules.erase(rules.begin());
  if (rules.size() > kLosingRulesMax) {
    rules.resize(kLosingRulesMax);
  }
  verdict.losing = std::move(rules);

  switch (verdict.rule.kind) {
    case RuleKind::same_account:
      verdict.outcome = Outcome::release_now;
      verdict.reason = Reason::same_account_copy;
      break;
    case RuleKind::relationship_state:
      verdict.outcome = Outcome::refuse;
      verdict.reason = refusal(facts.state);
      break;
    case RuleKind::urgent_lane:
      // Nobody can be on call yet. Refusing at once is honest; holding until a window, or passing
      // as routine, is not.
      verdict.outcome = Outcome::refuse;
      verdict.reason = Reason::urgent_unavailable;
      break;
    case RuleKind::emergency_closure:
    case RuleKind::opening:
    case RuleKind::lane_pause:
    case RuleKind::client_hours:
    case RuleKind::closed_exception:
    case RuleKind::open_exception:
    case RuleKind::travel_zone:
    case RuleKind::weekly:
      decide_by_calendar(gate, facts, now, verdict);
      break;
  }
  return verdict;
}

std::optional<Instant> next_change(const Gates& gates, const Facts& facts, Instant now) {
  const Gate& gate = gates.therapist;
  const bool by_calendar = !facts.same_account && facts.lane != Lane::urgent &&
                           passage(facts.state, facts.lane, facts.moment) == Passage::to_next_rule;
  if (!by_calendar) {
    return std::nullopt;
  }
  const Sight sight = sight_from(now);
  const Stretch stretch = gate.stretch_at({facts.lane, facts.direction}, now, sight.whole);
  if (stretch.span.until == sight.whole.until) {
    return std::nullopt;
  }
  return stretch.span.until;
}

}  // namespace holdspace::boundary
