// The receiving half of one WebSocket, behind which Beast is hidden: its templates compile once,
// for plain and TLS alike. Sends nothing but the upgrade's answer and pongs. docs/architecture.md,
// "Gateway".
#pragma once

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace holdspace::gateway {

// Where the bytes of the WebSocket come from and go to.
class WireBytes {
 public:
  using ReadHandler =
      boost::asio::any_completion_handler<void(boost::system::error_code, std::size_t)>;
  // Calls the handler once, never before this returns: with bytes in `into`, which stays valid
  // until then, or with an error. One at a time.
  virtual void start_read(std::span<std::uint8_t> into, ReadHandler handler) = 0;
  // Takes all of it at once: a whole control frame, or the upgrade's answer.
  virtual void append(std::span<const std::uint8_t> bytes) = 0;

 protected:
  ~WireBytes() = default;
};

enum class MessageKind : std::uint8_t { binary, text };

struct WebSocketMessage {
  MessageKind kind = MessageKind::binary;
  std::string bytes;
};

enum class MessageEnd : std::uint8_t {
  peer_closed,  // a good close frame came: peer_close_code()
  bad_payload,  // a text frame or a close reason that is not UTF-8
  protocol,     // another breach of RFC 6455
  broken,       // the bytes ended
};

// One thread. After an error no further read().
class WebSocketReader {
 public:
  // `wire` outlives it.
  [[nodiscard]] static std::unique_ptr<WebSocketReader> make(boost::asio::io_context& io,
                                                             WireBytes& wire);
  virtual ~WebSocketReader() = default;

  // Answers an upgrade that check_upgrade() found good; the wire's bytes are frames from then on.
  [[nodiscard]] virtual boost::asio::awaitable<bool> accept(std::string host, std::string key) = 0;
  // The next whole message. Does not answer a close frame.
  [[nodiscard]] virtual boost::asio::awaitable<boost::system::result<WebSocketMessage, MessageEnd>>
  read() = 0;
  // After peer_closed; none when the peer gave no code.
  [[nodiscard]] virtual std::optional<std::uint16_t> peer_close_code() const = 0;
};

}  // namespace holdspace::gateway
