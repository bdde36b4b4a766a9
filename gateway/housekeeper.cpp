// See housekeeper.hpp.
#include "gateway/housekeeper.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>
#include <vector>

#include "crypto/random.hpp"
#include "gateway/audit_signer.hpp"
#include "gateway/expiry_plan.hpp"
#include "gateway/hints.hpp"
#include "gateway/notice_wire.hpp"
#include "gateway/opening_lookup.hpp"

namespace holdspace::gateway {
namespace {

constexpr auto kAwait = boost::asio::as_tuple(boost::asio::use_awaitable);
constexpr std::chrono::seconds kHouseTick{1};

struct KeepingEnded {
  std::shared_ptr<Worker> worker;

  void operator()(const std::exception_ptr& fault) const {
    if (fault != nullptr)
      worker->gateway.log.event(Event::handler_failed, {{"what", LogWord("housekeeping")}});
  }
};

// Whether the next queue may be tried all the same.
bool is_settled(storage::ExpireError error) {
  switch (error) {
    case storage::ExpireError::changed:  // another gateway was first
    case storage::ExpireError::early:
    case storage::ExpireError::quota:
    case storage::ExpireError::invalid:
      return true;
    case storage::ExpireError::unavailable:
    case storage::ExpireError::uncertain:
    case storage::ExpireError::corrupt:
      return false;
  }
  return false;
}

std::uint32_t draw_seed() {
  std::uint32_t seed = 0;
  for (const auto byte : crypto::random_array<4>()) seed = (seed << 8U) | byte;
  return seed;
}

// When the gate let an entry through: at once, or at its opening.
boost::asio::awaitable<std::optional<AgedEntry>> age_of(std::shared_ptr<Worker> worker,
                                                        storage::PracticeId practice,
                                                        storage::DueQueue queue,
                                                        storage::ExpiringEntry entry) {
  AgedEntry aged{entry.seq, entry.accepted_at};
  if (queue.queue.origin == storage::Origin::own || !entry.held) co_return aged;
  const HeldWay way{queue.facts, queue.queue.lane,
                    queue.device.account == queue.facts.client ? boundary::Direction::to_client
                                                               : boundary::Direction::to_therapist};
  const HeldRecord record{entry.policy_version, entry.accepted_at};
  const auto found = co_await look_up_opening(worker, practice, way, record);
  if (!found) co_return std::nullopt;
  aged.released_at = found->at;
  // An opening before the promise: the store counts from the promise that was told.
  if (found->at && entry.promise) aged.released_at = std::max(*found->at, *entry.promise);
  co_return aged;
}

}  // namespace

Housekeeper::Housekeeper(std::shared_ptr<Worker> worker)
    : worker_(std::move(worker)),
      practices_(worker_->pool),
      timer_(worker_->executor()),
      rounds_(kVisitEvery, kVisitSpread, draw_seed()),
      zone_data_walks_(worker_) {}

void Housekeeper::start() {
  boost::asio::co_spawn(worker_->executor(), run(shared_from_this()), KeepingEnded{worker_});
}

void Housekeeper::stop() {
  stopped_ = true;
  timer_.cancel();
}

// A practice that nobody here is connected to gets one visit: after its last session, whose changes
// are still to be signed, and whenever the walk comes by.
boost::asio::awaitable<void> Housekeeper::run(std::shared_ptr<Housekeeper> self) {
  auto& worker = *self->worker_;
  for (auto next_walk = monotonic_now(); !self->stopped_;) {
    if (worker.releasing() && monotonic_now() >= next_walk) {
      next_walk = monotonic_now() + kWalkEvery;
      co_await self->walk();
    }
    const auto served = worker.gateway.directory.practices();
    for (const auto& practice : served) self->rounds_.add(practice, monotonic_now());
    for (const auto& practice : self->rounds_.take_due(monotonic_now(), kVisitsPerTick)) {
      if (self->stopped_) break;
      if (worker.releasing()) co_await self->visit(practice);
      if (!served.contains(practice)) self->rounds_.remove(practice);
    }
    if (!self->stopped_ && worker.releasing()) co_await self->zone_data_walks_.go_on();
    if (self->stopped_) break;
    self->timer_.expires_after(kHouseTick);
    co_await self->timer_.async_wait(kAwait);
  }
}

boost::asio::awaitable<void> Housekeeper::walk() {
  const auto page =
      co_await practices_.next_practices(walked_, kPracticesPerWalk, request_deadline());
  if (!page.has_value()) co_return;
  for (const auto& practice : *page) rounds_.add(practice, monotonic_now());
  walked_ = page->size() < kPracticesPerWalk ? storage::PracticeId{} : page->back();
}

boost::asio::awaitable<void> Housekeeper::visit(storage::PracticeId practice) {
  // One that was made before there was a list is in it from its first login on; a full list takes
  // no more, and then it is visited while somebody is connected.
  (void)co_await practices_.list_practice(practice, request_deadline());
  co_await zone_data_walks_.look(practice);
  if (stopped_) co_return;
  const auto outcome = co_await sign_audit(worker_, practice);
  if (outcome == SignedAudit::unanswered || stopped_) co_return;
  co_await expire(practice);
}

boost::asio::awaitable<void> Housekeeper::expire(storage::PracticeId practice) {
  const auto due = co_await worker_->expiry.list_due(practice, request_deadline());
  if (!due.has_value()) co_return;
  std::size_t handled = 0;
  for (const auto& queue : *due) {
    if (stopped_ || handled == kExpiriesPerVisit) co_return;
    ++handled;
    if (!co_await expire_queue(practice, queue)) co_return;
  }
}

// False: the store did not answer, so the rest waits as well.
boost::asio::awaitable<bool> Housekeeper::expire_queue(storage::PracticeId practice,
                                                       storage::DueQueue queue) {
  std::vector<AgedEntry> entries;
  const auto now = worker_->store_now();
  for (const auto& entry : queue.oldest) {
    const auto aged = co_await age_of(worker_, practice, queue, entry);
    if (!aged || !now) co_return false;
    entries.push_back(*aged);
    const bool stays = !aged->released_at || *aged->released_at + storage::kCollectWithin > *now;
    if (stays) break;
  }
  const auto plan = plan_expiry(entries, *now);
  storage::ExpiryRequest request;
  request.practice = practice;
  request.device = queue.device;
  request.queue = queue.queue;
  request.first_seq = queue.oldest.front().seq;
  request.through_seq = plan.through_seq;
  request.look_again = plan.look_again;
  request.returned = return_form(v1::Returned::NEVER_COLLECTED);
  const auto done = co_await worker_->expiry.expire(std::move(request), request_deadline());
  if (!done.has_value()) co_return is_settled(done.error());
  worker_->gateway.metrics.expired(done->entries);
  if (done->messages > 0) {
    const bool to_client = queue.device.account == queue.facts.client;
    co_await hint_account(worker_, practice,
                          to_client ? queue.facts.therapist : queue.facts.client);
  }
  co_return true;
}

}  // namespace holdspace::gateway
