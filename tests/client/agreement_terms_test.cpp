// Nobody signs what was not shown.
#include "client/agreement_terms.hpp"

#include <gtest/gtest.h>

#include "boundary/templates.hpp"
#include "client/wire_bytes.hpp"
#include "crypto/statement.hpp"

namespace holdspace::client {
namespace {

using boundary::PolicyTemplate;
using boundary::TextStyle;

const boundary::RelationshipId kRelationship{1};

boundary::Policy policy() {
  return boundary::make_policy(PolicyTemplate::therapy, "Europe/London");
}

TEST(AgreementTerms, are_signed_as_they_were_shown) {
  const auto shown = show_terms(policy(), TextStyle::standard, kRelationship);
  EXPECT_TRUE(shown.text.starts_with(boundary::binding_text(policy())));
  const auto wanted = crypto::agreement_hash(view(boundary::binding_text(policy())));
  const auto hash = signable(shown, to_string(wanted));
  ASSERT_TRUE(hash.has_value());
  EXPECT_EQ(*hash, wanted);
}

TEST(AgreementTerms, are_not_signed_when_the_gateway_wants_others) {
  auto other = policy();
  other.terms.retention_days += 1;
  const auto wanted = crypto::agreement_hash(view(boundary::binding_text(other)));
  const auto shown = show_terms(policy(), TextStyle::standard, kRelationship);
  for (const auto& hash : {to_string(wanted), std::string("short"), std::string()})
    EXPECT_EQ(signable(shown, hash).error(), TermsError::others_wanted);
}

TEST(AgreementTerms, are_not_signed_where_the_policy_states_none) {
  auto silent = policy();
  silent.terms = {};
  const auto shown = show_terms(silent, TextStyle::standard, kRelationship);
  EXPECT_FALSE(shown.hash.has_value());
  EXPECT_EQ(signable(shown, std::string(32, 'x')).error(), TermsError::none_stated);
}

TEST(AgreementTerms, have_one_hash_in_whatever_style_and_hours_they_are_shown) {
  auto later = policy();
  later.windows.pop_back();
  const auto standard = show_terms(policy(), TextStyle::standard, kRelationship);
  const auto easy = show_terms(later, TextStyle::easy_read, kRelationship);
  EXPECT_NE(standard.text, easy.text);
  EXPECT_EQ(standard.hash, easy.hash);
}

TEST(AgreementTerms, say_why_nothing_was_signed) {
  for (const auto error : {TermsError::none_stated, TermsError::others_wanted})
    EXPECT_NE(describe(error).find("nothing was signed"), std::string_view::npos);
}

}  // namespace
}  // namespace holdspace::client
