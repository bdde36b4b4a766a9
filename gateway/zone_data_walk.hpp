// Walks the promises of practices that stand by an older version of the time-zone database than
// this gateway's, and renews those that moved. Several gateways may walk one practice: each step is
// taken once. An older gateway moves nothing back. docs/boundary.md, "When a country moves its
// clocks".
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <map>
#include <memory>
#include <vector>

#include "gateway/worker.hpp"
#include "gateway/zone_data_plan.hpp"

namespace holdspace::gateway {

// One step of a walk takes a fraction of a second: about so many store calls, one after the other.
inline constexpr std::size_t kWalkPagesPerStep = 64;
inline constexpr std::size_t kWalkRenewalsPerStep = 256;

// Its worker's thread only; alive while one of its coroutines runs.
class ZoneDataWalks {
 public:
  explicit ZoneDataWalks(std::shared_ptr<Worker> worker);

  // Whether every promise of the practice stands by this gateway's version; a walk begins if not.
  [[nodiscard]] boost::asio::awaitable<void> look(storage::PracticeId practice);
  // One step of each walk under way.
  [[nodiscard]] boost::asio::awaitable<void> go_on();

 private:
  struct Walk {
    storage::ZoneDataState seen;  // before the first promise was looked at
    std::vector<storage::AccountId> therapists;
    std::size_t next = 0;  // of therapists
  };
  struct Budget {
    std::size_t pages = kWalkPagesPerStep;
    std::size_t renewals = kWalkRenewalsPerStep;
  };
  enum class Progress : std::uint8_t {
    done,    // all of it stands by this version
    more,    // the budget is used up
    failed,  // the store did not answer, or a newer gateway came: the next visit looks again
  };

  [[nodiscard]] boost::asio::awaitable<void> step(storage::PracticeId practice);
  [[nodiscard]] boost::asio::awaitable<Progress> walk_therapist(storage::PracticeId practice,
                                                                storage::AccountId therapist,
                                                                std::shared_ptr<Budget> budget);
  [[nodiscard]] boost::asio::awaitable<Progress> renew(storage::PracticeId practice,
                                                       storage::AccountId therapist,
                                                       std::vector<storage::HeldMessage> messages,
                                                       std::shared_ptr<Budget> budget);
  [[nodiscard]] boost::asio::awaitable<void> finish(storage::PracticeId practice);
  [[nodiscard]] ZoneDataStep step_of(storage::PracticeId practice) const;
  void note_older();

  std::shared_ptr<Worker> worker_;
  const std::string version_;
  std::map<storage::PracticeId, Walk> walks_;
  bool older_noted_ = false;
};

}  // namespace holdspace::gateway
