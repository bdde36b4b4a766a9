// W1, W2 and W4: messages between pairs. See workloads.hpp.
#include <algorithm>
#include <cmath>

#include "tests/bench/exchange.hpp"
#include "tests/bench/workloads.hpp"

namespace holdspace::bench {
namespace {

double seconds_between(Nanos from, Nanos to) {
  return static_cast<double>(std::max<Nanos>(to - from, 1)) / 1e9;
}

}  // namespace

Result relay_online(Loop& loop, Target& target, const RelayLoad& load) {
  Exchange exchange(loop, target, load.pairs, load.messages);
  if (!exchange.connect_recipients() || !exchange.connect_senders())
    return exchange.result("W1 relay");
  settle(loop);
  const CostMeter meter(target);
  const Nanos start = now();
  exchange.send_in_windows(load.window);
  exchange.wait(true);
  const Nanos end = exchange.last_event();
  settle(loop);
  Result result = exchange.result("W1 relay");
  result.done = std::min(exchange.accepted(), exchange.delivered());
  result.seconds = seconds_between(start, end);
  meter.read(result, result.done);
  result.accept = percentiles_of(exchange.accept_latencies);
  result.deliver = percentiles_of(exchange.deliver_latencies);
  return result;
}

std::vector<Result> queue_and_drain(Loop& loop, Target& target, const RelayLoad& load) {
  Exchange exchange(loop, target, load.pairs, load.messages);
  if (!exchange.connect_senders()) return {exchange.result("W2 queue")};
  settle(loop);

  const CostMeter queue_meter(target);
  Nanos start = now();
  exchange.send_in_windows(load.window);
  exchange.wait(false);
  Nanos end = exchange.last_event();
  settle(loop);
  Result queued = exchange.result("W2 queue");
  queued.done = exchange.accepted();
  queued.seconds = seconds_between(start, end);
  queue_meter.read(queued, queued.done);
  queued.accept = percentiles_of(exchange.accept_latencies);
  if (!queued.failure.empty()) return {queued};

  const CostMeter drain_meter(target);
  start = now();
  const bool connected = exchange.connect_recipients();
  if (connected) exchange.wait(true);
  end = exchange.last_event();
  settle(loop);
  Result drained = exchange.result("W2 drain");
  drained.done = exchange.delivered();
  drained.seconds = seconds_between(start, end);
  drain_meter.read(drained, drained.done);
  return {queued, drained};
}

Result relay_paced(Loop& loop, Target& target, const PacedLoad& load) {
  const auto messages = static_cast<std::uint64_t>(std::llround(load.per_second * load.seconds));
  Exchange exchange(loop, target, load.pairs, messages);
  const std::string name = "W4 paced " + std::to_string(std::llround(load.per_second)) + "/s";
  if (!exchange.connect_recipients() || !exchange.connect_senders()) return exchange.result(name);
  settle(loop);
  const CostMeter meter(target);
  const Nanos start = now();
  const double gap = 1e9 / load.per_second;
  for (std::uint64_t number = 0; number < messages && exchange.failure().empty(); ++number) {
    const Nanos due = start + std::llround(static_cast<double>(number) * gap);
    while (now() < due) loop.turn(due);
    exchange.send(number, due);
    loop.turn(now());  // out with it, and in with what came meanwhile
  }
  exchange.wait(true);
  const Nanos end = exchange.last_event();
  settle(loop);
  Result result = exchange.result(name);
  result.done = std::min(exchange.accepted(), exchange.delivered());
  result.seconds = seconds_between(start, end);
  meter.read(result, result.done);
  result.accept = percentiles_of(exchange.accept_latencies);
  result.deliver = percentiles_of(exchange.deliver_latencies);
  return result;
}

}  // namespace holdspace::bench
