// Argon2id as every lock with a passphrase uses it. Room-internal. docs/protocol.md section 12.
#pragma once

#include <optional>
#include <string_view>

#include "crypto/secret.hpp"
#include "crypto/vault.hpp"

namespace holdspace::crypto {

// Empty when Argon2id cannot get its memory.
[[nodiscard]] std::optional<Secret<32>> stretch_passphrase(std::string_view passphrase,
                                                           const Bytes<16>& salt,
                                                           PassphraseCost cost);

}  // namespace holdspace::crypto
