// See enrolment_tasks.hpp.
#include "tests/bench/enrolment_tasks.hpp"

#include <ctime>
#include <stdexcept>
#include <utility>

#include "crypto/claim.hpp"
#include "crypto/random.hpp"

namespace holdspace::bench {

std::int64_t wall_clock_ms() {
  return std::int64_t{std::time(nullptr)} * 1000;
}

void RedeemTask::on_open() {
  v1::ClientFrame frame;
  frame.set_request_id(1);
  auto& open = *frame.mutable_redeem_open();
  open.set_invite_id(text_of(invite_.id()));
  open.set_client_nonce(text_of(crypto::random_array<32>()));
  open.set_host(host_);
  conversation.send(frame);
}

void RedeemTask::on_frame(const v1::ServerFrame& frame) {
  if (frame.has_redeemed()) return finish();
  if (!frame.has_redeem_challenge()) return fail(frame);
  packet_ = frame.redeem_challenge().packet();
  const auto nonce = crypto::to_bytes<32>(view(frame.redeem_challenge().server_nonce()));
  if (!nonce) return fail(frame);
  const auto& cert = enrolment_.device.trusted.verified_cert().signed_bytes();
  v1::ClientFrame answer;
  answer.set_request_id(2);
  auto& redeem = *answer.mutable_redeem();
  redeem.set_device_cert(text_of(cert));
  redeem.set_device_list(text_of(enrolment_.device.list.signed_bytes()));
  redeem.set_claim(text_of(crypto::sign_claim(invite_.claim_key(), invite_.id(), *nonce, cert)));
  conversation.send(answer);
}

void RequestTask::on_frame(const v1::ServerFrame& frame) {
  if (frame.has_error()) return fail(frame);
  if (frame.has_drained()) return;
  if (frame.has_welcome()) {
    for (std::size_t i = 0; i < kRequestsAtOnce; ++i) send_next();
    return;
  }
  if (++answered_ == requests_.size()) return finish();
  send_next();
}

void RequestTask::send_next() {
  if (sent_ == requests_.size()) return;
  requests_[sent_].set_request_id(100 + sent_);
  conversation.send(requests_[sent_++]);
}

// Runs tasks 0..count-1, some at once; `finished` gets each when it is done.
void run_tasks(Loop& loop, std::size_t count,
               const std::function<std::unique_ptr<Task>(std::size_t)>& make,
               const std::function<void(std::size_t, Task&)>& finished) {
  std::vector<std::pair<std::size_t, std::unique_ptr<Task>>> running;
  std::size_t begun = 0;
  Nanos until = now() + kTaskMax;
  while (begun < count || !running.empty()) {
    while (begun < count && running.size() < kTasksAtOnce) {
      running.emplace_back(begun, make(begun));
      ++begun;
    }
    loop.turn(now() + kMillisecond);
    for (auto& [number, task] : running) {
      if (!task->failure().empty()) throw std::runtime_error("enrolment: " + task->failure());
      if (!task->done()) continue;
      finished(number, *task);
      task.reset();
      until = now() + kTaskMax;
    }
    std::erase_if(running, [](const auto& entry) { return entry.second == nullptr; });
    if (now() > until) throw std::runtime_error("enrolment: no answer for a minute");
  }
}

}  // namespace holdspace::bench
