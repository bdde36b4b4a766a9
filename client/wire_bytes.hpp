// Between Protobuf's byte strings and the fixed-size types of crypto/, and hexadecimal for ids.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/bytes.hpp"

namespace holdspace::client {

// Valid while `text` lives.
[[nodiscard]] crypto::ByteView view(std::string_view text);

[[nodiscard]] std::string to_string(crypto::ByteView bytes);

// Empty when `text` is not exactly N bytes.
template <std::size_t N>
[[nodiscard]] std::optional<crypto::Bytes<N>> parse_bytes(std::string_view text) {
  return crypto::to_bytes<N>(view(text));
}

[[nodiscard]] std::string to_hex(crypto::ByteView bytes);

// Keys of the local store: big-endian, so that their order is the numbers' order.
[[nodiscard]] std::string encode_u32(std::uint32_t value);
[[nodiscard]] std::string encode_u64(std::uint64_t value);
// 0 when `text` is not 8 bytes.
[[nodiscard]] std::uint64_t decode_u64(std::string_view text);

[[nodiscard]] std::int64_t to_ms(crypto::Instant at);
[[nodiscard]] crypto::Instant from_ms(std::int64_t ms);

}  // namespace holdspace::client
