// One change of a policy thought through: the version to store, what it does to what waits, and who
// is told. Pure; handle_policy_apply.cpp performs it. docs/boundary.md, "A change of the policy".
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "gateway/held_messages.hpp"
#include "gateway/policy_change.hpp"
#include "gateway/policy_version.hpp"

namespace holdspace::gateway {

// What is asked for, checked as far as it can be alone.
struct ProposedVersion {
  storage::AccountId owner;
  GateChange::Of side = GateChange::Of::therapist;
  bool by_owner = false;  // signed by a device of the owner's; else an admin's for somebody else
  std::string bytes;      // the document as it came
  v1::Policy document;
  GatePtr gate;  // of the document alone
  v1::ChangeReason reason = v1::CHANGE_REASON_UNSPECIFIED;
  v1::PromiseHandling promises = v1::KEEP_PROMISES;
  std::string statement;
};

// The version that it would follow.
struct CurrentVersion {
  std::uint64_t version = 0;
  v1::Policy document;  // empty at version 0
  GatePtr gate;         // at version 0: every gate is shut
};

struct PolicyPlan {
  // It widens and is somebody else's: it waits for its owner's signature. Nobody asks what an
  // owner's own change widens; the answer costs up to half a second.
  bool proposal = false;
  std::vector<boundary::Opening> kept;
  std::vector<v1::BrokenPromise> broken;  // by the document alone
  std::string version_bytes;              // encode_version()
  std::vector<AccountNotice> notices;     // renewed promises first
  v1::AuditRecord::Action action = v1::AuditRecord::POLICY_APPLIED;
};

// Errors: INVALID_ARGUMENT for a document that has no room for the promises that it must keep.
[[nodiscard]] boost::system::result<PolicyPlan, v1::Error> plan_version(
    const ProposedVersion& proposed, const CurrentVersion& current, const HeldMessages& held,
    boundary::Instant now);

}  // namespace holdspace::gateway
