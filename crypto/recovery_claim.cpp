#include "crypto/recovery_claim.hpp"

#include "crypto/hash.hpp"
#include "crypto/layout.hpp"

namespace holdspace::crypto {
namespace {

ByteVector claim_body(const RecoveryClaim& claim) {
  return Writer{}
      .bytes(claim.account_id)
      .bytes(claim.server_nonce)
      .bytes(hash({claim.cert_bytes}))
      .bytes(hash({claim.list_bytes}))
      .take();
}

}  // namespace

Signature sign_recovery_claim(const AccountKey& key, const RecoveryClaim& claim) {
  return key.sign("recover", claim_body(claim));
}

boost::system::result<RecoveredDevice, RecoveryClaimError> verify_recovery_claim(
    const Verified<DeviceList>& held, const RecoveryClaim& claim) {
  const Pin pin{held->account_id, held->account_key};
  if (claim.account_id != pin.account_id ||
      !verify_signature(pin.account_key, "recover", claim_body(claim), claim.claim)) {
    return RecoveryClaimError::bad_claim;
  }
  const auto cert = verify_device_cert(claim.cert_bytes, pin);
  const auto list = verify_device_list(claim.list_bytes, pin);
  if (!cert || !list || !trust_device(*cert, *list)) return RecoveryClaimError::bad_statement;
  if (!check_succession(held, *list)) return RecoveryClaimError::not_following;
  if ((*list)->active.size() != 1) return RecoveryClaimError::not_alone;
  return RecoveredDevice{*cert, *list};
}

}  // namespace holdspace::crypto
