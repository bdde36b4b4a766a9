// See notice_push.hpp.
#include "gateway/notice_push.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>
#include <vector>

#include "gateway/hints.hpp"
#include "gateway/notice_wire.hpp"
#include "gateway/opening_lookup.hpp"
#include "gateway/session.hpp"

namespace holdspace::gateway {
namespace {

constexpr auto kAwait = boost::asio::as_tuple(boost::asio::use_awaitable);

// After a failed store call, and up to as much again by the session's number, so that ten thousand
// sessions do not come back in step.
constexpr std::chrono::milliseconds kRetryFirst{500};
constexpr std::uint64_t kRetrySpread = 1000;

struct PushEnded {
  std::shared_ptr<Session> session;

  void operator()(const std::exception_ptr& fault) const {
    if (fault == nullptr) return;
    session->worker()->gateway.log.event(Event::handler_failed, {{"what", LogWord("notices")}});
    session->connection().close(CloseCode::internal_error, "internal");
  }
};

}  // namespace

NoticePush::NoticePush(Session& session)
    : session_(session), retry_(session.connection().executor()) {}

void NoticePush::start() {
  started_ = true;
  sleeper_ = session_.worker()->add_sleeper(session_.weak_from_this());
  run_if_idle();
}

void NoticePush::stop() {
  stopped_ = true;
  retry_.cancel();
  if (sleeper_ != 0) session_.worker()->leave(sleeper_);
}

void NoticePush::look() {
  fsm_.look_again();
  run_if_idle();
}

void NoticePush::poll() {
  fsm_.polled();
  run_if_idle();
}

void NoticePush::held_until(std::optional<boundary::Instant> promise) {
  fsm_.held_until(promise);
  run_if_idle();
}

void NoticePush::run_if_idle() {
  if (!started_ || running_ || stopped_) return;
  running_ = true;
  boost::asio::co_spawn(session_.connection().executor(), run(session_.shared_from_this()),
                        PushEnded{session_.shared_from_this()});
}

boost::asio::awaitable<void> NoticePush::run(std::shared_ptr<Session> owner) {
  auto& self = owner->notices();
  co_await self.loop();
  self.running_ = false;
}

// Between the FSM's word that there is nothing to do and the end of the coroutine nothing else runs
// on this thread, so no event is lost.
boost::asio::awaitable<void> NoticePush::loop() {
  while (!stopped_) {
    auto& worker = *session_.worker();
    const auto now = worker.store_now();
    if (!now) co_return;  // the first sample makes every session look
    const auto action = fsm_.next(*now, worker.releasing() ? Releases::run : Releases::paused);
    auto step = Step::done;
    switch (action.kind) {
      case NoticeAction::Kind::settle:
        step = co_await settle();
        if (step == Step::failed) fsm_.settle_failed();
        break;
      case NoticeAction::Kind::fetch:
        step = co_await fetch(action);
        if (step == Step::failed) fsm_.fetch_failed();
        break;
      case NoticeAction::Kind::sleep:
        if (action.wake) worker.timekeeper.wake_at(sleeper_, *action.wake);
        co_return;
    }
    if (step == Step::failed && !stopped_) co_await pause();
  }
}

boost::asio::awaitable<NoticePush::Step> NoticePush::settle() {
  const auto worker = session_.worker();
  const auto& who = session_.identity();
  const auto promises =
      co_await worker->held.promises(who.practice, who.device, request_deadline());
  if (!promises.has_value()) co_return Step::failed;
  NoticeFsm::Outstanding left;
  if (promises->empty()) {
    fsm_.settled(left);
    co_return Step::done;
  }
  const auto relationships = co_await worker->relationships.list_relationships(
      who.practice, who.device.account, request_deadline());
  if (!relationships.has_value()) co_return Step::failed;
  for (const auto& promise : *promises) {
    const auto facts =
        std::find_if(relationships->begin(), relationships->end(),
                     [&](const auto& line) { return line.id == promise.relationship; });
    OpeningFound found{OpeningFound::Kind::never, std::nullopt};
    if (facts != relationships->end()) {
      const HeldWay way{*facts, promise.lane,
                        facts->therapist == who.device.account ? boundary::Direction::to_client
                                                               : boundary::Direction::to_therapist};
      const HeldRecord record{promise.policy_version, promise.accepted_at};
      const auto searched = co_await look_up_opening(worker, who.practice, way, record);
      if (!searched) co_return Step::failed;
      found = *searched;
    }
    if (found.kind == OpeningFound::Kind::waits) {
      left.any = true;
      if (found.at) left.due = std::min(left.due.value_or(*found.at), *found.at);
    } else {
      const auto settled = co_await close(promise, found);
      if (!settled) co_return Step::failed;
      // The account's notices are full, or a newer promise came: the next look or poll tries again.
      left.any = left.any || *settled == storage::PromiseSettled::no_room ||
                 *settled == storage::PromiseSettled::overtaken;
    }
  }
  fsm_.settled(left);
  co_return Step::done;
}

boost::asio::awaitable<std::optional<storage::PromiseSettled>> NoticePush::close(
    storage::DevicePromise promise, OpeningFound found) {
  const auto worker = session_.worker();
  const auto practice = session_.identity().practice;
  const auto device = session_.identity().device;
  std::optional<storage::OpeningNotice> notice;
  if (found.kind == OpeningFound::Kind::opened && found.at)
    notice = storage::OpeningNotice{*found.at,
                                    released_notice(promise.relationship, promise.lane, *found.at)};
  const auto settled = co_await worker->held.settle_promise(practice, device, promise,
                                                            std::move(notice), request_deadline());
  if (!settled.has_value()) co_return std::nullopt;
  if (*settled == storage::PromiseSettled::told)
    co_await hint_account(worker, practice, device.account);
  co_return *settled;
}

boost::asio::awaitable<NoticePush::Step> NoticePush::fetch(NoticeAction action) {
  const auto worker = session_.worker();
  const auto& who = session_.identity();
  const auto notices = co_await worker->notices.fetch_notices(
      who.practice, who.device, action.after, action.count, request_deadline());
  if (!notices.has_value()) co_return Step::failed;
  if (!notices->empty()) {
    v1::ServerFrame frame;
    for (const auto& notice : *notices) *frame.mutable_notices()->add_notices() = to_wire(notice);
    const auto bytes = frame.SerializeAsString();
    co_await session_.connection().wait_writable();
    if (stopped_ || !session_.connection().send(bytes)) co_return Step::failed;
    worker->gateway.metrics.notices_pushed(notices->size());
  }
  std::vector<std::uint64_t> ids;
  for (const auto& notice : *notices) ids.push_back(notice.id);
  fsm_.pushed(ids, action.count);
  co_return Step::done;
}

boost::asio::awaitable<void> NoticePush::pause() {
  retry_.expires_after(kRetryFirst + std::chrono::milliseconds(sleeper_ % kRetrySpread));
  co_await retry_.async_wait(kAwait);
}

}  // namespace holdspace::gateway
