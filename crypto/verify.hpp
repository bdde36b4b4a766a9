// From received bytes to a statement that may be relied on. Only these functions make a
// Verified<T>, so code that takes one cannot be handed a statement that nobody checked. Pure: no
// storage, no clock; the caller passes what it has pinned. docs/protocol.md section 2, "acceptance
// rule".
#pragma once

#include <boost/system/result.hpp>
#include <utility>

#include "crypto/bytes.hpp"
#include "crypto/statement.hpp"

namespace holdspace::crypto {

// One person as this side knows them: pinned from an invite, or from a handshake that an invite's
// secret proved.
struct Pin {
  AccountId account_id{};
  AccountPublicKey account_key;
  friend bool operator==(const Pin&, const Pin&) = default;
};

template <class T>
class Verified {
 public:
  [[nodiscard]] const T& operator*() const { return value_; }
  [[nodiscard]] const T* operator->() const { return &value_; }
  // Statement hash of the body.
  [[nodiscard]] const Hash32& hash() const { return hash_; }
  // The Signed bytes as received: store and forward these, never a re-encoding.
  [[nodiscard]] const ByteVector& signed_bytes() const { return signed_bytes_; }

 private:
  friend struct Verifier;
  Verified(T value, Hash32 hash, ByteVector signed_bytes)
      : value_(std::move(value)), hash_(hash), signed_bytes_(std::move(signed_bytes)) {}
  T value_;
  Hash32 hash_;
  ByteVector signed_bytes_;
};

// Each takes the whole Signed bytes. Errors: StatementError, nothing else happens.
// Signed by the pinned account key and by the device itself.
[[nodiscard]] StatementResult<Verified<DeviceCert>> verify_device_cert(ByteView bytes,
                                                                       const Pin& pin);
// A certificate that the caller verified before it stored it: parsed, and no signature checked. For
// the gateway's login alone. It has nothing to check the account key against but the certificate
// itself, so a check there would pass for whatever somebody wrote into the store that is consistent
// in itself; clients verify with the key that they have pinned.
[[nodiscard]] StatementResult<Verified<DeviceCert>> trust_stored_device_cert(ByteView bytes);
[[nodiscard]] StatementResult<Verified<DeviceList>> verify_device_list(ByteView bytes,
                                                                       const Pin& pin);
// Signed by the device of `cert`, which the statement must name as its own or as its signer.
[[nodiscard]] StatementResult<Verified<PrekeySet>> verify_prekey_set(
    ByteView bytes, const Verified<DeviceCert>& cert);
[[nodiscard]] StatementResult<Verified<OneTimeKey>> verify_one_time_key(
    ByteView bytes, const Verified<DeviceCert>& cert);
[[nodiscard]] StatementResult<Verified<PolicyChange>> verify_policy_change(
    ByteView bytes, const Verified<DeviceCert>& cert);
[[nodiscard]] StatementResult<Verified<ContactAgreement>> verify_contact_agreement(
    ByteView bytes, const Verified<DeviceCert>& cert);

// Signed by the pinned organisation key, for the account and key that are held: wrong_signer when
// it is of another account or replaces another key, also when it was applied already.
[[nodiscard]] StatementResult<Verified<AccountReset>> verify_account_reset(
    ByteView bytes, const OrganisationPublicKey& pinned, const Pin& held);

// An account that nobody has pinned yet: the certificate is signed by the key inside it, and the
// list is epoch 1, signed by the same key, and names exactly this device. Says that the two belong
// together, not whose they are.
struct NewAccount {
  Verified<DeviceCert> cert;
  Verified<DeviceList> list;
};
[[nodiscard]] StatementResult<NewAccount> verify_new_account(ByteView cert_bytes,
                                                             ByteView list_bytes);

enum class SuccessionError {
  same,           // the very list that is held already: nothing to do
  other_account,  // of another account or account key
  stale,          // epoch not above the held one: an old list served again
  rewritten,      // a later list that brings a revoked device back, drops one without revoking it,
                  // or gives its number to another certificate
  broken_chain,   // epoch is the next one, and prev_hash names another list: the account's history
                  // was forked
  gap,            // epoch skips some: fetch the lists between and check them one by one
};
// Whether `next` follows `held` directly, and keeps what `held` says about its devices
// (section 4.2). A store that keeps one list per account accepts nothing else.
[[nodiscard]] boost::system::result<void, SuccessionError> check_succession(
    const Verified<DeviceList>& held, const Verified<DeviceList>& next);

// Which list a device was checked against.
struct ListRef {
  std::uint64_t epoch = 0;
  Hash32 hash{};
  friend bool operator==(const ListRef&, const ListRef&) = default;
};

// A device that its account's list names: the only kind that sessions are opened with.
class TrustedDevice {
 public:
  [[nodiscard]] const DeviceCert& cert() const { return *cert_; }
  [[nodiscard]] const Verified<DeviceCert>& verified_cert() const { return cert_; }
  [[nodiscard]] const ListRef& list() const { return list_; }
  [[nodiscard]] DeviceAddress address() const { return {cert_->account_id, cert_->device_id}; }

 private:
  friend struct Verifier;
  TrustedDevice(Verified<DeviceCert> cert, ListRef list) : cert_(std::move(cert)), list_(list) {}
  Verified<DeviceCert> cert_;
  ListRef list_;
};

enum class TrustError {
  other_account,  // certificate and list are of two accounts or account keys
  not_listed,     // the list does not name this certificate
  revoked,        // the list names the device as revoked
};
// `list` is the newest verified list of the account. Its valid_until is the caller's to judge: an
// expired list still carries urgent mail, with a warning (section 13 (5)).
[[nodiscard]] boost::system::result<TrustedDevice, TrustError> trust_device(
    const Verified<DeviceCert>& cert, const Verified<DeviceList>& list);

}  // namespace holdspace::crypto
