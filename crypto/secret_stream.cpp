#include "crypto/secret_stream.hpp"

#include <sodium.h>

#include "crypto/layout.hpp"

namespace holdspace::crypto {

static_assert(kStreamHeaderBytes == crypto_secretstream_xchacha20poly1305_HEADERBYTES);
static_assert(kStreamOverheadBytes == crypto_secretstream_xchacha20poly1305_ABYTES);

struct StreamState::Wiped {
  crypto_secretstream_xchacha20poly1305_state state;
};

void StreamState::Deleter::operator()(Wiped* state) const noexcept {
  wipe(state, sizeof *state);
  delete state;
}

// libsodium derives the same state from key and header for both directions; init_push would only
// draw the header itself, out of the reach of a test's seed.
StreamState::StreamState(const Secret<32>& key, const StreamHeader& header) : state_(new Wiped) {
  const int failed = crypto_secretstream_xchacha20poly1305_init_pull(&state_->state, header.data(),
                                                                     key.expose().data());
  require(failed == 0);
}

ByteVector StreamState::seal(ByteView associated, ByteView plain, bool last) {
  ByteVector chunk(plain.size() + kStreamOverheadBytes);
  const std::uint8_t tag = last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
                                : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
  const int failed = crypto_secretstream_xchacha20poly1305_push(
      &state_->state, chunk.data(), nullptr, plain.data(), plain.size(), associated.data(),
      associated.size(), tag);
  require(failed == 0);
  return chunk;
}

std::optional<StreamState::Opened> StreamState::open(ByteView associated, ByteView chunk) {
  if (chunk.size() < kStreamOverheadBytes) return std::nullopt;
  Opened out{SecretBytes(chunk.size() - kStreamOverheadBytes), false};
  std::uint8_t tag = 0;
  if (crypto_secretstream_xchacha20poly1305_pull(&state_->state, out.plain.data(), nullptr, &tag,
                                                 chunk.data(), chunk.size(), associated.data(),
                                                 associated.size()) != 0) {
    return std::nullopt;
  }
  // Two tags are ours; the others would rekey in silence.
  if (tag != crypto_secretstream_xchacha20poly1305_TAG_MESSAGE &&
      tag != crypto_secretstream_xchacha20poly1305_TAG_FINAL) {
    return std::nullopt;
  }
  out.last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
  return out;
}

}  // namespace holdspace::crypto
