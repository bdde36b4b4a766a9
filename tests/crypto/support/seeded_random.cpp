#include "tests/crypto/support/seeded_random.hpp"

#include <sodium.h>

#include <cstdlib>
#include <deque>
#include <optional>
#include <utility>

#include "crypto/random.hpp"

namespace holdspace::crypto {
namespace {

// One test program is one thread; this is the only state the stand-in has.
struct Generator {
  std::optional<std::uint64_t> seed;
  std::uint64_t draws = 0;
  std::deque<std::uint8_t> queued;
  std::vector<ByteVector> recorded;
};

Generator& generator() {
  static Generator instance;
  return instance;
}

void generate(std::span<std::uint8_t> out, std::uint64_t seed, std::uint64_t draw) {
  Bytes<32> key{};
  for (unsigned i = 0; i < 8; ++i) {
    key[i] = static_cast<std::uint8_t>(seed >> (8 * i));
    key[8 + i] = static_cast<std::uint8_t>(draw >> (8 * i));
  }
  randombytes_buf_deterministic(out.data(), out.size(), key.data());
}

}  // namespace

void random_bytes(std::span<std::uint8_t> out) {
  Generator& state = generator();
  if (sodium_init() < 0) std::abort();
  if (!state.queued.empty()) {
    if (state.queued.size() < out.size()) std::abort();
    for (std::uint8_t& byte : out) {
      byte = state.queued.front();
      state.queued.pop_front();
    }
  } else if (state.seed) {
    generate(out, *state.seed, state.draws++);
    state.recorded.emplace_back(out.begin(), out.end());
  } else {
    randombytes_buf(out.data(), out.size());
  }
}

namespace testing {

void seed_random(std::uint64_t seed) {
  generator() = {seed, 0, {}, {}};
}

void queue_random(ByteView bytes) {
  auto& queued = generator().queued;
  queued.insert(queued.end(), bytes.begin(), bytes.end());
}

std::vector<ByteVector> take_recorded_draws() {
  return std::exchange(generator().recorded, {});
}

}  // namespace testing
}  // namespace holdspace::crypto
