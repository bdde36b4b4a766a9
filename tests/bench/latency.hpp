// Every single latency of a workload, kept until its percentiles are asked: exact, four bytes each.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/bench/loop.hpp"

namespace holdspace::bench {

class Latencies {
 public:
  void add(Nanos latency);
  [[nodiscard]] std::size_t count() const { return tens_of_nanos_.size(); }
  // In milliseconds; `share` in (0, 1]. The value that this share of all does not exceed; 0 when
  // there are none.
  [[nodiscard]] double percentile(double share);

 private:
  std::vector<std::uint32_t> tens_of_nanos_;  // up to 42 s
  bool sorted_ = true;
};

}  // namespace holdspace::bench
