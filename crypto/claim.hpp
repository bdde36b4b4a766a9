// Redeeming an invite, seen from the gateway: it proves itself (the caller has no pin yet and
// checks after opening the packet), and checks that the newcomer holds the invite. The invite's
// secret never comes here. docs/protocol.md 3.2; 3.3 has the same claim by a device that is logged
// in.
//
//   RedeemOpen{invite_id, client_nonce} -> {server_nonce, packet, gateway signature} ->
//   Redeem{cert, list, claim}
#pragma once

#include <boost/system/result.hpp>
#include <string>

#include "crypto/bytes.hpp"
#include "crypto/signing_key.hpp"
#include "crypto/verify.hpp"

namespace holdspace::crypto {

struct RedeemChallenge {
  InviteId invite_id{};
  Nonce client_nonce{};
  Nonce server_nonce{};  // fresh, lives in the connection's memory only
  std::string host;      // as the client dialled it
};

// Signature "gw-r" over invite_id || client_nonce || server_nonce || u32 length, host.
[[nodiscard]] Signature sign_redeem_challenge(const GatewayKey& key,
                                              const RedeemChallenge& challenge);
// The client: after opening the packet, with the gateway key that the packet names.
[[nodiscard]] bool verify_redeem_challenge(const GatewayPublicKey& key,
                                           const RedeemChallenge& challenge,
                                           const Signature& signature);

// Signature "claim" over invite_id || server_nonce || H(cert_bytes); cert_bytes are the whole
// Signed bytes.
[[nodiscard]] Signature sign_claim(const ClaimKey& key, const InviteId& invite_id,
                                   const Nonce& server_nonce, ByteView cert_bytes);

// Whether the holder of the invite's secret made `claim` over exactly these.
[[nodiscard]] bool verify_claim(const ClaimPublicKey& key, const InviteId& invite_id,
                                const Nonce& server_nonce, ByteView cert_bytes,
                                const Signature& claim);

struct Redeem {
  InviteId invite_id{};
  Nonce server_nonce{};
  ByteVector cert_bytes;
  ByteVector list_bytes;
  Signature claim{};
};
enum class ClaimError {
  bad_claim,  // not signed by the invite's key, for another invite, nonce or certificate: counts as
              // a failed try
  bad_account,  // certificate and list are malformed, badly signed, or do not belong together
};
// `claim_key` is what the inviter uploaded with the invite. Whether the account id is free is the
// store's question.
[[nodiscard]] boost::system::result<NewAccount, ClaimError> verify_redeem(
    const ClaimPublicKey& claim_key, const Redeem& redeem);

}  // namespace holdspace::crypto
