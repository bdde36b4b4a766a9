// holdspace_bench: each workload in turn on the floors and on the gateway, so that a drifting
// machine drifts for all of them alike. Exit 0: everything that was sent was accepted and
// delivered once.
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <fstream>
#include <functional>
#include <stdexcept>

#include "crypto/random.hpp"
#include "tests/bench/enrolment.hpp"
#include "tests/bench/gateway_target.hpp"
#include "tests/bench/options.hpp"
#include "tests/bench/redis_target.hpp"
#include "tests/bench/relay_target.hpp"
#include "tests/bench/report.hpp"
#include "tests/bench/workloads.hpp"

namespace holdspace::bench {
namespace {

// A therapist has at most 256 relationships; one is that of the pair.
constexpr std::size_t kBystandersOfEach = 255;

using Targets = std::vector<std::unique_ptr<Target>>;

void raise_descriptor_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

Endpoint gateway_endpoint(const Options& options) {
  Endpoint endpoint;
  endpoint.port = options.gateway_port;
  endpoint.path = "/v1/connect";
  endpoint.subprotocol = "holdspace.v1";
  if (!options.trust.empty()) endpoint.tls = trust_only(options.trust);
  return endpoint;
}

bool is_wanted(const Options& options, const std::string& workload) {
  const auto& only = options.only;
  return only.empty() || std::find(only.begin(), only.end(), workload) != only.end();
}

std::unique_ptr<Target> make_gateway(Loop& loop, const Options& options) {
  const Endpoint endpoint = gateway_endpoint(options);
  Population population{options.relay.pairs, 0};
  if (is_wanted(options, "W6"))
    population.pairs = std::max(population.pairs, pairs_of(options.opening));
  if (options.idle.connections > 2 * population.pairs)
    population.bystanders = options.idle.connections - 2 * population.pairs;
  if (population.bystanders > population.pairs * kBystandersOfEach)
    throw std::runtime_error("--idle needs at least one of --pairs for each " +
                             std::to_string(kBystandersOfEach) + " connections");
  const Nanos start = now();
  auto enrolled = enrol_population(loop, endpoint, options.invite, population);
  std::fprintf(stderr, "enrolled %zu people over the wire in %.1f s\n", enrolled.members.size(),
               static_cast<double>(now() - start) / 1e9);
  auto target = std::make_unique<GatewayTarget>(loop, endpoint, std::move(enrolled));
  target->servers = options.gateway_pids;
  target->stores = options.store_pids;
  return target;
}

Targets make_targets(Loop& loop, const Options& options) {
  const std::size_t people = std::max(2 * options.relay.pairs, options.idle.connections);
  const std::size_t bytes = options.floor_bytes == 0 ? kEnvelopeBytes : options.floor_bytes;
  Targets targets;
  if (options.relay_port != 0) {
    Endpoint endpoint;
    endpoint.port = options.relay_port;
    targets.push_back(std::make_unique<RelayTarget>(loop, endpoint, people, bytes));
    targets.back()->servers = options.relay_pids;
  }
  if (!options.floor_redis.empty()) {
    targets.push_back(std::make_unique<RedisTarget>(loop, options.floor_redis,
                                                    options.floor_connections, people, bytes));
    targets.back()->stores = options.floor_redis_pids;
  }
  if (options.gateway_port != 0) targets.push_back(make_gateway(loop, options));
  return targets;
}

// Runs one workload on each target that can do it, the floors first.
class Run {
 public:
  Run(const Options& options, Targets& targets) : options_(options), targets_(targets) {}

  void workload(const char* name, bool (*fits)(const Target&),
                const std::function<std::vector<Result>(Target&)>& measure) {
    if (!is_wanted(options_, name)) return;
    std::vector<Result> rows;
    for (const auto& target : targets_) {
      if (!fits(*target)) continue;
      std::fprintf(stderr, "%s on %s\n", name, target->name().c_str());
      for (Result& result : measure(*target)) rows.push_back(std::move(result));
    }
    // A workload may have two rows for each target: those of one name stand together.
    while (!rows.empty()) {
      const std::string first = rows.front().workload;
      for (Result& row : rows)
        if (row.workload == first) results.push_back(row);
      std::erase_if(rows, [&](const Result& row) { return row.workload == first; });
    }
  }

  std::vector<Result> results;

 private:
  const Options& options_;
  Targets& targets_;
};

bool any(const Target&) {
  return true;
}
bool with_connections(const Target& target) {
  return target.has_connections();
}
bool with_queue(const Target& target) {
  return target.has_queue();
}

bool with_gates(const Target& target) {
  return target.has_gates();
}

// Memory is measured first, while the servers' heaps are young.
std::vector<Result> run_all(Loop& loop, const Options& options, Targets& targets) {
  Run run(options, targets);
  run.workload("W3", with_connections,
               [&](Target& target) { return idle_connections(loop, target, options.idle); });
  run.workload("W5", with_connections, [&](Target& target) {
    return std::vector{connect_storm(loop, target, options.storm)};
  });
  run.workload("W1", any, [&](Target& target) {
    return std::vector{relay_online(loop, target, options.relay)};
  });
  run.workload("W2", with_queue,
               [&](Target& target) { return queue_and_drain(loop, target, options.queue); });
  for (const double rate : options.paced_rates)
    run.workload("W4", any, [&](Target& target) {
      const PacedLoad load{options.relay.pairs, rate, options.paced_seconds};
      return std::vector{relay_paced(loop, target, load)};
    });
  run.workload("W6", with_gates,
               [&](Target& target) { return open_gates(loop, target, options.opening); });
  return std::move(run.results);
}

int run_program(int count, char** words) {
  const Options options = parse_options(count, words);
  crypto::init();
  raise_descriptor_limit();
  Loop loop;
  Targets targets = make_targets(loop, options);
  if (targets.empty()) {
    std::fprintf(stderr, "holdspace_bench: no server was named; see --help\n");
    return 2;
  }
  const std::vector<Result> results = run_all(loop, options, targets);
  std::printf("%s", table_of(results).c_str());
  if (!options.json.empty()) std::ofstream(options.json) << json_of(results);
  const bool complete = std::all_of(results.begin(), results.end(), [](const Result& result) {
    return result.failure.empty() && result.done == result.planned && result.duplicates == 0;
  });
  return complete ? 0 : 1;
}

}  // namespace
}  // namespace holdspace::bench

int main(int count, char** words) {
  try {
    return holdspace::bench::run_program(count, words);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "holdspace_bench: %s\n", error.what());
    return 1;
  }
}
