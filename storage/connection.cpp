// The life of one connection: connect, write what is queued in batches, hand replies to whoever
// waits first, and on any doubt about the stream close it and begin again.
#include "storage/connection.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/append.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <utility>

#include "storage/reply_reader.hpp"
#include "storage/resp.hpp"

namespace holdspace::storage {

namespace asio = boost::asio;

namespace {

// Ours: a few envelopes; larger batches only delay the first reply.
constexpr std::size_t kBatchBytesMax = std::size_t{256} << 10U;

using Outcome = boost::system::result<Reply, CommandError>;
constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);

struct Waiting {
  explicit Waiting(const asio::any_io_executor& executor) : timer(executor) {}

  std::string bytes;
  // Empty once answered. Optional, because in Boost 1.81 move assignment of the handler calls
  // itself.
  std::optional<asio::any_completion_handler<void(Outcome)>> handler;
  asio::steady_timer timer;
  bool is_written = false;
};

}  // namespace

class Connection::Link : public std::enable_shared_from_this<Link> {
 public:
  Link(asio::any_io_executor executor, std::string path)
      : executor_(std::move(executor)),
        endpoint_(path),
        socket_(executor_),
        wake_(executor_),
        stall_(executor_),
        jitter_(std::random_device{}()) {}

  void start() { asio::co_spawn(executor_, run(shared_from_this()), asio::detached); }

  void stop() {
    stopped_ = true;
    break_off();
    wake_.cancel();
    fail(written_, CommandError::uncertain);
    fail(queued_, CommandError::unavailable);
  }

  [[nodiscard]] bool connected() const { return connected_; }

  // Begins a command; `handler` is called once, never from within.
  void begin(asio::any_completion_handler<void(Outcome)> handler, std::string bytes,
             Deadline deadline) {
    if (stopped_ || queued_.size() + written_.size() >= kInFlightMax) {
      answer(std::move(handler), CommandError::unavailable);
      return;
    }
    const auto waiting = std::make_shared<Waiting>(executor_);
    waiting->bytes = std::move(bytes);
    const std::weak_ptr<Link> link = weak_from_this();
    const std::weak_ptr<Waiting> entry = waiting;
    asio::cancellation_slot slot = asio::get_associated_cancellation_slot(handler);
    if (slot.is_connected()) slot.assign(Abandon{link, entry});
    waiting->handler.emplace(std::move(handler));
    waiting->timer.expires_at(deadline);
    waiting->timer.async_wait(Abandon{link, entry});
    queued_.push_back(waiting);
    wake_.cancel();
  }

 private:
  using Entry = std::shared_ptr<Waiting>;

  // The deadline was reached or the wait cancelled.
  struct Abandon {
    std::weak_ptr<Link> link;
    std::weak_ptr<Waiting> entry;

    void operator()(const boost::system::error_code& error) const {
      if (!error) abandon();
    }
    void operator()(asio::cancellation_type) const { abandon(); }

    void abandon() const {
      const auto owner = link.lock();
      const auto waiting = entry.lock();
      if (owner && waiting) owner->abandon(waiting);
    }
  };

  void answer(asio::any_completion_handler<void(Outcome)> handler, Outcome outcome) {
    asio::post(executor_, asio::append(std::move(handler), std::move(outcome)));
  }

  void finish(const Entry& entry, Outcome outcome) {
    if (!entry->handler) return;
    entry->timer.cancel();
    auto handler = std::move(*entry->handler);
    entry->handler.reset();
    asio::cancellation_slot slot = asio::get_associated_cancellation_slot(handler);
    if (slot.is_connected()) slot.clear();
    answer(std::move(handler), std::move(outcome));
  }

  void abandon(const Entry& entry) {
    if (entry->is_written) {
      // Its place in the row stays: the reply, if it comes, belongs to nobody else.
      finish(entry, CommandError::uncertain);
      return;
    }
    finish(entry, CommandError::unavailable);
    std::erase(queued_, entry);
  }

  void fail(std::deque<Entry>& entries, CommandError error) {
    for (const Entry& entry : std::exchange(entries, {})) finish(entry, error);
  }

  // Ends the current connection; reader and writer notice and return.
  void break_off() {
    connected_ = false;
    boost::system::error_code ignored;
    socket_.close(ignored);
    stall_.cancel();
    wake_.cancel();
  }

  static asio::awaitable<void> run(std::shared_ptr<Link> self) {
    using namespace asio::experimental::awaitable_operators;
    auto wait = kReconnectFirst;
    while (!self->stopped_) {
      self->socket_ = asio::local::stream_protocol::socket(self->executor_);
      const auto [error] = co_await self->socket_.async_connect(self->endpoint_, kNoThrow);
      if (!error && !self->stopped_) {
        self->connected_ = true;
        self->heard_ = false;
        co_await (self->write_all() && self->read_all());
        self->fail(self->written_, CommandError::uncertain);
        if (self->heard_) wait = kReconnectFirst;
      }
      if (self->stopped_) break;
      co_await self->pause(wait);
      wait = std::min(2 * wait, kReconnectLast);
    }
  }

  asio::awaitable<void> pause(std::chrono::milliseconds wait) {
    std::uniform_int_distribution<std::int64_t> shorter(0, wait.count() / 2);
    const Deadline until =
        std::chrono::steady_clock::now() + wait - std::chrono::milliseconds(shorter(jitter_));
    // A new command wakes the timer too; the pause goes on.
    while (!stopped_ && std::chrono::steady_clock::now() < until) {
      wake_.expires_at(until);
      co_await wake_.async_wait(kNoThrow);
    }
  }

  asio::awaitable<void> write_all() {
    while (connected_) {
      if (queued_.empty()) {
        wake_.expires_at(Deadline::max());
        co_await wake_.async_wait(kNoThrow);
        continue;
      }
      std::string batch;
      std::vector<std::pair<Entry, std::size_t>> ends;
      while (!queued_.empty() && batch.size() < kBatchBytesMax) {
        Entry entry = std::move(queued_.front());
        queued_.pop_front();
        batch += entry->bytes;
        std::string().swap(entry->bytes);
        entry->is_written = true;
        written_.push_back(entry);
        ends.emplace_back(std::move(entry), batch.size());
      }
      if (!stall_armed_) arm_stall();
      const auto [error, count] =
          co_await asio::async_write(socket_, asio::buffer(batch), kNoThrow);
      if (!error) continue;
      // Redis runs no command whose last byte it has not got.
      for (const auto& [entry, end] : ends) {
        if (end > count) finish(entry, CommandError::unavailable);
      }
      break_off();
    }
  }

  asio::awaitable<void> read_all() {
    ReplyReader reader;
    std::array<char, 16384> buffer;
    while (connected_) {
      const auto [error, count] = co_await socket_.async_read_some(asio::buffer(buffer), kNoThrow);
      if (error) break;
      reader.feed({buffer.data(), count});
      if (!take_replies(reader)) break;
      arm_stall();
    }
    break_off();
  }

  // Hands out the replies that are whole; false when the stream cannot be understood.
  bool take_replies(ReplyReader& reader) {
    while (true) {
      auto next = reader.next();
      if (!next || (next->has_value() && written_.empty())) return false;
      if (!next->has_value()) return true;
      heard_ = true;
      const Entry entry = std::move(written_.front());
      written_.pop_front();
      Reply& reply = **next;
      if (reply.kind == Reply::Kind::error) {
        finish(entry, classify_error_reply(reply.text));
      } else {
        finish(entry, std::move(reply));
      }
    }
  }

  void arm_stall() {
    stall_armed_ = !written_.empty();
    stall_.expires_after(kStallMax);
    if (stall_armed_) stall_.async_wait(StallHandler{weak_from_this()});
  }

  struct StallHandler {
    std::weak_ptr<Link> link;
    void operator()(const boost::system::error_code& error) const {
      const auto owner = link.lock();
      if (error || !owner) return;
      owner->stall_armed_ = false;
      owner->break_off();
    }
  };

  asio::any_io_executor executor_;
  asio::local::stream_protocol::endpoint endpoint_;
  asio::local::stream_protocol::socket socket_;
  asio::steady_timer wake_;   // cancelled to tell the writer of a new command
  asio::steady_timer stall_;  // runs while a reply is owed
  std::minstd_rand jitter_;
  std::deque<Entry> queued_;   // not handed to the socket
  std::deque<Entry> written_;  // a reply is owed, in this order
  bool connected_ = false;
  bool stopped_ = false;
  bool heard_ = false;  // a reply came on this connection
  bool stall_armed_ = false;
};

Connection::Connection(asio::any_io_executor executor, std::string socket_path)
    : link_(std::make_shared<Link>(std::move(executor), std::move(socket_path))) {
  link_->start();
}

Connection::~Connection() {
  link_->stop();
}

bool Connection::connected() const {
  return link_->connected();
}

namespace {

// A named functor, because GCC 12 destroys a capturing lambda inside a co_await expression twice.
template <class LinkPointer>
struct Begin {
  template <class Handler>
  void operator()(Handler&& handler, LinkPointer link, std::string bytes, Deadline deadline) const {
    link->begin(asio::any_completion_handler<void(Outcome)>(std::forward<Handler>(handler)),
                std::move(bytes), deadline);
  }
};

}  // namespace

Answer<Reply, CommandError> Connection::command(CommandParts parts, Deadline deadline) {
  return asio::async_initiate<const asio::use_awaitable_t<>&, void(Outcome)>(
      Begin<std::shared_ptr<Link>>{}, asio::use_awaitable, link_, encode_command(parts), deadline);
}

Answer<Reply, CommandError> Connection::call(FunctionCall call, Deadline deadline) {
  return command(std::move(call).take(), deadline);
}

}  // namespace holdspace::storage
