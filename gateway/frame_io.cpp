// See frame_io.hpp.
#include "gateway/frame_io.hpp"

#include <utility>

#include "gateway/fields.hpp"
#include "gateway/frame_check.hpp"
#include "gateway/reply_error.hpp"

namespace holdspace::gateway {

boost::asio::awaitable<boost::system::result<v1::ClientFrame, ReceiveError>> receive_frame(
    Gateway& gateway, std::shared_ptr<Connection> connection) {
  const auto message = co_await connection->read();
  if (!message.has_value()) co_return ReceiveError::over;
  if (connection->take_rate_notice()) send_error(*connection, 0, rate_limited(kFrameRateWait));
  auto frame = parse_client_frame(view(*message));
  if (frame.has_value()) {
    gateway.metrics.frame(frame->body_case());
    co_return std::move(*frame);
  }
  const auto& fault = frame.error();
  const auto word = name(fault.kind);
  gateway.metrics.bad_frame(word);
  if (!closes_connection(fault.kind)) {
    send_error(*connection, fault.request_id, to_error(fault));
    co_return ReceiveError::refused;
  }
  gateway.log.event(Event::bad_frame,
                    {{"fault", LogWord::of_enumerator(word)}, {"bytes", message->size()}});
  connection->close(CloseCode::bad_frame, "bad frame");
  co_return ReceiveError::over;
}

void send_frame(Connection& connection, std::uint64_t request_id, v1::ServerFrame frame) {
  frame.set_request_id(request_id);
  if (!connection.send(frame.SerializeAsString()))
    connection.close(CloseCode::timeout, "outbox full");
}

void send_error(Connection& connection, std::uint64_t request_id, v1::Error error) {
  v1::ServerFrame frame;
  *frame.mutable_error() = std::move(error);
  send_frame(connection, request_id, std::move(frame));
}

}  // namespace holdspace::gateway
