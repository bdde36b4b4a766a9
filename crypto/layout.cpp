#include "crypto/layout.hpp"

namespace holdspace::crypto {

ByteView Reader::take(std::size_t size) {
  if (!ok_ || rest_.size() < size) {
    ok_ = false;
    return {};
  }
  const ByteView front = rest_.first(size);
  rest_ = rest_.subspan(size);
  return front;
}

std::uint64_t Reader::integer(std::size_t size) {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : take(size)) value = value << 8 | byte;
  return value;
}

Instant Reader::instant() {
  const std::uint64_t ms = u64();
  if (ms < kInstantEnd) return Instant{std::chrono::milliseconds{static_cast<std::int64_t>(ms)}};
  ok_ = false;
  return Instant{};
}

ByteView Reader::prefixed(std::size_t bytes_max) {
  return take(count(bytes_max));
}

std::size_t Reader::count(std::size_t max) {
  const std::size_t value = u32();
  if (value <= max) return value;
  ok_ = false;
  return 0;
}

bool is_plain_text(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<std::uint8_t>(text[i]);
    const std::size_t length = lead < 0x80   ? 1
                               : lead < 0xC2 ? 0
                               : lead < 0xE0 ? 2
                               : lead < 0xF0 ? 3
                               : lead < 0xF5 ? 4
                                             : 0;
    if (length == 0 || text.size() - i < length) return false;
    std::uint32_t code = length == 1 ? lead : lead & (0x7FU >> length);
    for (std::size_t k = 1; k < length; ++k) {
      const auto next = static_cast<std::uint8_t>(text[i + k]);
      if ((next & 0xC0) != 0x80) return false;
      code = code << 6 | (next & 0x3FU);
    }
    const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
    const bool surrogate = code >= 0xD800 && code < 0xE000;
    const bool control = code < 0x20 || (code >= 0x7F && code < 0xA0);
    if (overlong || surrogate || control || code > 0x10FFFF) return false;
    i += length;
  }
  return true;
}

}  // namespace holdspace::crypto
