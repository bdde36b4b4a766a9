// See notice_wire.hpp.
#include "gateway/notice_wire.hpp"

#include <utility>

#include "gateway/fields.hpp"
#include "gateway/policy_wire.hpp"
#include "gateway/relationship_wire.hpp"

namespace holdspace::gateway {

v1::Notice to_wire(const storage::Notice& notice) {
  v1::Notice wire;
  wire.ParseFromString(notice.bytes);
  wire.set_id(notice.id);
  if (wire.at_ms() == 0) wire.set_at_ms(notice.at.time_since_epoch().count());
  return wire;
}

std::vector<storage::NewNotice> relationship_notices(const storage::RelationshipFacts& facts,
                                                     storage::AccountId successor) {
  v1::Notice notice;
  auto& wire = *notice.mutable_relationship();
  wire.set_relationship_id(storage::to_bytes(facts.id));
  wire.set_state(to_wire(facts.state));
  if (facts.state == boundary::RelationshipState::ending && facts.ends_at)
    wire.set_ends_at_ms(facts.ends_at->time_since_epoch().count());
  if (!successor.is_none()) wire.set_successor_account_id(storage::to_bytes(successor));
  std::vector<storage::NewNotice> notices;
  for (const auto account : {facts.therapist, facts.client})
    if (!account.is_none()) notices.push_back({account, notice.SerializeAsString()});
  return notices;
}

storage::NewNotice agreement_notice(storage::AccountId account,
                                    storage::RelationshipId relationship,
                                    const storage::AgreementHash& terms, bool in_force) {
  v1::Notice notice;
  auto& wire = *notice.mutable_agreement();
  wire.set_relationship_id(storage::to_bytes(relationship));
  wire.set_agreement_hash(to_string(terms));
  wire.set_in_force(in_force);
  return {account, notice.SerializeAsString()};
}

storage::NewNotice revocation_notice(storage::AccountId account,
                                     storage::RelationshipId relationship,
                                     const storage::AgreementHash& terms) {
  v1::Notice notice;
  auto& wire = *notice.mutable_agreement();
  wire.set_relationship_id(storage::to_bytes(relationship));
  wire.set_agreement_hash(to_string(terms));
  wire.set_revoked(true);
  return {account, notice.SerializeAsString()};
}

storage::NewNotice promise_notice(storage::AccountId account, storage::RelationshipId relationship,
                                  boundary::Lane lane, std::uint64_t accepted_through_version,
                                  std::optional<boundary::Instant> promise, std::string reason) {
  v1::Notice notice;
  auto& wire = *notice.mutable_promise_renewed();
  wire.set_relationship_id(storage::to_bytes(relationship));
  wire.set_lane(to_wire(lane));
  wire.set_accepted_through_version(accepted_through_version);
  if (promise) wire.set_promise_ms(promise->time_since_epoch().count());
  wire.set_reason(std::move(reason));
  return {account, notice.SerializeAsString()};
}

std::string released_notice(storage::RelationshipId relationship, boundary::Lane lane,
                            boundary::Instant opened_at) {
  v1::Notice notice;
  notice.set_at_ms(opened_at.time_since_epoch().count());
  auto& wire = *notice.mutable_released();
  wire.set_relationship_id(storage::to_bytes(relationship));
  wire.set_lane(to_wire(lane));
  wire.set_accepted_before_ms(opened_at.time_since_epoch().count());
  return notice.SerializeAsString();
}

storage::ReturnForm return_form(v1::Returned::Why why, storage::AccountId cover) {
  storage::ReturnForm form;
  for (const auto lane :
       {boundary::Lane::routine, boundary::Lane::logistics, boundary::Lane::urgent}) {
    v1::Notice notice;
    auto& wire = *notice.mutable_returned();
    wire.set_relationship_id(std::string(storage::kRelationshipHole));
    wire.set_lane(to_wire(lane));
    wire.set_message_id(std::string(storage::kMessageHole));
    wire.set_why(why);
    if (!cover.is_none()) wire.set_cover_account_id(storage::to_bytes(cover));
    form.by_lane.at(static_cast<std::size_t>(lane)) = notice.SerializeAsString();
  }
  return form;
}

}  // namespace holdspace::gateway
