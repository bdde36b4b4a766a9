// Policies over lua/policies.lua.
#include "storage/policy_store.hpp"

#include "storage/redis_keys.hpp"
#include "storage/store_call.hpp"

namespace holdspace::storage {

namespace {

std::string owner_text(const AccountId& owner) {
  return owner.is_none() ? std::string() : to_hex(owner);
}

// The record that says whether the owner may have a policy.
std::string owner_key(const keys::Practice& names, const AccountId& owner) {
  return owner.is_none() ? names.practice() : names.account(owner);
}

FunctionCall policy_call(std::string_view function, const keys::Practice& names,
                         const AccountId& owner) {
  FunctionCall call(function);
  call.key(owner_key(names, owner)).key(names.policy(owner));
  call.arg(owner_text(owner));
  return call;
}

// `version`: as text, empty for the newest.
Answer<StoredPolicy, FetchPolicyError> fetch(Connection& connection, PracticeId practice,
                                             AccountId owner, std::string version,
                                             Deadline deadline) {
  FunctionCall call = policy_call("hs_fetch_policy", keys::Practice(practice), owner);
  call.arg(std::move(version));
  const auto told = co_await tell(connection, std::move(call), deadline);
  if (!told) co_return to_error<FetchPolicyError>(told.error());
  if (!told->is_ok()) {
    co_return refusal<FetchPolicyError>(told->word, {{"not_found", FetchPolicyError::not_found}});
  }
  Fields fields(told->fields);
  StoredPolicy policy;
  policy.version = fields.number();
  policy.document = fields.text();
  policy.meta = fields.text();
  if (!fields.well()) co_return FetchPolicyError::corrupt;
  co_return policy;
}

bool is_in_bounds(const std::string& document, const std::string& meta) {
  return !document.empty() && document.size() <= kPolicyBytesMax && meta.size() <= kPolicyMetaMax;
}

ProposalError proposal_refusal(std::string_view word) {
  return refusal<ProposalError>(word, {{"not_found", ProposalError::not_found},
                                       {"stale_policy", ProposalError::stale_policy},
                                       {"quota", ProposalError::quota}});
}

}  // namespace

Answer<StoredPolicy, FetchPolicyError> PolicyStore::fetch_policy(PracticeId practice,
                                                                 AccountId owner,
                                                                 Deadline deadline) {
  std::string newest;
  co_return co_await fetch(pool_.for_key(owner), practice, owner, std::move(newest), deadline);
}

Answer<StoredPolicy, FetchPolicyError> PolicyStore::fetch_policy_version(PracticeId practice,
                                                                         AccountId owner,
                                                                         std::uint64_t version,
                                                                         Deadline deadline) {
  if (version == 0) co_return FetchPolicyError::not_found;
  std::string text = std::to_string(version);
  co_return co_await fetch(pool_.for_key(owner), practice, owner, std::move(text), deadline);
}

Answer<std::vector<PolicyVersion>, FetchPolicyError> PolicyStore::list_policy_versions(
    PracticeId practice, AccountId owner, std::uint64_t before, Deadline deadline) {
  FunctionCall call = policy_call("hs_list_policy_versions", keys::Practice(practice), owner);
  call.arg(before == 0 || before > kNumberMax ? std::string() : std::to_string(before));
  call.arg(std::to_string(kPolicyVersionsMax));
  const auto told = co_await tell(pool_.for_key(owner), std::move(call), deadline);
  if (!told) co_return to_error<FetchPolicyError>(told.error());
  if (!told->is_ok()) {
    co_return refusal<FetchPolicyError>(told->word, {{"not_found", FetchPolicyError::not_found}});
  }
  Fields fields(told->fields);
  std::vector<PolicyVersion> versions;
  while (fields.well() && !fields.at_end()) {
    PolicyVersion line;
    line.version = fields.number();
    line.meta = fields.text();
    versions.push_back(std::move(line));
  }
  if (!fields.well()) co_return FetchPolicyError::corrupt;
  co_return versions;
}

Answer<std::uint64_t, ApplyPolicyError> PolicyStore::apply_policy(PracticeId practice,
                                                                  AccountId owner,
                                                                  PolicyChange change,
                                                                  Deadline deadline) {
  if (!is_in_bounds(change.document, change.meta) || !is_in_bounds(change.trail)) {
    co_return ApplyPolicyError::invalid;
  }
  if (change.based_on >= kNumberMax) co_return ApplyPolicyError::stale_policy;
  const keys::Practice names(practice);
  FunctionCall call = policy_call("hs_apply_policy", names, owner);
  call.key(names.relationships(owner)).key(names.relationship_prefix());
  call.key(names.proposal(owner)).key(names.audit()).key(names.notices_prefix());
  call.arg(std::to_string(change.based_on)).arg(std::move(change.document));
  call.arg(std::move(change.meta));
  call.arg(change.held_count ? std::to_string(*change.held_count) : std::string("any"));
  call.arg(std::move(change.trail.audit));
  add_notices(call, std::move(change.trail.notices));
  const auto told = co_await tell(pool_.for_key(owner), std::move(call), deadline);
  if (!told) co_return to_error<ApplyPolicyError>(told.error());
  if (!told->is_ok()) {
    co_return refusal<ApplyPolicyError>(told->word,
                                        {{"not_found", ApplyPolicyError::not_found},
                                         {"stale_policy", ApplyPolicyError::stale_policy},
                                         {"changed", ApplyPolicyError::changed},
                                         {"quota", ApplyPolicyError::quota}});
  }
  Fields fields(told->fields);
  const std::uint64_t version = fields.number();
  if (!fields.well()) co_return ApplyPolicyError::corrupt;
  co_return version;
}

Answer<void, ProposalError> PolicyStore::propose_policy(PracticeId practice, AccountId owner,
                                                        PolicyProposal proposal, Trail trail,
                                                        Deadline deadline) {
  if (owner.is_none() || !is_in_bounds(proposal.document, proposal.meta) || !is_in_bounds(trail)) {
    co_return ProposalError::invalid;
  }
  const keys::Practice names(practice);
  FunctionCall call = policy_call("hs_propose_policy", names, owner);
  call.key(names.proposal(owner)).key(names.audit()).key(names.notices_prefix());
  call.arg(std::to_string(proposal.based_on)).arg(std::move(proposal.document));
  call.arg(std::move(proposal.meta)).arg(std::move(trail.audit));
  add_notices(call, std::move(trail.notices));
  const auto told = co_await tell(pool_.for_key(owner), std::move(call), deadline);
  if (!told) co_return to_error<ProposalError>(told.error());
  if (!told->is_ok()) co_return proposal_refusal(told->word);
  co_return boost::system::result<void, ProposalError>{};
}

Answer<PolicyProposal, ProposalError> PolicyStore::fetch_proposal(PracticeId practice,
                                                                  AccountId owner,
                                                                  Deadline deadline) {
  FunctionCall call("hs_fetch_proposal");
  call.key(keys::Practice(practice).proposal(owner));
  const auto told = co_await tell(pool_.for_key(owner), std::move(call), deadline);
  if (!told) co_return to_error<ProposalError>(told.error());
  if (!told->is_ok()) co_return proposal_refusal(told->word);
  Fields fields(told->fields);
  PolicyProposal proposal;
  proposal.based_on = fields.number();
  proposal.document = fields.text();
  proposal.meta = fields.text();
  if (!fields.well()) co_return ProposalError::corrupt;
  co_return proposal;
}

Answer<void, ProposalError> PolicyStore::reject_proposal(PracticeId practice, AccountId owner,
                                                         Trail trail, Deadline deadline) {
  if (!is_in_bounds(trail)) co_return ProposalError::invalid;
  const keys::Practice names(practice);
  FunctionCall call("hs_reject_proposal");
  call.key(names.proposal(owner)).key(names.audit()).key(names.notices_prefix());
  call.arg(std::move(trail.audit));
  add_notices(call, std::move(trail.notices));
  const auto told = co_await tell(pool_.for_key(owner), std::move(call), deadline);
  if (!told) co_return to_error<ProposalError>(told.error());
  if (!told->is_ok()) co_return proposal_refusal(told->word);
  co_return boost::system::result<void, ProposalError>{};
}

}  // namespace holdspace::storage
