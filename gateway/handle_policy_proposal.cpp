// FetchProposal and RejectProposal: what an admin wants a therapist's hours to be and only she may
// make so. Accepting it is ApplyPolicy with her signature. docs/boundary.md, "Who may do what".
#include <utility>

#include "gateway/audit_record.hpp"
#include "gateway/handlers.hpp"
#include "gateway/reply_error.hpp"

namespace holdspace::gateway {

Handled handle_fetch_proposal(SessionPtr session, v1::ClientFrame frame) {
  const auto worker = session->worker();
  const auto& who = session->identity();
  const auto id = frame.request_id();
  const StoreTimer timer(worker->gateway.metrics);
  const auto waiting = co_await worker->policies.fetch_proposal(who.practice, who.device.account,
                                                                request_deadline());
  if (!waiting.has_value() && waiting.error() != storage::ProposalError::not_found)
    co_return session->reply(id, to_error(waiting.error()));
  v1::ServerFrame reply;
  auto& proposal = *reply.mutable_proposal();
  if (waiting.has_value()) {
    proposal.set_document(waiting->document);
    proposal.mutable_meta()->ParseFromString(waiting->meta);
  }
  session->reply(id, std::move(reply));
}

Handled handle_reject_proposal(SessionPtr session, v1::ClientFrame frame) {
  const auto worker = session->worker();
  const auto& who = session->identity();
  const auto id = frame.request_id();
  storage::Trail trail;
  trail.audit = audit_record(who.device, v1::AuditRecord::PROPOSAL_REJECTED, who.device.account);
  const StoreTimer timer(worker->gateway.metrics);
  const auto rejected = co_await worker->policies.reject_proposal(
      who.practice, who.device.account, std::move(trail), request_deadline());
  if (!rejected.has_value()) co_return session->reply(id, to_error(rejected.error()));
  v1::ServerFrame reply;
  reply.mutable_proposal_rejected();
  session->reply(id, std::move(reply));
}

}  // namespace holdspace::gateway
