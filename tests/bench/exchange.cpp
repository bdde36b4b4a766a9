// See exchange.hpp.
#include "tests/bench/exchange.hpp"

#include <algorithm>
#include <utility>

namespace holdspace::bench {
namespace {

constexpr std::size_t kConnectingAtOnce = 64;

}  // namespace

bool Exchange::connect_senders() {
  return connect(senders_, &sender_of);
}

bool Exchange::connect_recipients() {
  return connect(recipients_, &recipient_of);
}

bool Exchange::connect(std::vector<std::unique_ptr<Peer>>& peers, Person (*who)(std::size_t)) {
  ready_ = 0;
  last_event_ = now();
  while (failure_.empty() && ready_ < pairs_ && !stalled()) {
    while (peers.size() < pairs_ && peers.size() - ready_ < kConnectingAtOnce)
      peers.push_back(target_.connect(who(first_pair_ + peers.size()), *this));
    loop_.turn(now() + kMillisecond);
  }
  if (failure_.empty() && ready_ < pairs_) failure_ = "people could not connect";
  return failure_.empty();
}

void Exchange::send(std::uint64_t number, Nanos due) {
  due_[number] = due;
  senders_[number % pairs_]->send(number);
}

void Exchange::wait_for_gate(Nanos due) {
  last_event_ = std::max(due, now());
  std::fill(due_.begin(), due_.end(), due);
}

void Exchange::send_in_windows(std::size_t window) {
  last_event_ = now();
  for (std::size_t pair = 0; pair < pairs_; ++pair) next_of_.push_back(pair);
  for (std::size_t i = 0; i < window; ++i)
    for (std::size_t pair = 0; pair < pairs_; ++pair) send_next_of(pair);
}

void Exchange::send_next_of(std::size_t pair) {
  const std::uint64_t number = next_of_[pair];
  if (number >= due_.size()) return;
  next_of_[pair] += pairs_;
  send(number, now());
}

bool Exchange::finished(bool for_deliveries) const {
  const auto planned = due_.size();
  return accepted_ >= planned && (!for_deliveries || delivered_ >= planned);
}

void Exchange::wait(bool for_deliveries) {
  last_event_ = now();
  while (failure_.empty() && !finished(for_deliveries)) {
    loop_.turn(now() + 10 * kMillisecond);
    if (stalled())
      failure_ = "nothing came for 20 s: " + std::to_string(accepted_) + " accepted, " +
                 std::to_string(delivered_) + " delivered of " + std::to_string(due_.size());
  }
}

void Exchange::on_ready(Peer&) {
  ++ready_;
  last_event_ = now();
}

void Exchange::on_accepted(std::uint64_t number) {
  if (number >= due_.size() || due_[number] == 0) {
    failure_ = "an answer to a message that was never sent";
    return;
  }
  last_event_ = now();
  accept_latencies.add(last_event_ - due_[number]);
  ++accepted_;
  if (!next_of_.empty()) send_next_of(number % pairs_);
}

void Exchange::on_delivered(std::uint64_t number) {
  if (number >= due_.size() || due_[number] == 0) {
    failure_ = "a message that was never sent";
    return;
  }
  last_event_ = now();
  if (delivered_seen_[number]) {
    ++duplicates_;
    return;
  }
  delivered_seen_[number] = true;
  deliver_latencies.add(last_event_ - due_[number]);
  ++delivered_;
}

void Exchange::on_failed(Peer& peer, const std::string& why) {
  if (failure_.empty()) failure_ = "person " + std::to_string(peer.person()) + ": " + why;
}

Result Exchange::result(std::string workload) const {
  Result result;
  result.workload = std::move(workload);
  result.target = target_.name();
  result.unit = "message";
  result.planned = due_.size();
  result.duplicates = duplicates_;
  result.failure = failure_;
  return result;
}

}  // namespace holdspace::bench
