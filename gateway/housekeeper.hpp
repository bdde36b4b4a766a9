// What a practice needs from time to time without anybody asking: the ledger's checkpoint, promises
// that another time-zone database has moved, and the end of what nobody collects. Every gateway
// visits the practices that it serves, and walks through all of the store's besides; several may
// visit one, and the store takes each step once.
// docs/operations.md, "Audit" and "Notices".
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>

#include "gateway/rounds.hpp"
#include "gateway/worker.hpp"
#include "gateway/zone_data_walk.hpp"
#include "storage/practice_list.hpp"

namespace holdspace::gateway {

// A visit to each practice so often, give or take: well inside the 60 s in which a checkpoint is
// due, and gateways that started together drift apart.
inline constexpr std::chrono::seconds kVisitEvery{20};
inline constexpr std::chrono::seconds kVisitSpread{5};
// Practices visited in one second, one after the other: a gateway with a thousand of them comes
// round in time, and sessions hardly notice.
inline constexpr std::size_t kVisitsPerTick = 64;
// Of all the store's practices so many more are visited in this time, one page after the other.
// With more of them one that nobody is connected to waits a page's time longer for each; a thousand
// are walked through in six minutes, and what is due there has waited for 30 days.
inline constexpr std::chrono::seconds kWalkEvery{20};
inline constexpr std::size_t kPracticesPerWalk = 64;
// Queues handled in one visit to a practice.
inline constexpr std::size_t kExpiriesPerVisit = 8;

// One for each gateway process, on its first io thread. Alive until stop().
class Housekeeper : public std::enable_shared_from_this<Housekeeper> {
 public:
  explicit Housekeeper(std::shared_ptr<Worker> worker);

  void start();
  void stop();

 private:
  [[nodiscard]] static boost::asio::awaitable<void> run(std::shared_ptr<Housekeeper> self);
  [[nodiscard]] boost::asio::awaitable<void> walk();
  [[nodiscard]] boost::asio::awaitable<void> visit(storage::PracticeId practice);
  [[nodiscard]] boost::asio::awaitable<void> expire(storage::PracticeId practice);
  [[nodiscard]] boost::asio::awaitable<bool> expire_queue(storage::PracticeId practice,
                                                          storage::DueQueue queue);

  std::shared_ptr<Worker> worker_;
  storage::PracticeList practices_;
  boost::asio::steady_timer timer_;
  Rounds<storage::PracticeId> rounds_;
  storage::PracticeId walked_;  // the last of the page before; none: the walk begins
  ZoneDataWalks zone_data_walks_;
  bool stopped_ = false;
};

}  // namespace holdspace::gateway
