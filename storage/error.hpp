// The three ways in which the store itself can fail, the same for every operation, and how long a
// caller is willing to wait. What an operation can refuse is an enum of its own in its header.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/system/result.hpp>
#include <chrono>
#include <cstdint>

namespace holdspace::storage {

// When the caller stops waiting. Made at the edge, passed down to each command.
using Deadline = std::chrono::steady_clock::time_point;

// Every operation's enum repeats these three with the same meaning.
enum class CommandError : std::uint8_t {
  // Definitely not done: the command never left this process, or Redis refused it before it ran
  // (loading, read-only, disk or memory full, no permission, library not loaded). Try later.
  unavailable,
  // Written, and no reply came before the deadline or before the connection broke: it may or may
  // not be done. Sending the same command again is right; every store function bears that.
  uncertain,
  // The record behind the command is not of the shape that this version writes, or the server runs
  // another version of the store functions. An operator must look; trying again does not help.
  corrupt,
};

// What an operation answers. Awaited on the thread that owns the connections.
template <class T, class E>
using Answer = boost::asio::awaitable<boost::system::result<T, E>>;

// The same failure in an operation's own words.
template <class E>
[[nodiscard]] constexpr E to_error(CommandError error) {
  switch (error) {
    case CommandError::unavailable:
      return E::unavailable;
    case CommandError::uncertain:
      return E::uncertain;
    case CommandError::corrupt:
      return E::corrupt;
  }
  return E::corrupt;
}

}  // namespace holdspace::storage
