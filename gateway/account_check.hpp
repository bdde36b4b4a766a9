// Accounts that a frame names besides its asker: on whose behalf an admin acts, and the colleague
// who is named to clients.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/system/result.hpp>
#include <memory>
#include <optional>
#include <string_view>

#include "gateway/session.hpp"
#include "holdspace/v1/frame.pb.h"

namespace holdspace::gateway {

// The therapist that the frame is about: for a therapist the own account (or empty bytes), for an
// admin another that must be named. Whether it is a therapist at all is not looked up. Errors:
// INVALID_ARGUMENT with `path`, PERMISSION_DENIED.
[[nodiscard]] boost::system::result<storage::AccountId, v1::Error> read_therapist(
    const Identity& who, std::string_view path, std::string_view account_id);

// None when the account is a therapist of the practice; else NOT_FOUND, or what the store failed
// with.
[[nodiscard]] boost::asio::awaitable<std::optional<v1::Error>> check_therapist(
    std::shared_ptr<Worker> worker, storage::PracticeId practice, storage::AccountId account);

}  // namespace holdspace::gateway
