// See promise_plan.hpp.
#include "gateway/promise_plan.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "boundary/decide.hpp"
#include "boundary/names.hpp"
#include "gateway/policy_snapshot.hpp"
#include "gateway/policy_wire.hpp"

namespace holdspace::gateway {
namespace {

std::int64_t to_ms(boundary::Instant at) {
  return at.time_since_epoch().count();
}

storage::AccountId recipient_of(const WaitingKind& kind) {
  return kind.direction == boundary::Direction::to_therapist ? kind.relationship.therapist
                                                             : kind.relationship.client;
}

storage::AccountId sender_of(const WaitingKind& kind) {
  return kind.direction == boundary::Direction::to_therapist ? kind.relationship.client
                                                             : kind.relationship.therapist;
}

boundary::Facts facts_of(const WaitingKind& kind) {
  return facts_for(kind.relationship, recipient_of(kind), Side::receiving, kind.lane,
                   kind.accepted_version);
}

// The gates on the way of a kind after the change.
boundary::Gates gates_after(const GateChange& change, const WaitingKind& kind) {
  if (change.side == GateChange::Of::therapist) return {*change.after, kind.client.get()};
  return {*kind.therapist, change.after.get()};
}

boundary::PromiseMove move_of(const GateChange& change, const WaitingKind& kind,
                              boundary::Instant now) {
  const auto facts = facts_of(kind);
  const boundary::Standing before{{*kind.therapist, kind.client.get()}, facts};
  const boundary::Standing after{gates_after(change, kind), facts};
  return boundary::promise_move(before, after, now);
}

AccountNotice renewal(const GateChange& change, const WaitingKind& kind,
                      const boundary::PromiseMove& move, boundary::Instant now) {
  AccountNotice told{sender_of(kind), {}};
  auto& renewed = *told.notice.mutable_promise_renewed();
  renewed.set_relationship_id(storage::to_bytes(kind.relationship.id));
  renewed.set_lane(to_wire(kind.lane));
  renewed.set_accepted_through_version(kind.accepted_version);
  if (move.after) renewed.set_promise_ms(to_ms(*move.after));
  const auto verdict = boundary::decide(gates_after(change, kind), facts_of(kind), now);
  renewed.set_reason(std::string(boundary::name(verdict.reason)));
  return told;
}

auto group_of(const WaitingKind& kind) {
  return std::tuple(kind.relationship.id, kind.lane, kind.direction);
}

// By relationship, lane and direction, of each the latest version first.
std::vector<WaitingKind> latest_first(std::span<const WaitingKind> waiting) {
  std::vector<WaitingKind> sorted(waiting.begin(), waiting.end());
  std::sort(sorted.begin(), sorted.end(), [](const WaitingKind& a, const WaitingKind& b) {
    if (group_of(a) != group_of(b)) return group_of(a) < group_of(b);
    return a.accepted_version > b.accepted_version;
  });
  return sorted;
}

}  // namespace

std::vector<v1::BrokenPromise> broken_promises(const GateChange& change, boundary::Instant now,
                                               std::span<const WaitingKind> waiting) {
  std::vector<v1::BrokenPromise> broken;
  for (const auto& kind : waiting) {
    const auto move = move_of(change, kind, now);
    if (!move.breaks() || broken.size() == kBrokenShownMax) continue;
    auto& wire = broken.emplace_back();
    wire.set_relationship_id(storage::to_bytes(kind.relationship.id));
    wire.set_lane(to_wire(kind.lane));
    wire.set_direction(to_wire(kind.direction));
    wire.set_promise_ms(to_ms(*move.before));
    if (move.after) wire.set_renewed_ms(to_ms(*move.after));
    wire.set_messages(kind.messages);
  }
  return broken;
}

std::vector<AccountNotice> renewal_notices(const GateChange& change, boundary::Instant now,
                                           std::span<const WaitingKind> waiting) {
  std::vector<AccountNotice> notices;
  const auto sorted = latest_first(waiting);
  // What the newest notice about this group promised, which is about its earlier versions too.
  bool told = false;
  std::optional<boundary::Instant> promised;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (i > 0 && group_of(sorted[i]) != group_of(sorted[i - 1])) told = false;
    const auto move = move_of(change, sorted[i], now);
    const bool another = told ? promised != move.after : move.breaks();
    if (!another) continue;
    notices.push_back(renewal(change, sorted[i], move, now));
    told = true;
    promised = move.after;
  }
  return notices;
}

boost::system::result<std::vector<boundary::Opening>, boundary::PolicyError> promises_to_keep(
    const boundary::Gate* before, const boundary::Policy& document, boundary::Instant now,
    std::span<const WaitingKind> waiting) {
  std::vector<boundary::Waiting> kinds;
  for (const auto& kind : waiting) kinds.push_back({facts_of(kind), kind.client.get()});
  const auto next = boundary::next_version(before, document, now, kinds);
  if (!next.has_value()) return next.error();
  std::vector<boundary::Opening> kept;
  for (const auto& opening : next->policy().openings)
    if (opening.reason == boundary::OpeningReason::kept_promise) kept.push_back(opening);
  return kept;
}

}  // namespace holdspace::gateway
