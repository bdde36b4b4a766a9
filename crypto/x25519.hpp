// X25519 with the all-zero check. Typed keys are in crypto/keys.hpp. RFC 7748; docs/protocol.md
// section 1.
#pragma once

#include <optional>

#include "crypto/bytes.hpp"
#include "crypto/secret.hpp"

namespace holdspace::crypto {

[[nodiscard]] Bytes<32> x25519_public(const Secret<32>& secret);

// Empty when the result is all zeros: the other side sent a low-order point, which would let it
// choose our key.
[[nodiscard]] std::optional<Secret<32>> x25519(const Secret<32>& secret, const Bytes<32>& other);

}  // namespace holdspace::crypto
