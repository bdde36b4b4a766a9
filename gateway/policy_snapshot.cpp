// See policy_snapshot.hpp.
#include "gateway/policy_snapshot.hpp"

#include <utility>

namespace holdspace::gateway {
namespace {

using storage::RelationshipError;

// Nothing when a gate that the facts call for is missing.
std::optional<PolicySnapshot> assemble(Worker& worker, const storage::RelationshipFacts& facts,
                                       const std::optional<std::string>& policy,
                                       const std::optional<std::string>& hours) {
  PolicySnapshot snapshot{facts, gate_of(worker, facts.therapist, facts.policy_version, policy),
                          nullptr};
  if (facts.hours_version != 0)
    snapshot.client = gate_of(worker, facts.client, facts.hours_version, hours);
  if (snapshot.therapist == nullptr) return std::nullopt;
  if (facts.hours_version != 0 && snapshot.client == nullptr) return std::nullopt;
  return snapshot;
}

std::optional<boundary::Interval> span_of(const std::optional<storage::LanePause>& pause) {
  if (!pause) return std::nullopt;
  return pause->span;
}

}  // namespace

GatePtr gate_of(Worker& worker, storage::AccountId owner, std::uint64_t version,
                const std::optional<std::string>& bytes) {
  if (auto gate = worker.policy_cache.find(owner, version)) return gate;
  if (version != 0 && !bytes) return nullptr;
  auto gate = version == 0 ? compile_no_policy() : compile_version(*bytes, version);
  if (gate != nullptr)
    worker.policy_cache.put(owner, version, gate);
  else
    worker.gateway.log.event(
        Event::policy_unreadable,
        {{"owner", worker.gateway.log.pseudonym(owner.bytes)}, {"version", version}});
  return gate;
}

storage::Answer<PolicySnapshot, RelationshipError> take_snapshot(
    std::shared_ptr<Worker> worker, storage::PracticeId practice,
    storage::RelationshipId relationship, storage::AccountId asker,
    std::optional<storage::RelationshipFacts> known, storage::Deadline deadline) {
  if (known) {
    auto remembered = assemble(*worker, *known, std::nullopt, std::nullopt);
    if (remembered) co_return std::move(*remembered);
  }
  // A version in `known` is not in memory, so both documents are asked for as a whole.
  const StoreTimer timer(worker->gateway.metrics);
  const storage::KnownVersions nothing;
  const auto stored =
      co_await worker->relationships.facts(practice, relationship, asker, nothing, deadline);
  if (!stored.has_value()) co_return stored.error();
  auto snapshot = assemble(*worker, stored->facts, stored->document, stored->hours_document);
  if (!snapshot) co_return RelationshipError::corrupt;
  co_return std::move(*snapshot);
}

boundary::Facts facts_for(const storage::RelationshipFacts& relationship, storage::AccountId self,
                          Side side, boundary::Lane lane,
                          std::optional<std::uint64_t> accepted_version) {
  const bool self_is_therapist = relationship.therapist == self;
  boundary::Facts facts;
  facts.lane = lane;
  facts.direction = self_is_therapist == (side == Side::receiving)
                        ? boundary::Direction::to_therapist
                        : boundary::Direction::to_client;
  facts.state = relationship.state;
  facts.moment = side == Side::sending ? boundary::Moment::accept : boundary::Moment::release;
  facts.relationship_id = relationship.id.bytes;
  facts.accepted_version = accepted_version;
  facts.pauses = {span_of(relationship.routine_pause), span_of(relationship.logistics_pause)};
  facts.ends_at = relationship.ends_at;
  return facts;
}

storage::Validity validity_of(const storage::RelationshipFacts& relationship,
                              const boundary::Verdict& verdict) {
  return {relationship.therapist, relationship.revision, relationship.policy_version,
          relationship.hours_version, verdict.valid};
}

}  // namespace holdspace::gateway
