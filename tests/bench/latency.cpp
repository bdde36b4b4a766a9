// See latency.hpp.
#include "tests/bench/latency.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace holdspace::bench {

void Latencies::add(Nanos latency) {
  const Nanos tens = std::clamp<Nanos>(latency / 10, 0, std::numeric_limits<std::uint32_t>::max());
  tens_of_nanos_.push_back(static_cast<std::uint32_t>(tens));
  sorted_ = false;
}

double Latencies::percentile(double share) {
  if (tens_of_nanos_.empty()) return 0;
  if (!sorted_) std::sort(tens_of_nanos_.begin(), tens_of_nanos_.end());
  sorted_ = true;
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(count())));
  return tens_of_nanos_[std::max<std::size_t>(rank, 1) - 1] / 1e5;
}

}  // namespace holdspace::bench
