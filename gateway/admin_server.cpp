#include "gateway/admin_server.hpp"

#include <sys/stat.h>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <string_view>
#include <utility>

#include "gateway/upgrade_check.hpp"

namespace holdspace::gateway {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using boost::system::result;
using Generic = asio::generic::stream_protocol;
using Acceptor = asio::basic_socket_acceptor<Generic>;

// A monitor, a load balancer's check and an operator's curl at once, with room for their retries.
constexpr std::size_t kAdminConnectionsMax = 16;
// For the whole exchange; callers are on this machine.
constexpr std::chrono::seconds kAdminTimeout{5};
constexpr std::chrono::milliseconds kAcceptRetry{100};

AdminListenError to_error(const error_code& ec) {
  return ec == asio::error::address_in_use ? AdminListenError::in_use : AdminListenError::refused;
}

std::string_view status_line(unsigned status) {
  switch (status) {
    case 200:
      return "200 OK";
    case 400:
      return "400 Bad Request";
    case 404:
      return "404 Not Found";
    case 405:
      return "405 Method Not Allowed";
    case 503:
      return "503 Service Unavailable";
  }
  return "500 Internal Server Error";
}

std::string encode(const AdminReply& reply) {
  std::string out = "HTTP/1.1 ";
  out.append(status_line(reply.status)).append("\r\nContent-Type: ").append(reply.content_type);
  out.append("\r\nCache-Control: no-store\r\nConnection: close\r\nContent-Length: ");
  out.append(std::to_string(reply.body.size())).append("\r\n\r\n").append(reply.body);
  return out;
}

AdminReply plain_reply(unsigned status) {
  return {status, "text/plain", std::string(status_line(status)) + "\n"};
}

}  // namespace

class AdminServer::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(asio::io_context& io, AdminPages pages) : acceptor_(io), pages_(std::move(pages)) {}

  result<void, AdminListenError> listen(const std::string& address, std::uint16_t port) {
    error_code ec;
    if (address.starts_with('/')) {
      if (const auto ready = replace_old_socket(address); !ready) return ready.error();
      acceptor_.open(Generic(AF_UNIX, 0), ec);
      // The mode of a socket is the mask's at bind: only this user may connect.
      const mode_t mask = ::umask(0177);
      if (!ec) acceptor_.bind(asio::local::stream_protocol::endpoint(address), ec);
      ::umask(mask);
    } else {
      const auto ip = asio::ip::make_address(address, ec);
      if (ec) return AdminListenError::bad_address;
      if (!ip.is_loopback()) return AdminListenError::not_loopback;
      const asio::ip::tcp::endpoint endpoint(ip, port);
      acceptor_.open(endpoint.protocol(), ec);
      if (!ec) acceptor_.set_option(asio::socket_base::reuse_address(true), ec);
      if (!ec) acceptor_.bind(endpoint, ec);
    }
    if (!ec) acceptor_.listen(kAdminConnectionsMax, ec);
    if (ec) return to_error(ec);
    return {};
  }

  void start() {
    asio::co_spawn(acceptor_.get_executor(), accept_all(shared_from_this()), asio::detached);
  }

  void stop() {
    error_code ignored;
    acceptor_.close(ignored);
  }

  std::uint16_t port() const {
    error_code ec;
    const auto endpoint = acceptor_.local_endpoint(ec);
    if (ec || endpoint.protocol().family() == AF_UNIX) return 0;
    asio::ip::tcp::endpoint ip;
    ip.resize(endpoint.size());
    std::copy_n(static_cast<const char*>(static_cast<const void*>(endpoint.data())),
                endpoint.size(), static_cast<char*>(static_cast<void*>(ip.data())));
    return ip.port();
  }

 private:
  // A socket that nobody listens on is what a crash left; anything else at that path is not ours.
  result<void, AdminListenError> replace_old_socket(const std::string& path) {
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0) return {};
    if (!S_ISSOCK(found.st_mode)) return AdminListenError::in_use;
    error_code ec;
    asio::local::stream_protocol::socket probe(acceptor_.get_executor());
    probe.connect(asio::local::stream_protocol::endpoint(path), ec);
    if (!ec) return AdminListenError::in_use;
    ::unlink(path.c_str());
    return {};
  }

  static asio::awaitable<void> accept_all(std::shared_ptr<Impl> self) {
    asio::steady_timer pause(self->acceptor_.get_executor());
    while (self->acceptor_.is_open()) {
      auto [ec, socket] =
          co_await self->acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
      if (ec == asio::error::operation_aborted) break;
      if (ec) {
        pause.expires_after(kAcceptRetry);
        co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
      } else if (self->open_ < kAdminConnectionsMax) {
        auto shared = std::make_shared<Generic::socket>(std::move(socket));
        asio::co_spawn(self->acceptor_.get_executor(), serve(self, std::move(shared)),
                       asio::detached);
      }
    }
  }

  static asio::awaitable<void> serve(std::shared_ptr<Impl> self,
                                     std::shared_ptr<Generic::socket> socket) {
    ++self->open_;
    asio::steady_timer deadline(self->acceptor_.get_executor(), kAdminTimeout);
    deadline.async_wait([socket](const error_code& ec) {
      error_code ignored;
      if (!ec) socket->close(ignored);
    });
    HeadScanner scanner;
    std::string received;
    std::array<char, 1024> piece{};
    auto state = HeadScanner::State::incomplete;
    while (state == HeadScanner::State::incomplete) {
      const auto [ec, bytes] = co_await socket->async_read_some(
          asio::buffer(piece), asio::as_tuple(asio::use_awaitable));
      if (ec) break;
      received.append(piece.data(), bytes);
      state = scanner.scan(received);
    }
    if (state != HeadScanner::State::incomplete) {
      const auto answer =
          encode(state == HeadScanner::State::complete ? self->answer(received) : plain_reply(400));
      co_await asio::async_write(*socket, asio::buffer(answer),
                                 asio::as_tuple(asio::use_awaitable));
      error_code ignored;
      socket->shutdown(asio::socket_base::shutdown_send, ignored);
    }
    deadline.cancel();
    --self->open_;
  }

  AdminReply answer(std::string_view head) const {
    const auto line = head.substr(0, head.find("\r\n"));
    if (!line.starts_with("GET ")) return plain_reply(405);
    const auto target = line.substr(4, line.find(' ', 4) - 4);
    if (target == "/healthz") return pages_.healthz();
    if (target == "/readyz") return pages_.readyz();
    if (target == "/metrics") return pages_.metrics();
    return plain_reply(404);
  }

  Acceptor acceptor_;
  AdminPages pages_;
  std::size_t open_ = 0;
};

AdminServer::AdminServer(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

AdminServer::~AdminServer() {
  impl_->stop();
}

result<std::unique_ptr<AdminServer>, AdminListenError> AdminServer::listen(
    asio::io_context& io, const std::string& address, std::uint16_t port, AdminPages pages) {
  auto impl = std::make_shared<Impl>(io, std::move(pages));
  if (const auto listening = impl->listen(address, port); !listening) return listening.error();
  impl->start();
  return std::unique_ptr<AdminServer>(new AdminServer(std::move(impl)));
}

std::uint16_t AdminServer::port() const {
  return impl_->port();
}

}  // namespace holdspace::gateway
