// One connection to Redis on one Asio thread: commands go out pipelined in the order of the calls,
// and it reconnects by itself. hiredis reads the replies; what it offers beyond that (its event
// loop) is not used, because it cannot say whether a command was written. Not a pool, and not for
// subscriptions: connection_pool.hpp, hint_channel.hpp.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "storage/error.hpp"
#include "storage/reply.hpp"

namespace holdspace::storage {

// Commands without a reply on one connection, abandoned ones included. Ours: at the measured 5,000
// commands/s of one connection this is 200 ms of work; more would only wait longer.
inline constexpr std::size_t kInFlightMax = 1'024;

// Waits between attempts to connect: doubling from the first to the last, each shortened at random
// by up to half, so that many gateways do not come back in step.
inline constexpr std::chrono::milliseconds kReconnectFirst{50};
inline constexpr std::chrono::milliseconds kReconnectLast{2'000};

// With commands in flight and not one byte read for this long, the connection is given up. Ours:
// longer than any deadline in use (3 s), and than a slow disk's fsync (1.5 s was measured).
inline constexpr std::chrono::milliseconds kStallMax{5'000};

// A command as its parts: the first is its name. Parts are any bytes.
using CommandParts = std::vector<std::string>;

// Runs one store function of the loaded library: FCALL. Usable once.
class FunctionCall {
 public:
  explicit FunctionCall(std::string_view function);

  FunctionCall& key(std::string name);
  FunctionCall& arg(std::string bytes);
  FunctionCall& number(std::int64_t value);  // as a decimal

  [[nodiscard]] CommandParts take() &&;

 private:
  CommandParts parts_;
  std::size_t keys_ = 0;
};

// Everything on one thread: the executor's. The destructor may run at any time on it; commands in
// flight are answered `unavailable` or `uncertain` by then.
class Connection {
 public:
  // Starts to connect to the Unix socket at `socket_path` (bytes, at most 107).
  Connection(boost::asio::any_io_executor executor, std::string socket_path);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Sends and waits for the reply. An error reply of Redis becomes `unavailable` when Redis refuses
  // before running the command, else `corrupt`. While the connection is away the command waits for
  // it until the deadline. The order of the calls is the order in which Redis runs them, unless the
  // connection broke in between. Cancelling the wait is like reaching the deadline. With
  // kInFlightMax commands in flight: `unavailable` at once.
  [[nodiscard]] Answer<Reply, CommandError> command(CommandParts parts, Deadline deadline);
  [[nodiscard]] Answer<Reply, CommandError> call(FunctionCall call, Deadline deadline);

  // True between a successful connect and the next break.
  [[nodiscard]] bool connected() const;

 private:
  class Link;
  std::shared_ptr<Link> link_;  // kept alive by its own coroutines until they have ended
};

}  // namespace holdspace::storage
