// The table of what a logged-in device may ask: frame kind -> handler and roles.
// docs/adding_a_message.md.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>

#include "gateway/session.hpp"
#include "holdspace/v1/frame.pb.h"

namespace holdspace::gateway {

// Answers one frame. A login frame on a session ends it; a role that may not gets
// PERMISSION_DENIED.
[[nodiscard]] boost::asio::awaitable<void> dispatch(std::shared_ptr<Session> session,
                                                    v1::ClientFrame frame);

}  // namespace holdspace::gateway
