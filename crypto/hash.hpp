// SHA-512, HMAC-SHA-256, BLAKE2b-256 and the domain labels. docs/protocol.md section 1.
#pragma once

#include <initializer_list>
#include <string_view>

#include "crypto/bytes.hpp"
#include "crypto/secret.hpp"

namespace holdspace::crypto {

// L(name): one length byte, then ASCII "holdspace/1/" + name. `name` is a literal of this code
// base, at most 200 bytes.
[[nodiscard]] ByteVector label(std::string_view name);

// H over the concatenation of `parts`. The caller gives each variable-size part its u32 length.
[[nodiscard]] Hash64 hash(std::initializer_list<ByteView> parts);
// H32: the first 32 bytes of H.
[[nodiscard]] Hash32 hash32(std::initializer_list<ByteView> parts);

// BLAKE2b-256: whether bytes are the same as those of before, for whoever keeps it to itself. Not a
// hash of the protocol and never on the wire; six times fewer instructions than H32.
[[nodiscard]] Hash32 fingerprint(ByteView bytes);

// HMAC-SHA-256 with a key of exactly 32 bytes.
[[nodiscard]] Bytes<32> mac(const Secret<32>& key, ByteView message);

// A stand-in for an id in logs: the first 16 bytes of mac(key, L("log/id") || id). A program draws
// a new key at each start, so pseudonyms of two runs cannot be linked.
[[nodiscard]] Bytes<16> pseudonym(const Secret<32>& run_key, ByteView id);

}  // namespace holdspace::crypto
