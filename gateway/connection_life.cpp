// The phases of a connection: handshake, request, session, farewell, and the deadline of each.
#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "gateway/connection_socket.hpp"

namespace holdspace::gateway {
namespace {

namespace asio = boost::asio;
using boost::system::result;

Monotonic now() {
  return std::chrono::steady_clock::now();
}

// RFC 6455 section 5.5.2: FIN, the ping opcode, no payload.
constexpr std::array<std::uint8_t, 2> kPing{0x89, 0x00};
// Reads of kReadBytes that clear the socket at the end: a peer that sends more gets its reset.
constexpr int kDiscardsMax = 16;

}  // namespace

asio::awaitable<void> SocketConnection::run(const SessionHandler& handler) {
  const auto self = shared_from_this();
  if (co_await establish()) {
    observe(TransportEvent::opened);
    bool failed = false;
    try {
      co_await handler(self);
    } catch (const std::exception&) {
      // One session ends, the others do not notice; the text may hold a person's words.
      failed = true;
    }
    if (failed) observe(TransportEvent::handler_failed);
    close(failed ? CloseCode::internal_error : CloseCode::normal, {});
    co_await finish();
    observe(TransportEvent::closed, close_code_ ? static_cast<unsigned>(*close_code_) : 0);
  }
  leave_pending();
  abort();
}

asio::awaitable<bool> SocketConnection::establish() {
  if (!channel_.plain() && !co_await shake_hands()) co_return false;
  phase_ = Phase::head;
  deadline_ = now() + shared_.limits.head;
  const auto upgrade = co_await read_head();
  if (!alive()) co_return false;
  if (!upgrade) {
    observe(TransportEvent::upgrade_refused, http_status(upgrade.error()));
    co_await refuse(upgrade.error());
    co_return false;
  }
  host_ = upgrade->host;
  reader_ = WebSocketReader::make(shared_.io, *this);
  if (!co_await reader_->accept(upgrade->host, upgrade->key) || !alive()) co_return false;
  phase_ = Phase::open;
  deadline_ = now() + shared_.limits.login;
  co_return true;
}

asio::awaitable<bool> SocketConnection::shake_hands() {
  while (alive()) {
    co_await shared_.tls_turns.wait();
    if (!alive()) break;
    const auto before = thread_time();
    const auto step = channel_.handshake();
    shared_.tls_turns.spent(thread_time() - before);
    if (step.state == ChannelState::moved) co_return true;
    if (step.state == ChannelState::wants_read) {
      co_await wait_socket(ByteChannel::Socket::wait_read);
    } else if (step.state == ChannelState::wants_write) {
      co_await wait_socket(ByteChannel::Socket::wait_write);
    } else {
      observe(TransportEvent::tls_failed);
      co_await part();
    }
  }
  co_return false;
}

// With the connection over, the result says nothing.
asio::awaitable<result<Upgrade, UpgradeFault>> SocketConnection::read_head() {
  std::string received;
  HeadScanner scanner;
  while (alive() && !head_late_) {
    const auto step = channel_.read_some(shared_.read_buffer);
    if (step.state == ChannelState::wants_read) {
      co_await wait_socket(ByteChannel::Socket::wait_read);
      continue;
    }
    if (step.state != ChannelState::moved) {
      abort();
      break;
    }
    head_begun_ = true;
    received.append(reinterpret_cast<const char*>(shared_.read_buffer.data()), step.bytes);
    switch (scanner.scan(received)) {
      case HeadScanner::State::incomplete:
        continue;
      case HeadScanner::State::malformed:
        co_return UpgradeFault::malformed;
      case HeadScanner::State::too_large:
        co_return UpgradeFault::head_too_large;
      case HeadScanner::State::complete: {
        const std::string_view all(received);
        auto upgrade = check_upgrade(all.substr(0, scanner.head_bytes()), shared_.rules);
        const auto behind = all.substr(scanner.head_bytes());
        // Frames may follow the request at once.
        if (upgrade)
          receive(std::span(reinterpret_cast<const std::uint8_t*>(behind.data()), behind.size()));
        co_return upgrade;
      }
    }
  }
  co_return UpgradeFault::head_too_slow;
}

asio::awaitable<void> SocketConnection::refuse(UpgradeFault fault) {
  const auto answer = http_answer(fault);
  append(std::span(reinterpret_cast<const std::uint8_t*>(answer.data()), answer.size()));
  co_await part();
}

// What was answered to a peer that gets no session must arrive: closing a socket with unread bytes
// resets it, and a reset overtakes what was written.
asio::awaitable<void> SocketConnection::part() {
  if (!alive()) co_return;
  phase_ = Phase::refusing;
  deadline_ = now() + shared_.limits.close_wait;
  co_await drain_outbox();
  if (!alive()) co_return;
  channel_.end_sending();
  while (alive() && !peer_ended_) co_await read_away();
  abort();
}

asio::awaitable<void> SocketConnection::finish() {
  co_await drain_outbox();
  deadline_ = now() + shared_.limits.close_wait;
  while (alive() && !violated_ && !meter_.close_seen() && !peer_ended_) co_await read_away();
  if (!alive()) co_return;
  channel_.end_sending();
  if (violated_) {
    while (alive() && !peer_ended_) co_await read_away();
  } else {
    // Both sides have said goodbye; what came after it is read so that closing is no reset.
    for (int i = 0; i < kDiscardsMax && discard() == ChannelState::moved; ++i) continue;
  }
}

asio::awaitable<void> SocketConnection::drain_outbox() {
  while (alive() && outbox_bytes() > 0)
    co_await changed_.async_wait(asio::as_tuple(asio::use_awaitable));
}

// One step of ignoring what the peer still sends, up to its close frame.
ChannelState SocketConnection::discard() {
  const auto step = channel_.read_some(shared_.read_buffer);
  if (step.state == ChannelState::moved && !violated_ && phase_ == Phase::closing)
    violated_ =
        meter_.feed(std::span(shared_.read_buffer).first(step.bytes), now()).fault.has_value();
  peer_ended_ = step.state == ChannelState::closed || step.state == ChannelState::failed;
  return step.state;
}

asio::awaitable<void> SocketConnection::read_away() {
  switch (discard()) {
    case ChannelState::wants_read:
      co_await wait_socket(ByteChannel::Socket::wait_read);
      break;
    case ChannelState::wants_write:
      co_await wait_socket(ByteChannel::Socket::wait_write);
      break;
    case ChannelState::moved:
    case ChannelState::closed:
    case ChannelState::failed:
      break;
  }
}

asio::awaitable<bool> SocketConnection::wait_socket(WaitType what) {
  const auto [ec] =
      co_await channel_.socket().async_wait(what, asio::as_tuple(asio::use_awaitable));
  co_return !ec;
}

void SocketConnection::stop() {
  switch (phase_) {
    case Phase::handshake:
    case Phase::head:
      abort();
      return;
    case Phase::open:
      close(CloseCode::going_away, "the gateway stops");
      return;
    case Phase::refusing:
    case Phase::closing:
    case Phase::over:
      return;
  }
}

void SocketConnection::tick(Monotonic at) {
  if (outbox_bytes() > 0 && at - out_moved_ >= shared_.limits.blocked && alive()) {
    close_code_ = CloseCode::timeout;
    observe(TransportEvent::blocked, static_cast<unsigned>(CloseCode::timeout));
    abort();
    return;
  }
  switch (phase_) {
    case Phase::handshake:
      if (at < deadline_) return;
      observe(TransportEvent::tls_failed);
      abort();
      return;
    case Phase::head:
      if (at < deadline_ || head_late_) return;
      if (!head_begun_) {
        observe(TransportEvent::silent);
        abort();
        return;
      }
      head_late_ = true;
      end_reading();
      return;
    case Phase::refusing:
    case Phase::closing:
      if (at >= deadline_) abort();
      return;
    case Phase::open:
      tick_open(at);
      return;
    case Phase::over:
      return;
  }
}

void SocketConnection::tick_open(Monotonic at) {
  if (!authenticated_ && at >= deadline_) {
    observe(TransportEvent::login_too_slow, static_cast<unsigned>(CloseCode::timeout));
    close(CloseCode::timeout, "login");
    return;
  }
  if (paused_ && at >= paused_until_) {
    paused_ = false;
    if (read_handler_) asio::post(shared_.io, [self = shared_from_this()] { self->read_socket(); });
  } else if (!paused_ && read_handler_) {
    // Only while the peer has the word: a busy gateway is not the peer's silence.
    if (meter_.message_open() &&
        at - std::max(meter_.message_since(), read_began_) >= shared_.limits.message) {
      fault_ = FrameFault::message_too_slow;
      end_reading();
      return;
    }
    const auto silence = at - heard_;
    if (silence >= shared_.limits.dead_after) {
      observe(TransportEvent::dead);
      abort();
    } else if (silence >= shared_.limits.ping_after && !pinged_) {
      pinged_ = true;
      append(kPing);
    }
    return;
  }
  heard_ = at;
  read_began_ = at;
  pinged_ = false;
}

}  // namespace holdspace::gateway
