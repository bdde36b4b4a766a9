// See policy_snapshot.hpp.
#include "gateway/policy_snapshot.hpp"

#include "gateway/policy_wire.hpp"

namespace holdspace::gateway {
namespace {

using storage::RelationshipError;
using GatePtr = std::shared_ptr<const boundary::Gate>;

// Null when the document does not compile: it was validated before it was stored, so that is a
// fault to look at.
GatePtr compile(const std::string& document, std::uint64_t version) {
  v1::Policy wire;
  if (!wire.ParseFromString(document)) return nullptr;
  auto policy = to_policy(wire);
  if (!policy.has_value()) return nullptr;
  policy->version = version;
  auto gate = boundary::Gate::compile(std::move(*policy));
  if (!gate.has_value()) return nullptr;
  return std::make_shared<const boundary::Gate>(std::move(*gate));
}

GatePtr no_policy() {
  boundary::Policy empty;
  empty.zone = "Etc/UTC";
  auto gate = boundary::Gate::compile(std::move(empty));
  if (!gate.has_value()) return nullptr;
  return std::make_shared<const boundary::Gate>(std::move(*gate));
}

GatePtr remember(Worker& worker, const storage::RelationshipFacts& facts, GatePtr gate) {
  if (gate != nullptr)
    worker.policy_cache.put(facts.therapist, facts.policy_version, gate);
  else
    worker.gateway.log.event(Event::policy_unreadable,
                             {{"therapist", worker.gateway.log.pseudonym(facts.therapist.bytes)},
                              {"version", facts.policy_version}});
  return gate;
}

}  // namespace

storage::Answer<PolicySnapshot, RelationshipError> take_snapshot(
    std::shared_ptr<Worker> worker, storage::PracticeId practice,
    storage::RelationshipId relationship, storage::AccountId asker,
    std::optional<storage::RelationshipFacts> known, storage::Deadline deadline) {
  if (known) {
    if (auto gate = worker->policy_cache.find(known->therapist, known->policy_version))
      co_return PolicySnapshot{*known, std::move(gate)};
  }
  // The version in `known` is not in memory, so the whole document is asked for.
  const StoreTimer timer(worker->gateway.metrics);
  const storage::KnownVersions nothing;
  auto stored =
      co_await worker->relationships.facts(practice, relationship, asker, nothing, deadline);
  if (!stored.has_value()) co_return stored.error();
  const auto& facts = stored->facts;
  auto gate = worker->policy_cache.find(facts.therapist, facts.policy_version);
  if (gate == nullptr && facts.policy_version == 0) gate = remember(*worker, facts, no_policy());
  if (gate == nullptr && stored->document)
    gate = remember(*worker, facts, compile(*stored->document, facts.policy_version));
  if (gate == nullptr) co_return RelationshipError::corrupt;
  co_return PolicySnapshot{facts, std::move(gate)};
}

boundary::Facts facts_for(const storage::RelationshipFacts& relationship, storage::AccountId self,
                          Side side, boundary::Lane lane) {
  const bool self_is_therapist = relationship.therapist == self;
  boundary::Facts facts;
  facts.lane = lane;
  facts.direction = self_is_therapist == (side == Side::receiving)
                        ? boundary::Direction::to_therapist
                        : boundary::Direction::to_client;
  facts.state = relationship.state;
  facts.moment = side == Side::sending ? boundary::Moment::accept : boundary::Moment::release;
  return facts;
}

storage::Validity validity_of(const storage::RelationshipFacts& relationship,
                              const boundary::Verdict& verdict) {
  return {relationship.therapist, relationship.revision, relationship.policy_version,
          relationship.hours_version, verdict.valid};
}

}  // namespace holdspace::gateway
