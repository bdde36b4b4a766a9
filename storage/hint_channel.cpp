// A subscription that comes back by itself. A quiet subscription is pinged, so that one whose
// server is gone is noticed.
#include "storage/hint_channel.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "storage/redis_keys.hpp"
#include "storage/reply_reader.hpp"
#include "storage/resp.hpp"

namespace holdspace::storage {

namespace asio = boost::asio;

namespace {
constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
}  // namespace

class HintChannel::Listener : public std::enable_shared_from_this<Listener> {
 public:
  Listener(asio::any_io_executor executor, std::string path, std::string channel, OnHint on_hint,
           OnSubscribed on_subscribed)
      : executor_(std::move(executor)),
        endpoint_(path),
        channel_(std::move(channel)),
        on_hint_(std::move(on_hint)),
        on_subscribed_(std::move(on_subscribed)),
        socket_(executor_),
        timer_(executor_) {}

  void start() { asio::co_spawn(executor_, run(shared_from_this()), asio::detached); }

  void stop() {
    stopped_ = true;
    break_off();
  }

  [[nodiscard]] bool subscribed() const { return subscribed_; }

 private:
  void break_off() {
    open_ = false;
    subscribed_ = false;
    boost::system::error_code ignored;
    socket_.close(ignored);
    timer_.cancel();
  }

  static asio::awaitable<void> run(std::shared_ptr<Listener> self) {
    using namespace asio::experimental::awaitable_operators;
    auto wait = kReconnectFirst;
    while (!self->stopped_) {
      self->socket_ = asio::local::stream_protocol::socket(self->executor_);
      const auto [error] = co_await self->socket_.async_connect(self->endpoint_, kNoThrow);
      if (!error && !self->stopped_) {
        self->open_ = true;
        self->heard_ = false;
        co_await (self->read_all() && self->subscribe_and_ping());
        if (self->heard_) wait = kReconnectFirst;
      }
      if (self->stopped_) break;
      self->timer_.expires_after(wait);
      co_await self->timer_.async_wait(kNoThrow);
      wait = std::min(2 * wait, kReconnectLast);
    }
  }

  asio::awaitable<void> subscribe_and_ping() {
    std::string command = encode_command({"SUBSCRIBE", channel_});
    while (open_) {
      const auto [error, count] =
          co_await asio::async_write(socket_, asio::buffer(command), kNoThrow);
      static_cast<void>(count);
      if (error) break;
      heard_since_ = false;
      timer_.expires_after(kStallMax);
      co_await timer_.async_wait(kNoThrow);
      if (!heard_since_) break;
      command = encode_command({"PING"});
    }
    break_off();
  }

  asio::awaitable<void> read_all() {
    ReplyReader reader;
    std::array<char, 4096> buffer;
    while (open_) {
      const auto [error, count] = co_await socket_.async_read_some(asio::buffer(buffer), kNoThrow);
      if (error) break;
      heard_ = heard_since_ = true;
      reader.feed({buffer.data(), count});
      if (!take_messages(reader)) break;
    }
    break_off();
  }

  // False when the stream cannot be understood or the channel was stopped.
  bool take_messages(ReplyReader& reader) {
    while (!stopped_) {
      auto next = reader.next();
      if (!next) return false;
      if (!next->has_value()) return true;
      std::vector<Reply>& parts = (*next)->elements;
      if ((*next)->kind != Reply::Kind::array || parts.empty()) return false;
      if (parts.front().text == "subscribe") {
        subscribed_ = true;
        on_subscribed_();
      } else if (parts.front().text == "message" && parts.size() == 3 &&
                 parts[2].text.size() <= kHintBytesMax) {
        on_hint_(std::move(parts[2].text));
      }
    }
    return false;
  }

  asio::any_io_executor executor_;
  asio::local::stream_protocol::endpoint endpoint_;
  std::string channel_;
  OnHint on_hint_;
  OnSubscribed on_subscribed_;
  asio::local::stream_protocol::socket socket_;
  asio::steady_timer timer_;
  bool open_ = false;
  bool subscribed_ = false;
  bool stopped_ = false;
  bool heard_ = false;        // something came on this connection
  bool heard_since_ = false;  // something came since the last write
};

HintChannel::HintChannel(asio::any_io_executor executor, std::string socket_path, GatewayId own,
                         OnHint on_hint, OnSubscribed on_subscribed)
    : listener_(std::make_shared<Listener>(std::move(executor), std::move(socket_path),
                                           keys::hint_channel(own), std::move(on_hint),
                                           std::move(on_subscribed))) {
  listener_->start();
}

HintChannel::~HintChannel() {
  listener_->stop();
}

bool HintChannel::subscribed() const {
  return listener_->subscribed();
}

Answer<bool, CommandError> publish_hint(Connection& connection, GatewayId to, std::string hint,
                                        Deadline deadline) {
  if (hint.size() > kHintBytesMax) co_return CommandError::corrupt;
  CommandParts command{"PUBLISH", keys::hint_channel(to), std::move(hint)};
  const auto reply = co_await connection.command(std::move(command), deadline);
  if (!reply) co_return reply.error();
  if (reply->kind != Reply::Kind::integer) co_return CommandError::corrupt;
  co_return reply->integer > 0;
}

}  // namespace holdspace::storage
