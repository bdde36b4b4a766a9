// See zone_data_plan.hpp.
#include "gateway/zone_data_plan.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <tuple>
#include <utility>

#include "boundary/names.hpp"
#include "gateway/audit_record.hpp"
#include "gateway/notice_wire.hpp"
#include "gateway/policy_wire.hpp"

namespace holdspace::gateway {
namespace {

using boundary::Direction;
using boundary::Instant;

// What was told to the messages of one accepting version.
struct Told {
  std::vector<Instant> promises;
};
using Versions = std::map<std::uint64_t, Told, std::greater<>>;
using Lanes = std::map<std::pair<Direction, boundary::Lane>, Versions>;

Lanes by_lane(std::span<const storage::HeldMessage> waiting) {
  Lanes lanes;
  for (const auto& message : waiting) {
    auto& told =
        lanes[{message.name.direction, message.name.lane}][message.policy_version].promises;
    if (message.promise) told.push_back(*message.promise);
  }
  return lanes;
}

std::optional<MovedVersion> move_of(std::uint64_t version, const Told& told,
                                    std::optional<Instant> promise) {
  MovedVersion moved{version, Instant::max(), promise, 0};
  for (const auto before : told.promises) {
    if (before == promise) continue;
    moved.before = std::min(moved.before, before);
    ++moved.messages;
  }
  if (moved.messages == 0) return std::nullopt;
  return moved;
}

PromiseShift shift_of(const PolicySnapshot& way, Direction direction, boundary::Lane lane,
                      const Versions& versions, Instant now) {
  const auto& relationship = way.facts;
  const bool to_client = direction == Direction::to_client;
  const auto recipient = to_client ? relationship.client : relationship.therapist;
  const auto sender = to_client ? relationship.therapist : relationship.client;
  PromiseShift shift{lane, direction, {}, {}, {Instant::min(), Instant::max()}};
  std::optional<Instant> promised;  // by the newest notice
  for (const auto& [version, told] : versions) {
    const auto facts = facts_for(relationship, recipient, Side::receiving, lane, version);
    const auto verdict = boundary::decide(way.gates(), facts, now);
    if (verdict.outcome != boundary::Outcome::hold) continue;
    const auto moved = move_of(version, told, verdict.promise);
    const bool another = shift.notices.empty() ? moved.has_value() : promised != verdict.promise;
    if (!moved && !another) continue;
    shift.span = intersect(shift.span, verdict.valid);
    if (moved) shift.moves.push_back(*moved);
    if (!another) continue;
    promised = verdict.promise;
    shift.notices.push_back(promise_notice(sender, relationship.id, lane, version, promised,
                                           std::string(boundary::name(verdict.reason))));
  }
  return shift;
}

v1::AuditRecord record_of(const ZoneDataStep& step, std::uint64_t moved) {
  v1::AuditRecord record;
  record.set_actor_account_id(storage::to_bytes(storage::AccountId{}));
  record.set_action(v1::AuditRecord::TIME_ZONE_DATA_CHANGED);
  auto& change = *record.mutable_zone_data();
  change.set_before(step.before);
  change.set_after(step.after);
  change.set_moved(static_cast<std::uint32_t>(moved));
  return record;
}

std::string shift_record(const PolicySnapshot& way, const PromiseShift& shift,
                         const ZoneDataStep& step) {
  std::uint64_t messages = 0;
  for (const auto& move : shift.moves) messages += move.messages;
  auto record = record_of(step, messages);
  record.set_object_id(storage::to_bytes(way.facts.id));
  record.set_policy_version(way.facts.policy_version);
  auto& change = *record.mutable_zone_data();
  change.set_lane(to_wire(shift.lane));
  change.set_direction(to_wire(shift.direction));
  for (const auto& move : shift.moves) {
    if (static_cast<std::size_t>(change.moves_size()) == kMovesRecorded) break;
    auto& wire = *change.add_moves();
    wire.set_accepted_version(move.accepted_version);
    wire.set_promise_before_ms(move.before.time_since_epoch().count());
    if (move.after) wire.set_promise_after_ms(move.after->time_since_epoch().count());
    wire.set_messages(move.messages);
  }
  return record.SerializeAsString();
}

}  // namespace

std::string zone_data_version() {
  const auto& version = boundary::tzdb_version();
  const bool is_release = !version.empty() && version.size() <= storage::kZoneDataVersionMax &&
                          version.front() >= '0' && version.front() <= '9';
  return is_release ? version : std::string();
}

std::vector<PromiseShift> plan_shifts(const PolicySnapshot& way,
                                      std::span<const storage::HeldMessage> waiting, Instant now) {
  std::vector<PromiseShift> shifts;
  for (const auto& [place, versions] : by_lane(waiting)) {
    auto shift = shift_of(way, place.first, place.second, versions, now);
    if (!shift.moves.empty()) shifts.push_back(std::move(shift));
  }
  return shifts;
}

storage::PromiseRenewal renewal_of(const PolicySnapshot& way, PromiseShift shift,
                                   const ZoneDataStep& step) {
  storage::PromiseRenewal renewal;
  renewal.zone_data = step.after;
  renewal.relationship = way.facts.id;
  renewal.lane = shift.lane;
  renewal.direction = shift.direction;
  boundary::Verdict verdict;
  verdict.valid = shift.span;
  renewal.validity = validity_of(way.facts, verdict);
  for (const auto& move : shift.moves)
    renewal.promises.push_back({move.accepted_version, move.after});
  renewal.trail.audit = shift_record(way, shift, step);
  renewal.trail.notices = std::move(shift.notices);
  return renewal;
}

std::string practice_record(storage::PracticeId practice, const ZoneDataStep& step,
                            std::uint64_t moved) {
  auto record = record_of(step, moved);
  record.set_object_id(storage::to_bytes(practice));
  return record.SerializeAsString();
}

}  // namespace holdspace::gateway
