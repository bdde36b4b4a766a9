// The log's lines about peers that the transport refused, at a bounded rate, so that a flood of
// refusals fills no disk. Not the count of them: metrics have every one. docs/operations.md,
// "Logs".
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string_view>

#include "gateway/log.hpp"
#include "gateway/rate_limit.hpp"
#include "gateway/server.hpp"

namespace holdspace::gateway {

// For each kind of refusal: enough to see who does what, and at most 14,410 lines a day.
inline constexpr BucketRule kRefusalLines{10, std::chrono::seconds(6)};

// Any thread.
class RefusalLog {
 public:
  // `log` outlives it.
  explicit RefusalLog(const Log& log) : log_(log) {}

  // One line for a refusal, if its kind has one left; the next line of the kind tells how many were
  // left out. Other events are ignored. `detail`, `peer_prefix`: as TransportObserver gets them.
  // `now` never goes back.
  void note(TransportEvent event, unsigned detail, std::string_view peer_prefix, Monotonic now);

 private:
  struct Kind {
    TokenBucket lines;
    std::uint64_t left_out = 0;
  };

  const Log& log_;
  std::mutex mutex_;
  std::map<TransportEvent, Kind> kinds_;  // one for each enumerator at most
};

}  // namespace holdspace::gateway
