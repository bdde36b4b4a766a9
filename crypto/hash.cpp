#include "crypto/hash.hpp"

#include <sodium.h>

#include "crypto/layout.hpp"

namespace holdspace::crypto {

ByteVector label(std::string_view name) {
  constexpr std::string_view kPrefix = "holdspace/1/";
  require(name.size() <= 200);
  return Writer{}
      .u8(static_cast<std::uint8_t>(kPrefix.size() + name.size()))
      .bytes(text_bytes(kPrefix))
      .bytes(text_bytes(name))
      .take();
}

Hash64 hash(std::initializer_list<ByteView> parts) {
  crypto_hash_sha512_state state;
  crypto_hash_sha512_init(&state);
  for (const ByteView part : parts) crypto_hash_sha512_update(&state, part.data(), part.size());
  Hash64 out;
  crypto_hash_sha512_final(&state, out.data());
  return out;
}

Hash32 hash32(std::initializer_list<ByteView> parts) {
  const Hash64 whole = hash(parts);
  Hash32 half;
  std::copy_n(whole.begin(), half.size(), half.begin());
  return half;
}

Hash32 fingerprint(ByteView bytes) {
  Hash32 out;
  crypto_generichash_blake2b(out.data(), out.size(), bytes.data(), bytes.size(), nullptr, 0);
  return out;
}

Bytes<32> mac(const Secret<32>& key, ByteView message) {
  Bytes<32> out;
  crypto_auth_hmacsha256(out.data(), message.data(), message.size(), key.expose().data());
  return out;
}

Bytes<16> pseudonym(const Secret<32>& run_key, ByteView id) {
  const Bytes<32> tag = mac(run_key, Writer{}.bytes(label("log/id")).bytes(id).take());
  Bytes<16> out;
  std::copy_n(tag.begin(), out.size(), out.begin());
  return out;
}

}  // namespace holdspace::crypto
