// What must be true of every verdict, whatever the policy: it stands in its interval, its promise
// is kept, and next_change tells the truth. Asks the gate only; the second opinion is
// minute_table.hpp.
#pragma once

#include <string>

#include "boundary/decide.hpp"
#include "tests/boundary/random_policy.hpp"

namespace holdspace::boundary::testing {

enum class Checks { all, one_at_random };

// Empty, or what is wrong with the verdict at `now`: at the edges of its interval, at random
// instants inside, at its promise, and at and before the next change.
[[nodiscard]] std::string inconsistency(Dice& dice, const Gates& gates, const Facts& facts,
                                        Instant now, const Verdict& verdict, Checks checks);

}  // namespace holdspace::boundary::testing
