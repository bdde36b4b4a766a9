// Very many random instants: a verdict stands in its whole interval, at the edges too, and
// next_change agrees with it. HOLDSPACE_INSTANTS=<n> says how many, HOLDSPACE_SEED=<n> where to
// begin.
#include <gtest/gtest.h>

#include <cstdlib>

#include "boundary/decide.hpp"
#include "tests/boundary/consistency.hpp"
#include "tests/boundary/policy_text.hpp"
#include "tests/boundary/random_policy.hpp"

namespace holdspace::boundary {
namespace {

using std::chrono::milliseconds;
using testing::Checks;
using testing::Dice;
using testing::Place;

// Instants for each policy: compiling one costs as much as some hundred verdicts.
constexpr std::size_t kInstantsPerPolicy = 250;
// An unoptimised or sanitized build is slower by far.
#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
constexpr std::size_t kInstants = 1'000'000;
#else
constexpr std::size_t kInstants = 20'000;
#endif

std::size_t number_from(const char* variable, std::size_t otherwise) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

void ask_about_one_policy(std::uint64_t seed, std::size_t instants) {
  SCOPED_TRACE("repeat with HOLDSPACE_SEED=" + std::to_string(seed) +
               " HOLDSPACE_INSTANTS=" + std::to_string(instants));
  Dice dice(seed);
  const Place place = testing::random_place(dice);
  const Gate therapist = testing::gate(testing::random_policy(dice, place));
  const Gate client = testing::gate(testing::random_policy(dice, testing::elsewhere(dice, place)));
  const Facts facts = testing::random_facts(dice, place);
  // Two sides that never meet cost fifty times as much as one; not too many of them.
  const Gates gates{therapist, dice.one_in(4) ? &client : nullptr};
  for (std::size_t i = 0; i < instants; ++i) {
    const Instant now = testing::random_instant(dice, place) + milliseconds{dice.below(60'000)};
    const Verdict verdict = decide(gates, facts, now);
    ASSERT_EQ(testing::inconsistency(dice, gates, facts, now, verdict, Checks::one_at_random), "")
        << place.zone << " " << format_instant(now) << " " << testing::summary(verdict);
  }
}

TEST(InstantsProperty, every_verdict_stands_in_its_interval_and_next_change_tells_the_truth) {
  std::size_t left = number_from("HOLDSPACE_INSTANTS", kInstants);
  for (std::uint64_t seed = number_from("HOLDSPACE_SEED", 1); left > 0; ++seed) {
    const std::size_t now = std::min(left, kInstantsPerPolicy);
    ASSERT_NO_FATAL_FAILURE(ask_about_one_policy(seed, now));
    left -= now;
  }
}

}  // namespace
}  // namespace holdspace::boundary
