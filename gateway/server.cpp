#include "gateway/server.hpp"

#include <sys/resource.h>

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <unordered_map>
#include <utility>

#include "gateway/admission.hpp"
#include "gateway/server_thread.hpp"

namespace holdspace::gateway {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using boost::system::result;

// Connections that the kernel finishes before they are accepted: a storm of reconnects fits.
constexpr int kListenBacklog = 4096;
// A dropped connection ends a few turns of its thread later.
constexpr std::chrono::milliseconds kDropWait{1000};

int descriptors_max() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur > 0x7FFFFFFF) return 0x7FFFFFFF;
  return static_cast<int>(limit.rlim_cur);
}

ListenError to_listen_error(const error_code& ec) {
  return ec == asio::error::address_in_use ? ListenError::in_use : ListenError::refused;
}

}  // namespace

std::string_view name(TransportEvent event) {
  switch (event) {
    case TransportEvent::opened:
      return "opened";
    case TransportEvent::closed:
      return "closed";
    case TransportEvent::accept_too_fast:
      return "accept_too_fast";
    case TransportEvent::accept_pending:
      return "accept_pending";
    case TransportEvent::accept_evicted:
      return "accept_evicted";
    case TransportEvent::no_descriptors:
      return "no_descriptors";
    case TransportEvent::tls_failed:
      return "tls_failed";
    case TransportEvent::silent:
      return "silent";
    case TransportEvent::upgrade_refused:
      return "upgrade_refused";
    case TransportEvent::framing:
      return "framing";
    case TransportEvent::login_too_slow:
      return "login_too_slow";
    case TransportEvent::blocked:
      return "blocked";
    case TransportEvent::dead:
      return "dead";
    case TransportEvent::handler_failed:
      return "handler_failed";
  }
  return "";
}

// Accepting, with everything that judges it, lives on the first io thread.
class Server::Impl {
 public:
  Impl(ServerOptions options, HandlerFactory factory)
      : options_(std::move(options)),
        factory_(std::move(factory)),
        rules_{options_.hosts, options_.origins},
        admission_(options_.limits) {
    for (std::size_t i = 0; i < options_.io_threads; ++i)
      threads_.push_back(std::make_unique<ServerThread>(options_, rules_));
  }

  ~Impl() { stop(std::chrono::milliseconds(0)); }

  result<void, ListenError> start() {
    std::signal(SIGPIPE, SIG_IGN);
    for (const auto& address : options_.listen)
      if (const auto listening = listen(address); !listening) return listening.error();
    for (auto& acceptor : acceptors_)
      asio::co_spawn(acceptor.get_executor(), accept_all(acceptor), asio::detached);
    for (const auto& thread : threads_) thread->start(factory_);
    running_ = true;
    return {};
  }

  std::vector<std::uint16_t> ports() const { return ports_; }

  void stop(std::chrono::milliseconds wait) {
    if (!std::exchange(running_, false)) return;
    const auto deadline = std::chrono::steady_clock::now() + wait;
    asio::post(threads_.front()->io(), [this] { stop_accepting(); });
    for (const auto& thread : threads_) thread->begin_stop();
    for (const auto& thread : threads_) {
      if (thread->idle().wait_until(deadline) == std::future_status::ready) continue;
      thread->drop_all();
      thread->idle().wait_for(kDropWait);
    }
    // The first thread last: the others tell its admission of their ends.
    for (auto thread = threads_.rbegin(); thread != threads_.rend(); ++thread) (*thread)->finish();
  }

 private:
  result<void, ListenError> listen(const ListenAddress& where) {
    error_code ec;
    const auto address = asio::ip::make_address(where.address, ec);
    if (ec) return ListenError::bad_address;
    if (!options_.tls && !address.is_loopback()) return ListenError::plain_off_loopback;
    tcp::acceptor acceptor(threads_.front()->io());
    const tcp::endpoint endpoint(address, where.port);
    acceptor.open(endpoint.protocol(), ec);
    if (!ec) acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
    if (!ec) acceptor.bind(endpoint, ec);
    if (!ec) acceptor.listen(kListenBacklog, ec);
    if (ec) return to_listen_error(ec);
    ports_.push_back(acceptor.local_endpoint().port());
    acceptors_.push_back(std::move(acceptor));
    return {};
  }

  asio::awaitable<void> accept_all(tcp::acceptor& acceptor) {
    asio::steady_timer pause(acceptor.get_executor());
    while (acceptor.is_open()) {
      auto& thread = *threads_[next_thread_];
      auto [ec, socket] =
          co_await acceptor.async_accept(thread.io(), asio::as_tuple(asio::use_awaitable));
      if (ec == asio::error::operation_aborted) break;
      if (!ec && socket.native_handle() < descriptors_max_ - kDescriptorReserve) {
        judge(std::move(socket), thread);
        continue;
      }
      // Any other error is one connection's, or the system's shortage: neither is worth spinning.
      socket.close(ec);
      observe(TransportEvent::no_descriptors, "");
      pause.expires_after(kAcceptPause);
      co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
    }
  }

  void judge(tcp::socket socket, ServerThread& thread) {
    error_code ec;
    const auto peer = socket.remote_endpoint(ec);
    if (ec) return;  // already gone
    auto prefix = peer_prefix(peer.address());
    const auto arrival =
        admission_.arrive(admission_key(peer.address()), std::chrono::steady_clock::now());
    switch (arrival.verdict) {
      case AdmissionVerdict::too_fast:
        return observe(TransportEvent::accept_too_fast, prefix);
      case AdmissionVerdict::too_many_pending:
        return observe(TransportEvent::accept_pending, prefix);
      case AdmissionVerdict::admitted:
        break;
    }
    if (arrival.evicted) evict(*arrival.evicted);
    pending_.emplace(arrival.ticket, &thread);
    next_thread_ = (next_thread_ + 1) % threads_.size();
    thread.adopt(std::move(socket), arrival.ticket, std::move(prefix),
                 [this, ticket = arrival.ticket] { leave_later(ticket); });
  }

  void evict(AdmissionTicket ticket) {
    observe(TransportEvent::accept_evicted, "");
    const auto found = pending_.find(ticket);
    if (found == pending_.end()) return;
    found->second->drop(ticket);
    pending_.erase(found);
  }

  // From the connection's thread.
  void leave_later(AdmissionTicket ticket) {
    asio::post(threads_.front()->io(), [this, ticket] {
      admission_.leave(ticket);
      pending_.erase(ticket);
    });
  }

  void stop_accepting() {
    error_code ignored;
    for (auto& acceptor : acceptors_) acceptor.close(ignored);
  }

  void observe(TransportEvent event, std::string_view prefix) const {
    if (options_.observer) options_.observer(event, 0, prefix);
  }

  const ServerOptions options_;
  const HandlerFactory factory_;
  const UpgradeRules rules_;
  const int descriptors_max_ = descriptors_max();
  std::vector<std::unique_ptr<ServerThread>> threads_;
  std::vector<tcp::acceptor> acceptors_;  // dies before the thread whose io_context it uses
  std::vector<std::uint16_t> ports_;
  Admission admission_;
  std::unordered_map<AdmissionTicket, ServerThread*> pending_;
  std::size_t next_thread_ = 0;
  bool running_ = false;
};

Server::Server(ServerOptions options, HandlerFactory factory)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(factory))) {}

Server::~Server() = default;

result<void, ListenError> Server::start() {
  return impl_->start();
}

std::vector<std::uint16_t> Server::ports() const {
  return impl_->ports();
}

void Server::stop(std::chrono::milliseconds deadline) {
  impl_->stop(deadline);
}

}  // namespace holdspace::gateway
