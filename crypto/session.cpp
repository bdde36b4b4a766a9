// Opening a session and sending on it; receiving is in session_open.cpp.
#include "crypto/session.hpp"

#include "crypto/padding.hpp"
#include "crypto/session_state.hpp"

namespace holdspace::crypto {

PeerSessions::PeerSessions(const DeviceAddress& self, const DeviceAddress& peer)
    : state_(std::make_unique<State>()) {
  require(self != peer && self.device_id != 0 && peer.device_id != 0);
  state_->self = self;
  state_->peer = peer;
}

PeerSessions::PeerSessions(std::unique_ptr<State> state) : state_(std::move(state)) {}
PeerSessions::PeerSessions(PeerSessions&&) noexcept = default;
PeerSessions& PeerSessions::operator=(PeerSessions&&) noexcept = default;
PeerSessions::~PeerSessions() = default;

SecretBytes PeerSessions::encode() const {
  return state_->encode();
}
const DeviceAddress& PeerSessions::self() const {
  return state_->self;
}
const DeviceAddress& PeerSessions::peer() const {
  return state_->peer;
}
bool PeerSessions::can_seal() const {
  return !state_->sessions.empty();
}
bool PeerSessions::holds(const SessionId& session_id) const {
  return state_->find(session_id) != nullptr;
}

std::optional<SessionId> PeerSessions::active_session() const {
  if (state_->sessions.empty()) return std::nullopt;
  return state_->sessions.front().id;
}

std::optional<Hash64> PeerSessions::transcript(const SessionId& session_id) const {
  const Session* session = state_->find(session_id);
  if (session == nullptr) return std::nullopt;
  return session->ratchet.transcript();
}

boost::system::result<PeerSessions, InitiateError> PeerSessions::initiate(
    const LocalDevice& self, const PeerPrekeys& peer, const Psk& psk,
    std::optional<Instant> newest_seen, Instant now) const {
  if (peer.device.address() != state_->peer) return InitiateError::other_device;
  if (!state_->lineage.empty()) return InitiateError::session_exists;
  return open_own(self, peer, psk, newest_seen, now);
}

boost::system::result<PeerSessions, InitiateError> PeerSessions::renew(
    const LocalDevice& self, const PeerPrekeys& peer, std::optional<Instant> newest_seen,
    Instant now) const {
  if (peer.device.address() != state_->peer) return InitiateError::other_device;
  if (state_->sessions.empty()) return InitiateError::no_session;
  const Session& active = state_->sessions.front();
  if (active.origin == Origin::ours) {
    // Its handshake goes with every message until the prekeys that it names are erased.
    const bool undecided = !active.answered && now - active.started_at < kPrekeyLife;
    if (undecided) return InitiateError::unanswered;
    if (now - active.started_at < kRenewPause) return InitiateError::too_soon;
  }
  return open_own(self, peer, state_->lineage.proof(), newest_seen, now);
}

boost::system::result<PeerSessions, InitiateError> PeerSessions::open_own(
    const LocalDevice& self, const PeerPrekeys& peer, const Psk& psk,
    std::optional<Instant> newest_seen, Instant now) const {
  require(self.address() == state_->self);
  auto initiated = initiate_handshake(self, peer, psk, newest_seen, now);
  if (!initiated) return initiated.error();
  const SessionId id = initiated->keys.session_id;
  const Secret<32> begin = initiated->keys.continuity.clone();
  auto ratchet = DoubleRatchet::initiator(std::move(initiated->keys), peer.prekeys->signed_prekey);
  if (!ratchet) return InitiateError::bad_key;

  auto next = state_->clone();
  next->lineage.note_opened(id, begin, *ratchet->take_continuity());
  next->add_ours({id, Origin::ours, now,
                  ByteVector(initiated->bytes.begin(), initiated->bytes.end()), false,
                  std::move(*ratchet)});
  return PeerSessions(std::move(next));
}

boost::system::result<Outgoing, SealError> PeerSessions::seal(const Facts& facts,
                                                              ByteView content) const {
  if (state_->sessions.empty()) return SealError::no_session;
  const auto size_class = size_class_of_content(content.size());
  if (!size_class) return SealError::content_too_long;

  auto next = state_->clone();
  Session& session = next->sessions.front();
  Env env;
  env.kind = session.hs.empty() ? EnvKind::ratchet : EnvKind::handshake;
  env.lane = facts.lane;
  env.size_class = *size_class;
  env.content_class = facts.content_class;
  env.step = facts.step;
  env.message_id = facts.message_id;
  env.sender = next->self;
  env.recipient = next->peer;
  env.session_id = session.id;
  env.relationship_id = facts.relationship_id;
  env.agreement_hash = facts.agreement_hash;
  env.chain_hash = facts.chain_hash;

  const auto env_bytes = encode_env(env);
  auto sealed = session.ratchet.seal(env_bytes, pad(content));
  if (!sealed) {
    return sealed.error() == RatchetError::chain_exhausted ? SealError::chain_exhausted
                                                           : SealError::bad_peer_key;
  }
  if (auto turn = session.ratchet.take_continuity()) {
    next->lineage.note_sent_turn(session.id, std::move(*turn));
  }
  Direct direct{ByteVector(env_bytes.begin(), env_bytes.end()), session.hs,
                std::move(sealed->header), std::move(sealed->body)};
  return Outgoing(PeerSessions(std::move(next)), std::move(direct));
}

Outgoing::Outgoing(PeerSessions next, Direct direct)
    : next_(std::move(next)), encoded_(next_.encode()), direct_(std::move(direct)) {}

Outgoing::Sent Outgoing::after_durable_write() && {
  return {std::move(next_), std::move(direct_)};
}

}  // namespace holdspace::crypto
