// One frame in, one frame out, on a connection: the step between whole messages and handlers,
// before and after login.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/system/result.hpp>
#include <cstdint>
#include <memory>

#include "gateway/connection.hpp"
#include "gateway/gateway.hpp"
#include "holdspace/v1/frame.pb.h"

namespace holdspace::gateway {

enum class ReceiveError : std::uint8_t {
  over,     // the connection is closed or closing
  refused,  // a field was wrong; it has been answered and the connection stays
};

// Bytes that are no frame close the connection with bad_frame.
[[nodiscard]] boost::asio::awaitable<boost::system::result<v1::ClientFrame, ReceiveError>>
receive_frame(Gateway& gateway, std::shared_ptr<Connection> connection);

// Appends to the outbox. A peer that lets its outbox fill with answers is closed.
void send_frame(Connection& connection, std::uint64_t request_id, v1::ServerFrame frame);
void send_error(Connection& connection, std::uint64_t request_id, v1::Error error);

}  // namespace holdspace::gateway
