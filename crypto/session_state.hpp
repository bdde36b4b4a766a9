// What PeerSessions holds: the sessions with one device, which of them sends, and what is
// remembered of those that are gone. Room-internal. docs/protocol.md sections 9.1 to 9.3.
#pragma once

#include <vector>

#include "crypto/double_ratchet.hpp"
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
  std::vector<Session> sessions;  // the active one first, then receive-only ones
  // Each side may open one session without proof of continuity; these outlive the sessions.
  bool ours_opened = false;
  bool theirs_opened = false;
  std::optional<Instant> active_since;  // when the active session first received
  std::vector<SessionId>
      retired;  // erased sessions, so that late repeats are not taken for new ones

  [[nodiscard]] std::unique_ptr<State> clone() const;
  [[nodiscard]] SecretBytes encode() const;
  [[nodiscard]] Session* find(const SessionId& id);

  // Whether a handshake of the peer may open this session now (section 9.3 and its exception
  // for 9.2's race).
  [[nodiscard]] bool may_open(const SessionId& id) const;
  // Adds a session that the peer opened and decides which one sends: section 9.2.
  void add_theirs(Session session, Instant now);
  // To be called for each message received on `session`, before prune.
  void note_received(Session& session, Instant now);
  // Erases receive-only sessions whose time is over; returns how many stored message keys went with
  // them.
  [[nodiscard]] std::uint64_t prune(Instant now);
};

}  // namespace holdspace::crypto
