// What PeerSessions holds: the sessions with one device, which of them sends, and what is
// remembered of those that are gone. Room-internal. docs/protocol.md sections 9.1 to 9.3.
#pragma once

#include <vector>

#include "crypto/double_ratchet.hpp"
#include "crypto/lineage.hpp"
#include "crypto/session.hpp"

namespace holdspace::crypto {

enum class Origin : std::uint8_t { ours = 1, theirs = 2 };

struct Session {
  SessionId id{};
  Origin origin = Origin::ours;
  Instant started_at{};
  ByteVector
      hs;  // goes with every message until the peer's first answer was opened; empty afterwards
  bool answered = false;  // something was received on it
  DoubleRatchet ratchet;
};

struct PeerSessions::State {
  DeviceAddress self;
  DeviceAddress peer;
  std::vector<Session> sessions;        // the active one first, then receive-only ones
  Lineage lineage;                      // outlives the sessions
  std::optional<SessionId> first_ours;  // the one that this device opened without proof
  bool theirs_unproved = false;  // the peer has opened its one session without proof of continuity
  std::optional<Instant> active_since;  // when the active session first received
  std::vector<SessionId>
      retired;  // erased sessions, so that late repeats are not taken for new ones

  // Stored message keys that went with erased sessions, until the next message tells of them.
  std::uint64_t unreported_lost = 0;

  [[nodiscard]] std::unique_ptr<State> clone() const;
  [[nodiscard]] SecretBytes encode() const;
  [[nodiscard]] Session* find(const SessionId& id);

  // Whether a handshake of the peer may open this session now (section 9.3 and its exception
  // for 9.2's race). `parent`: the session whose turn it proves; absent without proof.
  [[nodiscard]] bool may_open(const SessionId& id, const std::optional<SessionId>& parent) const;
  // Add a session and decide which one sends (section 9.2). The lineage is the caller's to update.
  void add_ours(Session session);
  void add_theirs(Session session, const std::optional<SessionId>& parent, Instant now);
  // To be called for each message received on `session`, before prune.
  void note_received(Session& session, Instant now);
  // Erases receive-only sessions whose time is over.
  void prune(Instant now);

 private:
  [[nodiscard]] bool may_race(const SessionId& id, const SessionId& ours) const;
  void make_room();
  void retire(std::size_t index);
};

}  // namespace holdspace::crypto
