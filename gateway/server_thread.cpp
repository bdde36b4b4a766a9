#include "gateway/server_thread.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <utility>

namespace holdspace::gateway {

namespace asio = boost::asio;

namespace {
// Coroutines that a handler started end in a few turns once they are told to; a timer that nobody
// cancelled does not keep the process.
constexpr std::chrono::seconds kRunOutWait{1};

// Of one io thread's time, so that all of them together stay below the share of the processors.
double tls_share(const ServerOptions& options) {
  const double processors = std::max(1U, std::thread::hardware_concurrency());
  return options.limits.tls_share *
         std::min(1.0, processors / static_cast<double>(options.io_threads));
}

}  // namespace

ServerThread::ServerThread(const ServerOptions& options, const UpgradeRules& rules)
    : options_(options),
      shared_{io_,
              options.limits,
              rules,
              options.observer,
              std::vector<std::uint8_t>(kReadBytes),
              TlsTurns(io_, tls_share(options))},
      work_(asio::make_work_guard(io_)) {}

ServerThread::~ServerThread() {
  finish();
}

void ServerThread::start(const HandlerFactory& factory) {
  handler_ = factory(io_);
  start_tick();
  thread_ = std::thread([this] {
    io_.run();
    ended_.set_value();
  });
}

void ServerThread::adopt(ByteChannel::Socket socket, AdmissionTicket ticket, std::string prefix,
                         std::function<void()> leave_pending) {
  asio::post(io_, [this, ticket, socket = std::move(socket), prefix = std::move(prefix),
                   leave = std::move(leave_pending)]() mutable {
    if (stopping_) return leave();
    auto connection = std::make_shared<SocketConnection>(shared_, std::move(socket), options_.tls,
                                                         std::move(prefix), std::move(leave));
    connections_.emplace(ticket, connection.get());
    asio::co_spawn(io_, run_connection(std::move(connection), ticket), asio::detached);
  });
}

asio::awaitable<void> ServerThread::run_connection(std::shared_ptr<SocketConnection> connection,
                                                   AdmissionTicket ticket) {
  co_await connection->run(handler_);
  connections_.erase(ticket);
  tell_if_idle();
}

void ServerThread::drop(AdmissionTicket ticket) {
  asio::post(io_, [this, ticket] {
    const auto found = connections_.find(ticket);
    if (found != connections_.end()) found->second->abort();
  });
}

// Connections end in later turns of the io_context, so the table stands still while it is walked.
void ServerThread::start_tick() {
  tick_.expires_after(options_.limits.tick);
  tick_.async_wait([this](const boost::system::error_code& ec) {
    if (ec) return;
    const Monotonic now = std::chrono::steady_clock::now();
    for (const auto& [ticket, connection] : connections_) connection->tick(now);
    start_tick();
  });
}

void ServerThread::begin_stop() {
  asio::post(io_, [this] {
    stopping_ = true;
    for (const auto& [ticket, connection] : connections_) connection->stop();
    tell_if_idle();
  });
}

void ServerThread::drop_all() {
  asio::post(io_, [this] {
    for (const auto& [ticket, connection] : connections_) connection->abort();
  });
}

void ServerThread::tell_if_idle() {
  if (!stopping_ || told_ || !connections_.empty()) return;
  told_ = true;
  idle_.set_value();
}

void ServerThread::finish() {
  if (!thread_.joinable()) return;
  asio::post(io_, [this] {
    tick_.cancel();
    work_.reset();
    if (told_) {
      handler_ = nullptr;
      return;
    }
    for (const auto& [ticket, connection] : connections_) connection->forget_read();
    connections_.clear();
    io_.stop();
  });
  if (ended_.get_future().wait_for(kRunOutWait) != std::future_status::ready) io_.stop();
  thread_.join();
  // Coroutines refer to what the handler owns, and what the handler owns has sockets of io_.
  io_.shutdown();
  handler_ = nullptr;
}

}  // namespace holdspace::gateway
