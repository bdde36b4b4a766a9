#include "client/policy_change.hpp"

#include <gtest/gtest.h>

#include "client/failure.hpp"
#include "tests/client/two_devices.hpp"

namespace holdspace::client {
namespace {

constexpr crypto::Instant kNow{std::chrono::milliseconds(10'000)};

v1::Policy policy_with_openings() {
  v1::Policy policy;
  policy.set_version(4);
  policy.set_zone("Europe/London");
  for (const auto until_ms : {9'999, 10'000, 10'001}) {
    auto& opening = *policy.add_openings();
    opening.set_id("until-" + std::to_string(until_ms));
    opening.set_until_ms(until_ms);
    auto& closure = *policy.add_closures();
    closure.set_id("until-" + std::to_string(until_ms));
    closure.set_until_ms(until_ms);
  }
  policy.add_closures()->set_id("until-lifted");
  return policy;
}

TEST(PolicyChange, next_version_leaves_out_what_is_over_and_nothing_else) {
  const auto next = next_version(policy_with_openings(), kNow);
  EXPECT_EQ(next.version(), 5U);
  EXPECT_EQ(next.zone(), "Europe/London");
  ASSERT_EQ(next.openings_size(), 1);
  EXPECT_EQ(next.openings(0).id(), "until-10001");
  ASSERT_EQ(next.closures_size(), 2);
  EXPECT_EQ(next.closures(0).id(), "until-10001");
  EXPECT_EQ(next.closures(1).id(), "until-lifted") << "until 0 is not over";
}

TEST(PolicyChange, additions_have_ids_of_their_own_and_closures_can_be_lifted) {
  v1::Policy policy;
  add_opening(policy, v1::Opening());
  add_opening(policy, v1::Opening());
  add_closure(policy, v1::Closure());
  EXPECT_NE(policy.openings(0).id(), policy.openings(1).id());
  EXPECT_NE(policy.closures(0).id(), "");
  EXPECT_TRUE(lift_closures(policy));
  EXPECT_FALSE(lift_closures(policy));
  EXPECT_EQ(policy.openings_size(), 2);
}

TEST(PolicyChange, signature_is_over_these_very_bytes_for_this_owner_and_version) {
  TwoDevices pair;
  const auto document = next_version(policy_with_openings(), kNow).SerializeAsString();
  const auto& self = *pair.therapist.identity;
  const auto statement = sign_policy_change(self, self.account_id(), document, pair.now);
  ASSERT_TRUE(statement);
  const auto verified =
      crypto::verify_policy_change(view(*statement), self.device.trusted.verified_cert());
  ASSERT_TRUE(verified.has_value());
  EXPECT_EQ((*verified)->owner, self.account_id());
  EXPECT_EQ((*verified)->version, 5U);
  EXPECT_EQ((*verified)->document_hash, crypto::policy_document_hash(view(document)));
  EXPECT_NE((*verified)->document_hash, crypto::policy_document_hash(view(document + "x")));
  EXPECT_FALSE(crypto::verify_policy_change(view(*statement),
                                            pair.client.identity->device.trusted.verified_cert())
                   .has_value());
  EXPECT_FALSE(sign_policy_change(self, self.account_id(), "no policy", pair.now));
  EXPECT_FALSE(sign_policy_change(self, self.account_id(), "", pair.now)) << "no version";
}

TEST(FailureText, says_what_to_do_next_whatever_the_gateway_writes) {
  const auto check = [](v1::ErrorCode code, std::string_view words) {
    v1::Error error;
    error.set_code(code);
    error.set_text("terse");
    error.set_items_left(3);
    const auto failure = refused(error);
    EXPECT_EQ(failure.code, code);
    EXPECT_NE(failure.text.find(words), std::string::npos) << failure.text;
  };
  check(v1::AGREEMENT_NEEDED, "read and sign them");
  check(v1::ALREADY_RELEASED, "the recipient may have it");
  check(v1::STALE_RELATIONSHIP, "look at it again");
  check(v1::HELD_ITEMS_LEFT, "3 left");
  check(v1::SIGNATURE_NEEDED, "on their device");
  check(v1::PAIR_EXISTS, "terse");
  EXPECT_NE(describe_code(v1::PAIR_EXISTS).find("relationship already"), std::string::npos);
}

}  // namespace
}  // namespace holdspace::client
