// A raw WebSocket client on one socket of the loop: coalesced writes, large shared reads, plain or
// TLS. It costs the generator little, so that on a small machine the server gets the processor. Not
// a careful client: it masks with a zero key and trusts its server. docs/performance.md, "The
// generator".
#pragma once

#include <openssl/ssl.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tests/bench/loop.hpp"

namespace holdspace::bench {

using Bytes = std::span<const std::uint8_t>;

// Where to connect. `tls` is null for a plain connection.
struct Endpoint {
  std::string address = "127.0.0.1";  // an IPv4 address
  std::uint16_t port = 0;
  std::string host = "localhost";  // the Host header and the TLS server name
  std::string path = "/";
  std::string subprotocol;  // empty: none is asked for
  std::shared_ptr<SSL_CTX> tls;
};

// A TLS 1.3 context that trusts the certificates of one PEM file. Throws std::runtime_error.
[[nodiscard]] std::shared_ptr<SSL_CTX> trust_only(const std::string& certificates);

class WebSocket final : private Loop::Source {
 public:
  // Called from within Loop::turn; must not destroy the WebSocket.
  class Listener {
   public:
    virtual void on_open() = 0;
    virtual void on_message(Bytes message) = 0;
    virtual void on_pong() = 0;
    // Once, when the server or the network ended it; nothing else follows.
    virtual void on_closed(const std::string& why) = 0;

   protected:
    ~Listener() = default;
  };

  // Begins to connect. Throws std::system_error when no socket can be had.
  WebSocket(Loop& loop, const Endpoint& endpoint, Listener& listener);
  ~WebSocket();
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;

  // Queued; all that one turn queues goes out in one write.
  void send(Bytes message) { append_frame(0x2, message); }
  void ping() { append_frame(0x9, {}); }

  // RFC 9266's channel binding; empty on a plain connection.
  [[nodiscard]] std::optional<std::array<std::uint8_t, 32>> exporter() const;

 private:
  enum class Stage { connecting, tls_handshake, upgrading, open, closed };

  void on_ready(std::uint32_t events) override;
  void on_flush() override;

  void append_frame(std::uint8_t opcode, Bytes payload);
  void request_upgrade();
  void shake_hands();
  void read_all();
  // Bytes read, 0 when there is nothing now, -1 when the connection is over.
  [[nodiscard]] long read_some(std::span<std::uint8_t> into);
  [[nodiscard]] long write_some(Bytes from);
  // How many bytes of `bytes` were used up.
  [[nodiscard]] std::size_t take_upgrade(Bytes bytes);
  [[nodiscard]] std::size_t take_frames(Bytes bytes);
  void take_frame(std::uint8_t first, Bytes payload);
  void want_write(bool wanted);
  void fail(const std::string& why);

  Loop& loop_;
  const Endpoint& endpoint_;
  Listener& listener_;
  int socket_ = -1;
  std::unique_ptr<SSL, decltype(&SSL_free)> tls_{nullptr, &SSL_free};
  Stage stage_ = Stage::connecting;
  bool flush_planned_ = false;
  bool write_wanted_ = false;
  std::string out_;  // not yet written, from out_begin_
  std::size_t out_begin_ = 0;
  std::string in_;       // the beginning of a frame whose end has not come
  std::string message_;  // the fragments of a message whose last has not come
};

}  // namespace holdspace::bench
