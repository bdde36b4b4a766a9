// See delivery_fsm.hpp.
#include "gateway/delivery_fsm.hpp"

#include <algorithm>
#include <utility>

namespace holdspace::gateway {

using storage::SubQueue;

bool DeliveryFsm::UrgentFirst::operator()(const SubQueue& a, const SubQueue& b) const {
  const bool a_urgent = a.lane == boundary::Lane::urgent;
  const bool b_urgent = b.lane == boundary::Lane::urgent;
  if (a_urgent != b_urgent) return a_urgent;
  return a < b;
}

// Versions rise with the order of acceptance, so the latest one heard of is the best knowledge of
// the next entry's.
void DeliveryFsm::move_version(State& state, std::uint64_t version) {
  if (version <= state.version) return;
  state.version = version;
  state.gate.reset();
}

bool DeliveryFsm::room() const {
  return under_way_count_ < kWindowEnvelopes && under_way_bytes_ < kWindowBytes;
}

DeliveryAction DeliveryFsm::read_action(const SubQueue& queue, State& state) const {
  DeliveryAction action;
  action.kind = DeliveryAction::Kind::read;
  action.queue = queue;
  action.accepted_version = state.version;
  action.validity = state.gate->validity;
  action.after_seq = state.pushed_to;
  action.items_max = std::min(kDeliverItems, kWindowEnvelopes - under_way_count_);
  action.bytes_max = std::min(kDeliverBytes, kWindowBytes - under_way_bytes_);
  action.opened_at = std::exchange(state.opened_at, std::nullopt);
  const bool urgent = queue.lane == boundary::Lane::urgent;
  action.backlog = !urgent && (state.behind || action.opened_at.has_value());
  state.unread = false;  // a hint that comes while the store answers asks for another read
  return action;
}

DeliveryAction DeliveryFsm::next(boundary::Instant now, Releases releases) {
  DeliveryAction action;
  if (list_due_) {
    list_due_ = false;  // a hint that comes while the store answers asks for another list
    action.kind = DeliveryAction::Kind::list;
    return action;
  }
  bool blocked = false;
  for (auto& [queue, state] : queues_) {
    if (!state.unread) continue;
    const bool gated = queue.lane != boundary::Lane::urgent;
    if (gated && releases == Releases::paused) {
      blocked = true;
      continue;
    }
    if (!state.gate || !state.gate->validity.span.contains(now)) {
      action.kind = DeliveryAction::Kind::judge;
      action.queue = queue;
      action.facts = state.facts;
      action.accepted_version = state.version;
      return action;
    }
    if (!state.gate->open) {
      const auto until = state.gate->validity.span.until;
      action.wake = std::min(action.wake.value_or(until), until);
      continue;
    }
    if (room()) return read_action(queue, state);
    blocked = true;
  }
  if (drained_due_ && !blocked) {
    drained_due_ = false;
    action.kind = DeliveryAction::Kind::drained;
    action.wake.reset();
  }
  return action;
}

void DeliveryFsm::listed(std::span<const storage::PendingQueue> queues) {
  for (const auto& pending : queues) {
    auto& state = queues_[pending.queue];
    if (state.listed && state.facts != pending.facts) state.gate.reset();
    move_version(state, pending.first_version);
    state.facts = pending.facts;
    state.listed = true;
    // Acks may leave holes, so neither the count nor the lowest number alone shows that something
    // is new.
    state.unread = state.unread || acks_running_ > 0 || pending.count > state.awaiting.size() ||
                   pending.first_seq + pending.count - 1 > state.pushed_to;
  }
}

void DeliveryFsm::judged(const SubQueue& queue, const GateView& gate) {
  auto& state = queues_[queue];
  state.gate = gate;
  if (!gate.open) {
    state.shut_until = gate.validity.span.until;
  } else if (state.shut_until) {
    state.opened_at = std::exchange(state.shut_until, std::nullopt);
    drained_due_ = true;
  }
}

bool DeliveryFsm::open(const SubQueue& queue) const {
  const auto place = queues_.find(queue);
  return place != queues_.end() && place->second.gate && place->second.gate->open;
}

void DeliveryFsm::pushed(const SubQueue& queue, std::span<const PushedEnvelope> envelopes,
                         Rest rest) {
  auto& state = queues_[queue];
  for (const auto& envelope : envelopes) {
    state.pushed_to = std::max(state.pushed_to, envelope.seq);
    if (!state.awaiting.emplace(envelope.seq, envelope.bytes).second) continue;
    ++under_way_count_;
    under_way_bytes_ += envelope.bytes;
  }
  state.behind = rest == Rest::more;
  if (state.behind) state.unread = true;
}

void DeliveryFsm::kept_back(const SubQueue& queue, std::uint64_t version) {
  auto& state = queues_[queue];
  move_version(state, version);
  state.unread = true;
}

void DeliveryFsm::list_failed() {
  list_due_ = true;
}

void DeliveryFsm::read_failed(const SubQueue& queue) {
  queues_[queue].unread = true;
}

void DeliveryFsm::stale(const SubQueue& queue) {
  auto& state = queues_[queue];
  state.gate.reset();
  state.unread = true;
  list_due_ = true;
}

void DeliveryFsm::look_again() {
  list_due_ = true;
  for (auto& [queue, state] : queues_)
    if (state.gate && !state.gate->open) state.gate.reset();
}

void DeliveryFsm::look_at(const SubQueue& queue) {
  const auto place = queues_.find(queue);
  if (place == queues_.end() || !place->second.listed)
    list_due_ = true;
  else
    place->second.unread = true;
}

DeliveryFsm::AckState DeliveryFsm::ack_state(const SubQueue& queue, std::uint64_t seq) const {
  const auto place = queues_.find(queue);
  if (place == queues_.end() || seq == 0 || seq > place->second.pushed_to) return AckState::never;
  return place->second.awaiting.contains(seq) ? AckState::awaited : AckState::done;
}

void DeliveryFsm::acknowledged(const SubQueue& queue, std::uint64_t seq) {
  const auto place = queues_.find(queue);
  if (place == queues_.end()) return;
  const auto envelope = place->second.awaiting.find(seq);
  if (envelope == place->second.awaiting.end()) return;
  --under_way_count_;
  under_way_bytes_ -= envelope->second;
  place->second.awaiting.erase(envelope);
}

}  // namespace holdspace::gateway
