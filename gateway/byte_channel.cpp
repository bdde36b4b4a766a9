#include "gateway/byte_channel.hpp"

#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <cerrno>
#include <limits>
#include <new>
#include <string_view>
#include <utility>

namespace holdspace::gateway {
namespace {

// RFC 8446 section 6: fatal alerts in clear, where OpenSSL itself says nothing.
constexpr std::array<std::uint8_t, 7> kDecodeError{0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 50};
constexpr std::array<std::uint8_t, 7> kRecordOverflow{0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 22};

bool would_block() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

int tls_bytes(std::size_t bytes) {
  return static_cast<int>(std::min<std::size_t>(bytes, std::numeric_limits<int>::max()));
}

}  // namespace

ByteChannel::ByteChannel(Socket socket, std::shared_ptr<const TlsContext> tls)
    : socket_(std::move(socket)), context_(std::move(tls)) {
  boost::system::error_code ignored;
  socket_.native_non_blocking(true, ignored);
  // Answers are small and wait for nobody; the outbox does the gathering.
  socket_.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
  // What the kernel takes beyond this would hide a peer that takes nothing.
  ::setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kUnsentBytesMax,
               sizeof kUnsentBytesMax);
  if (!context_) return;
  tls_ = SSL_new(context_->native());
  if (tls_ == nullptr || SSL_set_fd(tls_, socket_.native_handle()) != 1) throw std::bad_alloc();
  SSL_set_accept_state(tls_);
}

ByteChannel::~ByteChannel() {
  SSL_free(tls_);
}

ChannelStep ByteChannel::handshake() {
  if (tls_ == nullptr) return {ChannelState::moved, 0};
  ERR_clear_error();
  const auto step = after(SSL_do_handshake(tls_));
  const bool too_long = BIO_number_read(SSL_get_rbio(tls_)) > kHandshakeBytesMax;
  handshaken_ = step.state == ChannelState::moved;
  if (handshaken_ || (step.state != ChannelState::failed && !too_long)) return step;
  const auto& alert = too_long ? kRecordOverflow : kDecodeError;
  if (BIO_number_written(SSL_get_wbio(tls_)) == 0)
    ::send(socket_.native_handle(), alert.data(), alert.size(), MSG_NOSIGNAL);
  broken_ = true;
  return {ChannelState::failed, 0};
}

ChannelStep ByteChannel::read_some(std::span<std::uint8_t> into) {
  if (tls_ != nullptr && !broken_) {
    ERR_clear_error();
    return after(SSL_read(tls_, into.data(), tls_bytes(into.size())));
  }
  const auto got = ::recv(socket_.native_handle(), into.data(), into.size(), 0);
  if (got > 0) return {ChannelState::moved, static_cast<std::size_t>(got)};
  if (got == 0) return {ChannelState::closed, 0};
  return {would_block() ? ChannelState::wants_read : ChannelState::failed, 0};
}

ChannelStep ByteChannel::write_some(std::span<const std::uint8_t> from) {
  if (tls_ != nullptr) {
    ERR_clear_error();
    return after(SSL_write(tls_, from.data(), tls_bytes(from.size())));
  }
  const auto sent = ::send(socket_.native_handle(), from.data(), from.size(), MSG_NOSIGNAL);
  if (sent >= 0) return {ChannelState::moved, static_cast<std::size_t>(sent)};
  return {would_block() ? ChannelState::wants_write : ChannelState::failed, 0};
}

bool ByteChannel::readable_at_once() const {
  return tls_ != nullptr && SSL_has_pending(tls_) == 1;
}

void ByteChannel::end_sending() {
  if (tls_ != nullptr && handshaken_ && !broken_) {  // OpenSSL forbids it after a fatal error
    ERR_clear_error();
    SSL_shutdown(tls_);
  }
  boost::system::error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
}

void ByteChannel::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

std::optional<std::array<std::uint8_t, kChannelBindingBytes>> ByteChannel::exporter() const {
  constexpr std::string_view kLabel = "EXPORTER-Channel-Binding";
  std::array<std::uint8_t, kChannelBindingBytes> value{};
  if (tls_ == nullptr || !handshaken_ ||
      SSL_export_keying_material(tls_, value.data(), value.size(), kLabel.data(), kLabel.size(),
                                 nullptr, 0, 1) != 1)
    return std::nullopt;
  return value;
}

ChannelStep ByteChannel::after(int result) {
  if (result > 0) return {ChannelState::moved, static_cast<std::size_t>(result)};
  switch (SSL_get_error(tls_, result)) {
    case SSL_ERROR_WANT_READ:
      return {ChannelState::wants_read, 0};
    case SSL_ERROR_WANT_WRITE:
      return {ChannelState::wants_write, 0};
    case SSL_ERROR_ZERO_RETURN:
      return {ChannelState::closed, 0};
  }
  broken_ = true;
  return {ChannelState::failed, 0};
}

}  // namespace holdspace::gateway
