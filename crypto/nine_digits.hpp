// The short form of a transcript that people read to each other. Room-internal. docs/protocol.md
// sections 3.5 and 4.1.
#pragma once

#include <string>

#include "crypto/bytes.hpp"

namespace holdspace::crypto {

inline constexpr std::size_t kShortStringDigits = 9;  // specification, section 3.5

// The first 8 bytes, big-endian, mod 10^9, with leading zeros: 9 ASCII digits.
[[nodiscard]] std::string nine_digits(const Hash64& transcript);

}  // namespace holdspace::crypto
