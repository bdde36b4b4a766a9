#include "crypto/claim.hpp"

#include "crypto/hash.hpp"
#include "crypto/layout.hpp"

namespace holdspace::crypto {
namespace {

ByteVector challenge_body(const RedeemChallenge& challenge) {
  return Writer{}
      .bytes(challenge.invite_id)
      .bytes(challenge.client_nonce)
      .bytes(challenge.server_nonce)
      .prefixed(text_bytes(challenge.host))
      .take();
}

ByteVector claim_body(const InviteId& invite_id, const Nonce& server_nonce, ByteView cert_bytes) {
  return Writer{}.bytes(invite_id).bytes(server_nonce).bytes(hash({cert_bytes})).take();
}

}  // namespace

Signature sign_redeem_challenge(const GatewayKey& key, const RedeemChallenge& challenge) {
  return key.sign("gw-r", challenge_body(challenge));
}

bool verify_redeem_challenge(const GatewayPublicKey& key, const RedeemChallenge& challenge,
                             const Signature& signature) {
  return verify_signature(key, "gw-r", challenge_body(challenge), signature);
}

Signature sign_claim(const ClaimKey& key, const InviteId& invite_id, const Nonce& server_nonce,
                     ByteView cert_bytes) {
  return key.sign("claim", claim_body(invite_id, server_nonce, cert_bytes));
}

bool verify_claim(const ClaimPublicKey& key, const InviteId& invite_id, const Nonce& server_nonce,
                  ByteView cert_bytes, const Signature& claim) {
  return verify_signature(key, "claim", claim_body(invite_id, server_nonce, cert_bytes), claim);
}

boost::system::result<NewAccount, ClaimError> verify_redeem(const ClaimPublicKey& claim_key,
                                                            const Redeem& redeem) {
  if (!verify_claim(claim_key, redeem.invite_id, redeem.server_nonce, redeem.cert_bytes,
                    redeem.claim)) {
    return ClaimError::bad_claim;
  }
  auto account = verify_new_account(redeem.cert_bytes, redeem.list_bytes);
  if (!account) return ClaimError::bad_account;
  return std::move(*account);
}

}  // namespace holdspace::crypto
