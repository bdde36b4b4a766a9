// The product's rate limits that span connections, so that reconnecting refreshes nothing. One
// object for the process; another gateway counts for itself. docs/operations.md, "Limits".
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>

#include "gateway/config.hpp"
#include "gateway/rate_limit.hpp"
#include "storage/ids.hpp"

namespace holdspace::gateway {

// Keys remembered for each limit, 100 bytes each: 10 MB at most, and the key longest unused is
// forgotten first.
inline constexpr std::size_t kLimitKeysMax = 100'000;

// Any thread. Each call answers nothing when there was room, else the time to wait.
class ProductLimits {
 public:
  using Wait = std::optional<std::chrono::milliseconds>;

  explicit ProductLimits(const Config& config);

  // A message on a gated lane by this device.
  [[nodiscard]] Wait take_send(storage::DeviceRef device, Monotonic now);
  // A login that failed, counted for the account that was named and for where it came from.
  [[nodiscard]] Wait take_login_failure(storage::AccountId account, const std::string& peer_prefix,
                                        Monotonic now);
  // An invite that somebody wants to redeem.
  [[nodiscard]] Wait take_redeem(const std::string& peer_prefix, Monotonic now);

 private:
  std::mutex mutex_;
  BucketTable sends_;
  BucketTable failures_of_account_;
  BucketTable failures_from_address_;
  BucketTable redeems_from_address_;
};

}  // namespace holdspace::gateway
