// Performs what delivery_fsm.hpp decides for one session: asks the store, asks the boundary,
// pushes, waits. One coroutine for each session. docs/architecture.md section 3.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>

#include "gateway/connection.hpp"
#include "gateway/delivery_fsm.hpp"
#include "gateway/worker.hpp"

namespace holdspace::gateway {

class Session;

// Its session's thread only.
class Delivery {
 public:
  explicit Delivery(Session& session);

  // First of all: looks at every sub-queue and answers how many envelopes may be delivered now.
  [[nodiscard]] storage::Answer<std::uint64_t, storage::CommandError> begin(
      storage::Deadline deadline);

  // Pushes until stop(). `owner` keeps the session alive.
  [[nodiscard]] static boost::asio::awaitable<void> run(std::shared_ptr<Session> owner);
  void stop();

  // Something may be new: in `queue`, or anywhere.
  void look(std::optional<storage::SubQueue> queue);
  // An instant has come, or the window has room again.
  void wake();

  [[nodiscard]] DeliveryFsm& fsm() { return fsm_; }

 private:
  enum class Step : std::uint8_t { done, failed };

  [[nodiscard]] boost::asio::awaitable<void> loop();
  [[nodiscard]] boost::asio::awaitable<Step> perform(DeliveryAction action);
  [[nodiscard]] boost::asio::awaitable<Step> list();
  [[nodiscard]] boost::asio::awaitable<Step> judge(DeliveryAction action);
  [[nodiscard]] boost::asio::awaitable<std::optional<GateView>> view(DeliveryAction action);
  [[nodiscard]] boost::asio::awaitable<std::uint64_t> deliverable(storage::PendingQueue backlog);
  [[nodiscard]] boost::asio::awaitable<Step> read(DeliveryAction action);
  [[nodiscard]] Step failed_read(const storage::SubQueue& queue, storage::ReadError error);
  [[nodiscard]] boost::asio::awaitable<bool> push(v1::ServerFrame frame);
  [[nodiscard]] boost::asio::awaitable<void> sleep(std::optional<boundary::Instant> wake);
  [[nodiscard]] boost::asio::awaitable<void> pause();

  Session& session_;
  DeliveryFsm fsm_;
  Timekeeper::Sleeper sleeper_ = 0;
  boost::asio::steady_timer signal_;
  bool woken_ = false;
  bool stopped_ = false;
};

}  // namespace holdspace::gateway
