// PauseLane: the two rest a lane, as far as the terms that both signed allow it. Never the urgent
// lane. docs/boundary.md, "The ladder".
#include <algorithm>
#include <utility>

#include "gateway/agreement_terms.hpp"
#include "gateway/audit_record.hpp"
#include "gateway/fields.hpp"
#include "gateway/handlers.hpp"
#include "gateway/hints.hpp"
#include "gateway/lane_pause.hpp"
#include "gateway/notice_wire.hpp"
#include "gateway/policy_snapshot.hpp"
#include "gateway/policy_wire.hpp"
#include "gateway/relationship_change.hpp"
#include "gateway/relationship_wire.hpp"
#include "gateway/reply_error.hpp"

namespace holdspace::gateway {
namespace {

// A message that is accepted as held while its lane is being paused makes the promises be computed
// again; three times in a row is not chance.
constexpr int kAttemptsMax = 3;
// Pages of held messages of one relationship and lane: two queues of at most 1,000 messages.
constexpr int kPagesMax = 16;

struct Asked {
  storage::RelationshipId relationship;
  boundary::Lane lane = boundary::Lane::routine;
  std::optional<Instant> until;  // none: the pause ends now
  std::string sealed_reason;
  std::uint64_t revision = 0;
};

boost::system::result<Asked, v1::Error> read_pause(const v1::PauseLane& wire, Instant now) {
  Fields fields;
  Asked asked;
  asked.relationship =
      fields.id<storage::RelationshipId>("pause_lane.relationship_id", wire.relationship_id());
  fields.require(wire.lane() == v1::ROUTINE || wire.lane() == v1::LOGISTICS, "pause_lane.lane");
  const auto most = (now + kLanePauseMax).time_since_epoch().count();
  fields.require(wire.until_ms() == 0 ||
                     (wire.until_ms() > now.time_since_epoch().count() && wire.until_ms() <= most),
                 "pause_lane.until_ms");
  fields.require(wire.sealed_reason().size() <= storage::kPauseReasonMax,
                 "pause_lane.sealed_reason");
  fields.require(wire.revision() != 0, "pause_lane.revision");
  if (fields.wrong()) return invalid_field(*fields.wrong());
  asked.lane = to_lane(wire.lane());
  if (wire.until_ms() != 0) asked.until = Instant(std::chrono::milliseconds(wire.until_ms()));
  asked.sealed_reason = wire.sealed_reason();
  asked.revision = wire.revision();
  return asked;
}

std::optional<storage::LanePause>& pause_of(storage::RelationshipFacts& facts,
                                            boundary::Lane lane) {
  return lane == boundary::Lane::routine ? facts.routine_pause : facts.logistics_pause;
}

// Whether the terms in force are the policy's and allow a pause.
std::optional<v1::Error> check_terms(const PolicySnapshot& snapshot) {
  const auto& policy = snapshot.therapist->policy();
  if (!policy.terms.lane_pause_allowed) return make_error(v1::PERMISSION_DENIED);
  const auto wanted = wanted_terms(policy);
  if (snapshot.facts.agreement == wanted) return std::nullopt;
  return agreement_needed(wanted);
}

std::optional<v1::Error> check_state(const storage::RelationshipFacts& facts) {
  using State = boundary::RelationshipState;
  if (facts.state == State::ended || facts.state == State::severed) return make_error(v1::ENDED);
  if (facts.state == State::invited) return make_error(v1::PERMISSION_DENIED);
  return std::nullopt;
}

struct HeldInLane {
  std::uint64_t held_count = 0;
  std::vector<storage::HeldMessage> messages;
};

// What is held in one relationship and lane. The list goes by relationship, and its places begin
// with the relationship's id.
boost::asio::awaitable<boost::system::result<HeldInLane, v1::Error>> held_in(
    std::shared_ptr<Worker> worker, storage::PracticeId practice, storage::RelationshipFacts facts,
    boundary::Lane lane) {
  HeldInLane held;
  auto after = storage::to_hex(facts.id);
  for (int page = 0; page < kPagesMax; ++page) {
    const auto listed = co_await worker->held.list_held(practice, facts.therapist, after,
                                                        storage::kHeldPerPage, request_deadline());
    if (!listed.has_value()) co_return to_error(listed.error());
    if (page == 0) held.held_count = listed->held_count;
    for (const auto& message : listed->messages)
      if (message.name.relationship == facts.id && message.name.lane == lane)
        held.messages.push_back(message);
    const bool beyond =
        !listed->messages.empty() && listed->messages.back().name.relationship != facts.id;
    if (listed->next.empty() || beyond) co_return held;
    after = listed->next;
  }
  co_return make_error(v1::QUOTA);
}

std::vector<storage::NewNotice> renewals(const PolicySnapshot& snapshot,
                                         const storage::RelationshipFacts& after,
                                         boundary::Lane lane, const HeldInLane& held, Instant now) {
  const auto facts_of = [&](boundary::Direction direction) {
    const bool to_client = direction == boundary::Direction::to_client;
    return facts_for(after, to_client ? after.client : after.therapist, Side::receiving, lane);
  };
  std::vector<storage::NewNotice> notices;
  for (const auto& moved : moved_promises(held.messages, snapshot.gates(), facts_of, now)) {
    const bool to_client = moved.direction == boundary::Direction::to_client;
    notices.push_back(promise_notice(to_client ? after.therapist : after.client, after.id, lane,
                                     moved.through_version, moved.promise, moved.reason));
  }
  return notices;
}

}  // namespace

Handled handle_pause_lane(SessionPtr session, v1::ClientFrame frame) {
  const auto worker = session->worker();
  const auto& who = session->identity();
  const auto id = frame.request_id();
  const auto now = worker->store_now();
  if (!now) co_return session->reply(id, unavailable());
  const auto asked = read_pause(frame.pause_lane(), *now);
  if (!asked.has_value()) co_return session->reply(id, asked.error());

  const StoreTimer timer(worker->gateway.metrics);
  for (int attempt = 1;; ++attempt) {
    const auto snapshot =
        co_await take_snapshot(worker, who.practice, asked->relationship, who.device.account,
                               std::nullopt, request_deadline());
    if (!snapshot.has_value()) co_return session->reply(id, to_error(snapshot.error()));
    auto after = snapshot->facts;
    if (const auto wrong = check_state(after)) co_return session->reply(id, *wrong);
    if (asked->revision != after.revision)
      co_return session->reply(id, make_error(v1::STALE_RELATIONSHIP));
    storage::RelationshipChange change;
    auto& pause = pause_of(after, asked->lane);
    if (asked->until) {
      if (const auto wrong = check_terms(*snapshot)) co_return session->reply(id, *wrong);
      const auto from = pause && pause->span.contains(*now) ? pause->span.from : *now;
      pause = storage::LanePause{{from, *asked->until}, asked->sealed_reason};
      const auto held = co_await held_in(worker, who.practice, after, asked->lane);
      if (!held.has_value()) co_return session->reply(id, held.error());
      change.held_count = held->held_count;
      change.trail.notices = renewals(*snapshot, after, asked->lane, *held, *now);
    } else {
      pause.reset();
    }
    change.relationship = after.id;
    change.revision = after.revision;
    change.state = after.state;
    change.ends_at = after.ends_at;
    change.routine_pause = after.routine_pause;
    change.logistics_pause = after.logistics_pause;
    for (auto& notice : relationship_notices(after))
      change.trail.notices.push_back(std::move(notice));
    change.trail.audit = audit_record(who.device, v1::AuditRecord::LANE_PAUSED, after.id,
                                      to_wire(asked->lane), after.policy_version);
    const auto done = co_await worker->relationships.set_relationship(
        who.practice, std::move(change), request_deadline());
    if (!done.has_value()) {
      if (done.error() == storage::SetRelationshipError::changed && attempt < kAttemptsMax)
        continue;
      co_return session->reply(id, to_error(done.error()));
    }
    after.revision = done->revision;
    session->forget_facts(after.id);
    v1::ServerFrame reply;
    *reply.mutable_relationship_changed()->mutable_relationship() =
        to_wire(after, who.device.account);
    session->reply(id, std::move(reply));
    co_await hint_account(worker, who.practice, after.therapist);
    co_await hint_account(worker, who.practice, after.client);
    co_return;
  }
}

}  // namespace holdspace::gateway
