// Lets a connection in: performs what login_fsm.hpp decides, from the first frame until somebody is
// logged in, an invite is redeemed, or the connection is closed. docs/protocol.md sections 3.2
// and 5.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>

#include "gateway/connection.hpp"
#include "gateway/session.hpp"
#include "gateway/worker.hpp"

namespace holdspace::gateway {

// Who logged in; nothing when the connection was answered and closed instead. The ten seconds are
// the connection's.
[[nodiscard]] boost::asio::awaitable<std::optional<Identity>> let_in(
    std::shared_ptr<Worker> worker, std::shared_ptr<Connection> connection);

}  // namespace holdspace::gateway
