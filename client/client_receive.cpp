// Receiving: deliveries become durable, then they are acknowledged, then the app hears of them.
#include <utility>

#include "client/client.hpp"
#include "client/clock.hpp"
#include "client/content.hpp"

namespace holdspace::client {
namespace {

namespace asio = boost::asio;

v1::ClientFrame acknowledge(const v1::Deliver& deliver, std::size_t from, std::size_t until) {
  v1::ClientFrame frame;
  for (std::size_t at = from; at < until; ++at) {
    const auto& item = deliver.items(static_cast<int>(at));
    auto* ack = frame.mutable_ack()->add_items();
    ack->set_relationship_id(item.relationship_id());
    ack->set_lane(item.lane());
    ack->set_own_copy(item.own_copy());
    ack->set_seq(item.seq());
  }
  return frame;
}

}  // namespace

asio::awaitable<void> Client::receive_all(std::shared_ptr<Connection> connection) {
  std::string why = "connection ended";
  try {
    while (auto frame = co_await connection->next_push()) {
      if (frame->has_drained()) {
        drained_ = true;
        if (options_.on_event) {
          Event event;
          event.kind = EventKind::drained;
          options_.on_event(event);
        }
      } else if (frame->has_deliver()) {
        if (!co_await take(connection, std::move(*frame->mutable_deliver()))) break;
      } else if (frame->has_notices()) {
        co_await take_notices(connection, std::move(*frame->mutable_notices()));
      }
    }
  } catch (const StoreFailure& failure) {
    why = failure.what();  // nothing was acknowledged; the gateway delivers it again
  }
  connection->abort();
  note("disconnected: " + why);
  --receiving_;
}

// False: what is left of it cannot be handled on this connection and will be delivered again.
asio::awaitable<bool> Client::take(std::shared_ptr<Connection> connection, v1::Deliver deliver) {
  const auto count = static_cast<std::size_t>(deliver.items_size());
  FetchedDevices fetched;
  std::size_t at = 0;
  while (at < count) {
    const auto first = at;
    std::vector<Opened> opened;
    std::optional<crypto::AccountId> lacking;
    {
      LocalStore::Transaction transaction(*store_);
      while (at < count && !lacking) {
        auto one = open_delivered(*store_, identity_, deliver.items(static_cast<int>(at)), fetched,
                                  logged_in_->welcome.store_epoch(), now());
        if (one.step == OpenStep::need_devices) {
          lacking = one.account;
        } else {
          opened.push_back(std::move(one));
          ++at;
        }
      }
      transaction.commit();
    }
    if (at > first) connection->post(acknowledge(deliver, first, at));
    // What goes to a sender because of it leaves with the next flush.
    for (const auto& one : opened)
      if (!one.to_send.empty()) pending_.reset();
    for (std::size_t index = 0; index < opened.size(); ++index)
      tell_delivered(deliver.items(static_cast<int>(first + index)), opened[index]);
    if (lacking) {
      auto devices_of_sender = co_await fetch_devices(*lacking);
      if (devices_of_sender.has_value())
        fetched[*lacking] = std::move(*devices_of_sender);
      else if (devices_of_sender.error().kind == FailureKind::refused)
        fetched[*lacking] =
            v1::Devices();  // the gateway knows no devices of it: it cannot be opened
      else
        co_return false;
    }
  }
  co_return true;
}

void Client::tell_delivered(const v1::Delivered& item, const Opened& opened) {
  if (opened.message_ordinal != 0 && options_.on_message) {
    const auto message =
        load<records::Message>(*store_, Table::message, encode_u64(opened.message_ordinal));
    if (message) options_.on_message(opened.message_ordinal, *message);
  }
  if (!options_.on_event) return;
  Event event;
  event.kind = opened.step == OpenStep::stored ? EventKind::deliver : EventKind::note;
  event.message_id = opened.message_id;
  event.relationship_id =
      parse_bytes<16>(item.relationship_id()).value_or(crypto::RelationshipId{});
  if (const auto known =
          load<records::Relationship>(*store_, Table::relationship, item.relationship_id()))
    event.peer = known->label();
  if (const auto lane = from_wire(item.lane())) event.lane = lane_name(*lane);
  event.seq = item.seq();
  event.digest = opened.digest;
  event.epoch = to_hex(view(logged_in_->welcome.store_epoch()));
  switch (opened.step) {
    case OpenStep::stored:
    case OpenStep::need_devices:
      break;
    case OpenStep::control:
      event.what = "control";
      break;
    case OpenStep::duplicate:
      event.what = "duplicate";
      break;
    case OpenStep::unreadable:
      event.what = opened.why == "discontinuity" ? opened.why : "unreadable: " + opened.why;
      break;
  }
  options_.on_event(event);
}

}  // namespace holdspace::client
