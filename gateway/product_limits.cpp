// See product_limits.hpp.
#include "gateway/product_limits.hpp"

#include <algorithm>

namespace holdspace::gateway {

ProductLimits::ProductLimits(const Config& config)
    : sends_(config.routine_send, kLimitKeysMax),
      failures_of_account_(config.login_failures_account, kLimitKeysMax),
      failures_from_address_(config.login_failures_address, kLimitKeysMax),
      redeems_from_address_(config.redeems_address, kLimitKeysMax) {}

ProductLimits::Wait ProductLimits::take_send(storage::DeviceRef device, Monotonic now) {
  const std::lock_guard lock(mutex_);
  return sends_.take(storage::to_bytes(device.account) + std::to_string(device.device), now);
}

ProductLimits::Wait ProductLimits::take_login_failure(storage::AccountId account,
                                                      const std::string& peer_prefix,
                                                      Monotonic now) {
  const std::lock_guard lock(mutex_);
  const auto of_account = failures_of_account_.take(storage::to_bytes(account), now);
  const auto from_address = failures_from_address_.take(peer_prefix, now);
  return std::max(of_account, from_address);
}

ProductLimits::Wait ProductLimits::take_redeem(const std::string& peer_prefix, Monotonic now) {
  const std::lock_guard lock(mutex_);
  return redeems_from_address_.take(peer_prefix, now);
}

}  // namespace holdspace::gateway
