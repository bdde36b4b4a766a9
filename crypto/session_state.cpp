#include "crypto/session_state.hpp"

namespace holdspace::crypto {
namespace {

constexpr std::uint8_t kStateVersion = 2;
// The form without a lineage record: read, so that a device goes on with its sessions, and never
// written.
constexpr std::uint8_t kStateVersionBefore = 1;
constexpr std::size_t kTurnsKeptBefore = 3;
constexpr std::size_t kSessionsMax = 1 + kReceiveOnlySessionsMax;
// Ours: a repeat of what was erased before these is still refused, for its one-time key is spent or
// its tag remembered.
constexpr std::size_t kRetiredMax = kReceiveOnlySessionsMax;

void encode_address(SecretWriter& out, const DeviceAddress& address) {
  out.bytes(address.account_id).u32(address.device_id);
}

DeviceAddress parse_address(Reader& in) {
  const AccountId account_id = in.bytes<16>();
  return {account_id, in.u32()};
}

void encode_session(SecretWriter& out, const Session& session) {
  out.bytes(session.id).u8(static_cast<std::uint8_t>(session.origin)).instant(session.started_at);
  out.prefixed(session.hs).u8(session.answered ? 1 : 0);
  session.ratchet.encode(out);
}

std::optional<Session> parse_session(Reader& in) {
  const SessionId id = in.bytes<16>();
  const std::uint8_t origin = in.u8();
  const Instant started_at = in.instant();
  const ByteView hs = in.prefixed(kHandshakeBytes);
  const std::uint8_t answered = in.u8();
  auto ratchet = DoubleRatchet::parse(in);
  if (!ratchet || origin < 1 || origin > 2 || answered > 1 ||
      (!hs.empty() && hs.size() != kHandshakeBytes)) {
    return std::nullopt;
  }
  return Session{id,
                 static_cast<Origin>(origin),
                 started_at,
                 ByteVector(hs.begin(), hs.end()),
                 answered == 1,
                 std::move(*ratchet)};
}

// Version 1 has the CCs of its last turns behind each session, by their number; 0 is CC0. The
// device that opened the session takes the odd ones. Those of the active session make the record.
void read_turns_before(Reader& in, const Session& session, bool active, Lineage& lineage) {
  const std::size_t count = in.count(kTurnsKeptBefore);
  for (std::size_t i = 0; i < count; ++i) {
    const bool by_opener = in.u32() % 2 == 1;
    Secret<32> turn = in.secret<32>();
    if (!active) continue;
    if (by_opener == (session.origin == Origin::ours)) {
      lineage.note_sent_turn(session.id, std::move(turn));
    } else {
      lineage.note_received_turn(std::move(turn));
    }
  }
}

}  // namespace

std::unique_ptr<PeerSessions::State> PeerSessions::State::clone() const {
  auto copy = std::make_unique<State>();
  copy->self = self;
  copy->peer = peer;
  for (const Session& session : sessions) {
    copy->sessions.push_back({session.id, session.origin, session.started_at, session.hs,
                              session.answered, session.ratchet.clone()});
  }
  copy->lineage = lineage.clone();
  copy->first_ours = first_ours;
  copy->theirs_unproved = theirs_unproved;
  copy->active_since = active_since;
  copy->unreported_lost = unreported_lost;
  copy->retired = retired;
  return copy;
}

Session* PeerSessions::State::find(const SessionId& id) {
  const auto found = std::find_if(sessions.begin(), sessions.end(),
                                  [&](const Session& session) { return session.id == id; });
  return found == sessions.end() ? nullptr : &*found;
}

bool PeerSessions::State::may_open(const SessionId& id,
                                   const std::optional<SessionId>& parent) const {
  if (sessions.empty()) return true;
  const Session& active = sessions.front();
  if (parent) {
    if (active.origin == Origin::theirs || parent == active.id) return true;
    return may_race(id, active.id);
  }
  return first_ours && !theirs_unproved && may_race(id, *first_ours);
}

// Both sides opened a session at the same time, `ours` and this one. Until the peer has answered
// ours, the smaller id wins; a handshake that arrives after that answer was overtaken by it, and an
// honest one can only be the loser.
bool PeerSessions::State::may_race(const SessionId& id, const SessionId& ours) const {
  const Session& active = sessions.front();
  return id > ours || (active.id == ours && !active.answered);
}

void PeerSessions::State::add_ours(Session session) {
  make_room();
  if (sessions.empty()) first_ours = session.id;
  sessions.insert(sessions.begin(), std::move(session));
  active_since.reset();
}

void PeerSessions::State::add_theirs(Session session, const std::optional<SessionId>& parent,
                                     Instant now) {
  make_room();
  if (!parent) theirs_unproved = true;
  // What the peer opens takes the place of what it knew: of its own, and of ours that it continues.
  // Of two that were opened at the same time the smaller id wins.
  const std::optional<SessionId> active =
      sessions.empty() ? std::nullopt : std::optional(sessions.front().id);
  const bool continues = parent && (sessions.front().origin == Origin::theirs || parent == active);
  const bool first_race = !parent && active == first_ours;
  const bool wins = !active || continues || ((parent || first_race) && session.id < *active);
  sessions.insert(wins ? sessions.begin() : sessions.end(), std::move(session));
  if (wins) active_since = now;
}

void PeerSessions::State::make_room() {
  if (sessions.size() < kSessionsMax) return;
  const auto oldest = std::min_element(
      sessions.begin() + 1, sessions.end(),
      [](const Session& a, const Session& b) { return a.started_at < b.started_at; });
  retire(static_cast<std::size_t>(oldest - sessions.begin()));
}

void PeerSessions::State::retire(std::size_t index) {
  unreported_lost += sessions[index].ratchet.skipped_keys();
  lineage.forget(sessions[index].id);
  retired.push_back(sessions[index].id);
  if (retired.size() > kRetiredMax) retired.erase(retired.begin());
  sessions.erase(sessions.begin() + static_cast<std::ptrdiff_t>(index));
}

void PeerSessions::State::note_received(Session& session, Instant now) {
  session.answered = true;
  session.hs.clear();
  if (&session == &sessions.front() && !active_since) active_since = now;
}

void PeerSessions::State::prune(Instant now) {
  if (!active_since || now - *active_since < kReceiveOnlyLife) return;
  for (std::size_t i = sessions.size(); i-- > 1;) {
    if (now - sessions[i].started_at >= kReceiveOnlyLife) retire(i);
  }
}

SecretBytes PeerSessions::State::encode() const {
  SecretWriter out;
  out.u8(kStateVersion);
  encode_address(out, self);
  encode_address(out, peer);
  out.u8(first_ours ? 1 : 0).bytes(first_ours.value_or(SessionId{}));
  out.u8(theirs_unproved ? 1 : 0);
  out.u8(active_since ? 1 : 0).instant(active_since.value_or(Instant{}));
  out.count(retired.size());
  for (const SessionId& id : retired) out.bytes(id);
  out.count(sessions.size());
  for (const Session& session : sessions) encode_session(out, session);
  lineage.encode(out);
  out.u64(unreported_lost);
  return out.take();
}

std::optional<PeerSessions> PeerSessions::parse(ByteView bytes) {
  Reader in(bytes);
  auto state = std::make_unique<State>();
  const std::uint8_t version = in.u8();
  const bool before = version == kStateVersionBefore;
  if (version != kStateVersion && !before) return std::nullopt;
  state->self = parse_address(in);
  state->peer = parse_address(in);
  const std::uint8_t has_first_ours = in.u8();
  const SessionId first_ours = before ? SessionId{} : in.bytes<16>();
  const std::uint8_t theirs_unproved = in.u8();
  const std::uint8_t has_active_since = in.u8();
  const Instant active_since = in.instant();
  if (has_first_ours > 1 || theirs_unproved > 1 || has_active_since > 1) return std::nullopt;
  if (has_first_ours == 1 && !before) {
    state->first_ours = first_ours;
  } else if (first_ours != SessionId{}) {
    return std::nullopt;
  }
  if (state->self == state->peer || state->self.device_id == 0 || state->peer.device_id == 0) {
    return std::nullopt;
  }
  state->theirs_unproved = theirs_unproved == 1;
  if (has_active_since == 1) {
    state->active_since = active_since;
  } else if (active_since != Instant{}) {
    return std::nullopt;
  }
  state->retired.resize(in.count(kRetiredMax));
  for (SessionId& id : state->retired) id = in.bytes<16>();
  const std::size_t count = in.count(kSessionsMax);
  for (std::size_t i = 0; i < count; ++i) {
    auto session = parse_session(in);
    if (!session) return std::nullopt;
    if (before) {
      read_turns_before(in, *session, i == 0, state->lineage);
      if (session->origin == Origin::ours) state->first_ours = session->id;
    }
    state->sessions.push_back(std::move(*session));
  }
  if (!before) {
    state->lineage = Lineage::parse(in);
    state->unreported_lost = in.u64();
  }
  if (!in.finish() || state->lineage.empty() != state->sessions.empty()) return std::nullopt;
  return PeerSessions(std::move(state));
}

}  // namespace holdspace::crypto
