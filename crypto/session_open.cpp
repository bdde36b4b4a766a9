// Receiving: the checks that need no key first, then the session that ENV names, or the handshake
// that opens it.
#include "crypto/padding.hpp"
#include "crypto/session.hpp"
#include "crypto/session_state.hpp"

namespace holdspace::crypto {
namespace {

OpenFailure failure(OpenError error) {
  return {error, std::nullopt};
}

OpenError to_open_error(RatchetError error) {
  switch (error) {
    case RatchetError::unknown_header:
      return OpenError::unknown_session;
    case RatchetError::altered:
      return OpenError::altered;
    case RatchetError::duplicate:
      return OpenError::duplicate;
    case RatchetError::jump_too_far:
      return OpenError::jump_too_far;
    case RatchetError::invalid_header:
    case RatchetError::chain_exhausted:  // only sending can meet it
      return OpenError::invalid_header;
  }
  return OpenError::invalid_header;
}

// Everything about an envelope that can be judged without a key.
boost::system::result<Env, OpenError> check_direct(const Direct& direct, const DeviceAddress& self,
                                                   const DeviceAddress& peer) {
  const auto env = parse_env(direct.env);
  if (!env) return OpenError::malformed;
  const std::size_t hs_bytes = env->kind == EnvKind::handshake ? kHandshakeBytes : 0;
  const bool header_fits =
      direct.eh.size() == kFirstHeaderBytes || direct.eh.size() == kTurnHeaderBytes;
  if (direct.hs.size() != hs_bytes || !header_fits) return OpenError::malformed;
  if (size_class_of_body(direct.body.size()) != env->size_class) {
    return OpenError::wrong_size_class;
  }
  if (env->sender != peer || env->recipient != self) return OpenError::not_for_us;
  return *env;
}

// What proves continuity is the session's own to look up, not the caller's.
Responder with_psk(const Responder& responder, const std::optional<Lineage::Accepted>& proof,
                   bool proving) {
  return {responder.self,         responder.own_lists,
          responder.peer,         responder.prekeys,
          responder.one_time_key, proof ? &proof->psk : (proving ? nullptr : responder.psk),
          responder.replay_tags};
}

struct Content {
  SecretBytes bytes;
  std::uint64_t lost = 0;
};

boost::system::result<Content, OpenError> open_content(DoubleRatchet& ratchet, const Direct& direct,
                                                       Instant now) {
  auto opened = ratchet.open(direct.env, direct.eh, direct.body, now);
  if (!opened) return to_open_error(opened.error());
  auto content = unpad(opened->padded);
  if (!content) return OpenError::altered;
  return Content{std::move(*content), opened->lost};
}

}  // namespace

boost::system::result<Incoming, OpenFailure> PeerSessions::open(const Direct& direct,
                                                                Instant now) const {
  const auto env = check_direct(direct, state_->self, state_->peer);
  if (!env) return failure(env.error());
  if (!holds(env->session_id)) return failure(OpenError::unknown_session);

  auto next = state_->clone();
  Session& session = *next->find(env->session_id);
  auto content = open_content(session.ratchet, direct, now);
  if (!content) return failure(content.error());
  if (auto turn = session.ratchet.take_continuity()) {
    next->lineage.note_answered(session.id);
    if (&session == &next->sessions.front()) next->lineage.note_received_turn(std::move(*turn));
  }
  next->note_received(session, now);
  next->prune(now);
  const std::uint64_t lost = content->lost + std::exchange(next->unreported_lost, 0);
  return Incoming(PeerSessions(std::move(next)), *env, std::move(content->bytes), lost);
}

boost::system::result<Incoming, OpenFailure> PeerSessions::open_first(const Direct& direct,
                                                                      const Responder& responder,
                                                                      Instant now) const {
  require(responder.self.address() == state_->self);
  const auto env = check_direct(direct, state_->self, state_->peer);
  if (!env) return failure(env.error());
  if (holds(env->session_id)) return open(direct, now);
  const auto& retired = state_->retired;
  if (std::find(retired.begin(), retired.end(), env->session_id) != retired.end()) {
    return failure(OpenError::unknown_session);
  }
  const auto handshake = parse_handshake(direct.hs);
  if (!handshake) return failure(OpenError::malformed);
  if (DeviceAddress{handshake->from_account, handshake->from_device} != state_->peer) {
    return failure(OpenError::not_for_us);
  }
  const bool proving = handshake->psk_kind == PskKind::continuity;
  const auto proof = proving ? state_->lineage.find(handshake->psk_id) : std::nullopt;
  auto keys = respond_handshake(*handshake, with_psk(responder, proof, proving), now);
  if (!keys) {
    if (proving && keys.error() == RespondError::wrong_psk)
      return failure(OpenError::discontinuity);
    return OpenFailure{OpenError::handshake_failed, keys.error()};
  }
  if (keys->session_id != env->session_id) return failure(OpenError::altered);
  std::optional<SessionId> parent;
  if (proof) parent = proof->session;
  if (!state_->may_open(keys->session_id, parent)) return failure(OpenError::discontinuity);
  const Secret<32> begin = keys->continuity.clone();

  Session session{keys->session_id,
                  Origin::theirs,
                  now,
                  {},
                  true,
                  DoubleRatchet::responder(std::move(*keys), responder.prekeys.signed_prekey)};
  auto content = open_content(session.ratchet, direct, now);
  if (!content && content.error() == OpenError::unknown_session) {
    return OpenFailure{OpenError::handshake_failed, RespondError::not_proven};
  }
  if (!content) return failure(content.error());
  auto next = state_->clone();
  auto turn = session.ratchet.take_continuity();
  next->lineage.note_accepted(session.id, begin,
                              proof ? std::optional(proof->psk.id) : std::nullopt);
  next->add_theirs(std::move(session), parent, now);
  if (next->sessions.front().id == env->session_id) {
    next->lineage.note_received_turn(std::move(*turn));
  }
  next->prune(now);
  const std::uint64_t lost = content->lost + std::exchange(next->unreported_lost, 0);
  Incoming incoming(PeerSessions(std::move(next)), *env, std::move(content->bytes), lost);
  if (handshake->kem_kind == KemKind::one_time) {
    incoming.spent_key_ = handshake->kem_id;
  } else {
    incoming.last_resort_tag_ = replay_tag(*handshake);
  }
  if (handshake->psk_kind == PskKind::invite) incoming.spent_invite_ = handshake->psk_id;
  return incoming;
}

Incoming::Incoming(PeerSessions next, const Env& env, SecretBytes content,
                   std::uint64_t lost_messages)
    : next_(std::move(next)),
      encoded_(next_.encode()),
      env_(env),
      content_(std::move(content)),
      lost_messages_(lost_messages) {}

Incoming::Received Incoming::after_durable_write() && {
  return {std::move(next_), std::move(content_)};
}

}  // namespace holdspace::crypto
