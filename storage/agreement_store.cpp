// Agreements over lua/agreements.lua.
#include "storage/agreement_store.hpp"

#include "storage/invite_store.hpp"
#include "storage/redis_keys.hpp"
#include "storage/store_call.hpp"

namespace holdspace::storage {

namespace {

SignAgreementError refusal_of(std::string_view word) {
  return refusal<SignAgreementError>(word, {{"not_found", SignAgreementError::not_found},
                                            {"stale", SignAgreementError::stale},
                                            {"closed", SignAgreementError::closed},
                                            {"quota", SignAgreementError::quota}});
}

// 32 bytes, or empty for none.
std::optional<AgreementHash> read_terms(Fields& fields) {
  const std::string bytes = fields.text();
  if (bytes.empty()) return std::nullopt;
  return fields.exactly<32>(bytes);
}

std::optional<AgreementSignature> read_signature(Fields& fields) {
  const auto terms = read_terms(fields);
  std::string statement = fields.text();
  if (!terms) return std::nullopt;
  return AgreementSignature{*terms, std::move(statement)};
}

FunctionCall agreement_call(std::string_view function, const keys::Practice& names,
                            RelationshipId relationship, AccountId account) {
  FunctionCall call(function);
  call.key(names.relationship(relationship)).key(names.audit()).key(names.notices_prefix());
  call.arg(to_hex(account));
  return call;
}

}  // namespace

Answer<Signed, SignAgreementError> AgreementStore::sign_agreement(
    PracticeId practice, RelationshipId relationship, AccountId account, std::uint64_t revision,
    AgreementSignature signature, Trail trail, Deadline deadline) {
  if (signature.statement.empty() || signature.statement.size() > kStatementMax ||
      !is_in_bounds(trail)) {
    co_return SignAgreementError::invalid;
  }
  const keys::Practice names(practice);
  FunctionCall call = agreement_call("hs_sign_agreement", names, relationship, account);
  call.arg({signature.terms.begin(), signature.terms.end()}).arg(std::move(signature.statement));
  call.arg(std::move(trail.audit)).arg(std::to_string(revision));
  add_notices(call, std::move(trail.notices));
  const auto told = co_await tell(pool_.for_key(account), std::move(call), deadline);
  if (!told) co_return to_error<SignAgreementError>(told.error());
  if (!told->is_ok()) co_return refusal_of(told->word);
  Fields fields(told->fields);
  Signed answer;
  answer.revision = fields.number();
  answer.in_force = fields.number() == 1;
  if (!fields.well()) co_return SignAgreementError::corrupt;
  co_return answer;
}

Answer<std::uint64_t, SignAgreementError> AgreementStore::revoke_agreement(
    PracticeId practice, RelationshipId relationship, AccountId account, Trail trail,
    Deadline deadline) {
  if (!is_in_bounds(trail)) co_return SignAgreementError::invalid;
  const keys::Practice names(practice);
  FunctionCall call = agreement_call("hs_revoke_agreement", names, relationship, account);
  call.arg(std::move(trail.audit));
  add_notices(call, std::move(trail.notices));
  const auto told = co_await tell(pool_.for_key(account), std::move(call), deadline);
  if (!told) co_return to_error<SignAgreementError>(told.error());
  if (!told->is_ok()) co_return refusal_of(told->word);
  Fields fields(told->fields);
  const std::uint64_t revision = fields.number();
  if (!fields.well()) co_return SignAgreementError::corrupt;
  co_return revision;
}

Answer<Agreement, FetchAgreementError> AgreementStore::fetch_agreement(PracticeId practice,
                                                                       RelationshipId relationship,
                                                                       AccountId asker,
                                                                       Deadline deadline) {
  FunctionCall call("hs_fetch_agreement");
  call.key(keys::Practice(practice).relationship(relationship)).arg(to_hex(asker));
  const auto told = co_await tell(pool_.for_key(asker), std::move(call), deadline);
  if (!told) co_return to_error<FetchAgreementError>(told.error());
  if (!told->is_ok()) {
    co_return refusal<FetchAgreementError>(told->word,
                                           {{"not_found", FetchAgreementError::not_found}});
  }
  Fields fields(told->fields);
  Agreement agreement;
  agreement.in_force = read_terms(fields);
  agreement.therapist = read_signature(fields);
  agreement.client = read_signature(fields);
  agreement.therapist_agreed = fields.text();
  agreement.client_agreed = fields.text();
  if (!fields.well()) co_return FetchAgreementError::corrupt;
  co_return agreement;
}

}  // namespace holdspace::storage
