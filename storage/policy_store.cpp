// Policies over lua/policies.lua.
#include "storage/policy_store.hpp"

#include "storage/redis_keys.hpp"
#include "storage/store_call.hpp"

namespace holdspace::storage {

Answer<StoredPolicy, FetchPolicyError> PolicyStore::fetch_policy(PracticeId practice,
                                                                 AccountId therapist,
                                                                 Deadline deadline) {
  const keys::Practice names(practice);
  FunctionCall call("hs_fetch_policy");
  call.key(names.account(therapist)).key(names.policy(therapist));
  const auto told = co_await tell(pool_.for_key(therapist), std::move(call), deadline);
  if (!told) co_return to_error<FetchPolicyError>(told.error());
  if (!told->is_ok()) {
    co_return refusal<FetchPolicyError>(told->word, {{"not_found", FetchPolicyError::not_found}});
  }
  Fields fields(told->fields);
  StoredPolicy policy;
  policy.version = fields.number();
  policy.document = fields.text();
  if (!fields.well()) co_return FetchPolicyError::corrupt;
  co_return policy;
}

Answer<std::uint64_t, ApplyPolicyError> PolicyStore::apply_policy(PracticeId practice,
                                                                  AccountId therapist,
                                                                  std::uint64_t based_on,
                                                                  std::string document,
                                                                  Deadline deadline) {
  if (document.empty() || document.size() > kPolicyBytesMax) co_return ApplyPolicyError::invalid;
  if (based_on >= kNumberMax) co_return ApplyPolicyError::stale_policy;
  const keys::Practice names(practice);
  FunctionCall call("hs_apply_policy");
  call.key(names.account(therapist)).key(names.policy(therapist));
  call.arg(std::to_string(based_on)).arg(std::move(document));
  const auto told = co_await tell(pool_.for_key(therapist), std::move(call), deadline);
  if (!told) co_return to_error<ApplyPolicyError>(told.error());
  if (!told->is_ok()) {
    co_return refusal<ApplyPolicyError>(told->word,
                                        {{"not_found", ApplyPolicyError::not_found},
                                         {"stale_policy", ApplyPolicyError::stale_policy}});
  }
  Fields fields(told->fields);
  const std::uint64_t version = fields.number();
  if (!fields.well()) co_return ApplyPolicyError::corrupt;
  co_return version;
}

}  // namespace holdspace::storage
