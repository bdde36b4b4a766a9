// A TCP socket, plain or under TLS, moved by steps that never wait: whoever drives it waits for
// readiness and tries again. One connection under TLS costs no buffer of its own while it is idle.
// Not a stream of Asio's: its TLS stream keeps 34 KiB per connection. docs/architecture.md,
// "Gateway".
#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "gateway/limits.hpp"
#include "gateway/tls.hpp"

struct ssl_st;

namespace holdspace::gateway {

enum class ChannelState : std::uint8_t {
  moved,        // `bytes` went through (or the handshake stands)
  wants_read,   // again when the socket can be read
  wants_write,  // again when the socket can be written
  closed,       // the peer ended its side in good order
  failed,       // broken: nothing more will move
};

struct ChannelStep {
  ChannelState state = ChannelState::failed;
  std::size_t bytes = 0;
};

// One thread. Nothing here blocks.
class ByteChannel {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  // `tls`: none for a plain channel.
  ByteChannel(Socket socket, std::shared_ptr<const TlsContext> tls);
  ~ByteChannel();
  ByteChannel(const ByteChannel&) = delete;
  ByteChannel& operator=(const ByteChannel&) = delete;

  // Until `moved`; at once when plain. A refused handshake has sent its alert.
  [[nodiscard]] ChannelStep handshake();
  // After TLS failed: bytes as they come, which only serves to wait for the peer's end.
  [[nodiscard]] ChannelStep read_some(std::span<std::uint8_t> into);
  // After wants_write the next call repeats the same bytes, possibly with more behind them.
  [[nodiscard]] ChannelStep write_some(std::span<const std::uint8_t> from);
  // Bytes wait inside TLS, so that the socket's readiness does not tell.
  [[nodiscard]] bool readable_at_once() const;

  // Says goodbye (TLS) and ends our side; reading goes on.
  void end_sending();
  void close();

  [[nodiscard]] std::optional<std::array<std::uint8_t, kChannelBindingBytes>> exporter() const;
  [[nodiscard]] bool plain() const { return tls_ == nullptr; }
  [[nodiscard]] Socket& socket() { return socket_; }

 private:
  [[nodiscard]] ChannelStep after(int result);

  Socket socket_;
  std::shared_ptr<const TlsContext> context_;
  ssl_st* tls_ = nullptr;
  bool handshaken_ = false;
  bool broken_ = false;  // TLS failed
};

}  // namespace holdspace::gateway
