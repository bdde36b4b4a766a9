// HS: 1396 bytes in a fixed order. docs/protocol.md section 7.
#include "crypto/handshake.hpp"
#include "crypto/hash.hpp"
#include "crypto/layout.hpp"

namespace holdspace::crypto {

Bytes<kHandshakeBytes> encode_handshake(const Handshake& handshake) {
  Writer out;
  out.u16(kSuite).bytes(handshake.from_account).u32(handshake.from_device);
  out.key(handshake.from_account_key).key(handshake.from_signing_key).key(handshake.from_dh_key);
  out.u64(handshake.from_list.epoch).bytes(handshake.from_list.hash);
  out.bytes(handshake.to_account).u32(handshake.to_device);
  out.u64(handshake.to_list.epoch).bytes(handshake.to_list.hash);
  out.u32(handshake.signed_prekey_id).u8(static_cast<std::uint8_t>(handshake.kem_kind));
  out.u32(handshake.kem_id).bytes(handshake.ephemeral_key).bytes(handshake.ciphertext);
  out.u8(static_cast<std::uint8_t>(handshake.psk_kind)).bytes(handshake.psk_id);
  return *to_bytes<kHandshakeBytes>(out.take());
}

std::optional<Handshake> parse_handshake(ByteView bytes) {
  Reader in(bytes);
  const std::uint16_t suite = in.u16();
  Handshake handshake;
  handshake.from_account = in.bytes<16>();
  handshake.from_device = in.u32();
  handshake.from_account_key = in.key<AccountPublicKey>();
  handshake.from_signing_key = in.key<DeviceSigningPublicKey>();
  handshake.from_dh_key = in.key<DeviceDhPublicKey>();
  handshake.from_list.epoch = in.u64();
  handshake.from_list.hash = in.bytes<32>();
  handshake.to_account = in.bytes<16>();
  handshake.to_device = in.u32();
  handshake.to_list.epoch = in.u64();
  handshake.to_list.hash = in.bytes<32>();
  handshake.signed_prekey_id = in.u32();
  const std::uint8_t kem_kind = in.u8();
  handshake.kem_kind = static_cast<KemKind>(kem_kind);
  handshake.kem_id = in.u32();
  handshake.ephemeral_key = in.bytes<32>();
  handshake.ciphertext = in.bytes<kKemCiphertextBytes>();
  const std::uint8_t psk_kind = in.u8();
  handshake.psk_kind = static_cast<PskKind>(psk_kind);
  handshake.psk_id = in.bytes<16>();
  const bool known = suite == kSuite && kem_kind >= 1 && kem_kind <= 2 && psk_kind <= 2;
  const bool psk_fits = psk_kind != 0 || handshake.psk_id == Bytes<16>{};
  if (!in.finish() || !known || !psk_fits) return std::nullopt;
  return handshake;
}

Hash32 replay_tag(const Handshake& handshake) {
  return hash32({handshake.ephemeral_key, handshake.ciphertext});
}

}  // namespace holdspace::crypto
