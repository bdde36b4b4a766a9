// One measured row: a workload on one server under test. What was not measured is absent, never
// zero.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/bench/latency.hpp"

namespace holdspace::bench {

struct Percentiles {
  double p50_ms = 0;
  double p99_ms = 0;
  double p999_ms = 0;
  double max_ms = 0;
};

[[nodiscard]] inline Percentiles percentiles_of(Latencies& latencies) {
  return {latencies.percentile(0.5), latencies.percentile(0.99), latencies.percentile(0.999),
          latencies.percentile(1)};
}

struct Result {
  std::string workload;  // "W1 relay"
  std::string target;    // Target::name()
  std::string unit;      // what is counted: "message", "connection", "ping"
  std::uint64_t planned = 0;
  std::uint64_t done = 0;        // all steps of a unit: accepted and delivered
  std::uint64_t duplicates = 0;  // delivered more than once
  double seconds = 0;
  std::optional<double> server_us;  // processor time per unit done
  std::optional<double> store_us;
  std::optional<double> server_kib;  // resident memory per connection
  std::optional<Percentiles> accept;
  std::optional<Percentiles> deliver;
  std::string failure;  // empty: everything planned was done

  [[nodiscard]] double per_second() const {
    return seconds > 0 ? static_cast<double>(done) / seconds : 0;
  }
};

}  // namespace holdspace::bench
