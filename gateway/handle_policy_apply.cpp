// ApplyPolicy: a new version by its owner's signature, or by an admin as far as it only narrows.
// What waits keeps its promise, or its sender is told another in the same step. docs/boundary.md,
// "A change of the policy" and "Who may do what".
#include <utility>

#include "gateway/fields.hpp"
#include "gateway/handlers.hpp"
#include "gateway/policy_change.hpp"
#include "gateway/policy_request.hpp"
#include "gateway/policy_snapshot.hpp"
#include "gateway/reply_error.hpp"

namespace holdspace::gateway {
namespace {

constexpr const char* kDocumentPath = "apply_policy.document";

// What the frame asks for, as far as the frame alone can be judged.
struct Change {
  storage::AccountId owner;
  bool by_owner = false;  // else by an admin, for somebody else
  v1::Policy document;
  GatePtr offered;
};

boost::system::result<Change, v1::Error> read_change(const Identity& who,
                                                     const v1::ApplyPolicy& wire) {
  const auto owner = read_owner(who, "apply_policy.account_id", wire.account_id());
  if (!owner.has_value()) return owner.error();
  Change change;
  change.owner = *owner;
  change.by_owner = *owner == who.device.account || *owner == kPracticeDefault;
  if (wire.reason() == v1::CHANGE_REASON_UNSPECIFIED) return invalid_field("apply_policy.reason");
  auto document = read_document(wire.document(), kDocumentPath);
  if (!document.has_value()) return std::move(document.error());
  change.document = std::move(*document);
  auto fault = fault_of_openings(change.document);
  if (!fault && who.role == storage::Role::client) fault = fault_of_hours(change.document);
  if (fault) return invalid_field(std::string(kDocumentPath) + "." + *fault);
  if (change.document.version() == 0) return invalid_field(std::string(kDocumentPath) + ".version");
  auto offered = compile_offer(change.document, kDocumentPath);
  if (!offered.has_value()) return std::move(offered.error());
  change.offered = std::move(*offered);
  if (wire.dry_run() && wire.statement().empty()) return change;
  if (!change.by_owner && !wire.statement().empty()) return invalid_field("apply_policy.statement");
  if (change.by_owner) {
    const auto signed_so = check_statement(wire.statement(), who.cert, change.owner,
                                           change.document.version(), wire.document());
    if (!signed_so.has_value()) return signed_so.error();
  }
  return change;
}

// Sessions here that wait behind a gate of this owner look again; elsewhere the poll finds the new
// version.
Handled tell_parties(std::shared_ptr<Worker> worker, storage::PracticeId practice,
                     storage::AccountId owner) {
  const auto parties =
      co_await worker->relationships.list_relationships(practice, owner, request_deadline());
  worker->gateway.directory.look_account(practice, owner);
  if (!parties.has_value()) co_return;
  for (const auto& relationship : *parties) {
    const auto peer = relationship.client == owner ? relationship.therapist : relationship.client;
    if (!peer.is_none()) worker->gateway.directory.look_account(practice, peer);
  }
}

}  // namespace

Handled handle_apply_policy(SessionPtr session, v1::ClientFrame frame) {
  const auto worker = session->worker();
  const auto& who = session->identity();
  const auto id = frame.request_id();
  const auto& wire = frame.apply_policy();
  const auto change = read_change(who, wire);
  if (!change.has_value()) co_return session->reply(id, change.error());

  const StoreTimer timer(worker->gateway.metrics);
  const auto version = co_await worker->policies.apply_policy(
      who.practice, change->owner, change->document.version() - 1,
      encode_version(wire.document(), {}), request_deadline());
  if (!version.has_value()) co_return session->reply(id, to_error(version.error()));
  v1::ServerFrame reply;
  reply.mutable_policy_applied()->set_version(*version);
  session->reply(id, std::move(reply));
  co_await tell_parties(worker, who.practice, change->owner);
}

}  // namespace holdspace::gateway
