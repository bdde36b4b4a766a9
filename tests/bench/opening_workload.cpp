// W6: the gates of many open at one instant, and what others notice of it. See workloads.hpp.
#include <algorithm>
#include <cmath>
#include <ctime>

#include "tests/bench/exchange.hpp"
#include "tests/bench/workloads.hpp"

namespace holdspace::bench {
namespace {

// Unanswered messages of all senders while the gates are shut, one of each at least: thousands more
// would only wait in the gateway until their time is up.
constexpr std::size_t kUnanswered = 256;
constexpr std::int64_t kShutMs = 3'600'000;  // longer than it takes to fill the queues
// Until the opening, in which the policies of the pairs are replaced and the recipients connect.
constexpr std::int64_t kOpeningInMs = 3'000;
constexpr std::int64_t kEachPairMs = 25;
// The open pairs write for so long at most.
constexpr double kPacedMaxSeconds = 300;

std::int64_t wall_ms() {
  std::timespec time{};
  std::timespec_get(&time, TIME_UTC);
  return std::int64_t{time.tv_sec} * 1'000 + time.tv_nsec / kMillisecond;
}

// The open pairs: message after message, each when it is due. One row of results at a time.
class PacedPairs {
 public:
  PacedPairs(Loop& loop, Target& target, const OpeningLoad& load)
      : loop_(loop),
        exchange_(loop, target, load.open_pairs,
                  static_cast<std::uint64_t>(load.per_second * kPacedMaxSeconds)),
        gap_(1e9 / load.per_second),
        most_(static_cast<std::uint64_t>(load.per_second * kPacedMaxSeconds)) {}

  [[nodiscard]] bool connect() {
    return exchange_.connect_recipients() && exchange_.connect_senders();
  }

  // Sends from `start` on until `enough(messages of this row)`, one message at least, and waits for
  // the last of them.
  template <class Enough>
  Result run(std::string name, Nanos start, Enough enough) {
    exchange_.accept_latencies = {};
    exchange_.deliver_latencies = {};
    const std::uint64_t first = sent_;
    const auto ended = [&] {
      const auto count = sent_ - first;
      return sent_ == most_ || !exchange_.failure().empty() || (count > 0 && enough(count));
    };
    while (!ended()) {
      const Nanos due = start + std::llround(static_cast<double>(sent_ - first) * gap_);
      while (now() < due && !ended()) loop_.turn(due);
      if (ended()) break;
      exchange_.send(sent_++, due);
      loop_.turn(now());
    }
    loop_.run(now() + kStallMax, [&] { return answered() == sent_; });
    Result result = exchange_.result(std::move(name));
    result.planned = sent_ - first;
    result.done = answered() - first;
    result.seconds = static_cast<double>(std::max<Nanos>(now() - start, 1)) / 1e9;
    result.accept = percentiles_of(exchange_.accept_latencies);
    result.deliver = percentiles_of(exchange_.deliver_latencies);
    return result;
  }

 private:
  [[nodiscard]] std::uint64_t answered() const {
    return std::min(exchange_.accepted(), exchange_.delivered());
  }

  Loop& loop_;
  Exchange exchange_;
  double gap_;
  std::uint64_t most_;
  std::uint64_t sent_ = 0;
};

Result before_opening(Loop& loop, Target& target, const OpeningLoad& load, PacedPairs& open) {
  settle(loop);
  const auto messages =
      static_cast<std::uint64_t>(std::round(load.per_second * load.before_seconds));
  const CostMeter meter(target);
  Result result =
      open.run("W6 before", now(), [&](std::uint64_t sent) { return sent >= messages; });
  settle(loop);
  meter.read(result, result.done);
  return result;
}

// From the instant of the opening until everything held was delivered; two results.
std::vector<Result> drain(Loop& loop, Target& target, const OpeningLoad& load, Exchange& held,
                          PacedPairs& open, Nanos opens_at) {
  while (now() < opens_at) loop.turn(opens_at);
  const CostMeter meter(target);
  Result meanwhile = open.run("W6 meanwhile", opens_at, [&](std::uint64_t) {
    return held.delivered() == load.held || !held.failure().empty() || held.stalled();
  });
  const Nanos drained = held.last_event();
  if (held.delivered() < load.held) held.wait(true);
  Result opened = held.result("W6 opening");
  opened.done = held.delivered();
  opened.seconds = static_cast<double>(std::max<Nanos>(drained - opens_at, 1)) / 1e9;
  opened.server_kib = resident_kib(target.servers);
  opened.deliver = percentiles_of(held.deliver_latencies);
  settle(loop);
  meter.read(opened, opened.done);
  return {opened, meanwhile};
}

}  // namespace

std::vector<Result> open_gates(Loop& loop, Target& target, const OpeningLoad& load) {
  const std::size_t held_pairs = pairs_of(load) - load.open_pairs;
  target.shut_until(load.open_pairs, held_pairs, wall_ms() + kShutMs);
  PacedPairs open(loop, target, load);
  const bool connected = open.connect();
  Exchange held(loop, target, held_pairs, load.held, load.open_pairs);
  if (!connected || !held.connect_senders()) return {held.result("W6 opening")};
  held.send_in_windows(std::max<std::size_t>(1, kUnanswered / held_pairs));
  held.wait(false);
  if (!held.failure().empty()) return {held.result("W6 opening")};

  std::vector<Result> results{before_opening(loop, target, load, open)};
  const auto wait_ms = kOpeningInMs + kEachPairMs * static_cast<std::int64_t>(held_pairs);
  const Nanos opens_at = now() + wait_ms * kMillisecond;
  target.shut_until(load.open_pairs, held_pairs, wall_ms() + wait_ms);
  held.wait_for_gate(opens_at);
  if (!held.connect_recipients()) return {held.result("W6 opening")};
  held.wait_for_gate(opens_at);
  for (Result& result : drain(loop, target, load, held, open, opens_at))
    results.push_back(std::move(result));
  return results;
}

}  // namespace holdspace::bench
