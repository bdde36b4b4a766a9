// The floor for a gateway's frames: a bare Boost.Beast relay, one coroutine to read and one to
// write for each connection, one frame for each read and write. No login, no storage, no rules.
// docs/performance.md, "Floors".
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <cstdio>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "tests/bench/relay_frames.hpp"

namespace holdspace::bench {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

struct Session;
using Sessions = std::unordered_map<std::uint64_t, std::weak_ptr<Session>>;

struct Session : std::enable_shared_from_this<Session> {
  Session(tcp::socket socket, Sessions& others)
      : stream(std::move(socket)), sessions(others), wake(stream.get_executor()) {
    wake.expires_at(asio::steady_timer::time_point::max());
  }

  // The generator bounds what waits here: 16 unanswered messages for each sender.
  void post(std::string frame) {
    outbox.push_back(std::move(frame));
    wake.cancel();
  }

  beast::websocket::stream<tcp::socket> stream;
  Sessions& sessions;
  asio::steady_timer wake;
  std::deque<std::string> outbox;
  bool open = true;
};

std::string header(RelayKind kind, std::uint64_t number) {
  std::string frame(kRelayHeaderBytes, '\0');
  write_relay_header({reinterpret_cast<std::uint8_t*>(frame.data()), frame.size()}, kind, number);
  return frame;
}

asio::awaitable<void> write_all(std::shared_ptr<Session> session) {
  while (session->open) {
    if (session->outbox.empty()) {
      co_await session->wake.async_wait(kTuple);
      session->wake.expires_at(asio::steady_timer::time_point::max());
      continue;
    }
    const std::string frame = std::move(session->outbox.front());
    session->outbox.pop_front();
    const auto [failed, written] =
        co_await session->stream.async_write(asio::buffer(frame), kTuple);
    if (failed) co_return;
  }
}

void take(const std::shared_ptr<Session>& session, std::uint64_t& person, std::string_view frame) {
  const auto number = relay_number(reinterpret_cast<const std::uint8_t*>(frame.data()));
  switch (static_cast<RelayKind>(frame[0])) {
    case RelayKind::hello:
      person = number;
      session->sessions[person] = session;
      return session->post(header(RelayKind::welcome, 0));
    case RelayKind::message: {
      session->post(header(RelayKind::accepted, number));
      // 2i sends to 2i + 1 and back.
      const auto partner = session->sessions.find(person ^ 1);
      if (partner == session->sessions.end()) return;
      if (const auto other = partner->second.lock()) other->post(std::string(frame));
      return;
    }
    case RelayKind::delivered:
    case RelayKind::welcome:
    case RelayKind::accepted:
      return;
  }
}

asio::awaitable<void> read_all(std::shared_ptr<Session> session) {
  const auto [refused] = co_await session->stream.async_accept(kTuple);
  if (refused) co_return;
  session->stream.binary(true);
  asio::co_spawn(session->stream.get_executor(), write_all(session), asio::detached);
  std::uint64_t person = 0;
  beast::flat_buffer buffer;
  for (;;) {
    const auto [failed, read] = co_await session->stream.async_read(buffer, kTuple);
    if (failed || buffer.size() < kRelayHeaderBytes) break;
    take(session, person, {static_cast<const char*>(buffer.data().data()), buffer.size()});
    buffer.consume(buffer.size());
  }
  session->open = false;
  session->wake.cancel();
}

asio::awaitable<void> accept_all(tcp::acceptor acceptor) {
  Sessions sessions;
  for (;;) {
    auto [failed, socket] = co_await acceptor.async_accept(kTuple);
    if (failed) continue;
    socket.set_option(tcp::no_delay(true));
    auto session = std::make_shared<Session>(std::move(socket), sessions);
    asio::co_spawn(acceptor.get_executor(), read_all(session), asio::detached);
  }
}

}  // namespace
}  // namespace holdspace::bench

// Prints the port that it listens on, then serves until it is killed.
int main() {
  boost::asio::io_context context(1);
  boost::asio::ip::tcp::acceptor acceptor(
      context, {boost::asio::ip::address_v4::loopback(), boost::asio::ip::port_type{0}});
  std::printf("%u\n", static_cast<unsigned>(acceptor.local_endpoint().port()));
  std::fflush(stdout);
  boost::asio::co_spawn(context, holdspace::bench::accept_all(std::move(acceptor)),
                        boost::asio::detached);
  context.run();
}
