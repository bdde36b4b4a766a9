// One io thread of the server: its io_context, the connections that live on it, the clock tick that
// looks at their deadlines. Not the listeners: those are the server's.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>

#include "gateway/admission.hpp"
#include "gateway/connection_socket.hpp"
#include "gateway/server.hpp"

namespace holdspace::gateway {

// An io_context whose outstanding work can be destroyed while what that work refers to still lives.
class StoppableContext : public boost::asio::io_context {
 public:
  using execution_context::shutdown;
  using io_context::io_context;
};

class ServerThread {
 public:
  // `options` and `rules` outlive it.
  ServerThread(const ServerOptions& options, const UpgradeRules& rules);
  ~ServerThread();
  ServerThread(const ServerThread&) = delete;
  ServerThread& operator=(const ServerThread&) = delete;

  // Builds the handler, then runs the thread. Once.
  void start(const HandlerFactory& factory);
  [[nodiscard]] boost::asio::io_context& io() { return io_; }

  // From any thread. Order holds: a ticket is known here before it can be dropped.
  void adopt(ByteChannel::Socket socket, AdmissionTicket ticket, std::string prefix,
             std::function<void()> leave_pending);
  void drop(AdmissionTicket ticket);
  // Closes every connection; idle() tells when none is left.
  void begin_stop();
  [[nodiscard]] std::future<void>& idle() { return idle_future_; }
  void drop_all();
  // When every session has ended: destroys the handler on its thread and lets what it started run
  // out. Otherwise ends the thread, destroys every coroutine that is left, then the handler.
  void finish();

 private:
  boost::asio::awaitable<void> run_connection(std::shared_ptr<SocketConnection> connection,
                                              AdmissionTicket ticket);
  void start_tick();
  void tell_if_idle();

  const ServerOptions& options_;
  StoppableContext io_{1};
  ConnectionShared shared_;
  SessionHandler handler_;
  std::unordered_map<AdmissionTicket, SocketConnection*> connections_;
  boost::asio::steady_timer tick_{io_};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::promise<void> idle_;
  std::future<void> idle_future_ = idle_.get_future();
  bool stopping_ = false;
  bool told_ = false;
  std::promise<void> ended_;
  std::thread thread_;
};

}  // namespace holdspace::gateway
