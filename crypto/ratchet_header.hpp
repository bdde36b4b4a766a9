// The encrypted header of every message: counters, and the sender's ratchet keys of this chain.
// Room-internal. docs/protocol.md section 8.2.
#pragma once

#include <optional>

#include "crypto/bytes.hpp"
#include "crypto/public_keys.hpp"
#include "crypto/secret.hpp"

namespace holdspace::crypto {

// Sealed sizes: header type 1 (the session's first chain, no ciphertext) and type 2 (every later
// chain).
inline constexpr std::size_t kFirstHeaderBytes = 1298;
inline constexpr std::size_t kTurnHeaderBytes = 2418;

struct RatchetHeader {
  std::uint32_t previous_count = 0;  // PN: messages in the sender's chain before this one
  std::uint32_t number = 0;          // N: this message's place in its chain, from 0
  DhPublicKey<RatchetRole> dh;
  KemPublicKey<RatchetRole> ek;
  std::optional<Bytes<kKemCiphertextBytes>> ciphertext;  // absent in type 1
};

// eh = AEAD(key, ad = L("dr/hdr") || TH, header).
[[nodiscard]] ByteVector seal_header(const Secret<32>& key, const Hash64& transcript,
                                     const RatchetHeader& header);
// Empty when this is not the chain's key. What comes out is the peer's own, and may still break the
// rules.
[[nodiscard]] std::optional<SecretBytes> open_header(const Secret<32>& key,
                                                     const Hash64& transcript, ByteView sealed);
[[nodiscard]] std::optional<RatchetHeader> parse_header(ByteView plain);

}  // namespace holdspace::crypto
