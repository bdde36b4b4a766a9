// See text_check.hpp. Decoding follows Unicode 15, table 3-7 (well-formed UTF-8 byte sequences).
#include "gateway/text_check.hpp"

#include <optional>

namespace holdspace::gateway {
namespace {

struct CodePoint {
  std::uint32_t value;
  std::size_t bytes;
};

std::optional<CodePoint> decode(std::span<const std::uint8_t> bytes) {
  const std::uint32_t lead = bytes[0];
  if (lead < 0x80) return CodePoint{lead, 1};
  std::size_t length = 0;
  std::uint32_t value = 0;
  std::uint32_t smallest = 0;
  if ((lead & 0xe0) == 0xc0) {
    length = 2, value = lead & 0x1f, smallest = 0x80;
  } else if ((lead & 0xf0) == 0xe0) {
    length = 3, value = lead & 0x0f, smallest = 0x800;
  } else if ((lead & 0xf8) == 0xf0) {
    length = 4, value = lead & 0x07, smallest = 0x10000;
  } else {
    return std::nullopt;
  }
  if (bytes.size() < length) return std::nullopt;
  for (std::size_t i = 1; i < length; ++i) {
    if ((bytes[i] & 0xc0) != 0x80) return std::nullopt;
    value = (value << 6) | (bytes[i] & 0x3fU);
  }
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < smallest || value > 0x10ffff || surrogate) return std::nullopt;
  return CodePoint{value, length};
}

bool hides_or_reorders(std::uint32_t c) {
  if (c < 0x20 || (c >= 0x7f && c < 0xa0)) return true;
  if (c == 0x061c || c == 0x200e || c == 0x200f) return true;
  return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

}  // namespace

bool is_plain_text(std::span<const std::uint8_t> bytes, std::size_t bytes_max) {
  if (bytes.size() > bytes_max) return false;
  while (!bytes.empty()) {
    const auto point = decode(bytes);
    if (!point || hides_or_reorders(point->value)) return false;
    bytes = bytes.subspan(point->bytes);
  }
  return true;
}

}  // namespace holdspace::gateway
