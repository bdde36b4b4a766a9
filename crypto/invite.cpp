// The secret behind an invite: what is derived from it. Its written form is in invite_code.cpp, the
// packet in invite_packet.cpp.
#include "crypto/invite.hpp"

#include "crypto/hash.hpp"
#include "crypto/kdf.hpp"
#include "crypto/random.hpp"

namespace holdspace::crypto {

InviteSecret InviteSecret::generate() {
  return from_bytes(random_secret<kInviteSecretBytes>());
}

InviteSecret InviteSecret::from_bytes(Secret<kInviteSecretBytes> bytes) {
  const Secret<32> prk = hkdf_extract(hash32({label("inv/salt")}), bytes.expose());
  return {std::move(bytes), prk};
}

InviteSecret::InviteSecret(Secret<kInviteSecretBytes> secret, const Secret<32>& prk)
    : secret_(std::move(secret)),
      id_(*to_bytes<16>(hkdf_expand<16>(prk, "inv/id").expose())),
      packet_key_(hkdf_expand<32>(prk, "inv/pkt")),
      psk_(hkdf_expand<32>(prk, "inv/psk")),
      claim_key_(ClaimKey::from_seed(hkdf_expand<32>(prk, "inv/claim"))) {}

Psk InviteSecret::psk() const {
  return {PskKind::invite, id_, psk_.clone()};
}

}  // namespace holdspace::crypto
