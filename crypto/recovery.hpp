// Coming back after every device is lost: 20 random bytes on paper, and a sealed vault that the
// server keeps for whoever holds them. The vault has the account key and pins, and nothing of a
// device: restoring always makes another device and revokes those that were. Pure.
// docs/protocol.md sections 4.4, 4.5.
//
// Writing:   RecoverySecret s = RecoverySecret::generate(); show s.code() once, to be put on paper;
//            upload s.id(), seal_recovery_vault(s, vault), and upload again whenever list or pins
//            change. The device keeps s in its sealed store for that; AK has to be unlocked.
// Restoring: parse_recovery_code(typed); ask the server for s->id(); open_recovery_vault; fetch the
//            account's newest list, verify_device_list under vault.pin(); restore_device; then
//            prove it to the gateway (crypto/recovery_claim.hpp), which stores certificate and
//            list.
#pragma once

#include <boost/system/result.hpp>
#include <optional>
#include <string_view>

#include "crypto/bytes.hpp"
#include "crypto/keys.hpp"
#include "crypto/pins.hpp"
#include "crypto/secret.hpp"
#include "crypto/signing_key.hpp"
#include "crypto/verify.hpp"
#include "crypto/written_code.hpp"

namespace holdspace::crypto {

inline constexpr std::size_t kRecoverySecretBytes = 20;  // specification, section 4.4: 160 bits
// Ours: above the fixed fields and kPinsBytesMax.
inline constexpr std::size_t kRecoveryVaultBytesMax = 131'072;

using RecoveryId = Bytes<16>;

class RecoverySecret {
 public:
  [[nodiscard]] static RecoverySecret generate();
  [[nodiscard]] static RecoverySecret from_bytes(Secret<kRecoverySecretBytes> bytes);

  // The public handle, Expand(prk, L("rec/id"), 16) with prk = Extract(H32(L("rec/salt")), secret).
  [[nodiscard]] const RecoveryId& id() const { return id_; }
  // Expand(prk, L("rec/key"), 32).
  [[nodiscard]] const Secret<32>& key() const { return key_; }
  // 9 groups of 4 with '-' between them, Crockford base32: 32 characters of secret and 4 of
  // checksum, 20 bits of H(L("rec/check") || secret). Whoever reads it *is* the account: show it
  // once, never log it.
  [[nodiscard]] SecretBytes code() const;
  // For the sealed store.
  [[nodiscard]] const Secret<kRecoverySecretBytes>& expose() const { return secret_; }

 private:
  RecoverySecret(Secret<kRecoverySecretBytes> secret, const Secret<32>& prk);
  Secret<kRecoverySecretBytes> secret_;
  RecoveryId id_{};
  Secret<32> key_;
};

// Accepts either case, and spaces or dashes anywhere. Errors: see crypto/written_code.hpp; a
// recovery code has 36 characters.
[[nodiscard]] boost::system::result<RecoverySecret, CodeError> parse_recovery_code(
    std::string_view text);

struct RecoveryVault {
  AccountId account_id{};
  AccountKey account_key;
  ListRef list;                                     // the newest list when the vault was written
  std::optional<OrganisationKey> organisation_key;  // of the admin who holds it
  Pins pins;

  [[nodiscard]] Pin pin() const { return {account_id, account_key.public_key()}; }
};

// AEAD(rec/key, ad = L("rec/vault") || rec/id, plain); plain: u8 1 | account_id 16 | AK seed 32 |
// list epoch u64, hash 32 | u8 0 or 1, OK seed 32 (zeros for 0) | pins (crypto/pins.hpp).
[[nodiscard]] ByteVector seal_recovery_vault(const RecoverySecret& secret,
                                             const RecoveryVault& vault);

enum class VaultError {
  wrong_code,  // does not open: another code's vault, or altered bytes
  malformed,   // opens, but is no vault of this version
};
[[nodiscard]] boost::system::result<RecoveryVault, VaultError> open_recovery_vault(
    const RecoverySecret& secret, ByteView sealed);

// A restored account on this device. Publish `device`'s certificate and list; every other device of
// the account is revoked in it as lost.
struct Restored {
  LocalDevice device;

  [[nodiscard]] const ByteVector& cert() const {
    return device.trusted.verified_cert().signed_bytes();
  }
  [[nodiscard]] const ByteVector& list() const { return device.list.signed_bytes(); }
};

enum class RestoreError {
  other_account,  // the list is not of the vault's account and key
  older_list,     // below the epoch that the vault knows: the server hides a list
  forked_list,    // of that epoch, and another: two lists of one epoch exist
  list_full,  // no number or no room among the revoked left: the practice has to reset the account
};
// `newest` is what the server says is the newest list. Draws the device's keys.
[[nodiscard]] boost::system::result<Restored, RestoreError> restore_device(
    const RecoveryVault& vault, const Verified<DeviceList>& newest, Platform platform, Instant now);

}  // namespace holdspace::crypto
