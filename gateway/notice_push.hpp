// Performs what notice_fsm.hpp decides for one session: looks for openings of what its device has
// held, fetches notices, pushes them. Not a standing coroutine: one runs while there is something
// to do, so that ten thousand idle sessions cost nothing here. docs/protocol.md section 11.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>

#include "gateway/notice_fsm.hpp"
#include "gateway/opening_search.hpp"
#include "gateway/worker.hpp"
#include "storage/held_store.hpp"

namespace holdspace::gateway {

class Session;

// Its session's thread only.
class NoticePush {
 public:
  explicit NoticePush(Session& session);

  // After Welcome; before, events are only remembered. For roles that have relationships.
  void start();
  void stop();

  // There may be a notice, or a gate may have changed.
  void look();
  void poll();
  // An instant has come, or the window has room again.
  void wake() { run_if_idle(); }
  // A message of this device was accepted and is held.
  void held_until(std::optional<boundary::Instant> promise);

  [[nodiscard]] NoticeFsm& fsm() { return fsm_; }

 private:
  enum class Step : std::uint8_t { done, failed };

  void run_if_idle();
  [[nodiscard]] static boost::asio::awaitable<void> run(std::shared_ptr<Session> owner);
  [[nodiscard]] boost::asio::awaitable<void> loop();
  [[nodiscard]] boost::asio::awaitable<Step> settle();
  // Done with a promise; its notice is written in the same step. Nothing when the store did not
  // answer.
  [[nodiscard]] boost::asio::awaitable<std::optional<storage::PromiseSettled>> close(
      storage::DevicePromise promise, OpeningFound found);
  [[nodiscard]] boost::asio::awaitable<Step> fetch(NoticeAction action);
  [[nodiscard]] boost::asio::awaitable<void> pause();

  Session& session_;
  NoticeFsm fsm_;
  Timekeeper::Sleeper sleeper_ = 0;
  boost::asio::steady_timer retry_;
  bool started_ = false;
  bool running_ = false;
  bool stopped_ = false;
};

}  // namespace holdspace::gateway
