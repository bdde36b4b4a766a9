// X-Wing (X25519 with ML-KEM-768). The secret key is always the 32-byte seed.
// draft-connolly-cfrg-xwing-kem; docs/protocol.md section 1.
#pragma once

#include <optional>

#include "crypto/bytes.hpp"
#include "crypto/public_keys.hpp"
#include "crypto/secret.hpp"

namespace holdspace::crypto {

struct Encapsulation {
  Bytes<kKemCiphertextBytes> ciphertext{};
  Secret<32> shared;
};

[[nodiscard]] Bytes<kKemPublicBytes> xwing_public(const Secret<32>& seed);

// Whether xwing_encapsulate would take this key; draws no randomness.
[[nodiscard]] bool xwing_accepts(const Bytes<kKemPublicBytes>& key);

// Empty when `key` is not a canonical ML-KEM key or has a low-order X25519 share.
[[nodiscard]] std::optional<Encapsulation> xwing_encapsulate(const Bytes<kKemPublicBytes>& key);

// Empty when the ciphertext's X25519 share is of low order. The draft would go on; here the message
// is invalid.
[[nodiscard]] std::optional<Secret<32>> xwing_decapsulate(
    const Secret<32>& seed, const Bytes<kKemCiphertextBytes>& ciphertext);

}  // namespace holdspace::crypto
