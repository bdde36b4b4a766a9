// The command line of holdspace_bench: which servers to measure, and how much.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/workloads.hpp"

namespace holdspace::bench {

struct Options {
  // The gateway under test; port 0: it is not measured.
  std::uint16_t gateway_port = 0;
  std::vector<pid_t> gateway_pids;
  std::vector<pid_t> store_pids;
  std::string trust;   // PEM file of its certificate; empty: plain
  std::string invite;  // code of `holdspace-operator practice-invite`
  // The floors; 0 and empty: not measured.
  std::uint16_t relay_port = 0;
  std::vector<pid_t> relay_pids;
  std::string floor_redis;  // Unix socket
  std::vector<pid_t> floor_redis_pids;
  std::size_t floor_connections = 4;
  std::size_t floor_bytes = 0;  // 0: as many as an envelope of the gateway's

  std::vector<std::string> only;  // W1..W6; empty: all
  RelayLoad relay;
  RelayLoad queue;
  IdleLoad idle;
  StormLoad storm;
  OpeningLoad opening;
  std::vector<double> paced_rates{500, 2000};
  double paced_seconds = 10;

  std::string json;  // file; empty: none
};

// Prints help or what is wrong and ends the process; otherwise every value is in its bounds.
[[nodiscard]] Options parse_options(int count, char** words);

}  // namespace holdspace::bench
