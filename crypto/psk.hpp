// The pre-shared key of a handshake. docs/protocol.md section 7; psk_kind 2 (continuity) is not
// built.
#pragma once

#include "crypto/bytes.hpp"
#include "crypto/secret.hpp"

namespace holdspace::crypto {

enum class PskKind : std::uint8_t { none = 0, invite = 1 };

struct Psk {
  PskKind kind = PskKind::none;
  Bytes<16> id{};  // zeros for none, the invite id for invite
  Secret<32> key;  // zeros for none
  [[nodiscard]] Psk clone() const { return {kind, id, key.clone()}; }
};

}  // namespace holdspace::crypto
