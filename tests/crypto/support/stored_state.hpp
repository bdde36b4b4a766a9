// The stored form of PeerSessions, field by field, for tests that look for secrets in it or set a
// counter in it. Follows crypto/session_state.cpp and crypto/double_ratchet_codec.cpp; reads the
// active session only.
#pragma once

#include <optional>
#include <vector>

#include "crypto/bytes.hpp"
#include "crypto/public_keys.hpp"
#include "crypto/secret.hpp"

namespace holdspace::crypto::testing {

struct StoredSession {
  Hash64 transcript{};
  std::uint32_t turns = 0;
  Bytes<32> root_key{};
  Bytes<32> next_sending_header{};
  Bytes<32> next_receiving_header{};
  DhPublicKey<RatchetRole> peer_dh;
  std::optional<KemPublicKey<RatchetRole>> peer_ek;
  Bytes<32> own_dh{};
  std::optional<Bytes<32>> own_kem_seed;
  std::optional<Bytes<32>> sending_header;
  std::optional<Bytes<32>> sending_chain;
  std::optional<Bytes<32>> receiving_chain;
  std::size_t sending_next_at = 0;  // where the u32 counter Ns stands in the whole state
  std::size_t skipped = 0;          // message keys stored
  std::vector<Bytes<32>> skipped_keys;
};

[[nodiscard]] StoredSession read_stored_state(ByteView state);

// The message key that a chain key gives next, by the formula of section 8.2.
[[nodiscard]] Bytes<32> next_message_key(const Bytes<32>& chain_key);

[[nodiscard]] bool contains(ByteView haystack, ByteView needle);

}  // namespace holdspace::crypto::testing
