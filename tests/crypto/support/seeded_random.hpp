// Stands in for crypto/random.cpp in test programs: the same function, with randomness that a test
// can choose, script and record. A program that calls crypto::init() cannot link it (see
// crypto/random.hpp).
#pragma once

#include <cstdint>
#include <vector>

#include "crypto/bytes.hpp"

namespace holdspace::crypto::testing {

// From here on every random byte follows from `seed`. Before the first call they are the system's.
void seed_random(std::uint64_t seed);

// The next bytes drawn, before the generator is asked again. A draw must not end in the middle of
// them.
void queue_random(ByteView bytes);

// Every draw since the last call, in order.
[[nodiscard]] std::vector<ByteVector> take_recorded_draws();

}  // namespace holdspace::crypto::testing
