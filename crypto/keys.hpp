// Secret halves of the device's keys, one type per role, and the device itself. All of them belong
// in the one sealed local store and are never backed up or synced (docs/protocol.md section 4.5):
// losing part means becoming a new device. X-Wing secrets exist only as 32-byte seeds; there is no
// way to import an expanded key.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "crypto/bytes.hpp"
#include "crypto/random.hpp"
#include "crypto/secret.hpp"
#include "crypto/signing_key.hpp"
#include "crypto/verify.hpp"
#include "crypto/x25519.hpp"
#include "crypto/xwing.hpp"

namespace holdspace::crypto {

template <class Role>
class DhKey {
 public:
  [[nodiscard]] static DhKey generate() { return from_secret(random_secret<32>()); }
  [[nodiscard]] static DhKey from_secret(Secret<32> secret) { return DhKey(std::move(secret)); }
  [[nodiscard]] const DhPublicKey<Role>& public_key() const { return public_; }
  // Empty when the other side's key is of low order: abort, the message is invalid.
  [[nodiscard]] std::optional<Secret<32>> agree(const Bytes<32>& other) const {
    return x25519(secret_, other);
  }
  [[nodiscard]] const Secret<32>& expose_secret() const { return secret_; }
  [[nodiscard]] DhKey clone() const { return DhKey(secret_.clone(), public_); }

 private:
  explicit DhKey(Secret<32> secret) : secret_(std::move(secret)), public_{x25519_public(secret_)} {}
  DhKey(Secret<32> secret, const DhPublicKey<Role>& known)
      : secret_(std::move(secret)), public_(known) {}
  Secret<32> secret_;
  DhPublicKey<Role> public_;
};

template <class Role>
class KemKey {
 public:
  [[nodiscard]] static KemKey generate() { return from_seed(random_secret<32>()); }
  [[nodiscard]] static KemKey from_seed(Secret<32> seed) { return KemKey(std::move(seed)); }
  [[nodiscard]] const KemPublicKey<Role>& public_key() const { return public_; }
  // Empty when the ciphertext's X25519 share is of low order: the message is invalid. A ciphertext
  // for another key gives another secret, not an error.
  [[nodiscard]] std::optional<Secret<32>> decapsulate(
      const Bytes<kKemCiphertextBytes>& ciphertext) const {
    return xwing_decapsulate(seed_, ciphertext);
  }
  [[nodiscard]] const Secret<32>& expose_seed() const { return seed_; }
  [[nodiscard]] KemKey clone() const { return KemKey(seed_.clone(), public_); }

 private:
  explicit KemKey(Secret<32> seed) : seed_(std::move(seed)), public_{xwing_public(seed_)} {}
  KemKey(Secret<32> seed, const KemPublicKey<Role>& known)
      : seed_(std::move(seed)), public_(known) {}
  Secret<32> seed_;
  KemPublicKey<Role> public_;
};

using DeviceDhKey = DhKey<DeviceDhRole>;

struct SignedPrekey {
  std::uint32_t id = 0;
  DhKey<SignedPrekeyRole> key;
};
struct LastResortPrekey {
  std::uint32_t id = 0;
  KemKey<LastResortRole> key;
};
struct OneTimePrekey {
  std::uint32_t id = 0;
  KemKey<OneTimeRole> key;
};

// This device: its secret keys, and its certificate as its own account's list names it.
struct LocalDevice {
  TrustedDevice trusted;
  Verified<DeviceList> list;
  DeviceSigningKey signing_key;
  DeviceDhKey dh_key;

  [[nodiscard]] DeviceAddress address() const { return trusted.address(); }
};

// A new person: account id and account key drawn here, device number 1, a certificate and a list of
// epoch 1. `account_key` is kept apart from the device (its own passphrase);
// `device.trusted.verified_cert().signed_bytes()` and `device.list.signed_bytes()` are what Redeem
// uploads. `now` is the client's clock.
struct Enrolment {
  AccountKey account_key;
  LocalDevice device;
};
[[nodiscard]] Enrolment enrol(Platform platform, Instant now);
// The same for an account that its practice resets (AccountReset in crypto/statement.hpp): a new
// account key and lists that begin again at epoch 1.
[[nodiscard]] Enrolment enrol_again(const AccountId& account_id, Platform platform, Instant now);

// A device from its parts: a new list of the account, a restart, a second device. Empty when
// certificate or list do not verify under `pin`, do not name each other, or the secret keys are not
// those of the certificate.
[[nodiscard]] std::optional<LocalDevice> assemble_local_device(const Pin& pin,
                                                               DeviceSigningKey signing_key,
                                                               DeviceDhKey dh_key,
                                                               ByteView cert_bytes,
                                                               ByteView list_bytes);

// For the sealed store. parse_local_device is empty when the bytes are not what encode_local_device
// made, or when the certificate and list in them do not verify.
[[nodiscard]] SecretBytes encode_local_device(const LocalDevice& device);
[[nodiscard]] std::optional<LocalDevice> parse_local_device(ByteView bytes);

// --- Prekeys (section 6) ---

inline constexpr std::size_t kOneTimeKeysTarget =
    50;  // specification, section 6: refill up to this many
inline constexpr std::size_t kOneTimeKeysRefillBelow = 20;  // specification, section 6

// The two keys of one PrekeySet. Keep a superseded pair until `expires_at`, then erase it.
struct PrekeyPair {
  SignedPrekey signed_prekey;
  LastResortPrekey last_resort;
  Instant created_at{};
  Instant expires_at{};  // created_at + 30 d; make the next pair after kPrekeyRotation
};
struct NewPrekeys {
  PrekeyPair secrets;
  ByteVector signed_set;  // PrekeySet, to upload
};
struct NewOneTimeKey {
  OneTimePrekey secret;
  ByteVector signed_key;  // OneTimeKey, to upload
};
// `id` names both keys of the pair and must not have been used by this device before; count up.
[[nodiscard]] NewPrekeys make_prekeys(const LocalDevice& device, std::uint32_t id, Instant now);
// Ids first_id, first_id + 1, ... Persist the secrets before the upload. 50 keys take 6 ms and 66
// KB.
[[nodiscard]] std::vector<NewOneTimeKey> make_one_time_keys(const LocalDevice& device,
                                                            std::uint32_t first_id,
                                                            std::size_t count, Instant now);

// For the sealed store; parsing is empty for anything but these encodings.
[[nodiscard]] SecretBytes encode_prekey_pair(const PrekeyPair& pair);
[[nodiscard]] std::optional<PrekeyPair> parse_prekey_pair(ByteView bytes);
[[nodiscard]] SecretBytes encode_one_time_prekey(const OneTimePrekey& key);
[[nodiscard]] std::optional<OneTimePrekey> parse_one_time_prekey(ByteView bytes);

}  // namespace holdspace::crypto
