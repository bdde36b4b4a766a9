// The handshake message HS and the keys that both sides derive from it: three X25519, one X-Wing,
// an optional pre-shared key, and a transcript over everything. Sessions use it through
// crypto/session.hpp. docs/protocol.md 7.
#pragma once

#include <boost/system/result.hpp>
#include <optional>
#include <span>
#include <variant>

#include "crypto/bytes.hpp"
#include "crypto/keys.hpp"
#include "crypto/psk.hpp"
#include "crypto/verify.hpp"

namespace holdspace::crypto {

inline constexpr std::size_t kHandshakeBytes = 1396;
inline constexpr auto kPrekeyFutureTolerance = std::chrono::minutes{5};  // specification, section 6

enum class KemKind : std::uint8_t { one_time = 1, last_resort = 2 };

// HS as it travels, in clear. Everything in it is a claim until the first body opens.
struct Handshake {
  AccountId from_account{};
  DeviceId from_device = 0;
  AccountPublicKey from_account_key;
  DeviceSigningPublicKey from_signing_key;
  DeviceDhPublicKey from_dh_key;
  ListRef from_list;
  AccountId to_account{};
  DeviceId to_device = 0;
  ListRef to_list;  // the recipient's list as the sender saw it
  std::uint32_t signed_prekey_id = 0;
  KemKind kem_kind = KemKind::one_time;
  std::uint32_t kem_id = 0;
  Bytes<32> ephemeral_key{};
  Bytes<kKemCiphertextBytes> ciphertext{};
  PskKind psk_kind = PskKind::none;
  Bytes<16> psk_id{};

  // Who the sender says they are. Verify their certificate and list against this pin only for an
  // unspent invite (psk_kind invite); in every other case compare it with the pin that is already
  // held.
  [[nodiscard]] Pin claimed_pin() const { return {from_account, from_account_key}; }
  friend bool operator==(const Handshake&, const Handshake&) = default;
};

[[nodiscard]] Bytes<kHandshakeBytes> encode_handshake(const Handshake& handshake);
// Empty when it is not 1396 bytes of suite 1 with kinds that this version knows.
[[nodiscard]] std::optional<Handshake> parse_handshake(ByteView bytes);

// H32(ephemeral key || ciphertext): what a device remembers of each last-resort handshake until
// that key is erased.
[[nodiscard]] Hash32 replay_tag(const Handshake& handshake);

// What the initiator fetched and verified about the device it opens a session with.
struct PeerPrekeys {
  TrustedDevice device;
  Verified<PrekeySet> prekeys;
  std::optional<Verified<OneTimeKey>> one_time_key;  // absent: the last-resort key is used
};

enum class InitiateError {
  other_device,        // prekeys are not of that device, or the device is this one
  no_common_suite,     // the device's certificate lists no suite that this version has
  prekeys_expired,     // now >= expires_at: fetch again
  prekeys_superseded,  // created before the newest set seen from that device: the server replays an
                       // old one
  prekeys_from_future,  // created more than 5 min after now
  bad_key,         // a prekey is of low order or not canonical: the device is broken or hostile
  session_exists,  // an active session is there: send on it
  no_session,      // renew: there is nothing to continue, initiate
  unanswered,      // renew: the session that this device opened last may still be accepted
  too_soon,        // renew: less than kRenewPause after the last one
};

// What the recipient of a handshake looked up for it.
struct Responder {
  const LocalDevice& self;
  // Every list of the own account that its key has signed and this device knows, any epoch.
  std::span<const ListRef> own_lists;
  // The sender's device, checked against the newest verified list of its pinned account.
  const TrustedDevice& peer;
  const PrekeyPair& prekeys;  // the pair that signed_prekey_id names
  const OneTimePrekey*
      one_time_key;  // the key that kem_id names; null when kem_kind is last_resort
  const Psk* psk;    // the invite's; null when psk_kind is another
  std::span<const Hash32> replay_tags;  // of every last-resort handshake seen with this pair
};

enum class RespondError {
  not_for_us,        // names another recipient
  unknown_own_list,  // B.list_hash is no list of ours: refresh the own log; still unknown means
                     // misuse of the account key
  wrong_peer,        // keys, account or device differ from the peer that the caller verified
  peer_list_newer,   // the sender quotes a newer list of its account: fetch, verify and try again
  peer_list_forked,  // same epoch, another hash: two lists of one epoch exist. Tell both people
  unknown_prekey,    // ids are not those of the keys that were passed
  prekey_expired,    // now >= expires_at of the pair
  replayed,          // a last-resort handshake seen before
  wrong_psk,         // psk kind or id differ from the one that was passed
  bad_key,           // a low-order or non-canonical key or ciphertext
  not_proven,        // the first header does not open: the sender lacks a key or the invite that it
                     // names, or the header was changed on the way
};

// Both ends of a successful handshake.
struct HandshakeKeys {
  Hash64 transcript{};  // TH
  SessionId session_id{};
  Secret<32> root_key;          // RK0
  Secret<32> initiator_header;  // HK_A
  Secret<32> responder_header;  // NHK_B
  Secret<32> continuity;        // CC0
};

struct Initiated {
  Bytes<kHandshakeBytes> bytes{};
  HandshakeKeys keys;
};

// `newest_seen` is the created_at of the newest PrekeySet ever seen from that device.
[[nodiscard]] boost::system::result<Initiated, InitiateError> initiate_handshake(
    const LocalDevice& self, const PeerPrekeys& peer, const Psk& psk,
    std::optional<Instant> newest_seen, Instant now);

[[nodiscard]] boost::system::result<HandshakeKeys, RespondError> respond_handshake(
    const Handshake& handshake, const Responder& responder, Instant now);

}  // namespace holdspace::crypto
