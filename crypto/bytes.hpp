// Byte and identifier types of the end-to-end protocol. Plain arrays, so that other rooms can use
// the same shapes (std::array<std::uint8_t, 16>) without including this header. docs/protocol.md
// section 1.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace holdspace::crypto {

template <std::size_t N>
using Bytes = std::array<std::uint8_t, N>;
using ByteVector = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

using AccountId = Bytes<16>;
using PracticeId = Bytes<16>;
using RelationshipId = Bytes<16>;
using MessageId = Bytes<16>;
using InviteId = Bytes<16>;
using SessionId = Bytes<16>;
// Numbered from 1 within an account; 0 never names a device.
using DeviceId = std::uint32_t;

using Nonce = Bytes<32>;      // login and claim nonces
using Signature = Bytes<64>;  // Ed25519
using Hash32 = Bytes<32>;     // first half of SHA-512
using Hash64 = Bytes<64>;     // SHA-512

// Milliseconds since 1970 UTC; on the wire a u64 below 2^48 (the year 10889), so that adding days
// cannot overflow.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

struct DeviceAddress {
  AccountId account_id{};
  DeviceId device_id = 0;
  friend bool operator==(const DeviceAddress&, const DeviceAddress&) = default;
};

// The one way from a view of unknown length to a fixed size; empty when the length is not exactly
// N.
template <std::size_t N>
[[nodiscard]] std::optional<Bytes<N>> to_bytes(ByteView view) {
  if (view.size() != N) return std::nullopt;
  Bytes<N> out;
  std::copy(view.begin(), view.end(), out.begin());
  return out;
}

}  // namespace holdspace::crypto
