// The one binary layout of the protocol: fixed-size fields in order, big-endian integers, u32
// lengths and counts in front of everything of variable size. Room-internal. docs/protocol.md
// section 1.
#pragma once

#include <boost/throw_exception.hpp>
#include <stdexcept>
#include <string_view>

#include "crypto/bytes.hpp"
#include "crypto/public_keys.hpp"
#include "crypto/secret.hpp"

namespace holdspace::crypto {

inline constexpr std::uint64_t kInstantEnd = std::uint64_t{1}
                                             << 48;  // ours: see Instant in bytes.hpp

// Stays on in release builds: a caller broke a rule that the header states.
inline void require(bool holds) {
  if (!holds)
    boost::throw_exception(std::logic_error("crypto: a rule of the interface was broken"));
}

[[nodiscard]] inline ByteView text_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

template <class Buffer>
class BasicWriter {
 public:
  BasicWriter& u8(std::uint8_t value) { return integer(value, 1); }
  BasicWriter& u16(std::uint16_t value) { return integer(value, 2); }
  BasicWriter& u32(std::uint32_t value) { return integer(value, 4); }
  BasicWriter& u64(std::uint64_t value) { return integer(value, 8); }
  BasicWriter& instant(Instant value) {
    const auto ms = static_cast<std::uint64_t>(value.time_since_epoch().count());
    require(ms < kInstantEnd);
    return u64(ms);
  }
  BasicWriter& bytes(ByteView view) {
    out_.insert(out_.end(), view.begin(), view.end());
    return *this;
  }
  template <class Role, std::size_t N>
  BasicWriter& key(const PublicKey<Role, N>& key) {
    return bytes(key.bytes);
  }
  template <std::size_t N>
  BasicWriter& secret(const Secret<N>& secret) {
    return bytes(secret.expose());
  }
  BasicWriter& count(std::size_t value) {
    require(value <= UINT32_MAX);
    return u32(static_cast<std::uint32_t>(value));
  }
  BasicWriter& prefixed(ByteView view) { return count(view.size()).bytes(view); }
  [[nodiscard]] Buffer take() { return std::move(out_); }

 private:
  BasicWriter& integer(std::uint64_t value, unsigned size) {
    for (unsigned i = size; i-- > 0;) out_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    return *this;
  }
  Buffer out_;
};

using Writer = BasicWriter<ByteVector>;
using SecretWriter = BasicWriter<SecretBytes>;

// Reads front to back. After the first short read every value is zero and finish() is false, so a
// parser checks once.
class Reader {
 public:
  explicit Reader(ByteView bytes) : rest_(bytes) {}
  std::uint8_t u8() { return static_cast<std::uint8_t>(integer(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(integer(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(integer(4)); }
  std::uint64_t u64() { return integer(8); }
  Instant instant();
  template <std::size_t N>
  Bytes<N> bytes() {
    Bytes<N> out{};
    const ByteView view = take(N);
    std::copy(view.begin(), view.end(), out.begin());
    return out;
  }
  template <class Key>
  Key key() {
    return Key{bytes<std::tuple_size_v<decltype(Key::bytes)>>()};
  }
  template <std::size_t N>
  Secret<N> secret() {
    Secret<N> out;
    const ByteView view = take(N);
    std::copy(view.begin(), view.end(), out.overwrite().begin());
    return out;
  }
  // A u32 length of at most `bytes_max` and that many bytes; the view is into the input.
  ByteView prefixed(std::size_t bytes_max);
  // A u32 count of at most `max`; anything above fails the reader and gives 0, so a loop over it
  // ends at once.
  std::size_t count(std::size_t max);
  // For a rule of the format that the fields read so far break.
  void fail() { ok_ = false; }
  [[nodiscard]] bool ok() const { return ok_; }
  // Everything was read, and nothing failed.
  [[nodiscard]] bool finish() const { return ok_ && rest_.empty(); }

 private:
  ByteView take(std::size_t size);
  std::uint64_t integer(std::size_t size);
  ByteView rest_;
  bool ok_ = true;
};

// Well-formed UTF-8 (no surrogates, no overlong forms) without control characters (U+0000..1F,
// U+007F..9F), so that a name from another device cannot steer a terminal.
[[nodiscard]] bool is_plain_text(std::string_view text);

}  // namespace holdspace::crypto
