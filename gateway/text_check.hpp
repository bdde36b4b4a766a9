// Which texts of a peer are taken at all: short, valid UTF-8, nothing that hides or reorders
// characters on a screen. Not a normaliser: a text passes unchanged or not at all. docs/protocol.md
// section 16.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace holdspace::gateway {

// False for: more than bytes_max bytes; an overlong, surrogate or truncated UTF-8 sequence; a C0 or
// C1 control character (NUL, tab and newline included); a bidirectional control (U+061C, U+200E-F,
// U+202A-E, U+2066-9).
[[nodiscard]] bool is_plain_text(std::span<const std::uint8_t> bytes, std::size_t bytes_max);

}  // namespace holdspace::gateway
