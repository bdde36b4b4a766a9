// The ledger of one message workload: who is connected, when each message was due, what became of
// it. Part of message_workloads.cpp.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/bench/loop.hpp"
#include "tests/bench/peer.hpp"
#include "tests/bench/process_cost.hpp"
#include "tests/bench/result.hpp"

namespace holdspace::bench {

// A workload without progress for this long is over: servers under load answer in milliseconds.
inline constexpr Nanos kStallMax = 20 * kSecond;
// Acknowledgements and closes on their way are work of the workload that caused them.
inline constexpr Nanos kSettle = 200 * kMillisecond;

// Processor time of a target since it was made.
class CostMeter {
 public:
  explicit CostMeter(const Target& target)
      : target_(target),
        server_us_(processor_us(target.servers)),
        store_us_(processor_us(target.stores)) {}

  // Writes the costs per unit done; a target without processes of a kind gets none.
  void read(Result& result, std::uint64_t units) const {
    const auto count = static_cast<double>(units == 0 ? 1 : units);
    if (!target_.servers.empty())
      result.server_us = (processor_us(target_.servers) - server_us_) / count;
    if (!target_.stores.empty())
      result.store_us = (processor_us(target_.stores) - store_us_) / count;
  }

 private:
  const Target& target_;
  double server_us_;
  double store_us_;
};

// Turns the loop for a while, so that servers can finish what they have in hand.
inline void settle(Loop& loop) {
  loop.run(now() + kSettle, [] { return false; });
}

class Exchange final : public PeerListener {
 public:
  // Message n belongs to pair first_pair + n % pairs. With a window a sender goes on by itself.
  Exchange(Loop& loop, Target& target, std::size_t pairs, std::uint64_t messages,
           std::size_t first_pair = 0)
      : loop_(loop),
        target_(target),
        first_pair_(first_pair),
        pairs_(pairs),
        due_(messages, 0),
        delivered_seen_(messages) {
    target.new_run();
  }

  // Connects these people and waits until all are logged in; false when one failed.
  [[nodiscard]] bool connect_senders();
  [[nodiscard]] bool connect_recipients();

  // Sends message n of its pair now; it was due at `due`.
  void send(std::uint64_t number, Nanos due);
  // Lets each sender keep `window` messages unanswered until all are sent.
  void send_in_windows(std::size_t window);

  // From now on a delivery is late by its distance from `due`: what was sent waits for a gate.
  void wait_for_gate(Nanos due);
  // Whether nothing has come for so long that nothing more will.
  [[nodiscard]] bool stalled() const { return now() - last_event_ > kStallMax; }

  // Turns until everything planned is accepted (and delivered), or it fails or stalls.
  void wait(bool for_deliveries);

  [[nodiscard]] Result result(std::string workload) const;
  [[nodiscard]] std::uint64_t accepted() const { return accepted_; }
  [[nodiscard]] std::uint64_t delivered() const { return delivered_; }
  [[nodiscard]] Nanos last_event() const { return last_event_; }
  [[nodiscard]] const std::string& failure() const { return failure_; }

  Latencies accept_latencies;
  Latencies deliver_latencies;

 private:
  void on_ready(Peer& peer) override;
  void on_accepted(std::uint64_t number) override;
  void on_delivered(std::uint64_t number) override;
  void on_pong(Peer&) override {}
  void on_failed(Peer& peer, const std::string& why) override;

  [[nodiscard]] bool connect(std::vector<std::unique_ptr<Peer>>& peers, Person (*who)(std::size_t));
  [[nodiscard]] bool finished(bool for_deliveries) const;
  void send_next_of(std::size_t pair);

  Loop& loop_;
  Target& target_;
  std::size_t first_pair_;
  std::size_t pairs_;
  std::vector<std::unique_ptr<Peer>> senders_;
  std::vector<std::unique_ptr<Peer>> recipients_;
  std::vector<Nanos> due_;  // by message number; 0: not sent
  std::vector<bool> delivered_seen_;
  std::vector<std::uint64_t> next_of_;  // of each pair, while sending in windows
  std::size_t ready_ = 0;
  std::uint64_t accepted_ = 0;
  std::uint64_t delivered_ = 0;
  std::uint64_t duplicates_ = 0;
  Nanos last_event_ = 0;
  std::string failure_;
};

}  // namespace holdspace::bench
