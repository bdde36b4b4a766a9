// See websocket.hpp.
#include "tests/bench/websocket.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace holdspace::bench {
namespace {

constexpr std::size_t kReadBytes = 256 * 1024;  // one read takes all that a socket buffer holds
constexpr std::size_t kHeaderBytesMax = 16 * 1024;
constexpr std::string_view kKey = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";

// One for the whole program: there is one thread.
std::span<std::uint8_t> read_buffer() {
  static std::array<std::uint8_t, kReadBytes> buffer;
  return buffer;
}

Bytes bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

std::shared_ptr<SSL_CTX> trust_only(const std::string& certificates) {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION);
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  if (SSL_CTX_load_verify_locations(context.get(), certificates.c_str(), nullptr) != 1)
    throw std::runtime_error("cannot read the certificates in " + certificates);
  return context;
}

WebSocket::WebSocket(Loop& loop, const Endpoint& endpoint, Listener& listener)
    : loop_(loop), endpoint_(endpoint), listener_(listener) {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0) throw std::system_error(errno, std::generic_category(), "socket");
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(endpoint.port);
  ::inet_pton(AF_INET, endpoint.address.c_str(), &address.sin_addr);
  const int result = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address);
  if (result != 0 && errno != EINPROGRESS) {
    const int error = errno;
    ::close(socket_);
    throw std::system_error(error, std::generic_category(), "connect");
  }
  write_wanted_ = true;
  loop_.add(socket_, *this, EPOLLIN | EPOLLOUT);
}

WebSocket::~WebSocket() {
  if (stage_ == Stage::closed) return;
  if (stage_ == Stage::open) {
    append_frame(0x8, std::array<std::uint8_t, 2>{0x03, 0xe8});  // 1000: done
    (void)write_some(Bytes(bytes_of(out_)).subspan(out_begin_));
  }
  loop_.remove(socket_, *this);
  ::close(socket_);
}

std::optional<std::array<std::uint8_t, 32>> WebSocket::exporter() const {
  if (!tls_) return std::nullopt;
  constexpr std::string_view label = "EXPORTER-Channel-Binding";
  std::array<std::uint8_t, 32> value{};
  if (SSL_export_keying_material(tls_.get(), value.data(), value.size(), label.data(), label.size(),
                                 nullptr, 0, 0) != 1)
    throw std::runtime_error("TLS gives no exporter value");
  return value;
}

void WebSocket::on_ready(std::uint32_t events) {
  if (stage_ == Stage::connecting) {
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return fail("connect: " + std::system_category().message(error));
    if ((events & EPOLLOUT) == 0) return;
    want_write(false);
    if (!endpoint_.tls) return request_upgrade();
    stage_ = Stage::tls_handshake;
    tls_.reset(SSL_new(endpoint_.tls.get()));
    SSL_set_fd(tls_.get(), socket_);
    SSL_set_tlsext_host_name(tls_.get(), endpoint_.host.c_str());
    SSL_set1_host(tls_.get(), endpoint_.host.c_str());
  }
  if (stage_ == Stage::tls_handshake) return shake_hands();
  if ((events & EPOLLOUT) != 0) on_flush();
  if (stage_ != Stage::closed && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) read_all();
}

void WebSocket::shake_hands() {
  const int result = SSL_connect(tls_.get());
  if (result == 1) {
    want_write(false);
    return request_upgrade();
  }
  const int error = SSL_get_error(tls_.get(), result);
  if (error == SSL_ERROR_WANT_WRITE) return want_write(true);
  if (error == SSL_ERROR_WANT_READ) return want_write(false);
  fail("TLS handshake failed");
}

void WebSocket::request_upgrade() {
  stage_ = Stage::upgrading;
  out_ = "GET " + endpoint_.path + " HTTP/1.1\r\nHost: " + endpoint_.host + ":" +
         std::to_string(endpoint_.port) +
         "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n";
  out_ += kKey;
  if (!endpoint_.subprotocol.empty())
    out_ += "Sec-WebSocket-Protocol: " + endpoint_.subprotocol + "\r\n";
  out_ += "\r\n";
  on_flush();
}

void WebSocket::append_frame(std::uint8_t opcode, Bytes payload) {
  if (stage_ == Stage::closed) return;
  out_.push_back(static_cast<char>(0x80 | opcode));
  const std::size_t size = payload.size();
  if (size < 126) {
    out_.push_back(static_cast<char>(0x80 | size));
  } else if (size < 65536) {
    out_.push_back(static_cast<char>(0x80 | 126));
    for (int shift = 8; shift >= 0; shift -= 8) out_.push_back(static_cast<char>(size >> shift));
  } else {
    out_.push_back(static_cast<char>(0x80 | 127));
    for (int shift = 56; shift >= 0; shift -= 8) out_.push_back(static_cast<char>(size >> shift));
  }
  // The zero key leaves the payload as it is; the server unmasks all the same.
  out_.append(4, '\0');
  out_.append(reinterpret_cast<const char*>(payload.data()), size);
  if (!flush_planned_ && stage_ == Stage::open) {
    flush_planned_ = true;
    loop_.flush_later(*this);
  }
}

void WebSocket::on_flush() {
  flush_planned_ = false;
  if (stage_ != Stage::open && stage_ != Stage::upgrading) return;
  while (out_begin_ < out_.size()) {
    const long count = write_some(bytes_of(out_).subspan(out_begin_));
    if (count < 0) return fail("write failed");
    if (count == 0) return want_write(true);
    out_begin_ += static_cast<std::size_t>(count);
  }
  out_begin_ = 0;
  // An idle connection keeps no buffer: the generator holds many thousands of them.
  if (out_.capacity() > 64 * 1024)
    std::string().swap(out_);
  else
    out_.clear();
  want_write(false);
}

long WebSocket::read_some(std::span<std::uint8_t> into) {
  if (tls_) {
    const int count = SSL_read(tls_.get(), into.data(), static_cast<int>(into.size()));
    if (count > 0) return count;
    const int error = SSL_get_error(tls_.get(), count);
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? 0 : -1;
  }
  const ssize_t count = ::recv(socket_, into.data(), into.size(), 0);
  if (count > 0) return count;
  return count < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

long WebSocket::write_some(Bytes from) {
  if (tls_) {
    const int count = SSL_write(tls_.get(), from.data(), static_cast<int>(from.size()));
    if (count > 0) return count;
    const int error = SSL_get_error(tls_.get(), count);
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? 0 : -1;
  }
  const ssize_t count = ::send(socket_, from.data(), from.size(), MSG_NOSIGNAL);
  if (count >= 0) return count;
  return errno == EAGAIN || errno == EINTR ? 0 : -1;
}

void WebSocket::read_all() {
  const auto buffer = read_buffer();
  while (stage_ != Stage::closed) {
    // What is left of the last read stands before what comes now.
    const std::size_t kept = in_.size();
    if (kept > buffer.size() / 2) return fail("a frame larger than any of the protocol");
    std::copy(in_.begin(), in_.end(), buffer.begin());
    const long count = read_some(buffer.subspan(kept));
    if (count == 0) return;
    if (count < 0) return fail("the server closed the connection");
    const Bytes bytes(buffer.data(), kept + static_cast<std::size_t>(count));
    std::size_t used = 0;
    if (stage_ == Stage::upgrading) used = take_upgrade(bytes);
    if (stage_ == Stage::open) used += take_frames(bytes.subspan(used));
    if (stage_ == Stage::closed) return;
    in_.assign(reinterpret_cast<const char*>(bytes.data()) + used, bytes.size() - used);
    // TLS hands out one record at a time; a plain socket that gave less than asked is empty.
    if (!tls_ && static_cast<std::size_t>(count) < buffer.size() - kept) return;
  }
}

std::size_t WebSocket::take_upgrade(Bytes bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto end = text.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    if (text.size() > kHeaderBytesMax) fail("an endless HTTP answer");
    return 0;
  }
  if (!text.starts_with("HTTP/1.1 101")) {
    fail("upgrade refused: " + std::string(text.substr(0, text.find('\r'))));
    return 0;
  }
  stage_ = Stage::open;
  listener_.on_open();
  return end + 4;
}

std::size_t WebSocket::take_frames(Bytes bytes) {
  std::size_t used = 0;
  while (stage_ == Stage::open) {
    const Bytes rest = bytes.subspan(used);
    if (rest.size() < 2) break;
    std::size_t header = 2;
    std::uint64_t size = rest[1] & 0x7f;
    const std::size_t more = size == 126 ? 2 : size == 127 ? 8 : 0;
    if (more != 0) {
      header += more;
      if (rest.size() < header) break;
      size = 0;
      for (std::size_t i = 2; i < header; ++i) size = size << 8 | rest[i];
    }
    if (size > rest.size() - header) break;
    used += header + size;
    take_frame(rest[0], rest.subspan(header, size));
  }
  return used;
}

void WebSocket::take_frame(std::uint8_t first, Bytes payload) {
  const bool last = (first & 0x80) != 0;
  const std::string_view text(reinterpret_cast<const char*>(payload.data()), payload.size());
  switch (first & 0x0f) {
    case 0x0:
    case 0x1:
    case 0x2:
      if (last && message_.empty()) return listener_.on_message(payload);
      message_ += text;
      if (last) {
        const std::string whole = std::move(message_);
        message_.clear();
        listener_.on_message(bytes_of(whole));
      }
      return;
    case 0x8: {
      std::string why = "the server closed";
      if (payload.size() >= 2)
        why += " with " + std::to_string(payload[0] << 8 | payload[1]) + " " +
               std::string(text.substr(2));
      return fail(why);
    }
    case 0x9:
      return append_frame(0xa, payload);
    case 0xa:
      return listener_.on_pong();
  }
  fail("a frame with an unknown opcode");
}

void WebSocket::want_write(bool wanted) {
  if (wanted == write_wanted_) return;
  write_wanted_ = wanted;
  loop_.change(socket_, *this, wanted ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

void WebSocket::fail(const std::string& why) {
  if (stage_ == Stage::closed) return;
  stage_ = Stage::closed;
  loop_.remove(socket_, *this);
  ::close(socket_);
  listener_.on_closed(why);
}

}  // namespace holdspace::bench
