// The pre-shared key of a handshake: none, an invite's, or what proves that a session continues the
// ones before it. docs/protocol.md sections 7 and 9.3.
#pragma once

#include "crypto/bytes.hpp"
#include "crypto/secret.hpp"

namespace holdspace::crypto {

enum class PskKind : std::uint8_t { none = 0, invite = 1, continuity = 2 };

struct Psk {
  PskKind kind = PskKind::none;
  Bytes<16> id{};  // zeros for none, the invite id, or the first 16 bytes of H(L("cc/id") || CC)
  Secret<32> key;  // zeros for none
  [[nodiscard]] Psk clone() const { return {kind, id, key.clone()}; }
};

}  // namespace holdspace::crypto
