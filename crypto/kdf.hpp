// HKDF-SHA-256 in the one form the protocol uses: salt and PRK of exactly 32 bytes. Room-internal.
// RFC 5869; docs/protocol.md section 1.
#pragma once

#include <string_view>

#include "crypto/bytes.hpp"
#include "crypto/hash.hpp"
#include "crypto/layout.hpp"
#include "crypto/secret.hpp"

namespace holdspace::crypto {

[[nodiscard]] Secret<32> hkdf_extract(std::span<const std::uint8_t, 32> salt, ByteView ikm);

// Fills `out`, 1 to 8160 bytes, for this info.
void hkdf_expand_into(const Secret<32>& prk, ByteView info, std::span<std::uint8_t> out);

// Expand(prk, L(name) || context, N).
template <std::size_t N>
[[nodiscard]] Secret<N> hkdf_expand(const Secret<32>& prk, std::string_view name,
                                    ByteView context = {}) {
  static_assert(N >= 1 && N <= 255 * 32);
  Secret<N> out;
  hkdf_expand_into(prk, Writer{}.bytes(label(name)).bytes(context).take(), out.overwrite());
  return out;
}

// The i-th 32 bytes of a longer output, as a key of its own.
template <std::size_t N>
[[nodiscard]] Secret<32> key_at(const Secret<N>& keys, std::size_t index) {
  require(32 * (index + 1) <= N);
  return Secret<32>(std::span<const std::uint8_t, 32>(keys.expose().data() + 32 * index, 32));
}

}  // namespace holdspace::crypto
