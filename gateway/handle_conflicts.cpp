// ListConflicts and SetConflict: the admin's list of pairs who may not have a relationship, because
// they know each other otherwise. Not its enforcement: storage/lua/invites.lua asks it when
// somebody joins. docs/boundary.md, "Who may not have a relationship".
#include <utility>

#include "gateway/audit_record.hpp"
#include "gateway/fields.hpp"
#include "gateway/handlers.hpp"
#include "gateway/reply_error.hpp"

namespace holdspace::gateway {
namespace {

static_assert(storage::kConflictsMax == 4096);  // stated on the wire

boost::system::result<storage::AccountPair, v1::Error> read_pair(const v1::SetConflict& wire) {
  Fields fields;
  const auto a = fields.id<storage::AccountId>("set_conflict.account_a", wire.account_a());
  const auto b = fields.id<storage::AccountId>("set_conflict.account_b", wire.account_b());
  fields.require(a != b, "set_conflict.account_b");
  if (fields.wrong()) return invalid_field(*fields.wrong());
  return a < b ? storage::AccountPair{a, b} : storage::AccountPair{b, a};
}

v1::ServerFrame to_reply(const std::vector<storage::AccountPair>& pairs) {
  v1::ServerFrame frame;
  auto& out = *frame.mutable_conflicts();
  for (const auto& [a, b] : pairs) {
    auto& pair = *out.add_pairs();
    pair.set_account_a(storage::to_bytes(a));
    pair.set_account_b(storage::to_bytes(b));
  }
  return frame;
}

}  // namespace

Handled handle_list_conflicts(SessionPtr session, v1::ClientFrame frame) {
  const auto worker = session->worker();
  const auto id = frame.request_id();
  const StoreTimer timer(worker->gateway.metrics);
  const auto pairs =
      co_await worker->conflicts.list_conflicts(session->identity().practice, request_deadline());
  if (!pairs.has_value()) co_return session->reply(id, to_error(pairs.error()));
  session->reply(id, to_reply(*pairs));
}

Handled handle_set_conflict(SessionPtr session, v1::ClientFrame frame) {
  const auto worker = session->worker();
  const auto& who = session->identity();
  const auto id = frame.request_id();
  const auto pair = read_pair(frame.set_conflict());
  if (!pair.has_value()) co_return session->reply(id, pair.error());
  const bool listed = frame.set_conflict().listed();
  const auto action = listed ? v1::AuditRecord::CONFLICT_LISTED : v1::AuditRecord::CONFLICT_STRUCK;
  auto audit = audit_record(who.device, action, pair->first, 0, 0, pair->second);

  const StoreTimer timer(worker->gateway.metrics);
  const auto done = co_await worker->conflicts.set_conflict(
      who.practice, pair->first, pair->second, listed, std::move(audit), request_deadline());
  if (!done.has_value()) co_return session->reply(id, to_error(done.error()));
  const auto pairs = co_await worker->conflicts.list_conflicts(who.practice, request_deadline());
  // The change is made; asking again is right, and UNAVAILABLE would deny it.
  if (!pairs.has_value()) co_return session->reply(id, make_error(v1::UNCERTAIN));
  session->reply(id, to_reply(*pairs));
}

}  // namespace holdspace::gateway
