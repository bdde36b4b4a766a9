// ISO 7816-4 padding to the buckets of env.hpp: 0x80, then zeros. Room-internal. docs/protocol.md
// section 10.3.
#pragma once

#include <optional>

#include "crypto/bytes.hpp"
#include "crypto/env.hpp"
#include "crypto/secret.hpp"

namespace holdspace::crypto {

// The smallest bucket that holds the content and its 0x80; empty above kContentBytesMax.
[[nodiscard]] std::optional<std::uint8_t> size_class_of_content(std::size_t content_bytes);

// Exactly one bucket long. The content must be at most kContentBytesMax.
[[nodiscard]] SecretBytes pad(ByteView content);

// Empty when `padded` is not the smallest bucket for what is inside, or its tail is not 0x80 and
// zeros.
[[nodiscard]] std::optional<SecretBytes> unpad(ByteView padded);

}  // namespace holdspace::crypto
