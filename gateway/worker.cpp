// See worker.hpp.
#include "gateway/worker.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "crypto/random.hpp"
#include "gateway/reply_error.hpp"
#include "gateway/session.hpp"

namespace holdspace::gateway {
namespace {

constexpr auto kAwait = boost::asio::as_tuple(boost::asio::use_awaitable);

// Without its clock or ticker a thread soon is not ready, which /readyz shows; the log says why.
struct BackgroundEnded {
  std::shared_ptr<Worker> worker;

  void operator()(const std::exception_ptr& fault) const {
    if (fault != nullptr)
      worker->gateway.log.event(Event::handler_failed, {{"what", LogWord("background")}});
  }
};

}  // namespace

Worker::Worker(boost::asio::io_context& io, Gateway& shared, std::size_t index,
               storage::StoreEpoch store_epoch)
    : gateway(shared),
      pool(io.get_executor(), shared.config.redis_socket.string(), shared.config.redis_connections),
      accounts(pool),
      agreements(pool),
      audit(pool),
      conflicts(pool),
      devices(pool),
      expiry(pool),
      held(pool),
      invites(pool),
      leaving(pool),
      notices(pool),
      policies(pool),
      prekeys(pool),
      queues(pool),
      relationships(pool),
      sent(pool),
      zone_data(pool),
      backlog_turns(io.get_executor()),
      epoch(store_epoch),
      index_(index),
      clock_timer_(io),
      tick_timer_(io) {}

void Worker::start() {
  const auto executor = tick_timer_.get_executor();
  boost::asio::co_spawn(executor, keep_clock(shared_from_this()),
                        BackgroundEnded{shared_from_this()});
  boost::asio::co_spawn(executor, tick(shared_from_this()), BackgroundEnded{shared_from_this()});
}

void Worker::stop() {
  stopped_ = true;
  clock_timer_.cancel();
  tick_timer_.cancel();
}

bool Worker::accepting() const {
  return clock.ready(monotonic_now()) && gateway.readiness.durable();
}

bool Worker::releasing() const {
  const auto now = monotonic_now();
  return clock.ready(now) && clock.settled(now);
}

Timekeeper::Sleeper Worker::enrol(std::weak_ptr<Session> session) {
  const auto sleeper = add_sleeper(std::move(session));
  polls_.push_back({monotonic_now() + gateway.config.queue_poll, sleeper});
  return sleeper;
}

Timekeeper::Sleeper Worker::add_sleeper(std::weak_ptr<Session> session) {
  const auto sleeper = ++last_sleeper_;
  sessions_.emplace(sleeper, std::move(session));
  return sleeper;
}

void Worker::leave(Timekeeper::Sleeper sleeper) {
  sessions_.erase(sleeper);
  timekeeper.forget(sleeper);
}

void Worker::note_store(bool reachable) {
  gateway.readiness.set_store(index_, reachable);
  if (was_reachable_ == reachable) return;
  was_reachable_ = reachable;
  gateway.log.event(reachable ? Event::store_ready : Event::store_unready, {{"io_thread", index_}});
}

void Worker::note_clock() {
  const auto now = monotonic_now();
  const bool trusted = clock.ready(now);
  gateway.readiness.set_clock(index_, trusted);
  const bool before_first_sample = !was_trusted_ && !store_now();
  if (was_trusted_ == trusted || before_first_sample) return;
  was_trusted_ = trusted;
  gateway.log.event(trusted ? Event::clock_trusted : Event::clock_doubtful,
                    {{"io_thread", index_},
                     {"offset_ms", clock.offset().count()},
                     {"behind_ms", clock.behind(now).count()}});
}

boost::asio::awaitable<void> Worker::sample_clock() {
  const auto asked = monotonic_now();
  const auto time = co_await storage::server_time(pool.any(), asked + kClockQuestionTime);
  note_store(time.has_value());
  if (!time.has_value()) {
    gateway.metrics.store_error(name(time.error()));
    co_return;
  }
  clock.add({asked, monotonic_now(), *time, wall_now()});
  gateway.metrics.clock_offset(clock.offset());
  co_await check_epoch();
}

// Another value than before means that history may have been rolled back, or that this is another
// server: every device logs in anew, and its Welcome tells it to submit its outbox again.
boost::asio::awaitable<void> Worker::check_epoch() {
  const auto proposal = crypto::random_array<16>();
  const auto deadline = monotonic_now() + kClockQuestionTime;
  const auto newest = co_await storage::store_epoch(pool.any(), proposal, deadline);
  if (!newest.has_value() || *newest == epoch) co_return;
  const auto loaded =
      co_await storage::load_library(pool.any(), monotonic_now() + kClockQuestionTime);
  if (!loaded.has_value()) co_return;
  epoch = *newest;
  gateway.log.event(Event::store_changed, {{"io_thread", index_}});
  for (const auto& [sleeper, weak] : sessions_)
    if (const auto session = weak.lock()) session->end(EndReason::store_changed);
}

boost::asio::awaitable<void> Worker::keep_clock(std::shared_ptr<Worker> self) {
  while (!self->stopped_) {
    co_await self->sample_clock();
    if (self->stopped_) break;
    self->clock_timer_.expires_after(kClockSampleEvery);
    co_await self->clock_timer_.async_wait(kAwait);
  }
}

boost::asio::awaitable<void> Worker::tick(std::shared_ptr<Worker> self) {
  while (!self->stopped_) {
    self->note_clock();
    self->wake_due();
    self->poll_due();
    self->tick_timer_.expires_after(kTick);
    co_await self->tick_timer_.async_wait(kAwait);
  }
}

void Worker::wake_due() {
  const bool now_releasing = releasing();
  if (now_releasing && !was_releasing_)
    for (const auto& [sleeper, weak] : sessions_)
      if (const auto session = weak.lock()) session->look_everywhere();
  was_releasing_ = now_releasing;
  const auto now = store_now();
  if (!now) return;
  for (const auto sleeper : timekeeper.take_due(*now)) {
    const auto place = sessions_.find(sleeper);
    if (place == sessions_.end()) continue;
    if (const auto session = place->second.lock()) session->wake();
  }
}

void Worker::poll_due() {
  const auto now = monotonic_now();
  while (!polls_.empty() && polls_.front().due <= now) {
    const auto sleeper = polls_.front().sleeper;
    polls_.pop_front();
    const auto place = sessions_.find(sleeper);
    if (place == sessions_.end()) continue;
    polls_.push_back({now + gateway.config.queue_poll, sleeper});
    if (const auto session = place->second.lock()) session->poll();
  }
}

}  // namespace holdspace::gateway
