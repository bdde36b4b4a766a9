#include "crypto/session_state.hpp"

namespace holdspace::crypto {
namespace {

constexpr std::uint8_t kStateVersion = 1;
constexpr std::size_t kSessionsMax = 1 + kReceiveOnlySessionsMax;
// Ours: as many as can be erased before both sides have used up their one session without
// continuity.
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

}  // namespace

std::unique_ptr<PeerSessions::State> PeerSessions::State::clone() const {
  auto copy = std::make_unique<State>();
  copy->self = self;
  copy->peer = peer;
  for (const Session& session : sessions) {
    copy->sessions.push_back({session.id, session.origin, session.started_at, session.hs,
                              session.answered, session.ratchet.clone()});
  }
  copy->ours_opened = ours_opened;
  copy->theirs_opened = theirs_opened;
  copy->active_since = active_since;
  copy->retired = retired;
  return copy;
}

Session* PeerSessions::State::find(const SessionId& id) {
  const auto found = std::find_if(sessions.begin(), sessions.end(),
                                  [&](const Session& session) { return session.id == id; });
  return found == sessions.end() ? nullptr : &*found;
}

bool PeerSessions::State::may_open(const SessionId& id) const {
  if (theirs_opened) return false;
  if (sessions.empty()) return !ours_opened;
  // Both sides opened one at the same time. Until the peer has answered ours, the smaller id wins;
  // a handshake that arrives after that answer was overtaken by it, and an honest one can only be
  // the loser.
  const Session& ours = sessions.front();
  return !ours.answered || id > ours.id;
}

void PeerSessions::State::add_theirs(Session session, Instant now) {
  require(sessions.size() < kSessionsMax);
  theirs_opened = true;
  const bool wins = sessions.empty() || session.id < sessions.front().id;
  sessions.insert(wins ? sessions.begin() : sessions.end(), std::move(session));
  if (wins) active_since = now;
}

void PeerSessions::State::note_received(Session& session, Instant now) {
  session.answered = true;
  session.hs.clear();
  if (&session == &sessions.front() && !active_since) active_since = now;
}

std::uint64_t PeerSessions::State::prune(Instant now) {
  std::uint64_t lost = 0;
  if (!active_since || now - *active_since < kReceiveOnlyLife) return lost;
  for (std::size_t i = sessions.size(); i-- > 1;) {
    if (now - sessions[i].started_at < kReceiveOnlyLife) continue;
    lost += sessions[i].ratchet.skipped_keys();
    retired.push_back(sessions[i].id);
    if (retired.size() > kRetiredMax) retired.erase(retired.begin());
    sessions.erase(sessions.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return lost;
}

SecretBytes PeerSessions::State::encode() const {
  SecretWriter out;
  out.u8(kStateVersion);
  encode_address(out, self);
  encode_address(out, peer);
  out.u8(ours_opened ? 1 : 0).u8(theirs_opened ? 1 : 0);
  out.u8(active_since ? 1 : 0).instant(active_since.value_or(Instant{}));
  out.count(retired.size());
  for (const SessionId& id : retired) out.bytes(id);
  out.count(sessions.size());
  for (const Session& session : sessions) encode_session(out, session);
  return out.take();
}

std::optional<PeerSessions> PeerSessions::parse(ByteView bytes) {
  Reader in(bytes);
  auto state = std::make_unique<State>();
  if (in.u8() != kStateVersion) return std::nullopt;
  state->self = parse_address(in);
  state->peer = parse_address(in);
  const std::uint8_t ours_opened = in.u8();
  const std::uint8_t theirs_opened = in.u8();
  const std::uint8_t has_active_since = in.u8();
  const Instant active_since = in.instant();
  if (ours_opened > 1 || theirs_opened > 1 || has_active_since > 1) return std::nullopt;
  if (state->self == state->peer || state->self.device_id == 0 || state->peer.device_id == 0) {
    return std::nullopt;
  }
  state->ours_opened = ours_opened == 1;
  state->theirs_opened = theirs_opened == 1;
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
    state->sessions.push_back(std::move(*session));
  }
  if (!in.finish()) return std::nullopt;
  return PeerSessions(std::move(state));
}

}  // namespace holdspace::crypto
