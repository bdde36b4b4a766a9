// ListHeld and DisposeHeld: what waits in a therapist's relationships, and what becomes of it when
// she leaves or somebody has to act for her. Nobody reads any of it. docs/operations.md, "Leave".
#include <algorithm>
#include <set>
#include <utility>

#include "gateway/account_check.hpp"
#include "gateway/audit_record.hpp"
#include "gateway/fields.hpp"
#include "gateway/handlers.hpp"
#include "gateway/hints.hpp"
#include "gateway/notice_wire.hpp"
#include "gateway/policy_wire.hpp"
#include "gateway/reply_error.hpp"

namespace holdspace::gateway {
namespace {

// A place of the list: a relationship, an instant and a message in hexadecimal.
constexpr std::size_t kAfterBytesMax = 128;

v1::HeldItem to_item(const storage::HeldMessage& message) {
  v1::HeldItem item;
  item.set_relationship_id(storage::to_bytes(message.name.relationship));
  item.set_lane(to_wire(message.name.lane));
  item.set_direction(to_wire(message.name.direction));
  item.set_message_id(storage::to_bytes(message.name.message));
  item.set_accepted_at_ms(message.accepted_at.time_since_epoch().count());
  if (message.promise) item.set_promise_ms(message.promise->time_since_epoch().count());
  return item;
}

struct Asked {
  storage::AccountId therapist;
  std::vector<storage::HeldName> items;
  v1::Disposition disposition = v1::DISPOSITION_UNSPECIFIED;
  storage::AccountId cover;
};

boost::system::result<Asked, v1::Error> read_disposal(const Identity& who,
                                                      const v1::DisposeHeld& wire) {
  const auto therapist = read_therapist(who, "dispose_held.account_id", wire.account_id());
  if (!therapist.has_value()) return therapist.error();
  Fields fields;
  Asked asked;
  asked.therapist = *therapist;
  asked.disposition = wire.disposition();
  // A gate opens by its owner's signed policy and by nothing else: an override with reason LEAVING.
  fields.require(wire.disposition() == v1::RETURN || wire.disposition() == v1::TO_COVER,
                 "dispose_held.disposition");
  fields.require((wire.disposition() == v1::TO_COVER) == !wire.cover_account_id().empty(),
                 "dispose_held.cover_account_id");
  asked.cover = fields.id_or_none<storage::AccountId>("dispose_held.cover_account_id",
                                                      wire.cover_account_id());
  fields.require(asked.cover.is_none() || asked.cover != asked.therapist,
                 "dispose_held.cover_account_id");
  fields.require(wire.items_size() > 0, "dispose_held.items");
  for (int i = 0; i < wire.items_size() && !fields.wrong(); ++i) {
    const auto& item = wire.items(i);
    storage::HeldName name;
    name.relationship = fields.id<storage::RelationshipId>(
        element_path("dispose_held.items", i, "relationship_id"), item.relationship_id());
    name.message = fields.id<storage::MessageId>(
        element_path("dispose_held.items", i, "message_id"), item.message_id());
    fields.require(item.lane() == v1::ROUTINE || item.lane() == v1::LOGISTICS,
                   element_path("dispose_held.items", i, "lane"));
    fields.require(item.direction() != v1::DIRECTION_UNSPECIFIED,
                   element_path("dispose_held.items", i, "direction"));
    if (fields.wrong()) break;
    name.lane = to_lane(item.lane());
    name.direction = to_direction(item.direction());
    asked.items.push_back(name);
  }
  if (fields.wrong()) return invalid_field(*fields.wrong());
  return asked;
}

// Only what lies in relationships of that therapist; NOT_FOUND for a foreign one.
std::optional<v1::Error> check_owned(const Asked& asked,
                                     const std::vector<storage::RelationshipFacts>& own) {
  for (const auto& item : asked.items) {
    const bool hers = std::any_of(own.begin(), own.end(), [&](const auto& facts) {
      return facts.id == item.relationship && facts.therapist == asked.therapist;
    });
    if (!hers) return make_error(v1::NOT_FOUND);
  }
  return std::nullopt;
}

v1::Returned::Why why_returned(const Asked& asked,
                               const std::vector<storage::RelationshipFacts>& own) {
  if (asked.disposition == v1::TO_COVER) return v1::Returned::COVERED;
  const bool leaving = std::any_of(own.begin(), own.end(),
                                   [](const auto& facts) { return facts.therapist_leaving; });
  return leaving ? v1::Returned::LEFT : v1::Returned::WHY_UNSPECIFIED;
}

}  // namespace

Handled handle_list_held(SessionPtr session, v1::ClientFrame frame) {
  const auto worker = session->worker();
  const auto& who = session->identity();
  const auto id = frame.request_id();
  const auto& wire = frame.list_held();
  const auto therapist = read_therapist(who, "list_held.account_id", wire.account_id());
  if (!therapist.has_value()) co_return session->reply(id, therapist.error());
  if (wire.after().size() > kAfterBytesMax)
    co_return session->reply(id, invalid_field("list_held.after"));

  const StoreTimer timer(worker->gateway.metrics);
  if (who.role == storage::Role::admin) {
    const auto other = co_await check_therapist(worker, who.practice, *therapist);
    if (other) co_return session->reply(id, *other);
  }
  const auto page = co_await worker->held.list_held(who.practice, *therapist, wire.after(),
                                                    storage::kHeldPerPage, request_deadline());
  if (!page.has_value()) co_return session->reply(id, to_error(page.error()));
  v1::ServerFrame reply;
  auto& items = *reply.mutable_held_items();
  for (const auto& message : page->messages) *items.add_items() = to_item(message);
  items.set_next(page->next);
  session->reply(id, std::move(reply));
}

Handled handle_dispose_held(SessionPtr session, v1::ClientFrame frame) {
  const auto worker = session->worker();
  const auto& who = session->identity();
  const auto id = frame.request_id();
  const auto& wire = frame.dispose_held();
  if (wire.disposition() == v1::RELEASE_NOW && who.role == storage::Role::admin)
    co_return session->reply(id, make_error(v1::PERMISSION_DENIED));
  auto asked = read_disposal(who, wire);
  if (!asked.has_value()) co_return session->reply(id, std::move(asked.error()));

  const StoreTimer timer(worker->gateway.metrics);
  const auto own = co_await worker->relationships.list_relationships(who.practice, asked->therapist,
                                                                     request_deadline());
  if (!own.has_value()) co_return session->reply(id, to_error(own.error()));
  if (const auto wrong = check_owned(*asked, *own)) co_return session->reply(id, *wrong);
  if (!asked->cover.is_none()) {
    const auto other = co_await check_therapist(worker, who.practice, asked->cover);
    if (other) co_return session->reply(id, *other);
  }
  std::set<storage::AccountId> senders;
  for (const auto& item : asked->items)
    for (const auto& facts : *own)
      if (facts.id == item.relationship)
        senders.insert(item.direction == boundary::Direction::to_client ? facts.therapist
                                                                        : facts.client);
  storage::Trail trail;
  trail.audit = audit_record(who.device, v1::AuditRecord::HELD_DISPOSED, asked->therapist,
                             asked->disposition);
  auto form = return_form(why_returned(*asked, *own), asked->cover);
  const auto done = co_await worker->held.return_held(
      who.practice, std::move(asked->items), std::move(form), std::move(trail), request_deadline());
  if (!done.has_value()) co_return session->reply(id, to_error(done.error()));
  v1::ServerFrame reply;
  reply.mutable_disposed()->set_items(*done);
  session->reply(id, std::move(reply));
  for (const auto& sender : senders) co_await hint_account(worker, who.practice, sender);
}

}  // namespace holdspace::gateway
