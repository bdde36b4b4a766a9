// Send: one logical message in all its copies. The answer is durable or definite or says that it is
// neither. docs/architecture.md section 3, docs/protocol.md section 10.
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "gateway/fields.hpp"
#include "gateway/handlers.hpp"
#include "gateway/hints.hpp"
#include "gateway/policy_snapshot.hpp"
#include "gateway/reply_error.hpp"
#include "gateway/send_decision.hpp"

namespace holdspace::gateway {
namespace {

// A decision is overtaken by a policy change or a gate's instant; three in a row within 2.5 s are
// not chance.
constexpr int kDecisionsMax = 3;
// Before the last one: at a gate's instant the gateway's idea of the store's time may be a few ms
// ahead of it.
constexpr std::chrono::milliseconds kEdgeWait{50};

std::string outcome_of(const storage::Accepted& accepted, const v1::Verdict& verdict) {
  if (accepted.duplicate) return "duplicate";
  return verdict.outcome() == v1::RELEASED ? "released" : "held";
}

Handled confirm(SessionPtr session, std::uint64_t request_id, const storage::AcceptRequest& request,
                std::uint32_t reply_hours, storage::Accepted accepted) {
  const auto worker = session->worker();
  v1::ServerFrame frame;
  auto& answer = *frame.mutable_accepted();
  answer.set_message_id(storage::to_bytes(request.message));
  answer.set_store_epoch(to_string(worker->epoch));
  answer.mutable_verdict()->ParseFromString(accepted.verdict);
  answer.set_duplicate(accepted.duplicate);
  answer.set_first_in_closed_period(accepted.first_in_closed_period);
  answer.set_reply_time_hours(reply_hours);
  worker->gateway.metrics.send_answered(outcome_of(accepted, answer.verdict()));
  if (request.held && !accepted.duplicate) session->notices().held_until(request.held->promise);
  session->reply(request_id, std::move(frame));
  co_await hint_recipients(worker, request.practice, request.sender.account, request.relationship,
                           request.lane, std::move(accepted.copies));
}

storage::Answer<storage::Accepted, storage::AcceptFault> accept(std::shared_ptr<Worker> worker,
                                                                storage::AcceptRequest request,
                                                                storage::Deadline deadline) {
  const StoreTimer timer(worker->gateway.metrics);
  co_return co_await worker->queues.accept(std::move(request), deadline);
}

void refuse(Session& session, std::uint64_t request_id, v1::Error error) {
  session.worker()->gateway.metrics.send_answered(name(error.code()));
  session.reply(request_id, std::move(error));
}

}  // namespace

Handled handle_send(SessionPtr session, v1::ClientFrame frame) {
  const auto worker = session->worker();
  const auto& who = session->identity();
  const auto id = frame.request_id();
  const auto deadline = request_deadline();

  auto offer = read_send(who, frame.send());
  if (!offer.has_value()) co_return refuse(*session, id, offer.error());
  const auto& request = offer->request;
  if (request.lane != boundary::Lane::urgent) {
    const auto wait = worker->gateway.limits.take_send(who.device, monotonic_now());
    if (wait) co_return refuse(*session, id, rate_limited(*wait));
  }
  if (!worker->accepting()) co_return refuse(*session, id, unavailable());

  for (int attempt = 1;; ++attempt) {
    const auto known = session->known_facts(request.relationship);
    const auto snapshot = co_await take_snapshot(worker, who.practice, request.relationship,
                                                 who.device.account, known, deadline);
    if (!snapshot.has_value()) co_return refuse(*session, id, to_error(snapshot.error()));
    session->remember_facts(snapshot->facts);
    const auto now = worker->store_now();
    if (!now) co_return refuse(*session, id, unavailable());
    auto decision = decide_send(*snapshot, *offer, *now);
    if (decision.refusal &&
        known) {  // the store will not check a refusal, so old facts are not enough for one
      session->forget_facts(request.relationship);
      continue;
    }
    auto accepted = co_await accept(worker, request, deadline);
    if (accepted.has_value()) {
      co_await confirm(session, id, request, reply_time_hours(*snapshot, who.device.account),
                       std::move(*accepted));
      co_return;
    }
    const auto& fault = accepted.error();
    if (decision.refusal && fault.error == storage::AcceptError::stale) {
      worker->gateway.metrics.send_refused(decision.reason);
      co_return refuse(*session, id, std::move(*decision.refusal));
    }
    session->forget_facts(request.relationship);
    if (fault.error == storage::AcceptError::displaced) session->end(EndReason::displaced);
    if (fault.error != storage::AcceptError::stale || attempt == kDecisionsMax)
      co_return refuse(*session, id, to_error(fault));
    if (attempt > 1) {
      boost::asio::steady_timer timer_to_edge(session->connection().executor(), kEdgeWait);
      co_await timer_to_edge.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    }
  }
}

}  // namespace holdspace::gateway
