#include "tests/boundary/consistency.hpp"

#include <array>

#include "tests/boundary/policy_text.hpp"

namespace holdspace::boundary::testing {

namespace {

using std::chrono::days;
using std::chrono::milliseconds;

// As far as a missing change is believed: later looks reach further than this one's.
constexpr days kSurelySeen = kHorizon - days{1} - days{kMaxHoldHoursMax / 24};

struct Case {
  Dice& dice;
  const Gates& gates;
  const Facts& facts;
  Instant now;
  const Verdict& verdict;

  [[nodiscard]] Outcome outcome_at(Instant t) const { return decide(gates, facts, t).outcome; }
  [[nodiscard]] Instant instant_in(Interval span) const {
    const auto length = static_cast<std::size_t>((span.until - span.from).count());
    return span.from + milliseconds{dice.below(length)};
  }
};

std::string differs(const char* what, Instant t) {
  return std::string(what) + " at " + format_instant(t);
}

std::string same_answer_at(const Case& of, Instant t) {
  const Verdict same = decide(of.gates, of.facts, t);
  if (same.outcome != of.verdict.outcome) {
    return differs("another outcome inside the interval", t);
  }
  if (same.promise != of.verdict.promise) {
    return differs("another promise inside the interval", t);
  }
  return same.valid.contains(t) ? "" : differs("an interval without its instant", t);
}

std::string first_instant(const Case& of) {
  return same_answer_at(of, of.verdict.valid.from);
}

std::string last_instant(const Case& of) {
  return same_answer_at(of, of.verdict.valid.until - milliseconds{1});
}

std::string instant_inside(const Case& of) {
  return same_answer_at(of, of.instant_in(of.verdict.valid));
}

// A new message is an accepted one by the time its promise is due.
std::string promise(const Case& of) {
  if (!of.verdict.promise) {
    return {};
  }
  const Instant due = *of.verdict.promise;
  Facts accepted = of.facts;
  accepted.moment = Moment::release;
  if (of.facts.moment == Moment::accept) {
    accepted.accepted_version = of.gates.therapist.policy().version;
  }
  if (due <= of.now) {
    return "a promise that is not ahead";
  }
  if (decide(of.gates, accepted, due).outcome != Outcome::release_now) {
    return differs("a promise that is not kept", due);
  }
  if (decide(of.gates, accepted, due - milliseconds{1}).outcome != Outcome::hold) {
    return differs("an opening before the promise", due);
  }
  return {};
}

std::string next_change_turns(const Case& of) {
  const std::optional<Instant> change = next_change(of.gates, of.facts, of.now);
  if (!change) {
    return {};
  }
  if (*change < of.verdict.valid.until) {
    return differs("a change inside the interval", *change);
  }
  return of.outcome_at(*change) == of.verdict.outcome ? differs("no change", *change) : "";
}

std::string nothing_before_the_next_change(const Case& of) {
  const std::optional<Instant> change = next_change(of.gates, of.facts, of.now);
  const Instant end = change.value_or(of.now + kSurelySeen);
  const Instant t = of.dice.one_in(2) ? end - milliseconds{1} : of.instant_in({of.now, end});
  return of.outcome_at(t) == of.verdict.outcome ? "" : differs("a change that was not told", t);
}

constexpr std::array kChecks{first_instant, last_instant,      instant_inside,
                             promise,       next_change_turns, nothing_before_the_next_change};

}  // namespace

std::string inconsistency(Dice& dice, const Gates& gates, const Facts& facts, Instant now,
                          const Verdict& verdict, Checks checks) {
  if (!verdict.valid.contains(now)) {
    return "an interval without now";
  }
  if (verdict.promise.has_value() && verdict.outcome != Outcome::hold) {
    return "a promise without a hold";
  }
  const Case of{dice, gates, facts, now, verdict};
  if (checks == Checks::one_at_random) {
    return kChecks[dice.below(kChecks.size())](of);
  }
  for (const auto check : kChecks) {
    for (int i = 0; i < 2; ++i) {  // some look at a random instant
      std::string wrong = check(of);
      if (!wrong.empty()) {
        return wrong;
      }
    }
  }
  return {};
}

}  // namespace holdspace::boundary::testing
