#include "boundary/decide.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "boundary/names.hpp"
#include "boundary/way.hpp"

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

// What an answer is made of, apart from its words.
struct Phase {
  Outcome outcome{};
  std::optional<Instant> promise{};
  Interval valid{};
  std::optional<Instant> turns{};  // the next instant at which the outcome is another one
};

Phase release_in(const Stretch& stretch, const Sight& sight) {
  Phase phase{.outcome = Outcome::release_now, .valid = stretch.span};
  if (stretch.span.until < sight.whole.until) {
    phase.turns = stretch.span.until;
  }
  return phase;
}

// A new message: it is held when its wait is short enough, and refused before that.
Phase wait_to_accept(const Stretch& shut, const Sight& sight, Instant now,
                     std::chrono::hours longest) {
  // When nothing is in sight, the next opening is no earlier than the end of sight: the same line.
  const Instant short_enough_from = shut.span.until - longest;
  if (now < short_enough_from) {
    Phase phase{.outcome = Outcome::refuse,
                .valid = {shut.span.from, std::min(shut.span.until, short_enough_from)}};
    if (shut.span.until < sight.whole.until) {
      phase.turns = short_enough_from;
    }
    return phase;
  }
  return {.outcome = Outcome::hold,
          .promise = shut.span.until,
          .valid = {std::max(shut.span.from, short_enough_from), shut.span.until},
          .turns = shut.span.until};
}

// An accepted message waits for as long as it takes.
Phase wait_to_release(const Stretch& shut, const Sight& sight) {
  if (shut.span.until == sight.whole.until) {
    // Tomorrow's look reaches a day further and may find an opening.
    return {.outcome = Outcome::hold, .valid = {shut.span.from, sight.today + days{1}}};
  }
  Phase phase{.outcome = Outcome::hold,
              .promise = shut.span.until,
              .valid = shut.span,
              .turns = shut.span.until};
  if (shut.span.until >= sight.whole.until - days{1}) {
    // Yesterday's look did not reach this opening yet.
    phase.valid.from = std::max(phase.valid.from, sight.today);
  }
  return phase;
}

Phase phase_by_gates(const Way& way, const Gates& gates, const Facts& facts, Instant now) {
  const Sight sight = sight_from(now);
  const Stretch stretch = way.stretch_at(now, sight.whole);
  if (stretch.open) {
    return release_in(stretch, sight);
  }
  return facts.moment == Moment::accept
             ? wait_to_accept(stretch, sight, now, max_hold(gates.therapist.policy()))
             : wait_to_release(stretch, sight);
}

RelationshipState state_of(const Facts& facts, Instant now) {
  return facts.moment == Moment::accept ? state_at(facts.state, facts.ends_at, now) : facts.state;
}

// Whether the ending of the relationship has a date that new messages still have before them.
std::optional<Instant> ending_ahead(const Facts& facts, Instant now) {
  const bool counts =
      facts.state == RelationshipState::ending && facts.moment == Moment::accept && facts.ends_at;
  return counts && now < *facts.ends_at ? facts.ends_at : std::nullopt;
}

// Cuts a phase at the instant from which everything is refused.
void end_at(Instant ends_at, Phase& phase) {
  phase.valid.until = std::min(phase.valid.until, ends_at);
  if (phase.outcome != Outcome::refuse) {
    phase.turns = phase.turns ? std::min(*phase.turns, ends_at) : ends_at;
  } else if (phase.turns && *phase.turns >= ends_at) {
    phase.turns.reset();
  }
}

Phase phase_at(const Way& way, const Gates& gates, const Facts& facts, Instant now) {
  Phase phase{.outcome = Outcome::release_now, .valid = sight_from(now).whole};
  if (facts.same_account) {
    return phase;
  }
  const RelationshipState state = state_of(facts, now);
  const bool refused = passage(state, facts.lane, facts.moment) == Passage::refused;
  if (refused || facts.lane == Lane::urgent) {
    phase.outcome = Outcome::refuse;
  } else {
    phase = phase_by_gates(way, gates, facts, now);
  }
  if (const std::optional<Instant> ends_at = ending_ahead(facts, now)) {
    end_at(*ends_at, phase);
  } else if (state != facts.state) {
    phase.valid.from = std::max(phase.valid.from, *facts.ends_at);
  }
  return phase;
}

// The ladder: every rule that applies, strongest first. A rung that wins hides nothing; the ones
// below it are named as losers.
std::vector<Rule> ladder(const Way& way, const Gates& gates, const Facts& facts, Instant now) {
  std::vector<Rule> rules;
  if (facts.same_account) {
    rules.push_back({RuleKind::same_account, {}});
  }
  const RelationshipState state = state_of(facts, now);
  if (passage(state, facts.lane, facts.moment) == Passage::refused) {
    rules.push_back({RuleKind::relationship_state, std::string(name(state))});
  }
  if (facts.lane == Lane::urgent) {
    rules.push_back({RuleKind::urgent_lane, {}});
    return rules;  // nothing opens or shuts this lane
  }
  std::vector<Rule> document = gates.therapist.rules_at(way.question(), now);
  const auto below_openings = std::find_if(document.begin(), document.end(), [](const Rule& rule) {
    return rule.kind > RuleKind::opening;
  });
  std::move(document.begin(), below_openings, std::back_inserter(rules));
  if (way.paused_at(now)) {
    rules.push_back({RuleKind::lane_pause, {}});
  }
  if (way.client_shut_at(now)) {
    rules.push_back({RuleKind::client_hours, {}});
  }
  std::move(below_openings, document.end(), std::back_inserter(rules));
  return rules;
}

// The strongest rule, except that an opening opens its owner's gate alone: a pause and the other
// side's hours stay shut behind it.
std::size_t winner(const std::vector<Rule>& rules) {
  if (rules.front().kind != RuleKind::opening) {
    return 0;
  }
  const auto shut = std::find_if(rules.begin(), rules.end(), [](const Rule& rule) {
    return rule.kind == RuleKind::lane_pause || rule.kind == RuleKind::client_hours;
  });
  return shut == rules.end() ? 0 : static_cast<std::size_t>(shut - rules.begin());
}

Reason refusal_by(const Rule& state) {
  const std::optional<RelationshipState> refusing = parse_relationship_state(state.id);
  assert(refusing.has_value());
  switch (*refusing) {
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

// Why, by the rule that won: it says which way the gate stands.
Reason reason_of(const Rule& won, Outcome outcome) {
  switch (won.kind) {
    case RuleKind::same_account:
      return Reason::same_account_copy;
    case RuleKind::relationship_state:
      return refusal_by(won);
    case RuleKind::urgent_lane:
      // Nobody can be on call yet. Refusing at once is honest; holding until a window, or passing
      // as routine, is not.
      return Reason::urgent_unavailable;
    case RuleKind::emergency_closure:
      return Reason::emergency_closure;
    case RuleKind::opening:
      return Reason::inside_opening;
    case RuleKind::lane_pause:
      return Reason::lane_paused;
    case RuleKind::client_hours:
      return Reason::outside_client_hours;
    case RuleKind::closed_exception:
      return Reason::closed_exception;
    case RuleKind::open_exception:
      return Reason::inside_open_exception;
    case RuleKind::travel_zone:
    case RuleKind::weekly:
      return outcome == Outcome::release_now ? Reason::inside_window : Reason::outside_windows;
  }
  assert(false && "unknown rung");
  return Reason::outside_windows;
}

// The wait is too long: who stands in, by what shuts the gate at `now` or, when the message comes
// before the long closing begins, by what would still shut it at the end of the longest hold.
void refuse_the_wait(const Way& way, const Gates& gates, Instant now, Verdict& verdict) {
  verdict.reason = Reason::closed_too_long;
  if (way.question().direction != Direction::to_therapist) {
    return;  // a colleague stands in for the therapist, not for the client
  }
  std::optional<Cover> cover = gates.therapist.cover_at(way.question(), now);
  if (!cover) {
    cover = gates.therapist.cover_at(way.question(), now + max_hold(gates.therapist.policy()));
  }
  if (cover) {
    verdict.reason = Reason::covered;
    verdict.cover_account_id = cover->account_id;
    verdict.cover_until = cover->until;
  }
}

}  // namespace

Verdict decide(const Gates& gates, const Facts& facts, Instant now) {
  const Way way(gates, facts);
  const Phase phase = phase_at(way, gates, facts, now);
  std::vector<Rule> rules = ladder(way, gates, facts, now);
  const auto won = rules.begin() + static_cast<std::ptrdiff_t>(winner(rules));

  Verdict verdict;
  verdict.outcome = phase.outcome;
  verdict.promise = phase.promise;
  verdict.valid = phase.valid;
  verdict.policy_version = gates.therapist.policy().version;
  verdict.rule = std::move(*won);
  rules.erase(won);
  if (rules.size() > kLosingRulesMax) {
    rules.resize(kLosingRulesMax);
  }
  verdict.losing = std::move(rules);
  verdict.reason = reason_of(verdict.rule, verdict.outcome);
  if (verdict.rule.kind > RuleKind::urgent_lane) {
    if (verdict.outcome == Outcome::refuse) {
      refuse_the_wait(way, gates, now, verdict);
    } else if (verdict.outcome == Outcome::hold && !verdict.promise) {
      verdict.reason = Reason::no_opening_in_horizon;
    }
  }
  return verdict;
}

std::optional<Instant> next_change(const Gates& gates, const Facts& facts, Instant now) {
  return phase_at(Way(gates, facts), gates, facts, now).turns;
}

}  // namespace holdspace::boundary
