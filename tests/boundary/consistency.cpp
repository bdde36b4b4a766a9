#include "tests/boundary/consistency.hpp"

#include "tests/boundary/policy_text.hpp"

namespace holdspace::boundary::testing {

namespace {

using std::chrono::days;
using std::chrono::milliseconds;

// As far as a missing change is believed: the look of the next day reaches further than this one's.
constexpr days kSurelySeen = kHorizon - days{1} - days{kMaxHoldHoursMax / 24};

Instant instant_in(Dice& dice, Interval span) {
  return span.from +
         milliseconds{dice.below(static_cast<std::size_t>((span.until - span.from).count()))};
}

std::string differs(const char* what, Instant t) {
  return std::string(what) + " at " + format_instant(t);
}

std::string in_its_interval(Dice& dice, const Gates& gates, const Facts& facts,
                            const Verdict& verdict, int samples) {
  for (int i = -2; i < samples; ++i) {
    const Instant t = i == -2   ? verdict.valid.from
                      : i == -1 ? verdict.valid.until - milliseconds{1}
                                : instant_in(dice, verdict.valid);
    const Verdict same = decide(gates, facts, t);
    if (same.outcome != verdict.outcome) {
      return differs("another outcome inside the interval", t);
    }
    if (same.promise != verdict.promise) {
      return differs("another promise inside the interval", t);
    }
    if (!same.valid.contains(t)) {
      return differs("an interval without its instant", t);
    }
  }
  return {};
}

std::string of_its_promise(const Gates& gates, const Facts& facts, Instant now,
                           const Verdict& verdict) {
  if (!verdict.promise) {
    return {};
  }
  Facts accepted = facts;
  accepted.moment = Moment::release;
  accepted.accepted_version =
      facts.moment == Moment::accept ? gates.therapist.policy().version : facts.accepted_version;
  if (*verdict.promise <= now) {
    return "a promise that is not ahead";
  }
  if (decide(gates, accepted, *verdict.promise).outcome != Outcome::release_now) {
    return differs("a promise that is not kept", *verdict.promise);
  }
  if (decide(gates, accepted, *verdict.promise - milliseconds{1}).outcome != Outcome::hold) {
    return differs("an opening before the promise", *verdict.promise);
  }
  return {};
}

std::string of_the_next_change(Dice& dice, const Gates& gates, const Facts& facts, Instant now,
                               const Verdict& verdict, int samples) {
  const std::optional<Instant> change = next_change(gates, facts, now);
  if (change) {
    if (*change < verdict.valid.until) {
      return differs("a change inside the interval", *change);
    }
    if (decide(gates, facts, *change).outcome == verdict.outcome) {
      return differs("a change without a change", *change);
    }
    if (decide(gates, facts, *change - milliseconds{1}).outcome != verdict.outcome) {
      return differs("a change before the next change", *change);
    }
  }
  const Interval until_then{now, change.value_or(now + kSurelySeen)};
  for (int i = 0; i < samples; ++i) {
    const Instant t = instant_in(dice, until_then);
    if (decide(gates, facts, t).outcome != verdict.outcome) {
      return differs("a change that was not told", t);
    }
  }
  return {};
}

}  // namespace

std::string inconsistency(Dice& dice, const Gates& gates, const Facts& facts, Instant now,
                          const Verdict& verdict, int samples) {
  if (!verdict.valid.contains(now)) {
    return "an interval without now";
  }
  if (verdict.promise.has_value() && verdict.outcome != Outcome::hold) {
    return "a promise without a hold";
  }
  std::string wrong = in_its_interval(dice, gates, facts, verdict, samples);
  if (wrong.empty()) {
    wrong = of_its_promise(gates, facts, now, verdict);
  }
  if (wrong.empty()) {
    wrong = of_the_next_change(dice, gates, facts, now, verdict, samples);
  }
  return wrong;
}

}  // namespace holdspace::boundary::testing
