// What shows that a further session with a device continues the ones before it: continuity secrets
// (CC) of the last turns that went between the two. Outlives the sessions, in the same record.
// Room-internal. docs/protocol.md section 9.3.
//
// A device proves with the CC of the last turn that it received on its active session, so it
// accepts the CCs of its own turns: the newest one that the peer is known to have received, and
// those after it.
#pragma once

#include <optional>
#include <vector>

#include "crypto/bytes.hpp"
#include "crypto/layout.hpp"
#include "crypto/psk.hpp"

namespace holdspace::crypto {

// Specification, section 9.3: with one session one turn is on its way; with two opened at the same
// time, two.
inline constexpr std::size_t kLineageAccepted = 3;

// PSK = Expand(CC, L("cc/psk"), 32), id = the first 16 bytes of H(L("cc/id") || CC).
[[nodiscard]] Psk continuity_psk(const Secret<32>& continuity);

class Lineage {
 public:
  // Nothing yet: the device has had no session with the peer.
  [[nodiscard]] bool empty() const { return accepted_.empty(); }

  // This device opened a session; `begin` is CC0, `turn` of the first turn, which it took.
  void note_opened(const SessionId& session, const Secret<32>& begin, Secret<32> turn);
  // The peer opened one. `proof`: the id of the PSK that it proved continuity with, absent when it
  // was not asked to.
  void note_accepted(const SessionId& session, const Secret<32>& begin,
                     const std::optional<Bytes<16>>& proof);
  void note_sent_turn(const SessionId& session, Secret<32> turn);
  // The peer took a turn on `session`, so it has received ours there. Those of other sessions stay:
  // a handshake that proves one of them may have been overtaken.
  void note_answered(const SessionId& session);
  // The session is erased; the newest turn of all stays.
  void forget(const SessionId& session);
  // The peer's turn on the session that is active after it. A turn that arrives late on another one
  // is nothing to prove with: it would name a session that the peer has left.
  void note_received_turn(Secret<32> turn) { received_ = std::move(turn); }

  // What this device proves with. Not for an empty lineage.
  [[nodiscard]] Psk proof() const;
  struct Accepted {
    SessionId session{};  // in which the peer received that turn
    Psk psk;
  };
  // What the peer may prove with under that id.
  [[nodiscard]] std::optional<Accepted> find(const Bytes<16>& psk_id) const;

  [[nodiscard]] Lineage clone() const;
  void encode(SecretWriter& out) const;
  // The caller asks the reader whether it finished.
  [[nodiscard]] static Lineage parse(Reader& in);

 private:
  struct Turn {
    SessionId session{};
    Secret<32> secret;
  };
  void accept(const SessionId& session, Secret<32> turn);
  void erase(std::size_t index);

  Secret<32> received_;         // of the peer's last turn on the active session, or CC0
  std::vector<Turn> accepted_;  // newest last, at most kLineageAccepted
};

}  // namespace holdspace::crypto
