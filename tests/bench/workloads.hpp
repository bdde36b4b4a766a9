// The six workloads of docs/performance.md. Each connects its own people, measures, disconnects,
// and returns what it saw; a failure of the server is a result, not an exception.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/bench/loop.hpp"
#include "tests/bench/peer.hpp"
#include "tests/bench/result.hpp"

namespace holdspace::bench {

struct RelayLoad {
  std::size_t pairs = 100;
  std::size_t window = 16;  // unanswered messages of one sender
  std::size_t messages = 20'000;
};

// W1: both of each pair connected; a sender keeps `window` messages unanswered.
[[nodiscard]] Result relay_online(Loop& loop, Target& target, const RelayLoad& load);

// W2, two results: recipients away while `messages` are accepted; then they connect and drain.
[[nodiscard]] std::vector<Result> queue_and_drain(Loop& loop, Target& target,
                                                  const RelayLoad& load);

struct PacedLoad {
  std::size_t pairs = 100;
  double per_second = 500;
  double seconds = 10;
};

// W4: message i is due at start + i / per_second whatever came before; lateness counts from then.
[[nodiscard]] Result relay_paced(Loop& loop, Target& target, const PacedLoad& load);

struct IdleLoad {
  std::size_t connections = 2'000;
  double seconds = 10;       // each connection pings once, spread over this time
  std::size_t at_once = 64;  // connecting at a time
};

// W3, two results: memory of a connection that is logged in and silent; then the cost of a ping.
[[nodiscard]] std::vector<Result> idle_connections(Loop& loop, Target& target,
                                                   const IdleLoad& load);

struct StormLoad {
  std::size_t connections = 2'000;
  std::size_t at_once = 64;
};

// W5: connect, log in, disconnect; `at_once` of them at any time.
[[nodiscard]] Result connect_storm(Loop& loop, Target& target, const StormLoad& load);

struct OpeningLoad {
  std::size_t held = 5'000;     // messages in all
  std::size_t held_each = 100;  // of one relationship
  std::size_t open_pairs = 20;  // whose gates stay open
  double per_second = 100;      // messages between those
  double before_seconds = 5;    // for comparison, while everything waits
};

// Pairs that the workload needs.
[[nodiscard]] inline std::size_t pairs_of(const OpeningLoad& load) {
  return load.open_pairs + (load.held + load.held_each - 1) / load.held_each;
}

// W6, three results: messages between open pairs while the others' gates are shut; then those gates
// open at one instant for connected recipients, from which their lateness counts; and the open
// pairs' messages meanwhile.
[[nodiscard]] std::vector<Result> open_gates(Loop& loop, Target& target, const OpeningLoad& load);

}  // namespace holdspace::bench
