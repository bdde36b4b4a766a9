// SignAgreement, FetchAgreement and RevokeAgreement: the terms of a relationship, signed by a
// device of each side until one of them takes that back. docs/protocol.md section 2,
// docs/boundary.md, "The agreement".
#include <utility>

#include "crypto/verify.hpp"
#include "gateway/agreement_terms.hpp"
#include "gateway/audit_record.hpp"
#include "gateway/fields.hpp"
#include "gateway/handlers.hpp"
#include "gateway/hints.hpp"
#include "gateway/notice_wire.hpp"
#include "gateway/policy_snapshot.hpp"
#include "gateway/reply_error.hpp"

namespace holdspace::gateway {
namespace {

constexpr const char* kStatementPath = "sign_agreement.statement";
// Both sides sign at the same time: the second to arrive looks again.
constexpr int kAttemptsMax = 3;

// The statement of the asking device about the relationship that the frame names.
boost::system::result<storage::AgreementSignature, v1::Error> read_signature(
    const Identity& who, const v1::SignAgreement& wire, storage::RelationshipId relationship) {
  if (wire.statement().size() > storage::kStatementMax) return invalid_field(kStatementPath);
  const auto statement = crypto::verify_contact_agreement(view(wire.statement()), who.cert);
  if (!statement.has_value()) return to_error(statement.error(), kStatementPath);
  if ((*statement)->relationship_id != relationship.bytes) return invalid_field(kStatementPath);
  return storage::AgreementSignature{(*statement)->agreement_hash, wire.statement()};
}

bool has_signed(const std::optional<storage::AgreementSignature>& side,
                const storage::AgreementHash& terms) {
  return side && side->terms == terms;
}

// The other side is told that terms wait; both, when both have signed them.
std::vector<storage::NewNotice> agreement_notices(const storage::RelationshipFacts& facts,
                                                  storage::AccountId signer,
                                                  const storage::AgreementHash& terms, bool both) {
  const auto other = facts.therapist == signer ? facts.client : facts.therapist;
  std::vector<storage::NewNotice> notices = {agreement_notice(other, facts.id, terms, both)};
  if (both) notices.push_back(agreement_notice(signer, facts.id, terms, both));
  return notices;
}

// What one side would take back: the terms in force, else those that it has signed alone.
std::optional<storage::AgreementHash> terms_to_revoke(const storage::Agreement& agreement,
                                                      bool by_therapist) {
  if (agreement.in_force) return agreement.in_force;
  const auto& own = by_therapist ? agreement.therapist : agreement.client;
  return own ? std::optional(own->terms) : std::nullopt;
}

// As the store has it after one side revoked.
void take_back(storage::Agreement& agreement, bool by_therapist) {
  (by_therapist ? agreement.therapist : agreement.client).reset();
  agreement.in_force.reset();
  agreement.therapist_agreed.clear();
  agreement.client_agreed.clear();
}

v1::ServerFrame to_reply(const storage::Agreement& agreement,
                         const std::optional<storage::AgreementHash>& wanted) {
  v1::ServerFrame frame;
  auto& reply = *frame.mutable_agreement();
  if (agreement.in_force) reply.set_in_force(to_string(*agreement.in_force));
  if (wanted) reply.set_wanted(to_string(*wanted));
  if (agreement.therapist) reply.set_therapist_statement(agreement.therapist->statement);
  if (agreement.client) reply.set_client_statement(agreement.client->statement);
  reply.set_therapist_agreed(agreement.therapist_agreed);
  reply.set_client_agreed(agreement.client_agreed);
  return frame;
}

}  // namespace

Handled handle_sign_agreement(SessionPtr session, v1::ClientFrame frame) {
  const auto worker = session->worker();
  const auto& who = session->identity();
  const auto id = frame.request_id();
  const auto& wire = frame.sign_agreement();
  const auto self = who.device.account;
  Fields fields;
  const auto relationship =
      fields.id<storage::RelationshipId>("sign_agreement.relationship_id", wire.relationship_id());
  if (fields.wrong()) co_return session->reply(id, invalid_field(*fields.wrong()));
  const auto signature = read_signature(who, wire, relationship);
  if (!signature.has_value()) co_return session->reply(id, signature.error());

  const StoreTimer timer(worker->gateway.metrics);
  for (int attempt = 1;; ++attempt) {
    const auto snapshot = co_await take_snapshot(worker, who.practice, relationship, self,
                                                 std::nullopt, request_deadline());
    if (!snapshot.has_value()) co_return session->reply(id, to_error(snapshot.error()));
    const auto& facts = snapshot->facts;
    const auto wanted = wanted_terms(snapshot->therapist->policy());
    if (!wanted) co_return session->reply(id, make_error(v1::NOT_FOUND));
    if (signature->terms != *wanted) co_return session->reply(id, agreement_needed(wanted));
    auto agreement = co_await worker->agreements.fetch_agreement(who.practice, relationship, self,
                                                                 request_deadline());
    if (!agreement.has_value()) co_return session->reply(id, to_error(agreement.error()));
    auto& own = self == facts.therapist ? agreement->therapist : agreement->client;
    const auto& other = self == facts.therapist ? agreement->client : agreement->therapist;
    const bool both = has_signed(other, *wanted);
    storage::Trail trail;
    trail.notices = agreement_notices(facts, self, *wanted, both);
    trail.audit = audit_record(who.device, v1::AuditRecord::AGREEMENT_SIGNED, relationship, 0,
                               facts.policy_version);
    const auto done = co_await worker->agreements.sign_agreement(
        who.practice, relationship, self, facts.revision, *signature, std::move(trail),
        request_deadline());
    if (!done.has_value()) {
      if (done.error() == storage::SignAgreementError::stale && attempt < kAttemptsMax) continue;
      co_return session->reply(id, to_error(done.error()));
    }
    own = *signature;
    if (done->in_force) {
      agreement->in_force = *wanted;
      agreement->therapist_agreed = agreement->therapist->statement;
      agreement->client_agreed = agreement->client->statement;
    }
    session->forget_facts(relationship);
    session->reply(id, to_reply(*agreement, wanted));
    co_await hint_account(worker, who.practice, facts.therapist);
    co_await hint_account(worker, who.practice, facts.client);
    co_return;
  }
}

Handled handle_fetch_agreement(SessionPtr session, v1::ClientFrame frame) {
  const auto worker = session->worker();
  const auto& who = session->identity();
  const auto id = frame.request_id();
  Fields fields;
  const auto relationship = fields.id<storage::RelationshipId>(
      "fetch_agreement.relationship_id", frame.fetch_agreement().relationship_id());
  if (fields.wrong()) co_return session->reply(id, invalid_field(*fields.wrong()));

  const StoreTimer timer(worker->gateway.metrics);
  const auto snapshot = co_await take_snapshot(
      worker, who.practice, relationship, who.device.account, std::nullopt, request_deadline());
  if (!snapshot.has_value()) co_return session->reply(id, to_error(snapshot.error()));
  const auto agreement = co_await worker->agreements.fetch_agreement(
      who.practice, relationship, who.device.account, request_deadline());
  if (!agreement.has_value()) co_return session->reply(id, to_error(agreement.error()));
  session->reply(id, to_reply(*agreement, wanted_terms(snapshot->therapist->policy())));
}

Handled handle_revoke_agreement(SessionPtr session, v1::ClientFrame frame) {
  const auto worker = session->worker();
  const auto& who = session->identity();
  const auto id = frame.request_id();
  const auto self = who.device.account;
  Fields fields;
  const auto relationship = fields.id<storage::RelationshipId>(
      "revoke_agreement.relationship_id", frame.revoke_agreement().relationship_id());
  if (fields.wrong()) co_return session->reply(id, invalid_field(*fields.wrong()));

  const StoreTimer timer(worker->gateway.metrics);
  const auto snapshot = co_await take_snapshot(worker, who.practice, relationship, self,
                                               std::nullopt, request_deadline());
  if (!snapshot.has_value()) co_return session->reply(id, to_error(snapshot.error()));
  const auto& facts = snapshot->facts;
  auto agreement = co_await worker->agreements.fetch_agreement(who.practice, relationship, self,
                                                               request_deadline());
  if (!agreement.has_value()) co_return session->reply(id, to_error(agreement.error()));
  const auto wanted = wanted_terms(snapshot->therapist->policy());
  const bool by_therapist = self == facts.therapist;
  const auto terms = terms_to_revoke(*agreement, by_therapist);
  if (!terms) co_return session->reply(id, to_reply(*agreement, wanted));  // done already
  const auto other = by_therapist ? facts.client : facts.therapist;
  storage::Trail trail;
  trail.notices.push_back(revocation_notice(other, relationship, *terms));
  trail.audit = audit_record(who.device, v1::AuditRecord::AGREEMENT_REVOKED, relationship, 0,
                             facts.policy_version);
  const auto done = co_await worker->agreements.revoke_agreement(
      who.practice, relationship, self, std::move(trail), request_deadline());
  if (!done.has_value()) co_return session->reply(id, to_error(done.error()));
  take_back(*agreement, by_therapist);
  session->forget_facts(relationship);
  session->reply(id, to_reply(*agreement, wanted));
  co_await hint_account(worker, who.practice, facts.therapist);
  co_await hint_account(worker, who.practice, facts.client);
}

}  // namespace holdspace::gateway
