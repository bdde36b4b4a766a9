// Invites over lua/invites.lua. The pointer from an invite to its practice lies outside the
// practice's slot: it is written before the record and removed after it, so a record always has its
// pointer.
#include "storage/invite_store.hpp"

#include <algorithm>
#include <cstring>

#include "storage/practice_list.hpp"
#include "storage/redis_keys.hpp"
#include "storage/store_call.hpp"

namespace holdspace::storage {

namespace {

template <class E>
using Done = boost::system::result<void, E>;

std::string bytes_of(const std::array<std::uint8_t, 32>& bytes) {
  return {bytes.begin(), bytes.end()};
}

std::int64_t milliseconds(boundary::Instant at) {
  return at.time_since_epoch().count();
}

std::string role_text(Role role) {
  return std::to_string(static_cast<unsigned>(role));
}

std::string relationship_text(const RelationshipId& relationship) {
  return relationship.is_none() ? std::string() : to_hex(relationship);
}

bool is_in_bounds(const InviteRecord& invite) {
  return !invite.id.is_none() && !invite.packet.empty() &&
         invite.packet.size() <= kInvitePacketMax &&
         (invite.role == Role::client) == !invite.relationship.is_none();
}

bool is_in_bounds(const NewAccount& account) {
  std::vector<std::uint32_t> ids;
  for (const DeviceCertificate& device : account.devices) {
    if (device.signed_cert.empty() || device.signed_cert.size() > kStatementMax) return false;
    ids.push_back(device.device);
  }
  return !account.id.is_none() && !ids.empty() && ids.size() <= kActiveDevicesMax &&
         is_device_set(ids) && !account.signed_list.empty() &&
         account.signed_list.size() <= kStatementMax && account.list_epoch <= kNumberMax;
}

// Points the invite at its practice. True when the pointer is new; `conflict` when it points
// elsewhere.
Answer<bool, CreateInviteError> set_pointer(Connection& connection, PracticeId practice,
                                            InviteId invite, Deadline deadline) {
  CommandParts command{"SET", keys::invite_pointer(invite), to_bytes(practice), "NX", "GET"};
  const auto reply = co_await connection.command(std::move(command), deadline);
  if (!reply) co_return to_error<CreateInviteError>(reply.error());
  if (reply->kind == Reply::Kind::nil) co_return true;
  if (reply->kind != Reply::Kind::string) co_return CreateInviteError::corrupt;
  if (reply->text != to_bytes(practice)) co_return CreateInviteError::conflict;
  co_return false;
}

// A pointer that stays behind points to nothing, so a failure here changes no answer.
boost::asio::awaitable<void> remove_pointer(Connection& connection, InviteId invite,
                                            Deadline deadline) {
  CommandParts command{"DEL", keys::invite_pointer(invite)};
  const auto reply = co_await connection.command(std::move(command), deadline);
  static_cast<void>(reply);
}

// Whether the practice certainly was not made.
bool is_refusal(CreateInviteError error) {
  switch (error) {
    case CreateInviteError::permission_denied:
    case CreateInviteError::invalid:
    case CreateInviteError::quota:
    case CreateInviteError::conflict:
      return true;
    case CreateInviteError::unavailable:
    case CreateInviteError::uncertain:
    case CreateInviteError::corrupt:
      return false;
  }
  return false;
}

CreateInviteError to_create_error(ListPracticeError error) {
  switch (error) {
    case ListPracticeError::quota:
      return CreateInviteError::quota;
    case ListPracticeError::unavailable:
      return CreateInviteError::unavailable;
    case ListPracticeError::uncertain:
      return CreateInviteError::uncertain;
    case ListPracticeError::corrupt:
      return CreateInviteError::corrupt;
  }
  return CreateInviteError::corrupt;
}

// The two calls that make an invite, after its pointer.
Answer<void, CreateInviteError> create(Connection& connection, PracticeId practice, InviteId invite,
                                       FunctionCall call, Deadline deadline) {
  const auto pointer = co_await set_pointer(connection, practice, invite, deadline);
  if (!pointer) co_return pointer.error();
  const auto told = co_await tell(connection, std::move(call), deadline);
  if (!told) co_return to_error<CreateInviteError>(told.error());
  if (told->is_ok()) co_return Done<CreateInviteError>{};
  const auto error = refusal<CreateInviteError>(
      told->word, {{"permission_denied", CreateInviteError::permission_denied},
                   {"invalid", CreateInviteError::invalid},
                   {"quota", CreateInviteError::quota},
                   {"conflict", CreateInviteError::conflict}});
  if (*pointer) co_await remove_pointer(connection, invite, deadline);
  co_return error;
}

}  // namespace

Answer<void, CreateInviteError> InviteStore::create_practice(PracticeId practice,
                                                             InviteRecord invite,
                                                             Deadline deadline) {
  if (!is_in_bounds(invite) || invite.role != Role::admin || !invite.inviter.is_none()) {
    co_return CreateInviteError::invalid;
  }
  const keys::Practice names(practice);
  FunctionCall call("hs_create_practice");
  call.key(names.practice()).key(names.invite(invite.id)).key(names.open_invites(invite.inviter));
  call.arg(to_hex(invite.id)).arg(bytes_of(invite.claim_key)).arg(std::move(invite.packet));
  call.number(milliseconds(invite.expires_at)).arg(to_hex(invite.inviter));
  PracticeList practices(pool_);
  const auto listed = co_await practices.list_practice(practice, deadline);
  if (!listed) co_return to_create_error(listed.error());
  const auto made =
      co_await create(pool_.for_key(invite.id), practice, invite.id, std::move(call), deadline);
  if (!made && *listed && is_refusal(made.error())) {
    // One that stays behind is empty, so a failure here changes no answer.
    static_cast<void>(co_await practices.strike_practice(practice, deadline));
  }
  co_return made;
}

Answer<void, CreateInviteError> InviteStore::create_invite(PracticeId practice, InviteRecord invite,
                                                           Deadline deadline) {
  if (!is_in_bounds(invite) || invite.role == Role::admin || invite.inviter.is_none()) {
    co_return CreateInviteError::invalid;
  }
  const keys::Practice names(practice);
  FunctionCall call("hs_create_invite");
  call.key(names.invite(invite.id)).key(names.open_invites(invite.inviter));
  call.key(names.account(invite.inviter)).key(names.relationships(invite.inviter));
  call.key(names.invite_prefix()).key(names.relationship_prefix());
  call.arg(to_hex(invite.id)).arg(bytes_of(invite.claim_key)).arg(std::move(invite.packet));
  call.arg(role_text(invite.role)).arg(relationship_text(invite.relationship));
  call.arg(to_hex(invite.inviter)).number(milliseconds(invite.expires_at));
  co_return co_await create(pool_.for_key(invite.id), practice, invite.id, std::move(call),
                            deadline);
}

Answer<void, InviteError> InviteStore::revoke_invite(PracticeId practice, AccountId inviter,
                                                     InviteId invite, Deadline deadline) {
  const keys::Practice names(practice);
  FunctionCall call("hs_revoke_invite");
  call.key(names.invite(invite)).key(names.open_invites(inviter));
  call.key(names.relationships(inviter)).key(names.relationship_prefix());
  call.arg(to_hex(invite)).arg(to_hex(inviter));
  Connection& connection = pool_.for_key(invite);
  const auto told = co_await tell(connection, std::move(call), deadline);
  if (!told) co_return to_error<InviteError>(told.error());
  if (!told->is_ok()) {
    co_return refusal<InviteError>(told->word, {{"not_found", InviteError::not_found}});
  }
  co_await remove_pointer(connection, invite, deadline);
  co_return Done<InviteError>{};
}

Answer<OpenInvite, InviteError> InviteStore::open_invite(InviteId invite, Deadline deadline) {
  Connection& connection = pool_.for_key(invite);
  CommandParts command{"GET", keys::invite_pointer(invite)};
  const auto pointer = co_await connection.command(std::move(command), deadline);
  if (!pointer) co_return to_error<InviteError>(pointer.error());
  if (pointer->kind == Reply::Kind::nil) co_return InviteError::not_found;
  const auto practice = parse_id<PracticeId>(pointer->text);
  if (!practice) co_return InviteError::corrupt;

  FunctionCall call("hs_open_invite");
  call.key(keys::Practice(*practice).invite(invite));
  const auto told = co_await tell(connection, std::move(call), deadline);
  if (!told) co_return to_error<InviteError>(told.error());
  if (!told->is_ok()) {
    co_return refusal<InviteError>(told->word, {{"not_found", InviteError::not_found}});
  }
  Fields fields(told->fields);
  OpenInvite open;
  open.practice = *practice;
  const std::string claim_key = fields.text();
  open.packet = fields.text();
  const std::uint64_t role = fields.number();
  open.relationship = fields.hex_id<RelationshipId>();
  open.inviter = fields.hex_id<AccountId>();
  if (!fields.well() || claim_key.size() != open.claim_key.size() || role < 1 || role > 4) {
    co_return InviteError::corrupt;
  }
  std::memcpy(open.claim_key.data(), claim_key.data(), claim_key.size());
  open.role = static_cast<Role>(role);
  co_return open;
}

Answer<std::uint32_t, InviteError> InviteStore::count_invite_failure(InviteId id, OpenInvite invite,
                                                                     Deadline deadline) {
  const keys::Practice names(invite.practice);
  FunctionCall call("hs_count_invite_failure");
  call.key(names.invite(id)).key(names.open_invites(invite.inviter));
  call.key(names.relationships(invite.inviter)).key(names.relationship_prefix());
  call.arg(to_hex(id)).arg(to_hex(invite.inviter));
  Connection& connection = pool_.for_key(id);
  const auto told = co_await tell(connection, std::move(call), deadline);
  if (!told) co_return to_error<InviteError>(told.error());
  if (!told->is_ok()) {
    co_return refusal<InviteError>(told->word, {{"not_found", InviteError::not_found}});
  }
  Fields fields(told->fields);
  const auto tries = static_cast<std::uint32_t>(fields.number());
  if (!fields.well()) co_return InviteError::corrupt;
  if (tries >= kInviteTriesMax) co_await remove_pointer(connection, id, deadline);
  co_return tries;
}

Answer<void, RedeemError> InviteStore::redeem(InviteId id, OpenInvite invite, NewAccount account,
                                              std::string audit, Deadline deadline) {
  if (!is_in_bounds(account) || audit.size() > kAuditBytesMax) co_return RedeemError::invalid;
  const keys::Practice names(invite.practice);
  FunctionCall call("hs_redeem");
  call.key(names.invite(id)).key(names.account(account.id)).key(names.relationships(account.id));
  call.key(invite.relationship.is_none() ? names.account(account.id)
                                         : names.relationship(invite.relationship));
  call.key(names.open_invites(invite.inviter)).key(names.conflicts()).key(names.accounts());
  call.key(names.relationship_prefix()).key(names.audit());
  std::vector<std::uint32_t> devices;
  for (const DeviceCertificate& device : account.devices) devices.push_back(device.device);
  call.arg(to_hex(id)).arg(to_hex(account.id)).arg(role_text(invite.role));
  call.arg(relationship_text(invite.relationship)).arg(std::move(account.signed_list));
  call.arg(std::to_string(account.list_epoch)).arg(join(devices)).arg(std::move(audit));
  for (DeviceCertificate& device : account.devices) {
    call.arg(std::to_string(device.device)).arg(std::move(device.signed_cert));
  }
  Connection& connection = pool_.for_key(id);
  const auto told = co_await tell(connection, std::move(call), deadline);
  if (!told) co_return to_error<RedeemError>(told.error());
  if (!told->is_ok()) {
    co_return refusal<RedeemError>(told->word, {{"not_found", RedeemError::not_found},
                                                {"account_exists", RedeemError::account_exists},
                                                {"pair_exists", RedeemError::pair_exists}});
  }
  co_await remove_pointer(connection, id, deadline);
  co_return Done<RedeemError>{};
}

Answer<void, JoinError> InviteStore::join_relationship(InviteId id, OpenInvite invite,
                                                       AccountId account, std::string audit,
                                                       Deadline deadline) {
  if (invite.relationship.is_none()) co_return JoinError::not_found;
  if (audit.size() > kAuditBytesMax) co_return JoinError::corrupt;
  const keys::Practice names(invite.practice);
  FunctionCall call("hs_join");
  call.key(names.invite(id)).key(names.account(account)).key(names.relationships(account));
  call.key(names.relationship(invite.relationship)).key(names.open_invites(invite.inviter));
  call.key(names.conflicts()).key(names.relationship_prefix()).key(names.policy(account));
  call.key(names.audit());
  call.arg(to_hex(id)).arg(to_hex(account)).arg(to_hex(invite.relationship)).arg(std::move(audit));
  Connection& connection = pool_.for_key(id);
  const auto told = co_await tell(connection, std::move(call), deadline);
  if (!told) co_return to_error<JoinError>(told.error());
  if (!told->is_ok()) {
    co_return refusal<JoinError>(told->word, {{"not_found", JoinError::not_found},
                                              {"permission_denied", JoinError::permission_denied},
                                              {"pair_exists", JoinError::pair_exists},
                                              {"quota", JoinError::quota}});
  }
  co_await remove_pointer(connection, id, deadline);
  co_return Done<JoinError>{};
}

}  // namespace holdspace::storage
