// Random policies against a slow second opinion: a table of every minute of 28 days, filled without
// the gate's code. HOLDSPACE_SEED=<n> repeats one seed, which every failure prints.
#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>

#include "boundary/decide.hpp"
#include "tests/boundary/consistency.hpp"
#include "tests/boundary/minute_table.hpp"
#include "tests/boundary/policy_text.hpp"
#include "tests/boundary/random_policy.hpp"

namespace holdspace::boundary {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using testing::Checks;
using testing::Dice;
using testing::kTableMinutes;
using testing::MinuteTable;
using testing::Place;

constexpr std::size_t kFirst = static_cast<std::size_t>(testing::kMarginDays) * kMinutesPerDay;
constexpr std::size_t kLast = kTableMinutes - kFirst;

// One random world: a therapist's policy, sometimes a client's own hours, a message, and both
// opinions about it.
class World {
 public:
  explicit World(Dice& dice)
      : place_(testing::random_place(dice)),
        therapist_(testing::random_policy(dice, place_)),
        client_(testing::random_policy(dice, testing::elsewhere(dice, place_))),
        facts_(testing::random_facts(dice, place_)),
        with_client_(facts_.direction == Direction::to_client && !dice.one_in(3)),
        therapists_gate_(testing::gate(therapist_)),
        clients_gate_(testing::gate(client_)),
        therapists_table_(therapist_, place_.start, facts_),
        clients_table_(client_, place_.start, as_new()) {}

  [[nodiscard]] const Facts& facts() const { return facts_; }
  [[nodiscard]] const Policy& therapist() const { return therapist_; }
  [[nodiscard]] const Gate& therapists_gate() const { return therapists_gate_; }
  [[nodiscard]] const MinuteTable& therapists_table() const { return therapists_table_; }
  [[nodiscard]] Gates gates() const {
    return {therapists_gate_, with_client_ ? &clients_gate_ : nullptr};
  }
  [[nodiscard]] std::string name() const {
    return place_.zone + " from " + format_instant(place_.start);
  }
  [[nodiscard]] Instant at(std::size_t minute) const { return place_.start + minutes{minute}; }

  // The minute of the table that holds `t`, or nothing outside the part that may be asked about.
  [[nodiscard]] std::optional<std::size_t> minute_of(Instant t) const {
    if (t < at(kFirst) || t >= at(kLast)) {
      return std::nullopt;
    }
    return static_cast<std::size_t>((t - place_.start) / minutes{1});
  }

  [[nodiscard]] bool open(std::size_t minute) const {
    const auto& pause =
        facts_.lane == Lane::routine ? facts_.pauses.routine : facts_.pauses.logistics;
    const bool paused = pause && pause->from <= at(minute) && at(minute) < pause->until;
    return !paused && therapists_table_.open(minute) &&
           (!with_client_ || clients_table_.open(minute));
  }

 private:
  // A client's document keeps no promises of the therapist's versions.
  [[nodiscard]] Facts as_new() const {
    Facts made = facts_;
    made.moment = Moment::accept;
    return made;
  }

  Place place_;
  Policy therapist_;
  Policy client_;
  Facts facts_;
  bool with_client_;
  Gate therapists_gate_;
  Gate clients_gate_;
  MinuteTable therapists_table_;
  MinuteTable clients_table_;
};

// What the table expects at `now`; no outcome: it does not reach far enough to know.
struct Expected {
  std::optional<Outcome> outcome;
  std::optional<Instant> promise;
};

Expected expected_at(const World& world, Instant now, std::size_t minute) {
  const Facts& facts = world.facts();
  const bool new_one = facts.moment == Moment::accept;
  if (new_one && facts.ends_at && now >= *facts.ends_at) {
    return {Outcome::refuse, std::nullopt};
  }
  if (world.open(minute)) {
    return {Outcome::release_now, std::nullopt};
  }
  std::size_t next = minute + 1;
  while (next < kLast && !world.open(next)) {
    ++next;
  }
  const std::uint32_t stated = world.therapist().limits.max_hold_hours;
  const bool too_long = world.at(next) - now > std::chrono::hours{stated == 0 ? 96 : stated};
  if (new_one && too_long) {
    return {Outcome::refuse, std::nullopt};
  }
  if (next == kLast) {
    return {new_one ? std::nullopt : std::optional(Outcome::hold), std::nullopt};
  }
  return {Outcome::hold, world.at(next)};
}

void expect_both_opinions_agree(Dice& dice, const World& world, Instant now) {
  SCOPED_TRACE("now " + format_instant(now));
  const std::optional<std::size_t> minute = world.minute_of(now);
  if (!minute) {
    return;
  }
  const Verdict verdict = decide(world.gates(), world.facts(), now);
  const Expected expected = expected_at(world, now, *minute);
  if (expected.outcome) {
    ASSERT_EQ(name(verdict.outcome), name(*expected.outcome)) << testing::summary(verdict);
  }
  if (expected.promise) {
    ASSERT_EQ(testing::text(verdict.promise), testing::text(expected.promise));
  } else if (verdict.promise) {
    ASSERT_GE(*verdict.promise, world.at(kLast));
  }
  ASSERT_EQ(testing::inconsistency(dice, world.gates(), world.facts(), now, verdict, Checks::all),
            "");
}

void expect_openings_match_the_table(const World& world) {
  const Facts& facts = world.facts();
  const Question question{facts.lane, facts.direction, facts.relationship_id,
                          facts.moment == Moment::release ? facts.accepted_version : std::nullopt};
  const std::vector<Interval> listed =
      world.therapists_gate().openings(question, {world.at(kFirst), world.at(kLast)});
  std::vector<Interval> counted;
  for (std::size_t i = kFirst; i < kLast; ++i) {
    if (!world.therapists_table().open(i)) {
      continue;
    }
    if (i == kFirst || !world.therapists_table().open(i - 1)) {
      counted.push_back({world.at(i), world.at(i)});
    }
    counted.back().until = world.at(i + 1);
  }
  ASSERT_EQ(testing::lines(listed), testing::lines(counted));
}

void run_seed(std::uint64_t seed) {
  SCOPED_TRACE("repeat with HOLDSPACE_SEED=" + std::to_string(seed));
  Dice dice(seed);
  const World world(dice);
  SCOPED_TRACE(world.name());

  ASSERT_NO_FATAL_FAILURE(expect_openings_match_the_table(world));
  for (int i = 0; i < 12; ++i) {
    const Instant now = world.at(kFirst) + milliseconds{dice.below((kLast - kFirst) * 60000)};
    ASSERT_NO_FATAL_FAILURE(expect_both_opinions_agree(dice, world, now));
    const Instant edge = decide(world.gates(), world.facts(), now).valid.until;
    ASSERT_NO_FATAL_FAILURE(expect_both_opinions_agree(dice, world, edge));
    ASSERT_NO_FATAL_FAILURE(expect_both_opinions_agree(dice, world, edge - milliseconds{1}));
  }
}

TEST(DecideProperty, agrees_with_a_scan_of_every_minute_for_random_policies_zones_and_instants) {
  if (const char* chosen = std::getenv("HOLDSPACE_SEED")) {
    ASSERT_NO_FATAL_FAILURE(run_seed(std::strtoull(chosen, nullptr, 10)));
    return;
  }
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    ASSERT_NO_FATAL_FAILURE(run_seed(seed));
  }
}

}  // namespace
}  // namespace holdspace::boundary
