// The operator's small HTTP face on a local address: GET /healthz, /readyz, /metrics and nothing
// else. Not for users, and never on an address that others can reach. docs/operations.md, "Health".
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/system/result.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace holdspace::gateway {

struct AdminReply {
  unsigned status = 200;  // 200 or 503
  std::string content_type = "text/plain";
  std::string body;
};

// Called on the io_context's thread; quick, without waiting.
struct AdminPages {
  std::function<AdminReply()> healthz;
  std::function<AdminReply()> readyz;
  std::function<AdminReply()> metrics;
};

enum class AdminListenError : std::uint8_t {
  bad_address,   // neither a loopback IP address nor an absolute path
  not_loopback,  // an address that others could reach
  in_use,        // another program listens there
  refused,       // the system says no for another reason
};

// Lives on one io_context, used by its thread only. At most kAdminConnectionsMax at once, each for
// kAdminTimeout at most.
class AdminServer {
 public:
  // `address`: a loopback IP address, or the absolute path of a Unix socket (then `port` is not
  // used; an old socket there is replaced, and only this user may connect).
  [[nodiscard]] static boost::system::result<std::unique_ptr<AdminServer>, AdminListenError> listen(
      boost::asio::io_context& io, const std::string& address, std::uint16_t port,
      AdminPages pages);
  ~AdminServer();  // stops listening; replies under way are dropped
  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;

  [[nodiscard]] std::uint16_t port() const;  // 0 for a Unix socket

 private:
  class Impl;
  explicit AdminServer(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace holdspace::gateway
