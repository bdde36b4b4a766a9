// XChaCha20-Poly1305-IETF with a random nonce in front: nonce 24 | ciphertext | tag 16. The nonce
// is never derived or chosen, so a device whose state was rolled back does not repeat one.
// Room-internal. docs/protocol.md section 1.
#pragma once

#include <optional>

#include "crypto/bytes.hpp"
#include "crypto/secret.hpp"

namespace holdspace::crypto {

inline constexpr std::size_t kAeadOverheadBytes = 24 + 16;

[[nodiscard]] ByteVector aead_seal(const Secret<32>& key, ByteView associated, ByteView plaintext);

// Empty when key, associated data or bytes are not those that were sealed.
[[nodiscard]] std::optional<SecretBytes> aead_open(const Secret<32>& key, ByteView associated,
                                                   ByteView sealed);

}  // namespace holdspace::crypto
