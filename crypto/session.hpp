// The face of the folder: all sessions with one device of one person. Opens a session, seals,
// opens, and hands out the new state together with what it made, so that the state can be durable
// first. Pure: no storage, no clock, no threads; an object may be used by one thread at a time.
// docs/protocol.md sections 7 to 10.
//
// Every operation is const: it works on a copy. What it returns carries `state()`, the bytes of the
// new state. Write those, and whatever belongs to the same step (outbox entry, message, erased
// one-time key), in ONE durable transaction, then call after_durable_write() to get the new
// PeerSessions. Dropping the result instead leaves no trace.
//
// Fan-out (section 9.5): a message to n devices is n calls of seal() on n PeerSessions with the
// same Facts and content (one message_id), all n states and envelopes in one transaction. The
// sender's own other devices are peers like any other, with relationship_id zeros.
#pragma once

#include <boost/system/result.hpp>
#include <memory>
#include <optional>

#include "crypto/bytes.hpp"
#include "crypto/env.hpp"
#include "crypto/handshake.hpp"
#include "crypto/keys.hpp"
#include "crypto/psk.hpp"
#include "crypto/secret.hpp"

namespace holdspace::crypto {

inline constexpr std::size_t kReceiveOnlySessionsMax = 4;       // specification, section 9.1
inline constexpr auto kReceiveOnlyLife = std::chrono::days{7};  // specification, section 9.1
inline constexpr auto kRenewPause = std::chrono::hours{1};      // specification, section 9.4

// One sealed envelope for one device; the four byte fields of the wire's Direct.
struct Direct {
  ByteVector env;   // 160
  ByteVector hs;    // empty, or 1396 until the peer's first answer was opened
  ByteVector eh;    // 1298 in the initiator's first chain, else 2418
  ByteVector body;  // bucket + 40
  friend bool operator==(const Direct&, const Direct&) = default;
};

// What the sender chooses of ENV; the rest follows from the session and the content's length.
struct Facts {
  Lane lane = Lane::routine;
  ContentClass content_class = ContentClass::content;
  std::uint16_t step = 0;
  MessageId message_id{};  // random; the same in every copy of one message
  RelationshipId relationship_id{};
  Hash32 agreement_hash{};
  Hash32 chain_hash{};
};

enum class SealError {
  no_session,        // initiate first
  content_too_long,  // above kContentBytesMax: use an attachment
  chain_exhausted,   // 2^32 - 1 messages without an answer
  bad_peer_key,      // the peer's last ratchet key is of low order or not canonical: the session is
                     // dead
};

enum class OpenError {
  malformed,  // a field has an impossible length, or ENV does not parse, or kind and hs disagree
  wrong_size_class,  // ENV's size class is not the body's size
  not_for_us,        // ENV names other devices than this pair
  unknown_session,   // no session with this id, or its header keys do not open the header
  altered,           // the header opens and the body does not: ENV or body were changed on the way
  duplicate,       // the message's key is spent or dropped: seen before, or older than what is kept
  jump_too_far,    // more than 1000 messages ahead in one chain
  invalid_header,  // opens, and breaks the ratchet's rules: a faulty or hostile peer
  discontinuity,   // a handshake that does not continue the sessions that were: an old copy of the
                   // device, or somebody who has only its keys. Section 9.3. Tell both people; the
                   // cure is a new device
  handshake_failed,  // see handshake_error
};

struct OpenFailure {
  OpenError error{};
  std::optional<RespondError> handshake_error;  // set exactly when error is handshake_failed
  friend bool operator==(const OpenFailure&, const OpenFailure&) = default;
};

class Outgoing;
class Incoming;

class PeerSessions {
 public:
  // No session yet. `self` and `peer` differ.
  PeerSessions(const DeviceAddress& self, const DeviceAddress& peer);
  PeerSessions(PeerSessions&&) noexcept;
  PeerSessions& operator=(PeerSessions&&) noexcept;
  ~PeerSessions();

  // The bytes that state() gave, or encode(). Empty for anything else. Holds secrets: sealed
  // storage only.
  [[nodiscard]] static std::optional<PeerSessions> parse(ByteView state);
  [[nodiscard]] SecretBytes encode() const;

  [[nodiscard]] const DeviceAddress& self() const;
  [[nodiscard]] const DeviceAddress& peer() const;
  // Whether seal() has a session to use. If not: initiate().
  [[nodiscard]] bool can_seal() const;
  // Whether open() will do for an envelope with this ENV.session_id; otherwise open_first() with
  // its handshake.
  [[nodiscard]] bool holds(const SessionId& session_id) const;
  // The session that seal() uses.
  [[nodiscard]] std::optional<SessionId> active_session() const;
  // TH of a session that is held, for the check by short string (crypto/short_string.hpp).
  [[nodiscard]] std::optional<Hash64> transcript(const SessionId& session_id) const;

  // The first session towards the peer. It becomes durable with the first seal(); nothing is sent
  // by this call.
  [[nodiscard]] boost::system::result<PeerSessions, InitiateError> initiate(
      const LocalDevice& self, const PeerPrekeys& peer, const Psk& psk,
      std::optional<Instant> newest_seen, Instant now) const;
  // A further one, for when the active one is of no use any more: it takes that one's place and
  // proves that it continues it. The others receive for kReceiveOnlyLife more. Also errors:
  // no_session, unanswered, too_soon.
  [[nodiscard]] boost::system::result<PeerSessions, InitiateError> renew(
      const LocalDevice& self, const PeerPrekeys& peer, std::optional<Instant> newest_seen,
      Instant now) const;

  [[nodiscard]] boost::system::result<Outgoing, SealError> seal(const Facts& facts,
                                                                ByteView content) const;

  // `now` is used to age out skipped keys and receive-only sessions, never to decide on a message.
  [[nodiscard]] boost::system::result<Incoming, OpenFailure> open(const Direct& direct,
                                                                  Instant now) const;
  // The same for an envelope of kind handshake whose session is not held. `handshake` is
  // parse_handshake(direct.hs), `responder` what the caller looked up for it. If the session is
  // held after all, it goes straight there.
  [[nodiscard]] boost::system::result<Incoming, OpenFailure> open_first(const Direct& direct,
                                                                        const Responder& responder,
                                                                        Instant now) const;

 private:
  friend class Outgoing;
  friend class Incoming;
  struct State;
  [[nodiscard]] boost::system::result<PeerSessions, InitiateError> open_own(
      const LocalDevice& self, const PeerPrekeys& peer, const Psk& psk,
      std::optional<Instant> newest_seen, Instant now) const;
  explicit PeerSessions(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class Outgoing {
 public:
  // Write this under the peer's address, with the envelope beside it, before any byte leaves the
  // process.
  [[nodiscard]] const SecretBytes& state() const { return encoded_; }
  // For the outbox in the same transaction.
  [[nodiscard]] const Direct& direct_for_outbox() const { return direct_; }

  struct Sent {
    PeerSessions sessions;
    Direct direct;
  };
  [[nodiscard]] Sent after_durable_write() &&;

 private:
  friend class PeerSessions;
  Outgoing(PeerSessions next, Direct direct);
  PeerSessions next_;
  SecretBytes encoded_;
  Direct direct_;
};

class Incoming {
 public:
  // Write this, the content, and the erasures below in one transaction before the server is told to
  // delete.
  [[nodiscard]] const SecretBytes& state() const { return encoded_; }
  // What the peer gave to seal(). Parse it before the write: if it is nonsense, drop this object.
  [[nodiscard]] const SecretBytes& content() const { return content_; }
  [[nodiscard]] const Env& env() const { return env_; }
  // Erase this one-time prekey in the same transaction.
  [[nodiscard]] std::optional<std::uint32_t> spent_one_time_key() const { return spent_key_; }
  // Remember this tag with the prekey pair in the same transaction.
  [[nodiscard]] std::optional<Hash32> last_resort_tag() const { return last_resort_tag_; }
  // The invite that this first message proved: mark it spent, pin claimed_pin() of the handshake.
  [[nodiscard]] std::optional<InviteId> spent_invite() const { return spent_invite_; }
  // Messages of the peer that can never be opened any more as of this call; show the gap
  // (section 8.3).
  [[nodiscard]] std::uint64_t lost_messages() const { return lost_messages_; }

  struct Received {
    PeerSessions sessions;
    SecretBytes content;
  };
  [[nodiscard]] Received after_durable_write() &&;

 private:
  friend class PeerSessions;
  Incoming(PeerSessions next, const Env& env, SecretBytes content, std::uint64_t lost_messages);
  PeerSessions next_;
  SecretBytes encoded_;
  Env env_;
  SecretBytes content_;
  std::optional<std::uint32_t> spent_key_;
  std::optional<Hash32> last_resort_tag_;
  std::optional<InviteId> spent_invite_;
  std::uint64_t lost_messages_ = 0;
};

}  // namespace holdspace::crypto
