// See delivery.hpp.
#include "gateway/delivery.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "boundary/decide.hpp"
#include "gateway/policy_snapshot.hpp"
#include "gateway/policy_wire.hpp"
#include "gateway/reply_error.hpp"
#include "gateway/session.hpp"

namespace holdspace::gateway {
namespace {

using storage::CommandError;
using storage::Origin;
using storage::SubQueue;

constexpr auto kAwait = boost::asio::as_tuple(boost::asio::use_awaitable);

// After a failed store call. Half a second more or less by the session's number, so that ten
// thousand sessions do not come back in step.
constexpr std::chrono::milliseconds kRetryFirst{500};
constexpr std::uint64_t kRetrySpread = 1000;

// Copies of one's own messages have no gate.
GateView always_open() {
  GateView view;
  view.open = true;
  view.validity.span = {boundary::Instant::min(), boundary::Instant::max()};
  return view;
}

v1::Delivered to_delivered(const SubQueue& queue, const storage::QueueEntry& entry) {
  v1::Delivered item;
  item.set_relationship_id(storage::to_bytes(queue.relationship));
  item.set_lane(to_wire(queue.lane));
  item.set_own_copy(queue.origin == Origin::own);
  item.set_seq(entry.seq);
  item.mutable_envelope()->ParseFromString(entry.envelope);
  return item;
}

}  // namespace

Delivery::Delivery(Session& session)
    : session_(session), signal_(session.connection().executor()) {}

storage::Answer<std::uint64_t, CommandError> Delivery::begin(storage::Deadline deadline) {
  const auto& who = session_.identity();
  const auto pending =
      co_await session_.worker()->queues.pending(who.practice, who.device, deadline);
  if (!pending.has_value()) co_return pending.error();
  (void)fsm_.next({});  // its first action is this list
  fsm_.listed(*pending);
  std::uint64_t open = 0;
  for (const auto& backlog : *pending) open += co_await deliverable(backlog);
  co_return open;
}

// Judges a backlog for the first time and answers how much of it may go now. A promise that is kept
// for its oldest entries alone counts as one: how many wait behind a shut gate is not told.
boost::asio::awaitable<std::uint64_t> Delivery::deliverable(storage::PendingQueue backlog) {
  DeliveryAction newest;
  newest.queue = backlog.queue;
  newest.facts = backlog.facts;
  newest.accepted_version = backlog.facts.policy_version;
  auto oldest = newest;
  oldest.accepted_version = backlog.first_version;
  auto gate = co_await view(newest);
  std::uint64_t count = backlog.count;
  if (gate && !gate->open && oldest.accepted_version < newest.accepted_version) {
    gate = co_await view(oldest);
    count = 1;
  }
  if (!gate) co_return 0;
  fsm_.judged(backlog.queue, *gate);
  co_return gate->open ? count : 0;
}

boost::asio::awaitable<void> Delivery::run(std::shared_ptr<Session> owner) {
  auto& self = owner->delivery();
  self.sleeper_ = owner->worker()->enrol(owner);
  co_await self.loop();
  owner->worker()->leave(self.sleeper_);
}

void Delivery::stop() {
  stopped_ = true;
  wake();
}

void Delivery::wake() {
  woken_ = true;
  signal_.cancel();
}

void Delivery::look(std::optional<SubQueue> queue) {
  if (queue)
    fsm_.look_at(*queue);
  else
    fsm_.look_again();
  wake();
}

boost::asio::awaitable<void> Delivery::loop() {
  while (!stopped_) {
    woken_ = false;
    const auto& worker = *session_.worker();
    const auto now = worker.store_now();
    if (!now) {
      co_await pause();
      continue;
    }
    auto action = fsm_.next(*now, worker.releasing() ? Releases::run : Releases::paused);
    const auto step = co_await perform(std::move(action));
    if (step == Step::failed && !stopped_) co_await pause();
  }
}

boost::asio::awaitable<Delivery::Step> Delivery::perform(DeliveryAction action) {
  switch (action.kind) {
    case DeliveryAction::Kind::list:
      co_return co_await list();
    case DeliveryAction::Kind::judge:
      co_return co_await judge(std::move(action));
    case DeliveryAction::Kind::read:
      co_return co_await read(std::move(action));
    case DeliveryAction::Kind::drained: {
      v1::ServerFrame frame;
      frame.mutable_drained();
      (void)co_await push(std::move(frame));
      co_return Step::done;
    }
    case DeliveryAction::Kind::sleep:
      co_await sleep(action.wake);
      co_return Step::done;
  }
  co_return Step::failed;
}

boost::asio::awaitable<Delivery::Step> Delivery::list() {
  const auto worker = session_.worker();
  const auto& who = session_.identity();
  const StoreTimer timer(worker->gateway.metrics);
  const auto pending =
      co_await worker->queues.pending(who.practice, who.device, request_deadline());
  if (!pending.has_value()) {
    worker->gateway.metrics.store_error(name(pending.error()));
    fsm_.list_failed();
    co_return Step::failed;
  }
  fsm_.listed(*pending);
  co_return Step::done;
}

boost::asio::awaitable<Delivery::Step> Delivery::judge(DeliveryAction action) {
  const auto gate = co_await view(action);
  if (!gate) co_return Step::failed;
  fsm_.judged(action.queue, *gate);
  co_return Step::done;
}

// What the boundary says; nothing when it cannot be asked.
boost::asio::awaitable<std::optional<GateView>> Delivery::view(DeliveryAction action) {
  if (action.queue.origin == Origin::own) co_return always_open();
  const auto worker = session_.worker();
  const auto& who = session_.identity();
  const auto snapshot =
      co_await take_snapshot(worker, who.practice, action.queue.relationship, who.device.account,
                             action.facts, request_deadline());
  const auto now = worker->store_now();
  if (!snapshot.has_value() || !now) co_return std::nullopt;
  const auto facts = facts_for(snapshot->facts, who.device.account, Side::receiving,
                               action.queue.lane, action.accepted_version);
  const auto verdict = boundary::decide(snapshot->gates(), facts, *now);
  co_return GateView{verdict.outcome == boundary::Outcome::release_now,
                     validity_of(snapshot->facts, verdict)};
}

boost::asio::awaitable<Delivery::Step> Delivery::read(DeliveryAction action) {
  co_await session_.connection().wait_writable();
  const auto worker = session_.worker();
  std::optional<BacklogTurns::Turn> turn;
  if (action.backlog) turn.emplace(co_await worker->backlog_turns.take());
  if (stopped_) co_return Step::done;
  const auto& who = session_.identity();
  auto& metrics = worker->gateway.metrics;
  storage::ReadRequest request;
  request.practice = who.practice;
  request.device = who.device;
  request.session = who.session;
  request.queue = action.queue;
  request.after_seq = action.after_seq;
  request.entries_max = action.items_max;
  request.bytes_max = action.bytes_max;
  request.validity = action.validity;
  request.accepted_through = action.accepted_version;
  metrics.queue_read();
  const StoreTimer timer(metrics);
  const auto page = co_await worker->queues.read(std::move(request), request_deadline());
  if (!page.has_value()) co_return failed_read(action.queue, page.error());
  v1::ServerFrame frame;
  std::vector<PushedEnvelope> pushed;
  for (const auto& entry : page->entries) {
    *frame.mutable_deliver()->add_items() = to_delivered(action.queue, entry);
    pushed.push_back({entry.seq, entry.envelope.size()});
  }
  if (!pushed.empty()) {
    if (!co_await push(std::move(frame))) {
      fsm_.read_failed(action.queue);
      co_return Step::failed;
    }
    if (action.opened_at)
      metrics.opening_lateness(worker->store_now().value_or(*action.opened_at) - *action.opened_at);
    metrics.delivered(pushed.size());
  }
  // Fewer than asked for, and not because of their size: the store had no more.
  std::size_t bytes = 0;
  for (const auto& envelope : pushed) bytes += envelope.bytes;
  const bool more = pushed.size() == action.items_max ||
                    (!pushed.empty() && bytes + storage::kEnvelopeBytesMax > action.bytes_max);
  fsm_.pushed(action.queue, pushed, more ? DeliveryFsm::Rest::more : DeliveryFsm::Rest::last);
  if (page->kept_back_version) fsm_.kept_back(action.queue, *page->kept_back_version);
  co_return Step::done;
}

Delivery::Step Delivery::failed_read(const SubQueue& queue, storage::ReadError error) {
  switch (error) {
    case storage::ReadError::stale:
      fsm_.stale(queue);
      return Step::done;
    case storage::ReadError::displaced:
      session_.end(EndReason::displaced);
      break;
    case storage::ReadError::invalid:
    case storage::ReadError::unavailable:
    case storage::ReadError::uncertain:
    case storage::ReadError::corrupt:
      break;
  }
  fsm_.read_failed(queue);
  return Step::failed;
}

// False: the connection is closing, or answers have filled the outbox again.
boost::asio::awaitable<bool> Delivery::push(v1::ServerFrame frame) {
  const auto bytes = frame.SerializeAsString();
  if (session_.connection().send(bytes)) co_return true;
  co_await session_.connection().wait_writable();
  co_return !stopped_ && session_.connection().send(bytes);
}

boost::asio::awaitable<void> Delivery::sleep(std::optional<boundary::Instant> wake) {
  if (woken_ || stopped_) co_return;
  if (wake) session_.worker()->timekeeper.wake_at(sleeper_, *wake);
  signal_.expires_at(boost::asio::steady_timer::time_point::max());
  co_await signal_.async_wait(kAwait);
  session_.worker()->timekeeper.forget(sleeper_);
}

boost::asio::awaitable<void> Delivery::pause() {
  if (stopped_) co_return;
  signal_.expires_after(kRetryFirst + std::chrono::milliseconds(sleeper_ % kRetrySpread));
  co_await signal_.async_wait(kAwait);
}

}  // namespace holdspace::gateway
