// Random valid policies and facts, most of them around a change of the clocks. The same seed gives
// the same ones.
#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "boundary/decide.hpp"
#include "boundary/policy.hpp"
#include "boundary/time.hpp"

namespace holdspace::boundary::testing {

// Days of a table of minutes; windows and exceptions near its ends may be cut, so questions stay
// inside the margin.
inline constexpr int kTableDays = 28;
inline constexpr int kMarginDays = 4;

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(engine_);
  }
  bool one_in(std::size_t n) { return below(n) == 0; }
  template <typename T, std::size_t N>
  T of(const T (&values)[N]) {
    return values[below(N)];
  }

 private:
  std::mt19937_64 engine_;
};

// Where a table lies: its first minute, a UTC midnight, and what the wall shows at a change of its
// clocks (or at an ordinary instant): edges of windows are thrown near it more often than
// elsewhere.
struct Place {
  std::string zone;
  Instant start;
  LocalMinute change;
};

[[nodiscard]] Place random_place(Dice& dice);

// Another zone at the same time.
[[nodiscard]] Place elsewhere(Dice& dice, const Place& place);

[[nodiscard]] Lane random_lane(Dice& dice);
[[nodiscard]] Direction random_direction(Dice& dice);

// A whole minute of the table.
[[nodiscard]] Instant random_instant(Dice& dice, const Place& place);

// A valid policy with everything that a policy can say; what would break a rule is left out again.
// Relationships are id_of(1) and id_of(2), versions 1 to 5.
[[nodiscard]] Policy random_policy(Dice& dice, const Place& place);

// Of an active relationship, or one that is ending; relationship none, id_of(1) or id_of(2).
[[nodiscard]] Facts random_facts(Dice& dice, const Place& place);

}  // namespace holdspace::boundary::testing
