// A Connection over a TCP socket: its whole life from the accepted socket to the last byte, driven
// by readiness and by one clock tick that all connections of a thread share, so that an idle one
// owns neither buffer nor timer. docs/architecture.md, "Gateway".
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gateway/byte_channel.hpp"
#include "gateway/connection.hpp"
#include "gateway/connection_websocket.hpp"
#include "gateway/frame_meter.hpp"
#include "gateway/server.hpp"
#include "gateway/tls_turns.hpp"
#include "gateway/upgrade_check.hpp"

namespace holdspace::gateway {

// What the connections of one io thread share. Outlives them.
struct ConnectionShared {
  boost::asio::io_context& io;
  const TransportLimits& limits;
  const UpgradeRules& rules;
  const TransportObserver& observer;
  std::vector<std::uint8_t> read_buffer;  // kReadBytes; holds nothing between two calls
  TlsTurns tls_turns;
};

// One thread: that of shared.io.
class SocketConnection final : public Connection,
                               public std::enable_shared_from_this<SocketConnection>,
                               private WireBytes {
 public:
  // `tls`: none for plain. `leave_pending` is called once: at the login, or at the end.
  SocketConnection(ConnectionShared& shared, ByteChannel::Socket socket,
                   std::shared_ptr<const TlsContext> tls, std::string prefix,
                   std::function<void()> leave_pending);

  // The connection's life: TLS, the upgrade, the handler, the close. `handler` outlives it.
  [[nodiscard]] boost::asio::awaitable<void> run(const SessionHandler& handler);
  // Looks at every deadline.
  void tick(Monotonic now);
  // Closes with going_away; drops what is not a WebSocket yet.
  void stop();
  // Drops the connection now.
  void abort();
  // Lets go of a read that can complete no more, because its io_context ends.
  void forget_read() { ReadHandler().swap(read_handler_); }

  [[nodiscard]] boost::asio::awaitable<boost::system::result<std::string, ReadError>> read()
      override;
  [[nodiscard]] bool send(std::string_view message) override;
  [[nodiscard]] std::size_t outbox_bytes() const override { return out_.size() - out_taken_; }
  [[nodiscard]] boost::asio::awaitable<void> wait_writable() override;
  void close(CloseCode code, std::string_view reason) override;
  void set_authenticated() override;
  [[nodiscard]] bool take_rate_notice() override { return std::exchange(rate_notice_, false); }
  [[nodiscard]] std::optional<CloseCode> close_code() const override { return close_code_; }
  [[nodiscard]] std::optional<std::array<std::uint8_t, kChannelBindingBytes>> tls_exporter()
      const override {
    return channel_.exporter();
  }
  [[nodiscard]] bool plain() const override { return channel_.plain(); }
  [[nodiscard]] const std::string& host() const override { return host_; }
  [[nodiscard]] const std::string& peer_prefix() const override { return prefix_; }
  [[nodiscard]] boost::asio::any_io_executor executor() override {
    return shared_.io.get_executor();
  }

 private:
  enum class Phase : std::uint8_t {
    handshake,  // TLS
    head,       // the HTTP request
    refusing,   // it got its refusal
    open,       // a WebSocket
    closing,    // the close frame is written
    over,       // the socket is closed
  };
  using WaitType = boost::asio::socket_base::wait_type;

  // connection_life.cpp
  [[nodiscard]] boost::asio::awaitable<bool> establish();
  [[nodiscard]] boost::asio::awaitable<bool> shake_hands();
  [[nodiscard]] boost::asio::awaitable<boost::system::result<Upgrade, UpgradeFault>> read_head();
  [[nodiscard]] boost::asio::awaitable<void> refuse(UpgradeFault fault);
  [[nodiscard]] boost::asio::awaitable<void> part();
  [[nodiscard]] boost::asio::awaitable<void> finish();
  [[nodiscard]] boost::asio::awaitable<void> drain_outbox();
  [[nodiscard]] boost::asio::awaitable<void> read_away();
  ChannelState discard();
  [[nodiscard]] boost::asio::awaitable<bool> wait_socket(WaitType what);
  void tick_open(Monotonic now);

  // connection_socket.cpp
  void start_read(std::span<std::uint8_t> into, ReadHandler handler) override;
  void append(std::span<const std::uint8_t> bytes) override;
  void append_close(std::optional<std::uint16_t> code, std::string_view reason);
  void begin_closing(std::optional<std::uint16_t> code, std::string_view reason);
  void end_reading();
  void receive(std::span<const std::uint8_t> bytes);
  void read_socket();
  void wait_readable();
  void complete_read();
  void post_complete_read();
  void schedule_flush();
  void flush();
  void leave_pending();
  void observe(TransportEvent event, unsigned detail = 0);
  [[nodiscard]] bool alive() const { return phase_ != Phase::over; }

  ConnectionShared& shared_;
  ByteChannel channel_;
  std::string prefix_;
  std::function<void()> leave_pending_;
  std::string host_;
  std::unique_ptr<WebSocketReader> reader_;

  // Reading: what the meter let pass and the reader has not taken yet.
  FrameMeter meter_;
  std::string in_;
  std::size_t in_taken_ = 0;
  ReadHandler read_handler_;
  std::span<std::uint8_t> read_into_;
  std::optional<FrameFault> fault_;
  Monotonic heard_;       // the peer's last byte
  Monotonic read_began_;  // of the message that is being read
  Monotonic paused_until_;
  bool paused_ = false;
  bool pinged_ = false;
  bool rate_notice_ = false;
  bool reading_over_ = false;
  bool violated_ = false;    // who broke the framing is not asked for a close frame
  bool peer_ended_ = false;  // the peer's side of TCP

  // Writing.
  std::string out_;
  std::size_t out_taken_ = 0;
  Monotonic out_moved_;  // the kernel last took something, or the outbox was empty
  bool flushing_ = false;
  boost::asio::steady_timer changed_;  // cancelled when the outbox shrank or the phase changed

  Phase phase_ = Phase::handshake;
  Monotonic deadline_;  // of the phase; before the login also of `open`
  bool authenticated_ = false;
  bool head_late_ = false;
  bool head_begun_ = false;
  std::optional<CloseCode> close_code_;
};

}  // namespace holdspace::gateway
