// Restoring an account, seen from the gateway: the account key itself says that this device and
// this list come now. The recovery code and the vault's content never come here. docs/protocol.md
// section 4.4.
//
// The connection begins as a redeeming does: the client names the vault's id and a nonce, the
// gateway answers with the vault and its own nonce, signed as a RedeemChallenge whose invite_id is
// the vault's id; the client checks that with the gateway key inside the vault.
#pragma once

#include <boost/system/result.hpp>

#include "crypto/bytes.hpp"
#include "crypto/signing_key.hpp"
#include "crypto/verify.hpp"

namespace holdspace::crypto {

struct RecoveryClaim {
  AccountId account_id{};
  Nonce server_nonce{};   // fresh, lives in the connection's memory only
  ByteVector cert_bytes;  // the whole Signed bytes
  ByteVector list_bytes;  // the whole Signed bytes
  Signature claim{};
};

// Signature "recover" over account_id || server_nonce || H(cert_bytes) || H(list_bytes); the claim
// field is not read.
[[nodiscard]] Signature sign_recovery_claim(const AccountKey& key, const RecoveryClaim& claim);

enum class RecoveryClaimError {
  bad_claim,      // not signed by the account's key, or for another account or nonce
  bad_statement,  // certificate or list are malformed or badly signed, or do not belong together
  not_following,  // the list does not follow the stored one: fetch it and restore again
  not_alone,      // another device than this one is active in the list
};

// What the store has to take in one step; all other devices lose their access in it.
struct RecoveredDevice {
  Verified<DeviceCert> cert;
  Verified<DeviceList> list;
};
// `held` is the stored list; its account and key are the stored ones.
[[nodiscard]] boost::system::result<RecoveredDevice, RecoveryClaimError> verify_recovery_claim(
    const Verified<DeviceList>& held, const RecoveryClaim& claim);

}  // namespace holdspace::crypto
