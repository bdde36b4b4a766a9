// One WebSocket connection as the rest of the gateway sees it: whole, bounded binary messages in, a
// bounded outbox out. Not a session: it knows no device and no frame kind. The implementation over
// a socket is connection_socket.hpp. docs/architecture.md, "Gateway".
#pragma once

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/system/result.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/limits.hpp"

namespace holdspace::gateway {

// RFC 6455 section 7.4.1, and our own from 4400 on (docs/protocol.md, "Close codes").
enum class CloseCode : std::uint16_t {
  normal = 1000,            // the work is done
  going_away = 1001,        // the gateway stops: connect again, anywhere
  protocol_error = 1002,    // broken framing
  unsupported_data = 1003,  // a text frame
  bad_payload = 1007,       // text that is not UTF-8
  policy_violation = 1008,  // a bound of the transport was passed
  too_big = 1009,           // a message longer than the limit of its state
  internal_error = 1011,    // ours
  bad_frame = 4400,         // bytes that are no frame of the protocol
  unauthenticated = 4401,   // the login failed or is over
  forbidden = 4403,         // a second factor is missing
  timeout = 4408,           // the login, or taking what was sent, took too long
  displaced = 4409,         // a newer connection of this device
  rate_limited = 4429,      // too many failed logins
};

enum class ReadError : std::uint8_t {
  closed,    // the peer closed in good order, or the connection broke; nothing to do
  violated,  // the peer broke a rule; it has been answered with close_code()
  stopped,   // close() was called on this side, or the server stops
};

// All members are called on the connection's own thread (executor()). At most one read() and one
// wait_writable() may be under way. The object lives until its last owner lets go; after the
// session handler returned, the server closes the connection.
class Connection {
 public:
  virtual ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // The next whole binary message, 0..kMessageBytesMax bytes (kMessageBytesMaxBeforeLogin before
  // set_authenticated()). Pings are answered, and the peer's close is seen, only while a read is
  // under way. After an error every further read() gives an error.
  [[nodiscard]] virtual boost::asio::awaitable<boost::system::result<std::string, ReadError>>
  read() = 0;

  // Appends one binary message to the outbox; what is appended before control returns to the
  // io_context leaves in one write. False: the outbox is full or the connection is closing, and
  // nothing was appended.
  [[nodiscard]] virtual bool send(std::string_view message) = 0;

  // Bytes that the kernel has not taken yet, 0..kOutboxBytesMax (+ control frames).
  [[nodiscard]] virtual std::size_t outbox_bytes() const = 0;

  // Returns when at most kOutboxBytesLow wait, or the connection is closing (then send() says
  // false).
  [[nodiscard]] virtual boost::asio::awaitable<void> wait_writable() = 0;

  // Drains the outbox (close_wait at most), sends the close frame, ends a read() under way with
  // `stopped`. The first call counts. `reason`: 0..123 bytes, a word for the client's log.
  virtual void close(CloseCode code, std::string_view reason) = 0;

  // Lifts the message limit to kMessageBytesMax, ends the login deadline, and leaves the ranks of
  // the unauthenticated, of which there may only be few.
  virtual void set_authenticated() = 0;

  // True once after reading was paused because frames came faster than the limit: the caller tells
  // the peer RATE_LIMITED.
  [[nodiscard]] virtual bool take_rate_notice() = 0;

  // The code that this side sent, or would have sent to a peer that takes nothing.
  [[nodiscard]] virtual std::optional<CloseCode> close_code() const = 0;

  // RFC 9266 tls-exporter; nothing on a plain connection.
  [[nodiscard]] virtual std::optional<std::array<std::uint8_t, kChannelBindingBytes>> tls_exporter()
      const = 0;
  [[nodiscard]] virtual bool plain() const = 0;
  // What the client dialled: the Host header in lower case without the port. One of the configured
  // hosts.
  [[nodiscard]] virtual const std::string& host() const = 0;
  // The peer's address cut to /24 (IPv4) or /48 (IPv6): "192.0.2.0/24". For limits and logs.
  [[nodiscard]] virtual const std::string& peer_prefix() const = 0;

  [[nodiscard]] virtual boost::asio::any_io_executor executor() = 0;

 protected:
  Connection() = default;
};

}  // namespace holdspace::gateway
