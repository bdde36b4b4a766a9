// See send_decision.hpp.
#include "gateway/send_decision.hpp"

#include <algorithm>
#include <utility>

#include "boundary/names.hpp"
#include "crypto/hash.hpp"
#include "gateway/agreement_terms.hpp"
#include "gateway/client_view.hpp"
#include "gateway/envelope_check.hpp"
#include "gateway/fields.hpp"
#include "gateway/policy_wire.hpp"
#include "gateway/reply_error.hpp"
#include "gateway/zone_data_plan.hpp"

namespace holdspace::gateway {
namespace {

// Not reasons of the boundary's. No therapist's policy: no promise to hold to.
constexpr const char* kNoPolicy = "no_policy";
// She leaves the practice and takes nothing new.
constexpr const char* kLeaving = "therapist_leaving";
constexpr const char* kOtherTerms = "other_terms";

// Every copy must name the terms that both sides signed, and they must be those of the policy:
// other terms need both signatures again. Before the first agreement copies name none; once one
// side has revoked it, nothing passes that way as long as the policy has terms.
std::optional<v1::Error> fault_of_terms(const std::vector<crypto::Hash32>& named,
                                        const PolicySnapshot& snapshot) {
  const auto& agreed = snapshot.facts.agreement;
  const auto fits = [&](const crypto::Hash32& terms) {
    return terms == agreed.value_or(storage::AgreementHash{});
  };
  const bool all_fit = std::all_of(named.begin(), named.end(), fits);
  if (!agreed && all_fit && !snapshot.facts.agreement_revoked) return std::nullopt;
  const auto wanted = wanted_terms(snapshot.therapist->policy());
  if (all_fit && (!wanted || wanted == agreed)) return std::nullopt;
  return agreement_needed(wanted ? wanted : agreed);
}

void refuse_beside_the_gate(const char* reason, SendDecision& decision) {
  decision.reason = reason;
  v1::Verdict verdict;
  verdict.set_outcome(v1::REFUSAL);
  verdict.set_reason(reason);
  verdict.set_policy_version(decision.verdict.policy_version());
  decision.verdict = std::move(verdict);
  decision.refusal = make_error(v1::REFUSED);
  *decision.refusal->mutable_verdict() = decision.verdict;
}

}  // namespace

boost::system::result<Offer, v1::Error> read_send(const Identity& who, const v1::Send& send) {
  Fields fields;
  Offer offer;
  auto& request = offer.request;
  request.practice = who.practice;
  request.sender = who.device;
  request.session = who.session;
  request.message = fields.id<storage::MessageId>("send.message_id", send.message_id());
  request.relationship =
      fields.id<storage::RelationshipId>("send.relationship_id", send.relationship_id());
  fields.require(send.lane() != v1::LANE_UNSPECIFIED, "send.lane");
  fields.require(!send.copies().empty(), "send.copies");
  if (fields.wrong()) return invalid_field(*fields.wrong());

  request.lane = to_lane(send.lane());
  request.send_hash = crypto::fingerprint(view(send.SerializeAsString()));
  const EnvelopeContext context{who.device, request.message, request.relationship, request.lane};
  for (int i = 0; i < send.copies_size(); ++i) {
    auto checked = check_envelope(send.copies(i), context);
    if (!checked.has_value()) {
      auto error = invalid_field(element_path("send.copies", i, checked.error().field));
      if (checked.error().kind == EnvelopeFault::Kind::too_large) error.set_code(v1::TOO_LARGE);
      return error;
    }
    if (checked->copy.recipient.account != who.device.account)
      offer.terms.push_back(checked->agreement_hash);
    request.copies.push_back(std::move(checked->copy));
  }
  return offer;
}

SendDecision decide_send(const PolicySnapshot& snapshot, Offer& offer, boundary::Instant now) {
  auto& request = offer.request;
  const auto& relationship = snapshot.facts;
  const auto facts = facts_for(relationship, request.sender.account, Side::sending, request.lane);
  const auto verdict = boundary::decide(snapshot.gates(), facts, now);
  SendDecision decision{to_wire(verdict, *snapshot.therapist), std::nullopt,
                        std::string(boundary::name(verdict.reason))};
  const bool by_the_gate = verdict.rule.kind > boundary::RuleKind::urgent_lane;
  const bool to_therapist = facts.direction == boundary::Direction::to_therapist;
  if (to_therapist) decision.verdict = client_view(std::move(decision.verdict));
  if (relationship.policy_version == 0 && by_the_gate) {
    refuse_beside_the_gate(kNoPolicy, decision);
  } else if (relationship.therapist_leaving && to_therapist && by_the_gate) {
    refuse_beside_the_gate(kLeaving, decision);
  } else if (verdict.outcome == boundary::Outcome::refuse) {
    decision.refusal = to_error(verdict.reason, decision.verdict);
  } else if (auto fault = fault_of_terms(offer.terms, snapshot)) {
    decision.reason = kOtherTerms;
    decision.refusal = std::move(*fault);
  }
  request.peer = relationship.therapist == request.sender.account ? relationship.client
                                                                  : relationship.therapist;
  request.validity = validity_of(relationship, verdict);
  // The store answers a send that it accepted before as it did then; another it shall not accept.
  if (decision.refusal) request.validity.span = {};
  request.held.reset();
  if (verdict.outcome == boundary::Outcome::hold) request.held = {verdict.promise};
  request.zone_data = zone_data_version();
  request.verdict = decision.verdict.SerializeAsString();
  return decision;
}

std::uint32_t reply_time_hours(const PolicySnapshot& snapshot, storage::AccountId sender) {
  if (sender == snapshot.facts.therapist) return 0;
  return snapshot.therapist->policy().limits.reply_time_hours;
}

}  // namespace holdspace::gateway
