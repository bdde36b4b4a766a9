// What every command does first and last: find and unlock the profile, run one coroutine to its
// end, say what failed.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/system/result.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "client/cli/command.hpp"
#include "client/client.hpp"

namespace holdspace::cli {

// Prints one line (human: on standard error; JSON: an object "error") and returns the exit code.
int fail(const Globals& globals, const client::Failure& failure);
// For a coroutine's caller that has nothing to run.
[[nodiscard]] boost::asio::awaitable<int> fail_later(Globals globals, client::Failure failure);
int fail_usage(const Globals& globals, const std::string& text);

// Asks for the passphrase when the profile has one and no file was given.
[[nodiscard]] boost::system::result<std::unique_ptr<client::LocalStore>, client::Failure>
open_profile(const Globals& globals);
// For a new profile: a passphrase asked twice or read from its file, otherwise a key file made in
// the profile.
[[nodiscard]] boost::system::result<client::Unlock, client::Failure> new_unlock(
    const Globals& globals, const EnrollOptions& options);

// Opens the profile and runs `command` with a Client on an io_context of its own. Returns its exit
// code.
int with_client(const Globals& globals, client::ClientOptions options,
                const std::function<boost::asio::awaitable<int>(client::Client&)>& command);
int run_to_end(boost::asio::io_context& io, boost::asio::awaitable<int> work);

// Connects, asks one question, disconnects; what failed on the way is the answer then.
template <class Answer>
[[nodiscard]] boost::asio::awaitable<boost::system::result<Answer, client::Failure>> ask_once(
    client::Client& device,
    boost::asio::awaitable<boost::system::result<Answer, client::Failure>> question) {
  const auto connected = co_await device.connect();
  if (!connected.has_value()) co_return connected.error();
  auto answer = co_await std::move(question);
  co_await device.disconnect();
  co_return answer;
}

// Where a human reads: the relationship that `name` means. Empty name: the only one.
struct Named {
  crypto::RelationshipId id{};
  client::records::Relationship relationship;
};
[[nodiscard]] boost::system::result<Named, client::Failure> find_relationship(
    const client::LocalStore& store, const std::string& name);
[[nodiscard]] std::string label_of(const client::LocalStore& store,
                                   const std::string& relationship_id);

// The 16 bytes of an account or message id that is written as 32 hexadecimal digits.
[[nodiscard]] std::optional<crypto::Bytes<16>> parse_id(std::string_view hex);

}  // namespace holdspace::cli
