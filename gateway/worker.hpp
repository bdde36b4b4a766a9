// What one io thread has: its store connections, its view of the store's clock, its compiled
// policies, and who wants to be woken. Sessions of the thread share it without locks.
// docs/architecture.md, "Gateway".
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <optional>

#include "gateway/backlog_turns.hpp"
#include "gateway/clock.hpp"
#include "gateway/gateway.hpp"
#include "gateway/policy_cache.hpp"
#include "gateway/timekeeper.hpp"
#include "storage/account_store.hpp"
#include "storage/agreement_store.hpp"
#include "storage/audit_store.hpp"
#include "storage/conflict_list.hpp"
#include "storage/connected_devices.hpp"
#include "storage/connection_pool.hpp"
#include "storage/expiry_store.hpp"
#include "storage/held_store.hpp"
#include "storage/invite_store.hpp"
#include "storage/leaving_store.hpp"
#include "storage/notice_store.hpp"
#include "storage/policy_store.hpp"
#include "storage/prekey_store.hpp"
#include "storage/queue_store.hpp"
#include "storage/relationship_store.hpp"
#include "storage/sent_store.hpp"
#include "storage/store_server.hpp"
#include "storage/zone_data_store.hpp"

namespace holdspace::gateway {

class Session;

// A request is answered within 3 s, whatever the store does; this leaves time for the answer.
inline constexpr std::chrono::milliseconds kRequestTime{2500};
// The clock is asked each second and the store must be seen to be gone within two.
inline constexpr std::chrono::milliseconds kClockQuestionTime{800};

[[nodiscard]] inline storage::Deadline request_deadline() {
  return monotonic_now() + kRequestTime;
}

// Its thread only.
class Worker : public std::enable_shared_from_this<Worker> {
 public:
  // `index`: of the io thread, from 0.
  Worker(boost::asio::io_context& io, Gateway& shared, std::size_t index,
         storage::StoreEpoch epoch);

  // Starts the clock and the ticker; they keep the worker alive until stop().
  void start();
  void stop();

  [[nodiscard]] boost::asio::any_io_executor executor() { return tick_timer_.get_executor(); }
  // By the store's clock; nothing before the first sample.
  [[nodiscard]] std::optional<Instant> store_now() const { return clock.at(monotonic_now()); }
  // Sends may be accepted: the clock is trusted and the store keeps what ACCEPTED promises.
  [[nodiscard]] bool accepting() const;
  // Gated pushes may run.
  [[nodiscard]] bool releasing() const;

  // Gives the session a number to be woken by, and the poll that stands behind hints.
  [[nodiscard]] Timekeeper::Sleeper enrol(std::weak_ptr<Session> session);
  // One more number for the same session, without a poll.
  [[nodiscard]] Timekeeper::Sleeper add_sleeper(std::weak_ptr<Session> session);
  void leave(Timekeeper::Sleeper sleeper);

  Gateway& gateway;
  storage::ConnectionPool pool;
  storage::AccountStore accounts;
  storage::AgreementStore agreements;
  storage::AuditStore audit;
  storage::ConflictList conflicts;
  storage::ConnectedDevices devices;
  storage::ExpiryStore expiry;
  storage::HeldStore held;
  storage::InviteStore invites;
  storage::LeavingStore leaving;
  storage::NoticeStore notices;
  storage::PolicyStore policies;
  storage::PrekeyStore prekeys;
  storage::QueueStore queues;
  storage::RelationshipStore relationships;
  storage::SentStore sent;
  storage::ZoneDataStore zone_data;
  StoreClock clock;
  PolicyCache policy_cache;
  Timekeeper timekeeper;
  BacklogTurns backlog_turns;
  storage::StoreEpoch epoch;

 private:
  static boost::asio::awaitable<void> keep_clock(std::shared_ptr<Worker> self);
  static boost::asio::awaitable<void> tick(std::shared_ptr<Worker> self);
  boost::asio::awaitable<void> sample_clock();
  boost::asio::awaitable<void> check_epoch();
  void note_store(bool reachable);
  void note_clock();
  void wake_due();
  void poll_due();

  struct Poll {
    Monotonic due;
    Timekeeper::Sleeper sleeper;
  };

  std::size_t index_;
  boost::asio::steady_timer clock_timer_;
  boost::asio::steady_timer tick_timer_;
  bool stopped_ = false;
  bool was_releasing_ = false;
  std::optional<bool> was_reachable_;
  std::optional<bool> was_trusted_;
  Timekeeper::Sleeper last_sleeper_ = 0;
  std::map<Timekeeper::Sleeper, std::weak_ptr<Session>> sessions_;
  std::deque<Poll>
      polls_;  // one for each session, in order of `due`, because every wait is equally long
};

// Measures one store call for the metrics, from here to the end of the scope.
class StoreTimer {
 public:
  explicit StoreTimer(Metrics& metrics) : metrics_(metrics), start_(monotonic_now()) {}
  ~StoreTimer() { metrics_.store_call(monotonic_now() - start_); }
  StoreTimer(const StoreTimer&) = delete;
  StoreTimer& operator=(const StoreTimer&) = delete;

 private:
  Metrics& metrics_;
  Monotonic start_;
};

}  // namespace holdspace::gateway
