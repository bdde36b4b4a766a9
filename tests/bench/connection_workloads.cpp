// W3 and W5: connections without messages. See workloads.hpp.
#include <algorithm>
#include <cmath>
#include <deque>
#include <unordered_map>

#include "tests/bench/exchange.hpp"
#include "tests/bench/workloads.hpp"

namespace holdspace::bench {
namespace {

// People who connect and ping; `latencies` are from the call to the server's answer.
class Crowd final : public PeerListener {
 public:
  void begin(Person person) {
    began_[person] = now();
    last_event_ = now();
  }

  [[nodiscard]] std::size_t ready() const { return ready_; }
  [[nodiscard]] std::size_t pongs() const { return pongs_; }
  [[nodiscard]] bool stalled() const { return now() - last_event_ > kStallMax; }
  [[nodiscard]] Nanos last_event() const { return last_event_; }
  [[nodiscard]] const std::string& failure() const { return failure_; }
  // People whose login was answered and who may go; emptied by the caller.
  std::vector<Person> arrived;
  Latencies connect_latencies;
  Latencies ping_latencies;

 private:
  void on_ready(Peer& peer) override {
    last_event_ = now();
    ++ready_;
    connect_latencies.add(last_event_ - began_[peer.person()]);
    arrived.push_back(peer.person());
  }
  void on_pong(Peer& peer) override {
    last_event_ = now();
    ++pongs_;
    ping_latencies.add(last_event_ - began_[peer.person()]);
  }
  void on_accepted(std::uint64_t) override { failure_ = "an answer to nothing"; }
  void on_delivered(std::uint64_t) override { failure_ = "a message in an empty queue"; }
  void on_failed(Peer& peer, const std::string& why) override {
    if (failure_.empty()) failure_ = "person " + std::to_string(peer.person()) + ": " + why;
  }

  std::unordered_map<Person, Nanos> began_;
  std::size_t ready_ = 0;
  std::size_t pongs_ = 0;
  Nanos last_event_ = 0;
  std::string failure_;
};

Result row(std::string workload, const Target& target, std::string unit, std::size_t planned) {
  Result result;
  result.workload = std::move(workload);
  result.target = target.name();
  result.unit = std::move(unit);
  result.planned = planned;
  return result;
}

void say_what_is_missing(Result& result, const std::string& failure) {
  result.failure = failure;
  if (failure.empty() && result.done < result.planned)
    result.failure =
        std::to_string(result.done) + " of " + std::to_string(result.planned) + " were answered";
}

Result ping_all(Loop& loop, Target& target, const IdleLoad& load, Crowd& crowd,
                std::vector<std::unique_ptr<Peer>>& peers) {
  const CostMeter meter(target);
  const Nanos start = now();
  const double gap = load.seconds * 1e9 / static_cast<double>(peers.size());
  for (std::size_t i = 0; i < peers.size() && crowd.failure().empty(); ++i) {
    const Nanos due = start + std::llround(static_cast<double>(i) * gap);
    while (now() < due) loop.turn(due);
    crowd.begin(peers[i]->person());
    peers[i]->ping();
  }
  loop.run(now() + kStallMax, [&] { return crowd.pongs() >= peers.size(); });
  Result pinged = row("W3 ping", target, "ping", peers.size());
  pinged.done = crowd.pongs();
  pinged.seconds = static_cast<double>(now() - start) / 1e9;
  meter.read(pinged, pinged.done);
  pinged.accept = percentiles_of(crowd.ping_latencies);
  say_what_is_missing(pinged, crowd.failure());
  return pinged;
}

}  // namespace

std::vector<Result> idle_connections(Loop& loop, Target& target, const IdleLoad& load) {
  const std::size_t count = std::min(load.connections, target.people());
  Crowd crowd;
  std::vector<std::unique_ptr<Peer>> peers;
  const double before_kib = resident_kib(target.servers);
  const Nanos start = now();
  while (crowd.ready() < count && crowd.failure().empty() &&
         !(crowd.ready() > 0 && crowd.stalled())) {
    while (peers.size() < count && peers.size() - crowd.ready() < load.at_once) {
      crowd.begin(peers.size());
      peers.push_back(target.connect(peers.size(), crowd));
    }
    loop.turn(now() + kMillisecond);
  }
  const Nanos connected = crowd.last_event();
  settle(loop);
  Result idle = row("W3 idle", target, "connection", count);
  idle.done = crowd.ready();
  idle.seconds = static_cast<double>(connected - start) / 1e9;
  idle.server_kib = (resident_kib(target.servers) - before_kib) /
                    static_cast<double>(std::max<std::size_t>(count, 1));
  say_what_is_missing(idle, crowd.failure());
  if (!idle.failure.empty()) return {idle};
  return {idle, ping_all(loop, target, load, crowd, peers)};
}

Result connect_storm(Loop& loop, Target& target, const StormLoad& load) {
  Crowd crowd;
  // A person is one device with one connection, so nobody connects twice at a time: whoever has
  // been away longest is next.
  std::deque<Person> away;
  for (Person person = 0; person < target.people(); ++person) away.push_back(person);
  std::unordered_map<Person, std::unique_ptr<Peer>> connecting;
  std::size_t begun = 0;
  const CostMeter meter(target);
  const Nanos start = now();
  while (crowd.ready() < load.connections && crowd.failure().empty()) {
    for (const Person person : crowd.arrived) {
      connecting.erase(person);
      away.push_back(person);
    }
    crowd.arrived.clear();
    while (begun < load.connections && connecting.size() < load.at_once && !away.empty()) {
      const Person person = away.front();
      away.pop_front();
      ++begun;
      crowd.begin(person);
      connecting[person] = target.connect(person, crowd);
    }
    loop.turn(now() + kMillisecond);
    if (crowd.stalled()) break;
  }
  const Nanos end = crowd.last_event();
  connecting.clear();
  settle(loop);
  Result result = row("W5 storm", target, "connection", load.connections);
  result.done = crowd.ready();
  result.seconds = static_cast<double>(end - start) / 1e9;
  meter.read(result, result.done);
  result.accept = percentiles_of(crowd.connect_latencies);
  say_what_is_missing(result, crowd.failure());
  return result;
}

}  // namespace holdspace::bench
