#include "tests/gateway/transport_client.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <stdexcept>
#include <thread>

#include "tests/gateway/transport_requests.hpp"

namespace holdspace::gateway::tests {
namespace {

namespace asio = boost::asio;

constexpr std::array<char, 4> kMask{'\x11', '\x22', '\x33', '\x44'};

unsigned number_behind(std::string_view text, std::size_t at) {
  unsigned value = 0;
  std::from_chars(text.data() + at, text.data() + text.size(), value);
  return value;
}

std::string describe(const Connection& connection) {
  return connection.host() + "|" + connection.peer_prefix() + "|" +
         (connection.plain() ? "plain" : "tls");
}

asio::awaitable<void> wait_for(milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor, time);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> echo(std::shared_ptr<Connection> connection) {
  for (;;) {
    auto message = co_await connection->read();
    if (!message) co_return;
    if (connection->take_rate_notice()) (void)connection->send("RATE_LIMITED");
    if (*message == "login") connection->set_authenticated();
    if (*message == "describe") *message = describe(*connection);
    if (message->starts_with("close ")) {
      connection->close(static_cast<CloseCode>(number_behind(*message, 6)), "asked for");
    }
    if (message->starts_with("wait ")) co_await wait_for(milliseconds(number_behind(*message, 5)));
    if (*message == "throw") throw std::runtime_error("asked for");
    if (*message == "return") co_return;
    if (*message == "exporter") {
      const auto value = connection->tls_exporter();
      *message = value ? std::string(value->begin(), value->end()) : "none";
    }
    if (*message == "fill") {
      std::size_t sent = 0;
      const std::string piece(16 * 1024, 'f');
      while (connection->send(piece)) ++sent;
      const bool bounded = connection->outbox_bytes() <= kOutboxBytesMax;
      co_await connection->wait_writable();
      *message = "filled " + std::to_string(sent) + (bounded ? " bounded" : " unbounded");
    }
    (void)connection->send(*message);
  }
}

}  // namespace

unsigned Frame::close_code() const {
  if (opcode != 8) return 0;
  if (payload.size() < 2) return 1005;
  return static_cast<unsigned>(static_cast<std::uint8_t>(payload[0])) << 8 |
         static_cast<std::uint8_t>(payload[1]);
}

std::string frame_header(unsigned first, std::uint64_t length, unsigned length_bytes) {
  std::string out(1, static_cast<char>(first));
  const unsigned form = length_bytes == 0   ? static_cast<unsigned>(length)
                        : length_bytes == 2 ? 126U
                                            : 127U;
  out.push_back(static_cast<char>(form | 0x80U));
  for (unsigned i = length_bytes; i-- > 0;)
    out.push_back(static_cast<char>(length >> (8 * i) & 0xFF));
  return out.append(kMask.begin(), kMask.end());
}

std::string frame(unsigned first, std::string_view payload) {
  auto out = frame_header(first, payload.size(),
                          payload.size() < 126       ? 0
                          : payload.size() <= 0xFFFF ? 2
                                                     : 8);
  for (std::size_t i = 0; i < payload.size(); ++i)
    out.push_back(static_cast<char>(payload[i] ^ kMask[i % kMask.size()]));
  return out;
}

std::string close_frame(unsigned code, std::string_view reason) {
  std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
  return frame(0x88, payload.append(reason));
}

Client::Client() : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const int yes = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

Client::Client(std::uint16_t port, int receive_bytes) : Client() {
  if (receive_bytes > 0)
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
  connect(port);
}

void Client::connect(std::uint16_t port) const {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("cannot connect");
}

void Client::move_descriptor(int lowest) {
  const int moved = ::fcntl(descriptor_, F_DUPFD_CLOEXEC, lowest);
  ::close(std::exchange(descriptor_, moved));
}

Client::~Client() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool Client::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string Client::receive(milliseconds patience) const {
  pollfd ready{descriptor_, POLLIN, 0};
  if (::poll(&ready, 1, static_cast<int>(patience.count())) != 1)
    throw std::runtime_error("nothing came");
  std::string bytes(64 * 1024, '\0');
  const auto got = ::recv(descriptor_, bytes.data(), bytes.size(), 0);
  bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return bytes;
}

std::optional<std::string> Client::receive_all(milliseconds patience) const {
  const auto end = std::chrono::steady_clock::now() + patience;
  std::string all;
  for (;;) {
    const auto left =
        std::chrono::duration_cast<milliseconds>(end - std::chrono::steady_clock::now());
    pollfd ready{descriptor_, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) != 1)
      return std::nullopt;
    const auto more = receive(left);
    if (more.empty()) return all;
    all += more;
  }
}

bool Client::dropped(milliseconds patience) const {
  const auto all = receive_all(patience);
  return all && all->empty();
}

void Client::reset() {
  const linger now{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  ::close(std::exchange(descriptor_, -1));
}

unsigned Client::upgrade() {
  send(good_request());
  while (buffered_.find("\r\n\r\n") == std::string::npos) {
    const auto more = receive();
    if (more.empty()) return 0;
    buffered_ += more;
  }
  const unsigned status = number_behind(buffered_, 9);
  buffered_.erase(0, buffered_.find("\r\n\r\n") + 4);
  return status;
}

std::optional<Frame> Client::next_frame(milliseconds patience) {
  for (;;) {
    if (buffered_.size() >= 2) {
      const auto byte = [this](std::size_t i) { return static_cast<std::uint8_t>(buffered_[i]); };
      std::size_t length = byte(1);
      std::size_t at = 2;
      if (length >= 126) {
        const std::size_t length_bytes = length == 126 ? 2 : 8;
        at += length_bytes;
        length = 0;
        for (std::size_t i = 2; i < at && i < buffered_.size(); ++i) length = length << 8 | byte(i);
      }
      if (buffered_.size() >= at && buffered_.size() - at >= length) {
        Frame found{byte(0) & 0xFU, buffered_.substr(at, length)};
        buffered_.erase(0, at + length);
        return found;
      }
    }
    const auto more = receive(patience);
    if (more.empty()) return std::nullopt;
    buffered_ += more;
  }
}

unsigned Client::next_close(milliseconds patience) {
  while (const auto next = next_frame(patience))
    if (next->opcode == 8) return next->close_code();
  return 0;
}

bool Client::echoes(std::string_view message) {
  if (!send(frame(0x82, message))) return false;
  const auto answer = next_frame();
  return answer && answer->opcode == 2 && answer->payload == message;
}

void Events::add(TransportEvent event, unsigned detail, std::string_view) {
  const std::lock_guard lock(mutex_);
  auto& [count, last] = seen_[event];
  ++count;
  last = detail;
}

int Events::count(TransportEvent event) const {
  const std::lock_guard lock(mutex_);
  const auto found = seen_.find(event);
  return found == seen_.end() ? 0 : found->second.first;
}

unsigned Events::last_detail(TransportEvent event) const {
  const std::lock_guard lock(mutex_);
  const auto found = seen_.find(event);
  return found == seen_.end() ? 0 : found->second.second;
}

bool Events::wait(TransportEvent event, int times, milliseconds patience) const {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (count(event) < times) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(milliseconds(2));
  }
  return true;
}

TransportLimits patient_limits() {
  TransportLimits limits;
  limits.accepts_per_second = limits.accepts_burst = 1e6;
  limits.pending_per_address = limits.pending = 100000;
  limits.handshake = limits.head = limits.login = limits.message = milliseconds(60000);
  limits.close_wait = milliseconds(2000);
  limits.tick = milliseconds(10);
  return limits;
}

EchoServer::EchoServer(TransportLimits limits, std::shared_ptr<const TlsContext> tls,
                       std::size_t threads)
    : events_(std::make_shared<Events>()) {
  ServerOptions options;
  options.listen = {{"127.0.0.1", 0}};
  options.io_threads = threads;
  options.tls = std::move(tls);
  options.hosts = {"localhost", "chat.example.org", "[::1]"};
  options.origins = {"https://app.example.org"};
  options.limits = limits;
  options.observer = [events = events_](TransportEvent event, unsigned detail,
                                        std::string_view prefix) {
    events->add(event, detail, prefix);
  };
  server_ = std::make_unique<Server>(std::move(options),
                                     [](asio::io_context&) -> SessionHandler { return echo; });
  if (!server_->start()) throw std::runtime_error("cannot listen");
}

}  // namespace holdspace::gateway::tests
