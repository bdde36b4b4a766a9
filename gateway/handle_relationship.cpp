// ChangeRelationship: the life of a relationship, by its parties and by the admin. What a state
// then allows is the boundary's. docs/boundary.md, "Relationship states".
#include <utility>

#include "gateway/account_check.hpp"
#include "gateway/audit_record.hpp"
#include "gateway/fields.hpp"
#include "gateway/handlers.hpp"
#include "gateway/hints.hpp"
#include "gateway/notice_wire.hpp"
#include "gateway/relationship_change.hpp"
#include "gateway/relationship_wire.hpp"
#include "gateway/reply_error.hpp"

namespace holdspace::gateway {
namespace {

using Change = v1::ChangeRelationship;

struct Asked {
  storage::RelationshipId relationship;
  Change::Change change = Change::CHANGE_UNSPECIFIED;
  std::optional<Instant> ends_at;
  std::uint64_t revision = 0;  // 0: an admin, who cannot list relationships, names none
  storage::AccountId successor;
};

boost::system::result<Asked, v1::Error> read_change(const Identity& who, const Change& wire,
                                                    Instant now) {
  Fields fields;
  Asked asked;
  asked.relationship = fields.id<storage::RelationshipId>("change_relationship.relationship_id",
                                                          wire.relationship_id());
  asked.change = wire.change();
  asked.revision = wire.revision();
  fields.require(wire.change() != Change::CHANGE_UNSPECIFIED, "change_relationship.change");
  fields.require((wire.change() == Change::END_ON) == (wire.ends_at_ms() != 0),
                 "change_relationship.ends_at_ms");
  if (wire.ends_at_ms() != 0) {
    const auto most = (now + kEndingMax).time_since_epoch().count();
    fields.require(wire.ends_at_ms() > now.time_since_epoch().count() && wire.ends_at_ms() <= most,
                   "change_relationship.ends_at_ms");
    asked.ends_at = Instant(std::chrono::milliseconds(wire.ends_at_ms()));
  }
  fields.require(wire.revision() != 0 || who.role == storage::Role::admin,
                 "change_relationship.revision");
  asked.successor = fields.id_or_none<storage::AccountId>(
      "change_relationship.successor_account_id", wire.successor_account_id());
  fields.require(asked.successor.is_none() || may_name_successor(wire.change(), who.role),
                 "change_relationship.successor_account_id");
  if (fields.wrong()) return invalid_field(*fields.wrong());
  return asked;
}

// The same change, made before and answered by nobody.
bool is_done(const Asked& asked, const storage::RelationshipFacts& facts) {
  return asked.revision != 0 && facts.revision == asked.revision + 1 &&
         facts.state == state_after(asked.change) && facts.ends_at == asked.ends_at;
}

storage::RelationshipChange to_change(const Identity& who, const Asked& asked,
                                      const storage::RelationshipFacts& before,
                                      const storage::RelationshipFacts& after) {
  storage::RelationshipChange change;
  change.relationship = after.id;
  change.revision = before.revision;
  change.state = after.state;
  change.ends_at = after.ends_at;
  change.routine_pause = after.routine_pause;
  change.logistics_pause = after.logistics_pause;
  if (after.state == boundary::RelationshipState::severed)
    change.returned = return_form(v1::Returned::SEVERED);
  change.trail.notices = relationship_notices(after, asked.successor);
  change.trail.audit = audit_record(who.device, v1::AuditRecord::RELATIONSHIP_CHANGED, after.id,
                                    to_wire(after.state), after.policy_version);
  return change;
}

void answer(Session& session, std::uint64_t request_id, const storage::RelationshipFacts& facts) {
  v1::ServerFrame reply;
  *reply.mutable_relationship_changed()->mutable_relationship() =
      to_wire(facts, session.identity().device.account);
  session.reply(request_id, std::move(reply));
}

}  // namespace

Handled handle_change_relationship(SessionPtr session, v1::ClientFrame frame) {
  const auto worker = session->worker();
  const auto& who = session->identity();
  const auto id = frame.request_id();
  const auto now = worker->store_now();
  if (!now) co_return session->reply(id, unavailable());
  const auto asked = read_change(who, frame.change_relationship(), *now);
  if (!asked.has_value()) co_return session->reply(id, asked.error());
  if (!may_change(asked->change, who.role))
    co_return session->reply(id, make_error(v1::PERMISSION_DENIED));

  const StoreTimer timer(worker->gateway.metrics);
  const auto asker = who.role == storage::Role::admin ? storage::AccountId{} : who.device.account;
  const storage::KnownVersions nothing;
  const auto stored = co_await worker->relationships.facts(who.practice, asked->relationship, asker,
                                                           nothing, request_deadline());
  if (!stored.has_value()) co_return session->reply(id, to_error(stored.error()));
  const auto& before = stored->facts;
  if (is_done(*asked, before)) co_return answer(*session, id, before);
  if (asked->revision != 0 && asked->revision != before.revision)
    co_return session->reply(id, make_error(v1::STALE_RELATIONSHIP));
  const auto state = change_state(asked->change, before.state, who.role);
  if (!state.has_value()) co_return session->reply(id, to_error(state.error()));
  if (!asked->successor.is_none()) {
    const auto other = co_await check_therapist(worker, who.practice, asked->successor);
    if (other) co_return session->reply(id, *other);
    if (asked->successor == before.therapist)
      co_return session->reply(id, invalid_field("change_relationship.successor_account_id"));
  }

  auto after = before;
  after.state = *state;
  after.ends_at = asked->ends_at;
  auto change = to_change(who, *asked, before, after);
  const auto done = co_await worker->relationships.set_relationship(who.practice, std::move(change),
                                                                    request_deadline());
  if (!done.has_value()) co_return session->reply(id, to_error(done.error()));
  after.revision = done->revision;
  session->forget_facts(after.id);
  answer(*session, id, after);
  co_await hint_account(worker, who.practice, after.therapist);
  if (!after.client.is_none()) co_await hint_account(worker, who.practice, after.client);
}

}  // namespace holdspace::gateway
