// The connections of one io thread. Several, because with `appendfsync always` one fsync answers
// the writes of many connections at once. docs/operations.md, "Redis".
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "storage/connection.hpp"
#include "storage/ids.hpp"

namespace holdspace::storage {

inline constexpr std::size_t kConnectionsDefault = 4;
inline constexpr std::size_t kConnectionsMax = 16;

// Everything on one thread: the executor's.
class ConnectionPool {
 public:
  // `size` is 1..kConnectionsMax, else it throws std::logic_error.
  ConnectionPool(const boost::asio::any_io_executor& executor, const std::string& socket_path,
                 std::size_t size = kConnectionsDefault);

  // Always the same connection for the same account, so that what one person does is done in order.
  [[nodiscard]] Connection& for_key(const AccountId& account);
  [[nodiscard]] Connection& for_key(const InviteId& invite);

  // Any; for commands that belong to nobody (server time, health).
  [[nodiscard]] Connection& any();

  // How many are connected just now.
  [[nodiscard]] std::size_t connected() const;

 private:
  std::vector<std::unique_ptr<Connection>> connections_;
};

}  // namespace holdspace::storage
