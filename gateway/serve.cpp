// See serve.hpp. Io threads belong to the server; this thread has the admin pages, the hint channel
// and the signals.
#include "gateway/serve.hpp"

#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "crypto/random.hpp"
#include "gateway/admin_server.hpp"
#include "gateway/fields.hpp"
#include "gateway/hints.hpp"
#include "gateway/housekeeper.hpp"
#include "gateway/key_file.hpp"
#include "gateway/log_output.hpp"
#include "gateway/refusal_log.hpp"
#include "gateway/server.hpp"
#include "gateway/session.hpp"
#include "gateway/start_up.hpp"
#include "storage/hint_channel.hpp"

namespace holdspace::gateway {
namespace {

namespace asio = boost::asio;

// Settings of a running Redis can be changed, so the promise is looked at again.
constexpr std::chrono::seconds kDurabilityEvery{60};
constexpr std::chrono::seconds kDurabilityTime{2};
// Sessions end within this after a signal; the service manager's own patience is longer.
constexpr std::chrono::seconds kStopTime{4};

void observe(Gateway& gateway, RefusalLog& refusals, TransportEvent event, unsigned detail,
             std::string_view peer_prefix) {
  if (event == TransportEvent::opened) return gateway.metrics.connection_opened();
  if (event == TransportEvent::closed) return gateway.metrics.connection_closed();
  gateway.metrics.transport(name(event));
  refusals.note(event, detail, peer_prefix, monotonic_now());
  if (event == TransportEvent::handler_failed)
    gateway.log.event(Event::handler_failed,
                      {{"detail", detail}, {"peer", gateway.log.pseudonym(view(peer_prefix))}});
}

// Owns the worker of one io thread, and on the first one the housekeeper; the server lets go of it
// on that thread.
class ThreadHandler {
 public:
  ThreadHandler(std::shared_ptr<Worker> worker, bool first) : worker_(std::move(worker)) {
    worker_->start();
    if (!first) return;
    housekeeper_ = std::make_shared<Housekeeper>(worker_);
    housekeeper_->start();
  }
  ~ThreadHandler() {
    if (housekeeper_ != nullptr) housekeeper_->stop();
    worker_->stop();
  }
  ThreadHandler(const ThreadHandler&) = delete;
  ThreadHandler& operator=(const ThreadHandler&) = delete;
  [[nodiscard]] const std::shared_ptr<Worker>& worker() const { return worker_; }

 private:
  std::shared_ptr<Worker> worker_;
  std::shared_ptr<Housekeeper> housekeeper_;
};

HandlerFactory make_factory(Gateway& gateway, storage::StoreEpoch epoch) {
  auto next_index = std::make_shared<std::size_t>(0);
  return [&gateway, epoch, next_index](asio::io_context& io) -> SessionHandler {
    const auto index = (*next_index)++;
    auto handler = std::make_shared<ThreadHandler>(
        std::make_shared<Worker>(io, gateway, index, epoch), index == 0);
    return [handler](std::shared_ptr<Connection> connection) {
      return run_connection(handler->worker(), std::move(connection));
    };
  };
}

ServerOptions server_options(const Config& config, Gateway& gateway, RefusalLog& refusals) {
  ServerOptions options;
  options.listen.push_back({config.listen.address, config.listen.port});
  options.io_threads = config.io_threads;
  options.hosts = config.hosts;
  options.origins = config.origins;
  options.limits.accepts_per_second = config.connections_new_per_second;
  options.limits.accepts_burst = config.connections_new_burst;
  options.limits.pending_per_address = config.connections_pending_address;
  options.limits.pending = config.connections_pending;
  options.limits.frames_per_second = config.frames_per_second;
  options.limits.frames_burst = config.frames_burst;
  options.observer = [&gateway, &refusals](TransportEvent event, unsigned detail,
                                           std::string_view peer_prefix) {
    observe(gateway, refusals, event, detail, peer_prefix);
  };
  if (config.plain_on_loopback) return options;
  auto tls = TlsContext::load({config.tls_certificate, config.tls_key, TlsVersions::only_1_3});
  if (!tls.has_value())
    throw StartError("tls.certificate, tls.key: not a certificate with its key in PEM");
  options.tls = *tls;
  return options;
}

AdminPages make_pages(Gateway& gateway) {
  AdminPages pages;
  pages.healthz = [] { return AdminReply{200, "text/plain", "ok\n"}; };
  pages.readyz = [&gateway] {
    const auto reasons = gateway.readiness.reasons();
    AdminReply reply{reasons.empty() ? 200U : 503U, "text/plain", reasons.empty() ? "ready\n" : ""};
    for (const auto reason : reasons) reply.body += std::string(reason) + "\n";
    if (!gateway.readiness.subscribed()) reply.body += "note: no_hints_from_other_gateways\n";
    return reply;
  };
  pages.metrics = [&gateway] {
    return AdminReply{200, "text/plain; version=0.0.4", gateway.metrics.text()};
  };
  return pages;
}

// What this thread keeps doing while the io threads serve.
class Watch {
 public:
  Watch(asio::io_context& io, Gateway& gateway)
      : gateway_(gateway),
        pool_(io.get_executor(), gateway.config.redis_socket.string(), 1),
        timer_(io),
        signals_(io, SIGTERM, SIGINT),
        hints_(
            io.get_executor(), gateway.config.redis_socket.string(), gateway.id,
            [&gateway](std::string hint) { take_hint(gateway, std::move(hint)); },
            [&gateway] { gateway.directory.look_all(); }) {}

  void start(asio::io_context& io) {
    asio::co_spawn(io, until_signal(), asio::detached);
    asio::co_spawn(io, keep_checking(), asio::detached);
  }

 private:
  static constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

  asio::awaitable<void> until_signal() {
    co_await signals_.async_wait(kAwait);
    gateway_.readiness.set_stopping();
    gateway_.log.event(Event::stopping);
    stopped_ = true;
    timer_.cancel();
    static_cast<asio::io_context&>(timer_.get_executor().context()).stop();
  }

  asio::awaitable<void> keep_checking() {
    for (auto next_check = monotonic_now() + kDurabilityEvery; !stopped_;) {
      gateway_.readiness.set_subscribed(hints_.subscribed());
      if (monotonic_now() >= next_check) {
        next_check = monotonic_now() + kDurabilityEvery;
        const auto kept = co_await storage::check_durability(
            pool_.any(), gateway_.config.durability, monotonic_now() + kDurabilityTime);
        if (kept.has_value() || kept.error().error == storage::DurabilityError::too_weak)
          gateway_.readiness.set_durable(kept.has_value());
      }
      timer_.expires_after(kClockSampleEvery);
      co_await timer_.async_wait(kAwait);
    }
  }

  Gateway& gateway_;
  storage::ConnectionPool pool_;
  asio::steady_timer timer_;
  asio::signal_set signals_;
  storage::HintChannel hints_;
  bool stopped_ = false;
};

std::string describe(ListenError error) {
  switch (error) {
    case ListenError::bad_address:
      return "listen.address: not an IP address";
    case ListenError::plain_off_loopback:
      return "listen.plain_on_loopback: only for a loopback address";
    case ListenError::in_use:
      return "listen.port: another program listens there";
    case ListenError::refused:
      return "listen.port: the system refuses";
  }
  return "listen";
}

std::string describe(AdminListenError error) {
  switch (error) {
    case AdminListenError::bad_address:
    case AdminListenError::not_loopback:
      return "listen.admin_address: must be a loopback address";
    case AdminListenError::in_use:
      return "listen.admin_port: another program listens there";
    case AdminListenError::refused:
      return "listen.admin_port: the system refuses";
  }
  return "listen.admin_port";
}

}  // namespace

void serve(const Config& config) {
  auto key = read_key_file(config.gateway_key);
  if (!key.has_value()) throw StartError("keys.gateway_key: not a key file");
  const auto epoch = open_store(config);
  const Log log(log_output(STDOUT_FILENO), config.log_level);
  Gateway gateway(config, std::move(*key), {crypto::random_array<16>()}, log);
  gateway.readiness.set_durable(true);
  RefusalLog refusals(log);

  asio::io_context io;
  Watch watch(io, gateway);
  auto admin =
      AdminServer::listen(io, config.admin.address, config.admin.port, make_pages(gateway));
  if (!admin.has_value()) throw StartError(describe(admin.error()));
  Server server(server_options(config, gateway, refusals), make_factory(gateway, epoch));
  const auto started = server.start();
  if (!started.has_value()) throw StartError(describe(started.error()));

  log.event(Event::started, {{"port", server.ports().front()},
                             {"admin_port", (*admin)->port()},
                             {"io_threads", config.io_threads}});
  watch.start(io);
  io.run();
  server.stop(kStopTime);
  log.event(Event::stopped);
}

}  // namespace holdspace::gateway
