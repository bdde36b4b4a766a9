#include "client/agreement_terms.hpp"

#include "client/wire_bytes.hpp"
#include "crypto/statement.hpp"

namespace holdspace::client {

ShownTerms show_terms(const boundary::Policy& policy, boundary::TextStyle style,
                      const boundary::RelationshipId& relationship_id) {
  ShownTerms shown;
  shown.text = boundary::agreement_text(policy, style, relationship_id);
  if (policy.terms != boundary::Terms{})
    shown.hash = crypto::agreement_hash(view(boundary::binding_text(policy)));
  return shown;
}

std::string_view describe(TermsError error) {
  switch (error) {
    case TermsError::none_stated:
      return "the gateway wants a signature, but the policy that it shows states no terms; nothing "
             "was signed";
    case TermsError::others_wanted:
      return "the gateway wants other terms signed than those that were shown; nothing was signed";
  }
  return "";
}

boost::system::result<crypto::Hash32, TermsError> signable(const ShownTerms& shown,
                                                           std::string_view wanted) {
  if (!shown.hash) return TermsError::none_stated;
  if (to_string(*shown.hash) != wanted) return TermsError::others_wanted;
  return *shown.hash;
}

}  // namespace holdspace::client
