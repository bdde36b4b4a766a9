// The server: listens, bounds what it accepts, gives each socket to one io thread, and stops in
// order. Not the sessions: it runs the handler that the caller gives it, one coroutine for each
// connection. docs/architecture.md, "Gateway".
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/result.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/connection.hpp"
#include "gateway/limits.hpp"
#include "gateway/tls.hpp"

namespace holdspace::gateway {

// The life of one session: reads until read() fails. When it returns, the server closes the
// connection (with CloseCode::normal, if nothing else was said); when it throws, with
// internal_error.
using SessionHandler =
    std::function<boost::asio::awaitable<void>(std::shared_ptr<Connection> connection)>;

// Called by start() once for each io thread, before that thread runs and before any connection
// exists. Builds what lives on that thread (store connections, background coroutines). When the
// server stops and every session has ended, the handler, with everything it owns, is destroyed on
// its thread, and what it started on `io` may run out; when sessions had to be dropped it is
// destroyed after its thread has ended and every coroutine on `io` is gone.
using HandlerFactory = std::function<SessionHandler(boost::asio::io_context& io)>;

struct ListenAddress {
  std::string address;     // an IP address, no name
  std::uint16_t port = 0;  // 0: the system chooses; see Server::ports()
};

// What the transport tells for logs and metrics: one event for each connection that ends badly,
// opened and closed for all that became a WebSocket.
enum class TransportEvent : std::uint8_t {
  opened,           // the upgrade is done
  closed,           // an opened one is over
  accept_too_fast,  // row 3
  accept_pending,   // row 2
  accept_evicted,   // row 4
  no_descriptors,   // accepting pauses
  tls_failed,       // handshake refused, broken or too slow
  silent,           // row 1: not one byte
  upgrade_refused,  // rows 14 to 28; detail is the HTTP status
  framing,          // rows 31 to 43; detail is the close code
  login_too_slow,   // row 53
  blocked,          // row 6
  dead,             // no answer to pings
  handler_failed,   // an exception left the handler: a bug of ours
};
[[nodiscard]] std::string_view name(TransportEvent event);

// `detail`: see the enumerators, otherwise 0. `peer_prefix`: as Connection::peer_prefix(). Called
// on any thread.
using TransportObserver =
    std::function<void(TransportEvent event, unsigned detail, std::string_view peer_prefix)>;

struct ServerOptions {
  std::vector<ListenAddress> listen;
  std::size_t io_threads = 2;             // 1..64
  std::shared_ptr<const TlsContext> tls;  // none: plain, which only loopback addresses may be
  std::vector<std::string> hosts;         // lower case, no port; others get 421
  std::vector<std::string> origins;       // exact, as browsers send them; others get 403
  TransportLimits limits;
  TransportObserver observer;  // may be empty
};

enum class ListenError : std::uint8_t {
  bad_address,         // no IP address
  plain_off_loopback,  // without TLS only loopback is served
  in_use,              // another program listens there
  refused,             // the system says no for another reason: privileges, no such interface
};

class Server {
 public:
  Server(ServerOptions options, HandlerFactory factory);
  ~Server();  // stops at once what still runs
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Binds, builds the handlers, starts the threads. Ignores SIGPIPE for the process, because
  // OpenSSL writes to sockets itself. Once.
  [[nodiscard]] boost::system::result<void, ListenError> start();

  // The ports that are listened on, in the order of options.listen.
  [[nodiscard]] std::vector<std::uint16_t> ports() const;

  // Stops accepting, closes every connection with going_away, waits for the sessions until
  // `deadline` has passed, drops what is left, ends the threads. Not from an io thread.
  void stop(std::chrono::milliseconds deadline);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace holdspace::gateway
