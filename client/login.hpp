// The two conversations that come before everything else: logging in as a device, and redeeming an
// invite as somebody who has no account yet. docs/protocol.md sections 3.2 and 5.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/system/result.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "client/connection.hpp"
#include "client/failure.hpp"
#include "client/identity.hpp"

namespace holdspace::client {

// A clock further off than this is reported; nothing fails because of it. Specification, section 5.
inline constexpr std::chrono::minutes kClockSkewReported{5};

struct LoggedIn {
  v1::Welcome welcome;
  std::chrono::milliseconds clock_skew{};  // this machine's clock minus the store's
};

// Proves the gateway to this device by the pinned key, then this device to the gateway. `self`
// outlives the call.
[[nodiscard]] boost::asio::awaitable<boost::system::result<LoggedIn, Failure>> log_in(
    std::shared_ptr<Connection> connection, const Identity& self);

struct EnrollRequest {
  std::filesystem::path folder;  // of the new profile
  Unlock unlock;
  std::string code;  // the invite's, as typed
  Address address;
  std::string trust_file;  // PEM; empty: the system's
  // The invite must be for one of these roles; empty: any.
  std::vector<crypto::Role> roles;
};

// Why an invite code cannot be read, in words for a person.
[[nodiscard]] Failure describe(crypto::CodeError error);

// Makes account, device and keys, stores them, and redeems the invite. The profile is durable
// before the gateway is asked; a definite refusal removes it again. not_answered: it stays, and
// logging in tells whether it was done.
[[nodiscard]] boost::asio::awaitable<boost::system::result<std::unique_ptr<LocalStore>, Failure>>
enroll(EnrollRequest request);

}  // namespace holdspace::client
