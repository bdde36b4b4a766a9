// FetchPolicy, ApplyPolicy and PreviewPolicy. A preview asks the same function as the gate.
// docs/boundary.md.
#include <utility>

#include "boundary/names.hpp"
#include "gateway/fields.hpp"
#include "gateway/handlers.hpp"
#include "gateway/policy_snapshot.hpp"
#include "gateway/policy_wire.hpp"
#include "gateway/reply_error.hpp"

namespace holdspace::gateway {
namespace {

constexpr int kChangesShown = 6;  // stated on the wire
// Instants of this protocol are below 2^48 ms (the year 10889), so that adding days cannot
// overflow.
constexpr std::int64_t kInstantMax = std::int64_t{1} << 48;
constexpr const char* kPolicyPath = "apply_policy.policy";

using GatePtr = std::shared_ptr<const boundary::Gate>;

// A policy from outside: every rule is checked, and the field that breaks one is named under
// `path`.
boost::system::result<GatePtr, v1::Error> compile_offer(const v1::Policy& wire, const char* path) {
  auto policy = to_policy(wire);
  if (!policy.has_value()) return to_error(policy.error(), path);
  auto gate = boundary::Gate::compile(std::move(*policy));
  if (!gate.has_value()) return to_error(gate.error(), path);
  return std::make_shared<const boundary::Gate>(std::move(*gate));
}

// The stored document of a therapist's own policy, or the one of a relationship that the asker is a
// party to.
boost::asio::awaitable<boost::system::result<storage::StoredPolicy, v1::Error>> stored_policy(
    SessionPtr session, storage::RelationshipId relationship) {
  const auto worker = session->worker();
  const auto& who = session->identity();
  const StoreTimer timer(worker->gateway.metrics);
  if (relationship.is_none()) {
    auto own = co_await worker->policies.fetch_policy(who.practice, who.device.account,
                                                      request_deadline());
    if (!own.has_value()) co_return to_error(own.error());
    co_return std::move(*own);
  }
  const storage::KnownVersions nothing;
  auto shared = co_await worker->relationships.facts(who.practice, relationship, who.device.account,
                                                     nothing, request_deadline());
  if (!shared.has_value()) co_return to_error(shared.error());
  storage::StoredPolicy policy;
  policy.version = shared->facts.policy_version;
  policy.document = shared->document.value_or("");
  co_return policy;
}

// Sessions here that wait behind a gate of this therapist look again; elsewhere the poll finds the
// new version.
Handled tell_parties(std::shared_ptr<Worker> worker, storage::PracticeId practice,
                     storage::AccountId therapist) {
  const auto parties =
      co_await worker->relationships.list_relationships(practice, therapist, request_deadline());
  worker->gateway.directory.look_account(practice, therapist);
  if (!parties.has_value()) co_return;
  for (const auto& relationship : *parties)
    if (!relationship.client.is_none())
      worker->gateway.directory.look_account(practice, relationship.client);
}

struct PreviewQuestion {
  storage::RelationshipId relationship;
  boundary::Facts facts;
};

boost::system::result<PreviewQuestion, v1::Error> read_preview(const v1::PreviewPolicy& wire) {
  Fields fields;
  PreviewQuestion question;
  question.relationship = fields.id_or_none<storage::RelationshipId>(
      "preview_policy.relationship_id", wire.relationship_id());
  fields.require(wire.lane() != v1::LANE_UNSPECIFIED, "preview_policy.lane");
  fields.require(wire.direction() != v1::DIRECTION_UNSPECIFIED, "preview_policy.direction");
  fields.require(wire.at_ms() < kInstantMax, "preview_policy.at_ms");
  if (fields.wrong()) return invalid_field(*fields.wrong());
  question.facts.lane = to_lane(wire.lane());
  question.facts.direction = to_direction(wire.direction());
  question.facts.state = boundary::RelationshipState::active;
  return question;
}

v1::ServerFrame answer_preview(const boundary::Gate& gate, const boundary::Facts& facts,
                               Instant at) {
  v1::ServerFrame reply;
  auto& preview = *reply.mutable_policy_preview();
  *preview.mutable_verdict() = to_wire(boundary::decide(gate, facts, at), gate);
  auto change = boundary::next_change(gate, facts, at);
  for (int i = 0; i < kChangesShown && change; ++i) {
    preview.add_next_changes_ms(change->time_since_epoch().count());
    change = boundary::next_change(gate, facts, *change);
  }
  preview.set_tzdb_version(boundary::tzdb_version());
  return reply;
}

}  // namespace

Handled handle_fetch_policy(SessionPtr session, v1::ClientFrame frame) {
  const auto id = frame.request_id();
  Fields fields;
  const auto relationship = fields.id_or_none<storage::RelationshipId>(
      "fetch_policy.relationship_id", frame.fetch_policy().relationship_id());
  if (fields.wrong()) co_return session->reply(id, invalid_field(*fields.wrong()));
  const auto stored = co_await stored_policy(session, relationship);
  if (!stored.has_value()) co_return session->reply(id, stored.error());
  v1::ServerFrame reply;
  auto& policy = *reply.mutable_policy();
  if (stored->version != 0) {
    policy.mutable_policy()->ParseFromString(stored->document);
    policy.mutable_policy()->set_version(stored->version);
  }
  policy.set_tzdb_version(boundary::tzdb_version());
  session->reply(id, std::move(reply));
}

Handled handle_apply_policy(SessionPtr session, v1::ClientFrame frame) {
  const auto worker = session->worker();
  const auto& who = session->identity();
  const auto id = frame.request_id();
  auto& policy = *frame.mutable_apply_policy()->mutable_policy();
  const auto based_on = policy.version();
  const auto gate = compile_offer(policy, kPolicyPath);
  if (!gate.has_value()) co_return session->reply(id, gate.error());

  policy.set_version(based_on + 1);
  storage::PolicyChange change;
  change.based_on = based_on;
  change.document = policy.SerializeAsString();
  const StoreTimer timer(worker->gateway.metrics);
  const auto version = co_await worker->policies.apply_policy(
      who.practice, who.device.account, std::move(change), request_deadline());
  if (!version.has_value()) co_return session->reply(id, to_error(version.error()));
  v1::ServerFrame reply;
  reply.mutable_policy_applied()->set_version(*version);
  session->reply(id, std::move(reply));
  co_await tell_parties(worker, who.practice, who.device.account);
}

Handled handle_preview_policy(SessionPtr session, v1::ClientFrame frame) {
  const auto worker = session->worker();
  const auto& who = session->identity();
  const auto id = frame.request_id();
  const auto& wire = frame.preview_policy();
  auto question = read_preview(wire);
  if (!question.has_value()) co_return session->reply(id, std::move(question.error()));
  const auto now = worker->store_now();
  if (!now) co_return session->reply(id, unavailable());
  const auto at = wire.at_ms() == 0 ? *now : Instant(std::chrono::milliseconds(wire.at_ms()));

  GatePtr gate;
  if (!question->relationship.is_none()) {
    const auto snapshot =
        co_await take_snapshot(worker, who.practice, question->relationship, who.device.account,
                               std::nullopt, request_deadline());
    if (!snapshot.has_value()) co_return session->reply(id, to_error(snapshot.error()));
    question->facts.state = snapshot->facts.state;
    gate = snapshot->gate;
  }
  if (wire.has_policy() || gate == nullptr) {
    v1::Policy document = wire.policy();
    if (!wire.has_policy()) {
      const auto own = co_await stored_policy(session, {});
      if (!own.has_value()) co_return session->reply(id, own.error());
      if (own->version == 0) co_return session->reply(id, make_error(v1::NOT_FOUND));
      document.ParseFromString(own->document);
    }
    auto offered = compile_offer(document, "preview_policy.policy");
    if (!offered.has_value()) co_return session->reply(id, std::move(offered.error()));
    gate = *offered;
  }
  session->reply(id, answer_preview(*gate, question->facts, at));
}

}  // namespace holdspace::gateway
