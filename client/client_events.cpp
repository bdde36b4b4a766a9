// What happened, told to whoever listens: the words of events.hpp.
#include <utility>

#include "client/client.hpp"
#include "client/content.hpp"
#include "client/outbox.hpp"

namespace holdspace::client {

void Client::note(std::string what) {
  if (!options_.on_event) return;
  Event event;
  event.kind = EventKind::note;
  event.what = std::move(what);
  options_.on_event(event);
}

void Client::tell_submit(const records::OutboxRow& row) {
  if (!options_.on_event) return;
  Event event;
  event.kind = EventKind::submit;
  event.message_id = parse_bytes<16>(row.message_id()).value();
  event.relationship_id = parse_bytes<16>(row.relationship_id()).value();
  if (const auto known =
          load<records::Relationship>(*store_, Table::relationship, row.relationship_id()))
    event.peer = known->label();
  event.lane = lane_name(static_cast<crypto::Lane>(row.lane()));
  v1::Content content;
  if (content.ParseFromString(row.content())) event.digest = content_digest(content);
  options_.on_event(event);
}

void Client::tell_answer(const records::OutboxRow& row) {
  if (!options_.on_event) return;
  Event event;
  event.kind = EventKind::answer;
  event.message_id = parse_bytes<16>(row.message_id()).value();
  event.lane = lane_name(static_cast<crypto::Lane>(row.lane()));
  event.result = "info";
  event.what = row.error_text();
  if (row.state() == records::ACCEPTED_RELEASED || row.state() == records::ACCEPTED_HELD) {
    const bool held = row.state() == records::ACCEPTED_HELD;
    event.result = "ok";
    event.state = held ? "held" : "released";
    if (held && row.promise_ms() != 0) event.promise_ms = row.promise_ms();
    event.epoch = to_hex(view(row.store_epoch()));
    event.what = row.reason();
  } else if (row.state() == records::REFUSED) {
    event.result = "fail";
  }
  options_.on_event(event);
}

void Client::tell_change(const records::OutboxRow& row) {
  if (!options_.on_event) return;
  Event event;
  event.kind = EventKind::note;
  event.message_id = parse_bytes<16>(row.message_id()).value();
  event.lane = lane_name(static_cast<crypto::Lane>(row.lane()));
  event.what = row.state() == records::ACCEPTED_HELD ? "promise_renewed"
                                                     : std::string(state_name(row.state()));
  if (row.state() == records::ACCEPTED_HELD && row.promise_ms() != 0)
    event.promise_ms = row.promise_ms();
  options_.on_event(event);
}

}  // namespace holdspace::client
