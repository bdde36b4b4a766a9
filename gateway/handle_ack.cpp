// Ack: the device has stored these envelopes. Only what this session pushed counts.
// docs/protocol.md section 10.
#include <utility>

#include "gateway/fields.hpp"
#include "gateway/handlers.hpp"
#include "gateway/policy_wire.hpp"
#include "gateway/reply_error.hpp"

namespace holdspace::gateway {
namespace {

// No answer is wanted when the client chose no request id.
void answer_error(Session& session, std::uint64_t request_id, v1::Error error) {
  if (request_id != 0) session.reply(request_id, std::move(error));
}

}  // namespace

Handled handle_ack(SessionPtr session, v1::ClientFrame frame) {
  const auto& wire = frame.ack();
  const auto id = frame.request_id();
  auto& fsm = session->delivery().fsm();
  Fields fields;
  fields.require(!wire.items().empty(), "ack.items");
  std::vector<storage::AckItem> items;
  std::optional<std::string> unknown;
  for (int i = 0; i < wire.items_size() && !fields.wrong(); ++i) {
    const auto& item = wire.items(i);
    storage::AckItem ack;
    ack.queue.relationship = fields.id<storage::RelationshipId>(
        element_path("ack.items", i, "relationship_id"), item.relationship_id());
    fields.require(item.lane() != v1::LANE_UNSPECIFIED, element_path("ack.items", i, "lane"));
    if (fields.wrong()) break;
    ack.queue.lane = to_lane(item.lane());
    ack.queue.origin = item.own_copy() ? storage::Origin::own : storage::Origin::peer;
    ack.seq = item.seq();
    const auto state = fsm.ack_state(ack.queue, ack.seq);
    if (state == DeliveryFsm::AckState::awaited) items.push_back(ack);
    if (state == DeliveryFsm::AckState::never && !unknown) unknown = element_path("ack.items", i);
  }
  if (fields.wrong()) co_return answer_error(*session, id, invalid_field(*fields.wrong()));

  std::uint32_t removed = 0;
  if (!items.empty()) {
    const auto worker = session->worker();
    const auto& who = session->identity();
    const StoreTimer timer(worker->gateway.metrics);
    fsm.ack_began();
    const auto done =
        co_await worker->queues.ack(who.practice, who.device, items, request_deadline());
    fsm.ack_ended();
    if (!done.has_value()) co_return answer_error(*session, id, to_error(done.error()));
    removed = *done;
    for (const auto& item : items) fsm.acknowledged(item.queue, item.seq);
    worker->gateway.metrics.acknowledged(removed);
    session->wake();  // the window has room
  }
  if (unknown) {
    auto error = make_error(v1::NOT_FOUND);
    error.set_field(*unknown);
    co_return answer_error(*session, id, std::move(error));
  }
  if (id == 0) co_return;
  v1::ServerFrame reply;
  reply.mutable_acked()->set_removed(removed);
  session->reply(id, std::move(reply));
}

}  // namespace holdspace::gateway
