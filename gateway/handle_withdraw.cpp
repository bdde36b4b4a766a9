// Withdraw: the sender takes back a message that the gate has kept shut. Whether it is too late is
// the gate's to say and not the recipient's devices', so that the answer tells nothing about them.
// docs/protocol.md section 11.
#include <utility>

#include "gateway/audit_record.hpp"
#include "gateway/fields.hpp"
#include "gateway/handlers.hpp"
#include "gateway/opening_lookup.hpp"
#include "gateway/reply_error.hpp"

namespace holdspace::gateway {
namespace {

// Whether the gate was open since the message was accepted.
boost::asio::awaitable<boost::system::result<bool, v1::Error>> was_released(
    std::shared_ptr<Worker> worker, storage::PracticeId practice, storage::AccountId sender,
    storage::RelationshipId relationship, storage::SentMessage sent) {
  if (!sent.held) co_return true;
  if (sent.is_gone) co_return false;
  const storage::KnownVersions nothing;
  const auto stored = co_await worker->relationships.facts(practice, relationship, sender, nothing,
                                                           request_deadline());
  if (!stored.has_value()) co_return to_error(stored.error());
  v1::Verdict verdict;
  if (!verdict.ParseFromString(sent.verdict)) co_return unavailable();
  const HeldWay way{stored->facts, sent.lane,
                    stored->facts.therapist == sender ? boundary::Direction::to_client
                                                      : boundary::Direction::to_therapist};
  const HeldRecord record{verdict.policy_version(), sent.accepted_at};
  const auto found = co_await look_up_opening(worker, practice, way, record);
  if (!found) co_return unavailable();
  co_return found->kind == OpeningFound::Kind::opened;
}

}  // namespace

Handled handle_withdraw(SessionPtr session, v1::ClientFrame frame) {
  const auto worker = session->worker();
  const auto& who = session->identity();
  const auto id = frame.request_id();
  const auto& wire = frame.withdraw();
  Fields fields;
  const auto relationship =
      fields.id<storage::RelationshipId>("withdraw.relationship_id", wire.relationship_id());
  const auto message = fields.id<storage::MessageId>("withdraw.message_id", wire.message_id());
  if (fields.wrong()) co_return session->reply(id, invalid_field(*fields.wrong()));
  if (!worker->accepting()) co_return session->reply(id, unavailable());

  const StoreTimer timer(worker->gateway.metrics);
  const auto sent = co_await worker->held.find_sent(who.practice, who.device, relationship, message,
                                                    request_deadline());
  if (!sent.has_value()) co_return session->reply(id, to_error(sent.error()));
  const auto released =
      co_await was_released(worker, who.practice, who.device.account, relationship, *sent);
  if (!released.has_value()) co_return session->reply(id, released.error());
  if (*released) co_return session->reply(id, make_error(v1::ALREADY_RELEASED));
  storage::Trail trail;
  trail.audit = audit_record(who.device, v1::AuditRecord::MESSAGE_WITHDRAWN, relationship);
  const auto done = co_await worker->held.withdraw(who.practice, who.device, relationship, message,
                                                   std::move(trail), request_deadline());
  if (!done.has_value()) co_return session->reply(id, to_error(done.error()));
  v1::ServerFrame reply;
  reply.mutable_withdrawn();
  session->reply(id, std::move(reply));
}

}  // namespace holdspace::gateway
