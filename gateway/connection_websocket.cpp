#include "gateway/connection_websocket.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <utility>

#include "gateway/limits.hpp"
#include "gateway/upgrade_check.hpp"

namespace holdspace::gateway {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using boost::system::error_code;
using boost::system::result;

// FIN and the close opcode: the first byte of every close frame of a server.
constexpr std::uint8_t kCloseFrame = 0x88;

// What Beast takes for its socket.
class WireStream {
 public:
  using executor_type = asio::io_context::executor_type;

  WireStream(executor_type executor, WireBytes& wire) : executor_(executor), wire_(&wire) {}
  [[nodiscard]] executor_type get_executor() const noexcept { return executor_; }

  template <typename Buffers, typename Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    const asio::mutable_buffer first = *asio::buffer_sequence_begin(buffers);
    return asio::async_initiate<Token, void(error_code, std::size_t)>(
        [](auto handler, WireBytes* wire, std::span<std::uint8_t> into) {
          wire->start_read(into, WireBytes::ReadHandler(std::move(handler)));
        },
        token, wire_, std::span(static_cast<std::uint8_t*>(first.data()), first.size()));
  }

  template <typename Buffers, typename Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return asio::async_initiate<Token, void(error_code, std::size_t)>(
        [](auto handler, WireStream* stream, const Buffers& bytes) {
          const std::size_t taken = stream->take(bytes);
          asio::post(stream->executor_,
                     beast::bind_front_handler(std::move(handler), error_code(), taken));
        },
        token, this, buffers);
  }

 private:
  template <typename Buffers>
  std::size_t take(const Buffers& buffers) {
    std::size_t taken = 0;
    for (auto at = asio::buffer_sequence_begin(buffers); at != asio::buffer_sequence_end(buffers);
         ++at) {
      const asio::const_buffer piece = *at;
      const std::span bytes(static_cast<const std::uint8_t*>(piece.data()), piece.size());
      // Close frames are the connection's: it knows the codes that Beast does not.
      if (!bytes.empty() && bytes.front() != kCloseFrame) wire_->append(bytes);
      taken += bytes.size();
    }
    return taken;
  }

  executor_type executor_;
  WireBytes* wire_;
};

// Beast asks for these by name. Ending the connection is not its business.
template <typename Handler>
void async_teardown(beast::role_type, WireStream& stream, Handler&& handler) {
  asio::post(stream.get_executor(),
             beast::bind_front_handler(std::forward<Handler>(handler), error_code()));
}

void beast_close_socket(WireStream&) {}

void name_answer(websocket::response_type& answer) {
  answer.set(http::field::server, "holdspace");
  answer.set(http::field::sec_websocket_protocol, {kSubprotocol.data(), kSubprotocol.size()});
}

MessageEnd to_message_end(const error_code& ec) {
  if (ec == websocket::error::closed) return MessageEnd::peer_closed;
  if (ec == websocket::error::bad_frame_payload || ec == websocket::error::bad_close_payload)
    return MessageEnd::bad_payload;
  if (ec == websocket::condition::protocol_violation) return MessageEnd::protocol;
  return MessageEnd::broken;
}

class BeastReader final : public WebSocketReader {
 public:
  BeastReader(asio::io_context& io, WireBytes& wire) : stream_(io.get_executor(), wire) {
    stream_.read_message_max(kMessageBytesMax);
    stream_.set_option(websocket::stream_base::decorator(name_answer));
  }

  asio::awaitable<bool> accept(std::string host, std::string key) override {
    // Beast sees only what was checked: nothing else of the request can confuse it.
    http::request<http::empty_body> request(http::verb::get, "/", 11);
    request.set(http::field::host, host);
    request.set(http::field::connection, "upgrade");
    request.set(http::field::upgrade, "websocket");
    request.set(http::field::sec_websocket_version, "13");
    request.set(http::field::sec_websocket_key, key);
    const auto [ec] = co_await stream_.async_accept(request, asio::as_tuple(asio::use_awaitable));
    co_return !ec;
  }

  asio::awaitable<result<WebSocketMessage, MessageEnd>> read() override {
    WebSocketMessage message;
    auto buffer = asio::dynamic_buffer(message.bytes, kMessageBytesMax);
    const auto [ec, bytes] =
        co_await stream_.async_read(buffer, asio::as_tuple(asio::use_awaitable));
    if (ec) co_return to_message_end(ec);
    message.bytes.resize(bytes);
    message.kind = stream_.got_text() ? MessageKind::text : MessageKind::binary;
    co_return message;
  }

  [[nodiscard]] std::optional<std::uint16_t> peer_close_code() const override {
    const std::uint16_t code = stream_.reason().code;
    if (code == websocket::close_code::none) return std::nullopt;
    return code;
  }

 private:
  websocket::stream<WireStream, false> stream_;
};

}  // namespace

std::unique_ptr<WebSocketReader> WebSocketReader::make(asio::io_context& io, WireBytes& wire) {
  return std::make_unique<BeastReader>(io, wire);
}

}  // namespace holdspace::gateway
