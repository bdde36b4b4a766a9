#include "crypto/recovery.hpp"

#include "crypto/aead.hpp"
#include "crypto/device_list.hpp"
#include "crypto/hash.hpp"
#include "crypto/kdf.hpp"
#include "crypto/layout.hpp"

namespace holdspace::crypto {
namespace {

constexpr CodeShape kRecoveryCode{kRecoverySecretBytes, 4, 4, "rec/check"};
constexpr std::uint8_t kVaultVersion = 1;

ByteVector associated(const RecoverySecret& secret) {
  return Writer{}.bytes(label("rec/vault")).bytes(secret.id()).take();
}

}  // namespace

RecoverySecret RecoverySecret::generate() {
  return from_bytes(random_secret<kRecoverySecretBytes>());
}

RecoverySecret RecoverySecret::from_bytes(Secret<kRecoverySecretBytes> bytes) {
  const Secret<32> prk = hkdf_extract(hash32({label("rec/salt")}), bytes.expose());
  return {std::move(bytes), prk};
}

RecoverySecret::RecoverySecret(Secret<kRecoverySecretBytes> secret, const Secret<32>& prk)
    : secret_(std::move(secret)),
      id_(*to_bytes<16>(hkdf_expand<16>(prk, "rec/id").expose())),
      key_(hkdf_expand<32>(prk, "rec/key")) {}

SecretBytes RecoverySecret::code() const {
  return write_code(kRecoveryCode, secret_.expose());
}

boost::system::result<RecoverySecret, CodeError> parse_recovery_code(std::string_view text) {
  const auto value = read_code(kRecoveryCode, text);
  if (!value) return value.error();
  return RecoverySecret::from_bytes(
      Secret<kRecoverySecretBytes>(std::span<const std::uint8_t, kRecoverySecretBytes>(*value)));
}

ByteVector seal_recovery_vault(const RecoverySecret& secret, const RecoveryVault& vault) {
  SecretWriter out;
  out.u8(kVaultVersion).bytes(vault.account_id).secret(vault.account_key.expose_seed());
  out.u64(vault.list.epoch).bytes(vault.list.hash).u8(vault.organisation_key ? 1 : 0);
  out.secret(vault.organisation_key ? vault.organisation_key->expose_seed().clone() : Secret<32>());
  write_pins(out, vault.pins);
  ByteVector sealed = aead_seal(secret.key(), associated(secret), out.take());
  require(sealed.size() <= kRecoveryVaultBytesMax);
  return sealed;
}

boost::system::result<RecoveryVault, VaultError> open_recovery_vault(const RecoverySecret& secret,
                                                                     ByteView sealed) {
  if (sealed.size() > kRecoveryVaultBytesMax) return VaultError::malformed;
  const auto plain = aead_open(secret.key(), associated(secret), sealed);
  if (!plain) return VaultError::wrong_code;
  Reader in(*plain);
  if (in.u8() != kVaultVersion) in.fail();
  const auto account_id = in.bytes<16>();
  Secret<32> account_seed = in.secret<32>();
  ListRef list;
  list.epoch = in.u64();
  list.hash = in.bytes<32>();
  const std::uint8_t has_organisation = in.u8();
  Secret<32> organisation_seed = in.secret<32>();
  Pins pins = read_pins(in);
  const bool none = has_organisation == 0 && organisation_seed.equals(Secret<32>());
  if (list.epoch == 0 || !(none || has_organisation == 1)) in.fail();
  if (!in.finish()) return VaultError::malformed;
  std::optional<OrganisationKey> organisation_key;
  if (has_organisation == 1) {
    organisation_key = OrganisationKey::from_seed(std::move(organisation_seed));
  }
  return RecoveryVault{account_id, AccountKey::from_seed(std::move(account_seed)), list,
                       std::move(organisation_key), std::move(pins)};
}

boost::system::result<Restored, RestoreError> restore_device(const RecoveryVault& vault,
                                                             const Verified<DeviceList>& newest,
                                                             Platform platform, Instant now) {
  const Pin pin = vault.pin();
  if (Pin{newest->account_id, newest->account_key} != pin) return RestoreError::other_account;
  if (newest->epoch < vault.list.epoch) return RestoreError::older_list;
  if (newest->epoch == vault.list.epoch && newest.hash() != vault.list.hash) {
    return RestoreError::forked_list;
  }
  std::vector<DeviceId> lost;
  for (const ActiveDevice& device : newest->active) lost.push_back(device.device_id);
  auto list = list_without_devices(newest, lost, RevokeReason::lost, now);
  const DeviceId device_id = next_device_id(*newest);
  if (!list || device_id == 0) return RestoreError::list_full;

  auto signing_key = DeviceSigningKey::generate();
  auto dh_key = DeviceDhKey::generate();
  DeviceCert cert;
  cert.account_id = pin.account_id;
  cert.device_id = device_id;
  cert.account_key = pin.account_key;
  cert.signing_key = signing_key.public_key();
  cert.dh_key = dh_key.public_key();
  cert.platform = platform;
  cert.created_at = now;
  list->active = {{device_id, statement_hash(StatementType::device_cert, encode_body(cert))}};
  const ByteVector cert_bytes = sign_device_cert(cert, vault.account_key, signing_key);
  auto device = assemble_local_device(pin, std::move(signing_key), std::move(dh_key), cert_bytes,
                                      sign_device_list(*list, vault.account_key));
  require(device.has_value());
  return Restored{std::move(*device)};
}

}  // namespace holdspace::crypto
