// One random change of a random policy, with messages waiting: who passes when?
#include <gtest/gtest.h>

#include "boundary/change.hpp"
#include "tests/boundary/random_version.hpp"

namespace holdspace::boundary {
namespace {

using testing::Chance;

constexpr std::uint64_t kBefore = 5;  // versions 1 to 4 came earlier

struct Change {
  Instant now;
  Gate before;
  Gate after;   // without kept promises
  Gate stored;  // with them
  std::vector<Waiting> waiting;
};

// Openings that versions before this one kept.
void add_earlier_promises(Chance& chance, Policy& policy, Instant now) {
  for (std::size_t i = chance.below(3); i > 0; --i) {
    Opening kept = testing::random_opening(chance, policy, now - std::chrono::days{1});
    kept.accepted_through_version = 1 + chance.below(kBefore - 1);
    kept.reason = OpeningReason::kept_promise;
    testing::try_append(policy, &Policy::openings, std::move(kept));
  }
}

std::vector<Waiting> random_waiting(Chance& chance, const Gate& before, const Gate& after) {
  if (chance.one_in(3)) {
    return anything_that_may_wait(before, after);
  }
  std::vector<Waiting> waiting;
  for (std::size_t i = 1 + chance.below(6); i > 0; --i) {
    Facts facts{.lane = testing::random_lane(chance),
                .direction = testing::random_direction(chance),
                .moment = Moment::release};
    facts.relationship_id =
        testing::relationship(static_cast<std::uint8_t>(1 + chance.below(testing::kRelationships)));
    facts.accepted_version = 1 + chance.below(kBefore);
    waiting.push_back({.facts = facts});
  }
  return waiting;
}

Change random_change(Chance& chance) {
  const Instant now = chance.within(testing::at("2026-01-01T00:00Z"), std::chrono::days{700});
  Policy before = testing::random_policy(chance, now - std::chrono::days{2});
  before.version = kBefore;
  if (chance.one_in(4)) {
    testing::change_closures(chance, before, now);
  }
  add_earlier_promises(chance, before, now);
  Policy proposed = before;
  proposed.version = kBefore + 1;
  for (std::size_t i = 1 + chance.below(6); i > 0; --i) {
    testing::change_something(chance, proposed, now);
  }
  if (chance.one_in(5)) {
    testing::change_closures(chance, proposed, now);
  }
  Gate old = testing::gate(before);
  Policy bare = proposed;
  std::erase_if(bare.openings, [](const Opening& opening) {
    return opening.reason == OpeningReason::kept_promise;
  });
  Gate after = testing::gate(bare);
  std::vector<Waiting> waiting = random_waiting(chance, old, after);
  auto stored = next_version(&old, proposed, now, waiting);
  if (stored.has_error()) {
    throw std::invalid_argument(describe(stored.error()));
  }
  return {now, std::move(old), std::move(after), *std::move(stored), std::move(waiting)};
}

bool closed_at(const Gate& gate, Instant at) {
  for (const Closure& closure : gate.policy().closures) {
    if (Interval{closure.from, closure.until.value_or(Instant::max())}.contains(at)) {
      return true;
    }
  }
  return false;
}

std::vector<Opening> kept_in(const Gate& gate) {
  std::vector<Opening> kept;
  for (const Opening& opening : gate.policy().openings) {
    if (opening.reason == OpeningReason::kept_promise) {
      kept.push_back(opening);
    }
  }
  return kept;
}

// The first instant at which the gate is open to the message, by its list of openings; never: not
// within the horizon.
constexpr Instant kNever = Instant::max();
Instant passes(const Gate& gate, const Facts& facts, Instant now) {
  const auto openings =
      gate.openings({facts.lane, facts.direction, facts.relationship_id, facts.accepted_version},
                    {now, now + kHorizon});
  return openings.empty() ? kNever : openings.front().from;
}

void expect_waiting_ones_pass_by_their_promise(const Change& change) {
  const std::vector<Renewal> renewals =
      promise_renewals(change.before, change.stored, change.now, change.waiting);
  for (std::size_t i = 0; i < change.waiting.size(); ++i) {
    const Facts& facts = change.waiting[i].facts;
    const Instant promised = passes(change.before, facts, change.now);
    const bool outstanding = promised != change.now && promised != kNever;
    const bool kept = !outstanding || passes(change.stored, facts, change.now) <= promised;
    ASSERT_TRUE(kept || closed_at(change.stored, promised)) << "waiting " << i;
    const bool renewed = std::any_of(renewals.begin(), renewals.end(),
                                     [i](const Renewal& one) { return one.waiting == i; });
    ASSERT_EQ(renewed, !kept) << "waiting " << i;
  }
}

// A kept opening is a hole for old messages alone.
void expect_later_messages_see_no_difference(Chance& chance, const Change& change) {
  for (const Lane lane : {Lane::routine, Lane::logistics}) {
    for (const Direction direction : {Direction::to_therapist, Direction::to_client}) {
      Question later{lane, direction,
                     testing::relationship(
                         static_cast<std::uint8_t>(1 + chance.below(testing::kRelationships)))};
      const Interval weeks{change.now, change.now + std::chrono::days{20}};
      for (const std::optional<std::uint64_t> version :
           {std::optional<std::uint64_t>(), std::optional(kBefore + 1)}) {
        later.accepted_version = version;
        ASSERT_EQ(testing::lines(change.stored.openings(later, weeks)),
                  testing::lines(change.after.openings(later, weeks)));
      }
    }
  }
}

void expect_each_opening_admits_the_earlier_messages_alone(const Change& change) {
  for (const Opening& kept : kept_in(change.stored)) {
    ASSERT_GT(kept.until, change.now);
    ASSERT_LE(kept.accepted_through_version, kBefore);
    const Instant at = std::max(kept.from, change.now);
    Question question{kept.lane, kept.direction, kept.relationship_id,
                      kept.accepted_through_version};
    ASSERT_TRUE(change.stored.open_at(question, at) || closed_at(change.stored, at));
  }
}

// Nobody's message is let through when neither version had its own hours open, unless an earlier
// version promised so, or the caller did not say who is waiting.
void expect_nobody_passes_who_was_not_promised_it(const Change& change) {
  for (const Opening& kept : kept_in(change.stored)) {
    const auto& known = change.before.policy().openings;
    if (std::find(known.begin(), known.end(), kept) != known.end()) {
      continue;
    }
    for (const Waiting& waiting : change.waiting) {
      const Facts& facts = waiting.facts;
      const bool concerned =
          facts.relationship_id && facts.lane == kept.lane && facts.direction == kept.direction &&
          (!kept.relationship_id || kept.relationship_id == facts.relationship_id) &&
          *facts.accepted_version <= kept.accepted_through_version;
      if (concerned) {
        ASSERT_TRUE(change.before.open_at(
            {facts.lane, facts.direction, facts.relationship_id, facts.accepted_version},
            kept.from));
      }
    }
  }
}

void run_seed(std::uint64_t seed) {
  SCOPED_TRACE("repeat with HOLDSPACE_SEED=" + std::to_string(seed));
  Chance chance(seed);
  const Change change = random_change(chance);
  SCOPED_TRACE("now " + format_instant(change.now));
  ASSERT_NO_FATAL_FAILURE(expect_waiting_ones_pass_by_their_promise(change));
  ASSERT_NO_FATAL_FAILURE(expect_later_messages_see_no_difference(chance, change));
  ASSERT_NO_FATAL_FAILURE(expect_each_opening_admits_the_earlier_messages_alone(change));
  const bool known = std::all_of(change.waiting.begin(), change.waiting.end(),
                                 [](const Waiting& one) { return one.facts.relationship_id; });
  if (known) {
    ASSERT_NO_FATAL_FAILURE(expect_nobody_passes_who_was_not_promised_it(change));
  }
}

TEST(KeptPromiseProperty, everyone_passes_by_the_promise_and_no_later_message_uses_the_way) {
  testing::for_each_seed(1000, run_seed);
}

}  // namespace
}  // namespace holdspace::boundary
