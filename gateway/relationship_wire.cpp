// See relationship_wire.hpp.
#include "gateway/relationship_wire.hpp"

#include <utility>

#include "gateway/fields.hpp"
#include "gateway/policy_wire.hpp"

namespace holdspace::gateway {
namespace {

void add_pause(v1::Relationship& wire, boundary::Lane lane,
               const std::optional<storage::LanePause>& pause) {
  if (!pause) return;
  auto& out = *wire.add_pauses();
  out.set_lane(to_wire(lane));
  out.set_from_ms(pause->span.from.time_since_epoch().count());
  out.set_until_ms(pause->span.until.time_since_epoch().count());
  out.set_sealed_reason(pause->sealed_reason);
}

}  // namespace

v1::RelationshipState to_wire(boundary::RelationshipState state) {
  switch (state) {
    case boundary::RelationshipState::invited:
      return v1::INVITED;
    case boundary::RelationshipState::active:
      return v1::ACTIVE;
    case boundary::RelationshipState::paused:
      return v1::PAUSED;
    case boundary::RelationshipState::ending:
      return v1::ENDING;
    case boundary::RelationshipState::ended:
      return v1::CLOSED;
    case boundary::RelationshipState::severed:
      return v1::SEVERED;
  }
  return v1::RELATIONSHIP_STATE_UNSPECIFIED;
}

v1::Relationship to_wire(const storage::RelationshipFacts& facts, storage::AccountId asker) {
  v1::Relationship wire;
  wire.set_relationship_id(storage::to_bytes(facts.id));
  const bool is_therapist = facts.therapist == asker;
  const bool is_party = is_therapist || facts.client == asker;
  const auto peer = is_therapist ? facts.client : facts.therapist;
  if (is_party && !peer.is_none()) wire.set_peer_account_id(storage::to_bytes(peer));
  wire.set_state(to_wire(facts.state));
  wire.set_self_is_therapist(is_therapist);
  wire.set_policy_version(facts.policy_version);
  wire.set_revision(facts.revision);
  if (facts.state == boundary::RelationshipState::ending && facts.ends_at)
    wire.set_ends_at_ms(facts.ends_at->time_since_epoch().count());
  if (facts.agreement) wire.set_agreement_hash(to_string(*facts.agreement));
  if (!is_party) return wire;  // a pause's reason is between the two
  add_pause(wire, boundary::Lane::routine, facts.routine_pause);
  add_pause(wire, boundary::Lane::logistics, facts.logistics_pause);
  return wire;
}

}  // namespace holdspace::gateway
