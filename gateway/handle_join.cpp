// JoinOpen and Join: a client who has an account takes up another therapist's invite.
// docs/protocol.md section 3.3.
#include <utility>

#include "crypto/claim.hpp"
#include "crypto/random.hpp"
#include "gateway/audit_record.hpp"
#include "gateway/fields.hpp"
#include "gateway/handlers.hpp"
#include "gateway/hints.hpp"
#include "gateway/reply_error.hpp"

namespace holdspace::gateway {
namespace {

using storage::InviteError;

// An invite of another practice, or one that makes an account, is as good as unknown.
bool is_for(const Identity& who, const storage::OpenInvite& invite) {
  return invite.practice == who.practice && invite.role == storage::Role::client;
}

bool is_claimed(const Identity& who, const JoinOffer& offer, const crypto::Signature& claim) {
  return crypto::verify_claim({offer.invite.claim_key}, offer.id.bytes, offer.server_nonce,
                              who.cert.signed_bytes(), claim);
}

}  // namespace

Handled handle_join_open(SessionPtr session, v1::ClientFrame frame) {
  const auto worker = session->worker();
  const auto id = frame.request_id();
  Fields fields;
  JoinOffer offer;
  offer.id = fields.id<storage::InviteId>("join_open.invite_id", frame.join_open().invite_id());
  if (fields.wrong()) co_return session->reply(id, invalid_field(*fields.wrong()));
  const auto wait =
      worker->gateway.limits.take_redeem(session->connection().peer_prefix(), monotonic_now());
  if (wait) co_return session->reply(id, rate_limited(*wait));

  const StoreTimer timer(worker->gateway.metrics);
  auto invite = co_await worker->invites.open_invite(offer.id, request_deadline());
  if (!invite.has_value() && invite.error() != InviteError::not_found)
    co_return session->reply(id, unavailable());
  if (!invite.has_value() || !is_for(session->identity(), *invite))
    co_return session->reply(id, to_error(InviteError::not_found));
  offer.invite = std::move(*invite);
  offer.server_nonce = crypto::random_array<32>();
  v1::ServerFrame reply;
  reply.mutable_join_challenge()->set_server_nonce(to_string(offer.server_nonce));
  reply.mutable_join_challenge()->set_packet(offer.invite.packet);
  session->offer_join(std::move(offer));
  session->reply(id, std::move(reply));
}

Handled handle_join(SessionPtr session, v1::ClientFrame frame) {
  const auto worker = session->worker();
  const auto& who = session->identity();
  const auto id = frame.request_id();
  const auto offer = session->take_join_offer();
  Fields fields;
  const auto invite_id = fields.id<storage::InviteId>("join.invite_id", frame.join().invite_id());
  fields.require(offer && offer->id == invite_id, "join.invite_id");
  const auto claim = fields.exactly<64>("join.claim", frame.join().claim());
  if (fields.wrong()) co_return session->reply(id, invalid_field(*fields.wrong()));

  const StoreTimer timer(worker->gateway.metrics);
  if (!is_claimed(who, *offer, claim)) {
    // Whether it could be counted or not, the answer is the same.
    (void)co_await worker->invites.count_invite_failure(offer->id, offer->invite,
                                                        request_deadline());
    co_return session->reply(id, to_error(InviteError::not_found));
  }
  const auto& relationship = offer->invite.relationship;
  auto audit =
      audit_record(who.device, v1::AuditRecord::RELATIONSHIP_CHANGED, relationship, v1::ACTIVE);
  const auto joined = co_await worker->invites.join_relationship(
      offer->id, offer->invite, who.device.account, std::move(audit), request_deadline());
  if (!joined.has_value()) co_return session->reply(id, to_error(joined.error()));
  v1::ServerFrame reply;
  reply.mutable_joined()->set_relationship_id(storage::to_bytes(relationship));
  session->reply(id, std::move(reply));
  worker->gateway.log.event(Event::invite_redeemed,
                            {{"practice", worker->gateway.log.pseudonym(who.practice.bytes)}});
  // The inviter may have waited for this: its relationship is active.
  co_await hint_account(worker, who.practice, offer->invite.inviter);
}

}  // namespace holdspace::gateway
