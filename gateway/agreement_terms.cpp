// See agreement_terms.hpp.
#include "gateway/agreement_terms.hpp"

#include "boundary/agreement.hpp"
#include "crypto/statement.hpp"
#include "gateway/fields.hpp"

namespace holdspace::gateway {

std::optional<storage::AgreementHash> wanted_terms(const boundary::Policy& policy) {
  if (policy.terms == boundary::Terms{}) return std::nullopt;
  return crypto::agreement_hash(view(boundary::binding_text(policy)));
}

}  // namespace holdspace::gateway
