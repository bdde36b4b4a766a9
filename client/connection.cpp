#include "client/connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace holdspace::client {
namespace {

namespace asio = boost::asio;
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr auto kNever = asio::steady_timer::time_point::max();
// How long close() lets posted frames leave. Ours: acknowledgements are small.
constexpr std::chrono::seconds kFlushTimeout{2};

}  // namespace

Connection::Connection(asio::any_io_executor executor, std::unique_ptr<Transport> transport)
    : executor_(executor),
      transport_(std::move(transport)),
      write_signal_(executor, kNever),
      push_signal_(executor, kNever) {}

asio::awaitable<boost::system::result<std::shared_ptr<Connection>, ConnectError>> Connection::open(
    Address address, std::string trust_file) {
  auto transport = co_await Transport::connect(std::move(address), std::move(trust_file));
  if (!transport.has_value()) co_return transport.error();
  const auto executor = co_await asio::this_coro::executor;
  std::shared_ptr<Connection> connection(new Connection(executor, std::move(*transport)));
  asio::co_spawn(executor, connection->read_all(connection), asio::detached);
  asio::co_spawn(executor, connection->write_all(connection), asio::detached);
  co_return connection;
}

asio::awaitable<boost::system::result<v1::ServerFrame, RequestError>> Connection::request(
    v1::ClientFrame frame) {
  const auto self = shared_from_this();
  if (!open_) co_return RequestError::closed;
  if (waiting_.size() >= kRequestsMax) co_return RequestError::too_many;
  const auto number = next_request_++;
  frame.set_request_id(number);
  Waiting waiting{asio::steady_timer(executor_, kAnswerTimeout), std::nullopt};
  waiting_.emplace(number, &waiting);
  enqueue(frame);
  co_await waiting.timer.async_wait(kTuple);  // cancelled by take() or end()
  waiting_.erase(number);
  if (waiting.answer) co_return std::move(*waiting.answer);
  if (!open_) co_return RequestError::closed;
  co_return RequestError::timed_out;
}

void Connection::post(v1::ClientFrame frame) {
  enqueue(frame);
}

asio::awaitable<std::optional<v1::ServerFrame>> Connection::next_push() {
  const auto self = shared_from_this();
  while (pushes_.empty()) {
    if (!open_) co_return std::nullopt;
    push_signal_.expires_at(kNever);
    co_await push_signal_.async_wait(kTuple);
  }
  auto frame = std::move(pushes_.front());
  pushes_.pop_front();
  co_return frame;
}

asio::awaitable<void> Connection::close() {
  const auto self = shared_from_this();
  asio::steady_timer pause(executor_);
  const auto limit = asio::steady_timer::clock_type::now() + kFlushTimeout;
  while (open_ && (writing_ || !to_write_.empty()) &&
         asio::steady_timer::clock_type::now() < limit) {
    pause.expires_after(std::chrono::milliseconds(5));
    co_await pause.async_wait(kTuple);
  }
  if (open_) co_await transport_->close();
  end();
}

void Connection::abort() {
  transport_->abort();
  end();
}

void Connection::enqueue(const v1::ClientFrame& frame) {
  if (!open_) return;
  to_write_.push_back(frame.SerializeAsString());
  write_signal_.cancel();
}

asio::awaitable<void> Connection::write_all(std::shared_ptr<Connection>) {
  while (open_) {
    if (to_write_.empty()) {
      write_signal_.expires_at(kNever);
      co_await write_signal_.async_wait(kTuple);
      continue;
    }
    auto bytes = std::move(to_write_.front());
    to_write_.pop_front();
    writing_ = true;
    const auto sent = co_await transport_->send(std::move(bytes));
    writing_ = false;
    if (!sent.has_value()) break;
  }
  end();
}

asio::awaitable<void> Connection::read_all(std::shared_ptr<Connection>) {
  while (open_) {
    auto message = co_await transport_->receive();
    if (!message.has_value()) break;
    v1::ServerFrame frame;
    if (!frame.ParseFromString(*message)) break;
    take(std::move(frame));
  }
  abort();
}

void Connection::take(v1::ServerFrame frame) {
  if (frame.request_id() != 0) {
    const auto found = waiting_.find(frame.request_id());
    if (found == waiting_.end()) return;  // its request gave up
    found->second->answer = std::move(frame);
    found->second->timer.cancel();
    return;
  }
  if (pushes_.size() >= kPushesMax) return abort();
  pushes_.push_back(std::move(frame));
  push_signal_.cancel();
}

void Connection::end() {
  if (!open_) return;
  open_ = false;
  for (auto& [number, waiting] : waiting_) waiting->timer.cancel();
  write_signal_.cancel();
  push_signal_.cancel();
}

}  // namespace holdspace::client
