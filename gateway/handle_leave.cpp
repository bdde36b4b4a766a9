// Leave: a therapist leaves the practice, by herself or by an admin who acts for her.
// docs/operations.md, "Leave".
#include <utility>

#include "gateway/account_check.hpp"
#include "gateway/audit_record.hpp"
#include "gateway/fields.hpp"
#include "gateway/handlers.hpp"
#include "gateway/hints.hpp"
#include "gateway/notice_wire.hpp"
#include "gateway/reply_error.hpp"

namespace holdspace::gateway {
namespace {

using Relationships = std::vector<storage::RelationshipFacts>;

// Those that FINISH ends.
Relationships living(const Relationships& all) {
  using State = boundary::RelationshipState;
  Relationships out;
  for (const auto& facts : all)
    if (facts.state == State::active || facts.state == State::paused ||
        facts.state == State::ending)
      out.push_back(facts);
  return out;
}

// What everybody concerned will read.
std::vector<storage::NewNotice> closing_notices(Relationships ending,
                                                storage::AccountId successor) {
  std::vector<storage::NewNotice> notices;
  for (auto& facts : ending) {
    facts.state = boundary::RelationshipState::ended;
    for (auto& notice : relationship_notices(facts, successor))
      notices.push_back(std::move(notice));
  }
  return notices;
}

v1::ServerFrame left(std::uint32_t relationships_ended) {
  v1::ServerFrame reply;
  reply.mutable_left()->set_relationships_ended(relationships_ended);
  return reply;
}

Handled hint_everybody(std::shared_ptr<Worker> worker, storage::PracticeId practice,
                       storage::AccountId therapist, Relationships relationships) {
  co_await hint_account(worker, practice, therapist);
  for (const auto& facts : relationships)
    if (!facts.client.is_none()) co_await hint_account(worker, practice, facts.client);
}

}  // namespace

Handled handle_leave(SessionPtr session, v1::ClientFrame frame) {
  const auto worker = session->worker();
  const auto& who = session->identity();
  const auto id = frame.request_id();
  const auto& wire = frame.leave();
  const auto therapist = read_therapist(who, "leave.account_id", wire.account_id());
  if (!therapist.has_value()) co_return session->reply(id, therapist.error());
  Fields fields;
  fields.require(wire.phase() != v1::Leave::PHASE_UNSPECIFIED, "leave.phase");
  const auto successor = fields.id_or_none<storage::AccountId>("leave.successor_account_id",
                                                               wire.successor_account_id());
  fields.require(
      successor.is_none() || (wire.phase() == v1::Leave::FINISH && successor != *therapist),
      "leave.successor_account_id");
  if (fields.wrong()) co_return session->reply(id, invalid_field(*fields.wrong()));

  const StoreTimer timer(worker->gateway.metrics);
  if (!successor.is_none()) {
    const auto other = co_await check_therapist(worker, who.practice, successor);
    if (other) co_return session->reply(id, *other);
  }
  const auto listed = co_await worker->relationships.list_relationships(who.practice, *therapist,
                                                                        request_deadline());
  if (!listed.has_value()) co_return session->reply(id, to_error(listed.error()));
  const auto ending = living(*listed);
  storage::Trail trail;
  trail.audit = audit_record(who.device, v1::AuditRecord::LEAVE_CHANGED, *therapist, wire.phase());
  std::uint32_t ended = 0;
  if (wire.phase() == v1::Leave::FINISH) {
    trail.notices = closing_notices(ending, successor);
    const auto done = co_await worker->leaving.finish_leaving(who.practice, *therapist,
                                                              std::move(trail), request_deadline());
    if (!done.has_value()) co_return session->reply(id, to_error(done.error()));
    ended = *done;
  } else {
    const bool begins = wire.phase() == v1::Leave::BEGIN;
    const auto done = co_await worker->leaving.set_leaving(who.practice, *therapist, begins,
                                                           std::move(trail), request_deadline());
    if (!done.has_value()) co_return session->reply(id, to_error(done.error()));
  }
  session->reply(id, left(ended));
  co_await hint_everybody(worker, who.practice, *therapist, ending);
}

}  // namespace holdspace::gateway
