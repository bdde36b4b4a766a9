// See options.hpp.
#include "tests/bench/options.hpp"

#include <CLI/CLI.hpp>
#include <cstdlib>

namespace holdspace::bench {
namespace {

enum class Size { standard, quick, full };

// The sizes of docs/performance.md; standard takes two to three minutes with both floors.
void apply_size(Options& options, Size size) {
  switch (size) {
    case Size::standard:
      options.relay.messages = 20'000;
      options.queue.messages = 20'000;
      options.idle = {2'000, 10, 64};
      options.storm.connections = 2'000;
      options.paced_seconds = 8;
      options.opening = {5'000, 100, 20, 100, 5};
      return;
    case Size::quick:
      options.relay = {20, 16, 2'000};
      options.queue = {20, 16, 2'000};
      options.idle = {200, 2, 64};
      options.storm.connections = 200;
      options.paced_rates = {200};
      options.paced_seconds = 2;
      options.opening = {1'000, 100, 5, 50, 1};
      return;
    case Size::full:
      options.relay.messages = 100'000;
      options.queue.messages = 50'000;
      options.idle = {5'000, 20, 64};
      options.storm.connections = 10'000;
      options.paced_seconds = 30;
      options.opening = {100'000, 100, 20, 100, 15};
      return;
  }
}

void add_servers(CLI::App& app, Options& options) {
  app.add_option("--gateway-port", options.gateway_port, "port of the gateway on 127.0.0.1")
      ->group("Servers");
  app.add_option("--gateway-pid", options.gateway_pids, "its process; may be given several times")
      ->group("Servers");
  app.add_option("--store-pid", options.store_pids, "its Redis; may be given several times")
      ->group("Servers");
  app.add_option("--trust", options.trust, "PEM certificate of the gateway; without it, no TLS")
      ->group("Servers");
  app.add_option("--invite", options.invite, "code from `holdspace-operator practice-invite`")
      ->group("Servers");
  app.add_option("--relay-port", options.relay_port, "port of holdspace_beast_relay")
      ->group("Servers");
  app.add_option("--relay-pid", options.relay_pids, "its process")->group("Servers");
  app.add_option("--floor-redis", options.floor_redis, "Unix socket of a Redis of its own")
      ->group("Servers");
  app.add_option("--floor-redis-pid", options.floor_redis_pids, "its process")->group("Servers");
  app.add_option("--floor-connections", options.floor_connections, "connections to that Redis")
      ->check(CLI::Range(1, 64))
      ->group("Servers");
  app.add_option("--floor-bytes", options.floor_bytes,
                 "payload of the floors (default: an envelope of the smallest class, 3642)")
      ->check(CLI::Range(9, 65'536))
      ->group("Servers");
}

void add_loads(CLI::App& app, Options& options) {
  const CLI::Range count(1, 10'000'000);
  app.add_option("--only", options.only, "workloads to run: W1 W2 W3 W4 W5 W6 (default: all)")
      ->check(CLI::IsMember({"W1", "W2", "W3", "W4", "W5", "W6"}))
      ->group("Loads");
  app.add_option("--pairs", options.relay.pairs, "pairs of people in W1, W2 and W4")
      ->check(CLI::Range(1, 4'000))
      ->group("Loads");
  app.add_option("--window", options.relay.window, "unanswered messages of a sender in W1 and W2")
      ->check(CLI::Range(1, 64))
      ->group("Loads");
  app.add_option("--relay-messages", options.relay.messages, "messages of W1")
      ->check(count)
      ->group("Loads");
  app.add_option("--queue-messages", options.queue.messages, "messages of W2")
      ->check(count)
      ->group("Loads");
  app.add_option("--idle", options.idle.connections, "connections of W3")
      ->check(CLI::Range(1, 18'000))
      ->group("Loads");
  app.add_option("--idle-seconds", options.idle.seconds, "time over which each of them pings once")
      ->check(CLI::Range(1, 3'600))
      ->group("Loads");
  app.add_option("--paced-rate", options.paced_rates, "messages a second of W4; may be several")
      ->check(CLI::Range(1, 100'000))
      ->group("Loads");
  app.add_option("--paced-seconds", options.paced_seconds, "length of each W4")
      ->check(CLI::Range(1, 3'600))
      ->group("Loads");
  app.add_option("--storm", options.storm.connections, "logins of W5")
      ->check(count)
      ->group("Loads");
  app.add_option("--held", options.opening.held, "messages that wait for the opening of W6")
      ->check(count)
      ->group("Loads");
  app.add_option("--held-each", options.opening.held_each, "of them in one relationship")
      ->check(CLI::Range(1, 1'000))
      ->group("Loads");
  app.add_option("--opening-rate", options.opening.per_second,
                 "messages a second between open pairs meanwhile")
      ->check(CLI::Range(1, 10'000))
      ->group("Loads");
  app.add_option("--at-once", options.storm.at_once, "of them at a time")
      ->check(CLI::Range(1, 1'000))
      ->group("Loads");
}

Size size_in(int count, char** words) {
  Size size = Size::standard;
  for (int i = 1; i < count; ++i) {
    if (std::string_view(words[i]) == "--quick") size = Size::quick;
    if (std::string_view(words[i]) == "--full") size = Size::full;
  }
  return size;
}

}  // namespace

Options parse_options(int count, char** words) {
  Options options;
  // First, so that a single size given beside it wins.
  apply_size(options, size_in(count, words));
  bool quick = false;
  bool full = false;
  CLI::App app(
      "Drives a Holdspace gateway and, beside it, the floors (a bare Beast relay, bare Redis) with "
      "the same load, and prints what each costs. tests/bench/run starts the servers and this "
      "program; docs/performance.md explains the workloads.");
  app.add_flag("--quick", quick, "a smoke test of about 30 s")->group("Loads");
  app.add_flag("--full", full, "the sizes that targets are stated for; some minutes")
      ->group("Loads");
  add_servers(app, options);
  add_loads(app, options);
  app.add_option("--json", options.json, "also write the results to this file");
  try {
    app.parse(count, words);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));
  }
  options.queue.pairs = options.relay.pairs;
  options.queue.window = options.relay.window;
  return options;
}

}  // namespace holdspace::bench
