// Signed statements and their one canonical layout; here the seven of people: what devices and
// prekeys claim to be, what an account says about a policy or a contact agreement, and what a
// practice says about an account. Parsing here says only that the bytes are well formed; whether to
// believe them is crypto/verify.hpp. docs/protocol.md section 2.
#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <vector>

#include "crypto/bytes.hpp"
#include "crypto/public_keys.hpp"
#include "crypto/signing_key.hpp"

namespace holdspace::crypto {

inline constexpr std::uint16_t kSuite = 1;  // specification, section 1: the whole set of primitives
inline constexpr auto kDeviceListLife = std::chrono::days{30};  // specification, section 2
inline constexpr auto kPrekeyLife = std::chrono::days{30};      // specification, section 2
inline constexpr auto kPrekeyRotation = std::chrono::days{7};   // specification, section 2
// Ours: a person has a few devices; the bound keeps a fan-out and a list small.
inline constexpr std::size_t kActiveDevicesMax = 16;
// Ours: revoked devices are never forgotten; one a month for twenty years fits.
inline constexpr std::size_t kRevokedDevicesMax = 256;
inline constexpr std::size_t kSuitesMax = 8;                 // ours: one exists
inline constexpr std::size_t kStatementBodyBytesMax = 8192;  // ours: above the largest list
inline constexpr std::size_t kStatementBytesMax = kStatementBodyBytesMax + 2 + 4 + 4 + 2 * 64;

enum class StatementType : std::uint16_t {
  device_cert = 1,
  device_list = 2,
  prekey_set = 3,
  one_time_key = 4,
  policy_change = 5,
  contact_agreement = 6,
  account_reset = 7,
  // Each in a header of its own.
  escalation_set = 16,
  roster = 17,
  tree_head = 18,
  record_export = 19,
};

enum class Platform : std::uint8_t { native = 1, browser = 2 };

// Ours: why a device was revoked, shown to peers.
enum class RevokeReason : std::uint8_t { removed = 1, lost = 2, compromised = 3 };

struct DeviceCert {
  AccountId account_id{};
  DeviceId device_id = 0;  // >= 1
  AccountPublicKey account_key;
  DeviceSigningPublicKey signing_key;
  DeviceDhPublicKey dh_key;
  Platform platform = Platform::native;
  std::vector<std::uint16_t> suites{kSuite};  // ascending, 1..kSuitesMax of them
  Instant created_at{};
  friend bool operator==(const DeviceCert&, const DeviceCert&) = default;
};

struct ActiveDevice {
  DeviceId device_id = 0;
  Hash32 cert_hash{};  // statement hash of its DeviceCert
  friend bool operator==(const ActiveDevice&, const ActiveDevice&) = default;
};

struct RevokedDevice {
  DeviceId device_id = 0;
  Instant at{};
  RevokeReason reason = RevokeReason::removed;
  friend bool operator==(const RevokedDevice&, const RevokedDevice&) = default;
};

struct DeviceList {
  AccountId account_id{};
  AccountPublicKey account_key;
  std::uint64_t epoch = 1;  // 1, 2, 3...
  Hash32 prev_hash{};       // statement hash of the list before; zeros exactly when epoch is 1
  Instant issued_at{};
  Instant valid_until{};               // in (issued_at, issued_at + 30 d]
  std::vector<ActiveDevice> active;    // ascending device_id, at most kActiveDevicesMax
  std::vector<RevokedDevice> revoked;  // ascending device_id, none of them active
  friend bool operator==(const DeviceList&, const DeviceList&) = default;
};

struct PrekeySet {
  AccountId account_id{};
  DeviceId device_id = 0;
  std::uint32_t signed_prekey_id = 0;
  SignedPrekeyPublicKey signed_prekey;
  std::uint32_t last_resort_id = 0;
  LastResortPublicKey last_resort_key;
  Instant created_at{};
  Instant expires_at{};  // in (created_at, created_at + 30 d]
  friend bool operator==(const PrekeySet&, const PrekeySet&) = default;
};

struct OneTimeKey {
  AccountId account_id{};
  DeviceId device_id = 0;
  std::uint32_t one_time_key_id = 0;
  OneTimePublicKey key;
  Instant created_at{};
  friend bool operator==(const OneTimeKey&, const OneTimeKey&) = default;
};

// "Version `version` of the owner's policy is this document." Whether the signer may say so about
// that owner is the caller's to judge.
struct PolicyChange {
  AccountId owner{};          // whose policy it is; zeros: the practice's default
  std::uint64_t version = 1;  // 1, 2, 3...
  Hash32 document_hash{};     // policy_document_hash()
  AccountId account_id{};     // the signer
  DeviceId device_id = 0;     // the signer's, >= 1
  Instant at{};
  friend bool operator==(const PolicyChange&, const PolicyChange&) = default;
};

// "I agree to this text for this relationship." Whether the signer is one of its two people is the
// caller's to judge.
struct ContactAgreement {
  RelationshipId relationship_id{};
  Hash32 agreement_hash{};  // agreement_hash() of the text
  AccountId account_id{};   // the signer
  DeviceId device_id = 0;   // the signer's, >= 1
  Instant signed_at{};
  friend bool operator==(const ContactAgreement&, const ContactAgreement&) = default;
};

// "We know this person again; their account has this key from here on." For somebody who has
// neither a device nor the recovery code left. It names the key that it replaces, so that an older
// reset cannot be shown again. What a peer does with it: after_reset() in crypto/contact.hpp.
struct AccountReset {
  AccountId account_id{};
  AccountPublicKey old_key;  // the one that peers have pinned
  AccountPublicKey new_key;  // another one
  Instant at{};
  friend bool operator==(const AccountReset&, const AccountReset&) = default;
};

// Signed{type, body, signatures}: u16 type | u32 length, body | u32 count, 64 bytes each.
struct Signed {
  StatementType type = StatementType::device_cert;
  ByteVector body;
  std::vector<Signature> signatures;  // DeviceCert two (account, then device), all others one
  friend bool operator==(const Signed&, const Signed&) = default;
};

enum class StatementError {
  malformed,      // not the canonical layout: too short, too long, out of order, out of range
  wrong_type,     // a well-formed statement of another type or with a wrong number of signatures
  wrong_signer,   // names another account, account key or device than the one it is checked against
  bad_signature,  // a signature does not verify
};

template <class T>
using StatementResult = boost::system::result<T, StatementError>;

[[nodiscard]] ByteVector encode_signed(const Signed& statement);
[[nodiscard]] StatementResult<Signed> parse_signed(ByteView bytes);

// H32(L("st/<type>") || body): the hash by which lists, handshakes and logs name a statement.
[[nodiscard]] Hash32 statement_hash(StatementType type, ByteView body);

// H32(L("policy") || document): what a PolicyChange names. `document` is the stored bytes of the
// version, never a re-encoding.
[[nodiscard]] Hash32 policy_document_hash(ByteView document);
// H32(L("agreement") || binding_text): what a ContactAgreement names. `binding_text` is the UTF-8
// bytes of the agreement's binding part.
[[nodiscard]] Hash32 agreement_hash(ByteView binding_text);

// Bodies. encode_body asserts the ranges that the structs above state.
[[nodiscard]] ByteVector encode_body(const DeviceCert& cert);
[[nodiscard]] ByteVector encode_body(const DeviceList& list);
[[nodiscard]] ByteVector encode_body(const PrekeySet& set);
[[nodiscard]] ByteVector encode_body(const OneTimeKey& key);
[[nodiscard]] ByteVector encode_body(const PolicyChange& change);
[[nodiscard]] ByteVector encode_body(const ContactAgreement& agreement);
[[nodiscard]] ByteVector encode_body(const AccountReset& reset);
[[nodiscard]] StatementResult<DeviceCert> parse_device_cert(ByteView body);
[[nodiscard]] StatementResult<DeviceList> parse_device_list(ByteView body);
[[nodiscard]] StatementResult<PrekeySet> parse_prekey_set(ByteView body);
[[nodiscard]] StatementResult<OneTimeKey> parse_one_time_key(ByteView body);
[[nodiscard]] StatementResult<PolicyChange> parse_policy_change(ByteView body);
[[nodiscard]] StatementResult<ContactAgreement> parse_contact_agreement(ByteView body);
[[nodiscard]] StatementResult<AccountReset> parse_account_reset(ByteView body);

// The whole Signed bytes, ready to upload.
[[nodiscard]] ByteVector sign_device_cert(const DeviceCert& cert, const AccountKey& account_key,
                                          const DeviceSigningKey& device_key);
[[nodiscard]] ByteVector sign_device_list(const DeviceList& list, const AccountKey& account_key);
[[nodiscard]] ByteVector sign_prekey_set(const PrekeySet& set, const DeviceSigningKey& device_key);
[[nodiscard]] ByteVector sign_one_time_key(const OneTimeKey& key,
                                           const DeviceSigningKey& device_key);
[[nodiscard]] ByteVector sign_policy_change(const PolicyChange& change,
                                            const DeviceSigningKey& device_key);
[[nodiscard]] ByteVector sign_contact_agreement(const ContactAgreement& agreement,
                                                const DeviceSigningKey& device_key);
// The organisation key alone may sign it: no account and no gateway can move an account to another
// key.
[[nodiscard]] ByteVector sign_account_reset(const AccountReset& reset,
                                            const OrganisationKey& organisation_key);

}  // namespace holdspace::crypto
