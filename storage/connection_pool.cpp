#include "storage/connection_pool.hpp"

#include <algorithm>
#include <stdexcept>

namespace holdspace::storage {

ConnectionPool::ConnectionPool(const boost::asio::any_io_executor& executor,
                               const std::string& socket_path, std::size_t size) {
  if (size < 1 || size > kConnectionsMax) throw std::logic_error("size of a connection pool");
  for (std::size_t i = 0; i < size; ++i) {
    connections_.push_back(std::make_unique<Connection>(executor, socket_path));
  }
}

Connection& ConnectionPool::for_key(const AccountId& account) {
  return *connections_[std::hash<AccountId>{}(account) % connections_.size()];
}

Connection& ConnectionPool::for_key(const InviteId& invite) {
  return *connections_[std::hash<InviteId>{}(invite) % connections_.size()];
}

Connection& ConnectionPool::any() {
  return *connections_.front();
}

std::size_t ConnectionPool::connected() const {
  return static_cast<std::size_t>(std::count_if(
      connections_.begin(), connections_.end(),
      [](const std::unique_ptr<Connection>& connection) { return connection->connected(); }));
}

}  // namespace holdspace::storage
