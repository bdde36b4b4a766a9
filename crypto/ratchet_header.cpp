#include "crypto/ratchet_header.hpp"

#include "crypto/aead.hpp"
#include "crypto/hash.hpp"
#include "crypto/layout.hpp"

namespace holdspace::crypto {
namespace {

ByteVector associated(const Hash64& transcript) {
  return Writer{}.bytes(label("dr/hdr")).bytes(transcript).take();
}

}  // namespace

ByteVector seal_header(const Secret<32>& key, const Hash64& transcript,
                       const RatchetHeader& header) {
  Writer out;
  out.u8(header.ciphertext ? 2 : 1).u8(0).u32(header.previous_count).u32(header.number);
  out.key(header.dh).key(header.ek);
  if (header.ciphertext) out.bytes(*header.ciphertext);
  return aead_seal(key, associated(transcript), out.take());
}

std::optional<SecretBytes> open_header(const Secret<32>& key, const Hash64& transcript,
                                       ByteView sealed) {
  return aead_open(key, associated(transcript), sealed);
}

std::optional<RatchetHeader> parse_header(ByteView plain) {
  Reader in(plain);
  const std::uint8_t type = in.u8();
  const std::uint8_t reserved = in.u8();
  RatchetHeader header;
  header.previous_count = in.u32();
  header.number = in.u32();
  header.dh = in.key<DhPublicKey<RatchetRole>>();
  header.ek = in.key<KemPublicKey<RatchetRole>>();
  if (type == 2) header.ciphertext = in.bytes<kKemCiphertextBytes>();
  if (!in.finish() || type < 1 || type > 2 || reserved != 0) return std::nullopt;
  return header;
}

}  // namespace holdspace::crypto
