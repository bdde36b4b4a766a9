// See policy_plan.hpp.
#include "gateway/policy_plan.hpp"

#include <utility>

#include "boundary/change.hpp"
#include "gateway/reply_error.hpp"

namespace holdspace::gateway {
namespace {

constexpr const char* kOpeningsPath = "apply_policy.document.openings";

AccountNotice to_owner(const ProposedVersion& proposed) {
  AccountNotice told{proposed.owner, {}};
  told.notice.mutable_policy()->set_version(proposed.document.version());
  return told;
}

void append(std::vector<AccountNotice>& notices, std::vector<AccountNotice> more) {
  for (auto& notice : more) notices.push_back(std::move(notice));
}

// The kept promises, if they are to be kept and a therapist is the one to keep them: nobody keeps a
// client's own device awake.
boost::system::result<void, boundary::PolicyError> keep_promises(const ProposedVersion& proposed,
                                                                 const CurrentVersion& current,
                                                                 const HeldMessages& held,
                                                                 boundary::Instant now,
                                                                 PolicyPlan& plan) {
  if (proposed.side != GateChange::Of::therapist || proposed.promises != v1::KEEP_PROMISES)
    return boost::system::in_place_value;
  const auto* before = current.version == 0 ? nullptr : current.gate.get();
  auto kept = promises_to_keep(before, proposed.gate->policy(), now, held.kinds);
  if (!kept.has_value()) return kept.error();
  plan.kept = std::move(*kept);
  return boost::system::in_place_value;
}

}  // namespace

boost::system::result<PolicyPlan, v1::Error> plan_version(const ProposedVersion& proposed,
                                                          const CurrentVersion& current,
                                                          const HeldMessages& held,
                                                          boundary::Instant now) {
  PolicyPlan plan;
  plan.proposal =
      !proposed.by_owner && !boundary::widenings(*current.gate, *proposed.gate, now).none();
  plan.broken = broken_promises({proposed.side, proposed.gate}, now, held.kinds);
  const auto kept = keep_promises(proposed, current, held, now, plan);
  if (!kept.has_value()) return to_error(kept.error(), "apply_policy.document");

  const auto version = proposed.document.version();
  plan.version_bytes = encode_version(proposed.bytes, plan.kept);
  const auto gate = compile_version(plan.version_bytes, version);
  if (gate == nullptr) return invalid_field(kOpeningsPath);
  if (plan.proposal) {
    plan.action = v1::AuditRecord::POLICY_PROPOSED;
    plan.notices.push_back(to_owner(proposed));
    return plan;
  }
  if (opens_gate(current.document, proposed.document)) plan.action = v1::AuditRecord::GATE_OPENED;
  plan.notices = renewal_notices({proposed.side, gate}, now, held.kinds);
  if (proposed.side == GateChange::Of::therapist)
    append(plan.notices,
           hours_notices(current.document, proposed.document, held.relationships, now));
  if (!proposed.by_owner) plan.notices.push_back(to_owner(proposed));
  return plan;
}

}  // namespace holdspace::gateway
