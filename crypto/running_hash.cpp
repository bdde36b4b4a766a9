#include "crypto/running_hash.hpp"

#include <sodium.h>

namespace holdspace::crypto {

struct RunningHash::State {
  crypto_hash_sha512_state state;
};

RunningHash::RunningHash() : state_(std::make_unique<State>()) {
  crypto_hash_sha512_init(&state_->state);
}
RunningHash::RunningHash(RunningHash&&) noexcept = default;
RunningHash& RunningHash::operator=(RunningHash&&) noexcept = default;
RunningHash::~RunningHash() = default;

void RunningHash::add(ByteView bytes) {
  crypto_hash_sha512_update(&state_->state, bytes.data(), bytes.size());
}

Hash64 RunningHash::finish() {
  Hash64 out;
  crypto_hash_sha512_final(&state_->state, out.data());
  return out;
}

}  // namespace holdspace::crypto
