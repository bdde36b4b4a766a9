#include "client/wire_bytes.hpp"

namespace holdspace::client {
namespace {

template <class Number>
std::string encode_big_endian(Number value) {
  std::string out(sizeof value, '\0');
  for (std::size_t i = 0; i < sizeof value; ++i)
    out[sizeof value - 1 - i] = static_cast<char>(value >> (8 * i) & 0xff);
  return out;
}

}  // namespace

crypto::ByteView view(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string to_string(crypto::ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string to_hex(crypto::ByteView bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const auto byte : bytes) {
    out.push_back(kDigits[byte >> 4]);
    out.push_back(kDigits[byte & 15]);
  }
  return out;
}

std::string encode_u32(std::uint32_t value) {
  return encode_big_endian(value);
}
std::string encode_u64(std::uint64_t value) {
  return encode_big_endian(value);
}

std::uint64_t decode_u64(std::string_view text) {
  if (text.size() != 8) return 0;
  std::uint64_t value = 0;
  for (const auto byte : view(text)) value = value << 8 | byte;
  return value;
}

std::int64_t to_ms(crypto::Instant at) {
  return at.time_since_epoch().count();
}
crypto::Instant from_ms(std::int64_t ms) {
  return crypto::Instant(std::chrono::milliseconds(ms));
}

}  // namespace holdspace::client
