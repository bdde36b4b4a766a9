// Reading, the outbox and the close frame of a connection; connection_life.cpp has its phases.
#include "gateway/connection_socket.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstring>
#include <utility>

namespace holdspace::gateway {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using boost::system::result;

Monotonic now() {
  return std::chrono::steady_clock::now();
}

// RFC 6455 section 5.2, server to client: FIN, no mask.
constexpr std::uint8_t kBinaryFrame = 0x82;
constexpr std::uint8_t kCloseFrame = 0x88;
constexpr std::size_t kFrameHeaderBytesMax = 10;
// RFC 6455 section 7.4.2 defines none above; Beast lets them pass.
constexpr std::uint16_t kCloseCodeMax = 4999;

void append_header(std::string& out, std::uint8_t first, std::size_t length) {
  out.push_back(static_cast<char>(first));
  const std::size_t length_bytes = length < 126 ? 0 : length <= 0xFFFF ? 2 : 8;
  out.push_back(static_cast<char>(length_bytes == 0 ? length : length_bytes == 2 ? 126 : 127));
  for (std::size_t i = length_bytes; i-- > 0;)
    out.push_back(static_cast<char>(length >> (8 * i) & 0xFF));
}

// Gives a buffer back that grew: idle connections stay small.
void clear(std::string& buffer) {
  if (buffer.capacity() > kIdleBufferBytesMax)
    buffer = std::string();
  else
    buffer.clear();
}

}  // namespace

SocketConnection::SocketConnection(ConnectionShared& shared, ByteChannel::Socket socket,
                                   std::shared_ptr<const TlsContext> tls, std::string prefix,
                                   std::function<void()> leave_pending)
    : shared_(shared),
      channel_(std::move(socket), std::move(tls)),
      prefix_(std::move(prefix)),
      leave_pending_(std::move(leave_pending)),
      meter_(shared.limits, now()),
      heard_(now()),
      read_began_(heard_),
      paused_until_(heard_),
      out_moved_(heard_),
      changed_(shared.io, Monotonic::max()),
      deadline_(heard_ + shared.limits.handshake) {}

asio::awaitable<result<std::string, ReadError>> SocketConnection::read() {
  if (phase_ != Phase::open) co_return ReadError::stopped;
  read_began_ = now();
  auto message = co_await reader_->read();
  if (phase_ == Phase::over) co_return ReadError::closed;
  if (phase_ != Phase::open) co_return ReadError::stopped;
  if (message && message->kind == MessageKind::binary) co_return std::move(message->bytes);

  CloseCode code = CloseCode::unsupported_data;
  std::string_view reason = "text frame";
  if (!message) {
    switch (message.error()) {
      case MessageEnd::peer_closed:
        if (reader_->peer_close_code().value_or(0) <= kCloseCodeMax) {
          begin_closing(reader_->peer_close_code(), {});
          co_return ReadError::closed;
        }
        code = CloseCode::protocol_error;
        reason = "close code";
        break;
      case MessageEnd::broken:
        if (!fault_) {
          abort();
          co_return ReadError::closed;
        }
        code = gateway::close_code(*fault_);
        reason = name(*fault_);
        break;
      case MessageEnd::bad_payload:
        code = CloseCode::bad_payload;
        reason = "not UTF-8";
        break;
      case MessageEnd::protocol:
        code = CloseCode::protocol_error;
        reason = "protocol";
        break;
    }
  }
  observe(TransportEvent::framing, static_cast<unsigned>(code));
  violated_ = true;
  close(code, reason);
  co_return ReadError::violated;
}

// The reader wants bytes: those that wait here first, then the socket's.
void SocketConnection::start_read(std::span<std::uint8_t> into, ReadHandler handler) {
  read_into_ = into;
  read_handler_.swap(handler);  // its move assignment recurses in Asio 1.26
  if (in_taken_ < in_.size() || fault_ || reading_over_) {
    post_complete_read();
  } else if (channel_.readable_at_once() && !paused_) {
    asio::post(shared_.io, [self = shared_from_this()] { self->read_socket(); });
  } else if (!paused_) {
    wait_readable();
  }
}

void SocketConnection::wait_readable() {
  channel_.socket().async_wait(
      ByteChannel::Socket::wait_read,
      [self = shared_from_this()](const error_code&) { self->read_socket(); });
}

void SocketConnection::read_socket() {
  if (!read_handler_ || reading_over_) return;
  const auto step = channel_.read_some(shared_.read_buffer);
  switch (step.state) {
    case ChannelState::moved:
      receive(std::span(shared_.read_buffer).first(step.bytes));
      complete_read();
      return;
    case ChannelState::wants_read:
      wait_readable();
      return;
    case ChannelState::wants_write:  // TLS answers something; the outbox's waiting is enough
      channel_.socket().async_wait(
          ByteChannel::Socket::wait_write,
          [self = shared_from_this()](const error_code&) { self->read_socket(); });
      return;
    case ChannelState::closed:
    case ChannelState::failed:
      peer_ended_ = true;
      reading_over_ = true;
      complete_read();
      return;
  }
}

void SocketConnection::receive(std::span<const std::uint8_t> bytes) {
  heard_ = now();
  pinged_ = false;
  const auto passed = meter_.feed(bytes, heard_);
  in_.assign(reinterpret_cast<const char*>(bytes.data()), passed.bytes);
  in_taken_ = 0;
  fault_ = passed.fault;
  paused_until_ = meter_.read_again_at(heard_);
  paused_ = paused_until_ > heard_;
  rate_notice_ = rate_notice_ || paused_;
}

void SocketConnection::post_complete_read() {
  asio::post(shared_.io, [self = shared_from_this()] { self->complete_read(); });
}

void SocketConnection::complete_read() {
  if (!read_handler_) return;
  const std::size_t bytes = std::min(read_into_.size(), in_.size() - in_taken_);
  if (bytes > 0) std::memcpy(read_into_.data(), in_.data() + in_taken_, bytes);
  in_taken_ += bytes;
  if (in_taken_ == in_.size()) {
    clear(in_);
    in_taken_ = 0;
  }
  ReadHandler handler;
  handler.swap(read_handler_);
  std::move(handler)(bytes > 0 ? error_code() : error_code(asio::error::eof), bytes);
}

void SocketConnection::end_reading() {
  reading_over_ = true;
  clear(in_);
  in_taken_ = 0;
  if (read_handler_) post_complete_read();
  error_code ignored;
  channel_.socket().cancel(ignored);
}

bool SocketConnection::send(std::string_view message) {
  if (phase_ != Phase::open ||
      outbox_bytes() + message.size() + kFrameHeaderBytesMax > kOutboxBytesMax)
    return false;
  if (outbox_bytes() == 0) out_moved_ = now();
  append_header(out_, kBinaryFrame, message.size());
  out_.append(message);
  schedule_flush();
  return true;
}

void SocketConnection::append(std::span<const std::uint8_t> bytes) {
  if (phase_ == Phase::over || phase_ == Phase::closing) return;
  if (outbox_bytes() + bytes.size() > kOutboxBytesMax + kOutboxControlReserve) return;
  if (outbox_bytes() == 0) out_moved_ = now();
  out_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  schedule_flush();
}

void SocketConnection::append_close(std::optional<std::uint16_t> code, std::string_view reason) {
  reason = reason.substr(0, kControlPayloadBytesMax - 2);
  if (outbox_bytes() == 0) out_moved_ = now();
  append_header(out_, kCloseFrame, code ? reason.size() + 2 : 0);
  if (code) {
    out_.push_back(static_cast<char>(*code >> 8));
    out_.push_back(static_cast<char>(*code & 0xFF));
    out_.append(reason);
  }
  schedule_flush();
}

void SocketConnection::close(CloseCode code, std::string_view reason) {
  if (phase_ != Phase::open) return;
  close_code_ = code;
  begin_closing(static_cast<std::uint16_t>(code), reason);
}

void SocketConnection::begin_closing(std::optional<std::uint16_t> code, std::string_view reason) {
  phase_ = Phase::closing;
  deadline_ = now() + shared_.limits.close_wait;
  append_close(code, reason);
  end_reading();
  changed_.cancel();
}

asio::awaitable<void> SocketConnection::wait_writable() {
  while (phase_ == Phase::open && outbox_bytes() > kOutboxBytesLow)
    co_await changed_.async_wait(asio::as_tuple(asio::use_awaitable));
}

void SocketConnection::schedule_flush() {
  if (flushing_) return;
  flushing_ = true;
  // Behind everything that is ready now: what it sends leaves in the same write.
  asio::post(shared_.io, [self = shared_from_this()] { self->flush(); });
}

void SocketConnection::flush() {
  while (alive() && outbox_bytes() > 0) {
    const auto step = channel_.write_some(
        std::span(reinterpret_cast<const std::uint8_t*>(out_.data()), out_.size())
            .subspan(out_taken_));
    if (step.state == ChannelState::moved) {
      out_taken_ += step.bytes;
      out_moved_ = now();
      if (out_taken_ > kOutboxBytesLow) {
        out_.erase(0, out_taken_);
        out_taken_ = 0;
      }
      continue;
    }
    if (step.state != ChannelState::wants_write) {  // TLS 1.3 never has to read to write
      abort();
      break;
    }
    if (outbox_bytes() <= kOutboxBytesLow) changed_.cancel();
    channel_.socket().async_wait(ByteChannel::Socket::wait_write,
                                 [self = shared_from_this()](const error_code&) { self->flush(); });
    return;
  }
  flushing_ = false;
  clear(out_);
  out_taken_ = 0;
  changed_.cancel();
}

void SocketConnection::abort() {
  if (phase_ == Phase::over) return;
  phase_ = Phase::over;
  end_reading();
  channel_.close();
  changed_.cancel();
}

void SocketConnection::leave_pending() {
  if (const auto leave = std::exchange(leave_pending_, nullptr)) leave();
}

void SocketConnection::set_authenticated() {
  authenticated_ = true;
  meter_.set_message_bytes_max(kMessageBytesMax);
  leave_pending();
}

void SocketConnection::observe(TransportEvent event, unsigned detail) {
  if (shared_.observer) shared_.observer(event, detail, prefix_);
}

}  // namespace holdspace::gateway
