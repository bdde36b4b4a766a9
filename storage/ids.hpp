// Names of things in the store: random 128-bit ids as types that cannot be mixed up. They carry no
// personal fact, so that key names carry none either. Not their meaning: docs/glossary.md has it.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace holdspace::storage {

// 16 bytes. All zero is never the id of a thing; where a field may be absent it stands for "none".
template <class Tag>
struct Id {
  std::array<std::uint8_t, 16> bytes{};

  [[nodiscard]] bool is_none() const { return *this == Id{}; }
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 means the zero that `default` compares to
  friend auto operator<=>(const Id&, const Id&) = default;
};

using PracticeId = Id<struct PracticeTag>;
using AccountId = Id<struct AccountTag>;
using RelationshipId = Id<struct RelationshipTag>;
using InviteId = Id<struct InviteTag>;
using MessageId = Id<struct MessageTag>;
using GatewayId = Id<struct GatewayTag>;  // one run of one gateway process, drawn at its start
using SessionId = Id<struct SessionTag>;  // one login of one device, drawn by the gateway

// A device within its account; 0 never names a device.
struct DeviceRef {
  AccountId account;
  std::uint32_t device = 0;

  friend auto operator<=>(const DeviceRef&, const DeviceRef&) = default;
};

// From bytes of unknown length, such as a Protobuf field; nothing unless there are exactly 16.
template <class I>
[[nodiscard]] std::optional<I> parse_id(std::string_view bytes) {
  I id;
  if (bytes.size() != id.bytes.size()) return std::nullopt;
  std::memcpy(id.bytes.data(), bytes.data(), bytes.size());
  return id;
}

// The 16 bytes, for a Protobuf field or a record.
template <class Tag>
[[nodiscard]] std::string to_bytes(const Id<Tag>& id) {
  return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()};
}

// 32 lower-case hexadecimal digits: the form inside key names.
template <class Tag>
[[nodiscard]] std::string to_hex(const Id<Tag>& id) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(2 * id.bytes.size());
  for (const std::uint8_t byte : id.bytes) {
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 15U];
  }
  return out;
}

// The other way; nothing for any other text.
template <class I>
[[nodiscard]] std::optional<I> parse_hex_id(std::string_view text) {
  I id;
  if (text.size() != 2 * id.bytes.size()) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) return std::nullopt;
    std::uint8_t& byte = id.bytes[i / 2];
    byte = static_cast<std::uint8_t>((byte << 4) | digit);
  }
  return id;
}

}  // namespace holdspace::storage

// Ids are random, so any eight of their bytes are a hash.
template <class Tag>
struct std::hash<holdspace::storage::Id<Tag>> {
  std::size_t operator()(const holdspace::storage::Id<Tag>& id) const noexcept {
    std::size_t value = 0;
    std::memcpy(&value, id.bytes.data(), sizeof(value));
    return value;
  }
};

template <>
struct std::hash<holdspace::storage::DeviceRef> {
  std::size_t operator()(const holdspace::storage::DeviceRef& ref) const noexcept {
    return std::hash<holdspace::storage::AccountId>{}(ref.account) ^
           (std::size_t{ref.device} * 0x9E3779B97F4A7C15U);
  }
};
