// CreateInvite, RevokeInvite, ListRelationships and ListAccounts. docs/protocol.md section 3.1.
#include <utility>

#include "gateway/fields.hpp"
#include "gateway/handlers.hpp"
#include "gateway/relationship_wire.hpp"
#include "gateway/reply_error.hpp"

namespace holdspace::gateway {
namespace {

constexpr int kAccountsMax = 1024;  // stated on the wire

boost::system::result<storage::InviteRecord, v1::Error> read_invite(const Identity& who,
                                                                    const v1::CreateInvite& wire) {
  Fields fields;
  storage::InviteRecord invite;
  invite.id = fields.id<storage::InviteId>("create_invite.invite_id", wire.invite_id());
  invite.claim_key = fields.exactly<32>("create_invite.claim_key", wire.claim_key());
  fields.require(!wire.packet().empty() && wire.packet().size() <= storage::kInvitePacketMax,
                 "create_invite.packet");
  fields.require(wire.role() >= 2 && wire.role() <= 4, "create_invite.role");
  invite.relationship = fields.id_or_none<storage::RelationshipId>("create_invite.relationship_id",
                                                                   wire.relationship_id());
  fields.require((wire.role() == 3) == !invite.relationship.is_none(),
                 "create_invite.relationship_id");
  fields.require(wire.expires_at_ms() > 0, "create_invite.expires_at_ms");
  if (fields.wrong()) return invalid_field(*fields.wrong());
  invite.packet = wire.packet();
  invite.role = static_cast<storage::Role>(wire.role());
  invite.inviter = who.device.account;
  invite.expires_at = Instant(std::chrono::milliseconds(wire.expires_at_ms()));
  return invite;
}

}  // namespace

Handled handle_create_invite(SessionPtr session, v1::ClientFrame frame) {
  const auto worker = session->worker();
  const auto& who = session->identity();
  const auto id = frame.request_id();
  auto invite = read_invite(who, frame.create_invite());
  if (!invite.has_value()) co_return session->reply(id, std::move(invite.error()));
  const auto now = worker->store_now();
  if (!now) co_return session->reply(id, unavailable());
  if (invite->expires_at <= *now || invite->expires_at > *now + storage::kInviteLifeMax)
    co_return session->reply(id, invalid_field("create_invite.expires_at_ms"));

  const StoreTimer timer(worker->gateway.metrics);
  const auto made =
      co_await worker->invites.create_invite(who.practice, std::move(*invite), request_deadline());
  if (!made.has_value()) co_return session->reply(id, to_error(made.error()));
  v1::ServerFrame reply;
  reply.mutable_invite_created();
  session->reply(id, std::move(reply));
}

Handled handle_revoke_invite(SessionPtr session, v1::ClientFrame frame) {
  const auto worker = session->worker();
  const auto& who = session->identity();
  const auto id = frame.request_id();
  Fields fields;
  const auto invite =
      fields.id<storage::InviteId>("revoke_invite.invite_id", frame.revoke_invite().invite_id());
  if (fields.wrong()) co_return session->reply(id, invalid_field(*fields.wrong()));

  const StoreTimer timer(worker->gateway.metrics);
  const auto gone = co_await worker->invites.revoke_invite(who.practice, who.device.account, invite,
                                                           request_deadline());
  if (!gone.has_value()) co_return session->reply(id, to_error(gone.error()));
  v1::ServerFrame reply;
  reply.mutable_invite_revoked();
  session->reply(id, std::move(reply));
}

Handled handle_list_relationships(SessionPtr session, v1::ClientFrame frame) {
  const auto worker = session->worker();
  const auto& who = session->identity();
  const auto id = frame.request_id();
  const auto self = who.device.account;
  const StoreTimer timer(worker->gateway.metrics);
  const auto listed =
      co_await worker->relationships.list_relationships(who.practice, self, request_deadline());
  if (!listed.has_value()) co_return session->reply(id, to_error(listed.error()));
  v1::ServerFrame reply;
  auto& out = *reply.mutable_relationships();
  for (const auto& facts : *listed) *out.add_relationships() = to_wire(facts, self);
  session->reply(id, std::move(reply));
}

Handled handle_list_accounts(SessionPtr session, v1::ClientFrame frame) {
  const auto worker = session->worker();
  const auto id = frame.request_id();
  const StoreTimer timer(worker->gateway.metrics);
  const auto listed =
      co_await worker->accounts.list_accounts(session->identity().practice, request_deadline());
  if (!listed.has_value()) co_return session->reply(id, to_error(listed.error()));
  v1::ServerFrame reply;
  auto& out = *reply.mutable_accounts();
  for (const auto& line : *listed) {
    if (out.accounts_size() == kAccountsMax) break;
    auto& account = *out.add_accounts();
    account.set_account_id(storage::to_bytes(line.id));
    account.set_role(static_cast<std::uint32_t>(line.role));
    account.set_policy_version(line.policy_version);
    account.set_leaving(line.leaving);
  }
  session->reply(id, std::move(reply));
}

}  // namespace holdspace::gateway
