// Policies: versions count up by one and never change.
#include "storage/policy_store.hpp"

#include "storage/redis_keys.hpp"
#include "tests/storage/store_world.hpp"

namespace holdspace::storage {
namespace {

class PolicyStoreTest : public PracticeTest {
 protected:
  boost::system::result<std::uint64_t, ApplyPolicyError> apply(std::uint64_t based_on,
                                                               std::string document) {
    return run(stores_.policies.apply_policy(practice_, therapist_, based_on, std::move(document),
                                             soon()));
  }
};

TEST_F(PolicyStoreTest, there_is_none_before_the_first) {
  const auto policy = run(stores_.policies.fetch_policy(practice_, therapist_, soon()));
  ASSERT_TRUE(policy.has_value());
  EXPECT_EQ(policy->version, 0U);
  EXPECT_EQ(policy->document, "");
}

TEST_F(PolicyStoreTest, each_version_is_based_on_the_one_before) {
  EXPECT_EQ(*apply(0, "one"), 1U);
  EXPECT_EQ(*apply(1, "two"), 2U);
  const auto policy = run(stores_.policies.fetch_policy(practice_, therapist_, soon()));
  EXPECT_EQ(policy->version, 2U);
  EXPECT_EQ(policy->document, "two");
  EXPECT_EQ(redis({"HGET", keys::Practice(practice_).policy(therapist_), "v1"}).text, "one");
}

TEST_F(PolicyStoreTest, a_stale_base_is_refused_and_changes_nothing) {
  ASSERT_TRUE(apply(0, "one").has_value());
  ASSERT_TRUE(apply(1, "two").has_value());
  const auto before = picture();
  for (const std::uint64_t base :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{3}, ~std::uint64_t{0}}) {
    EXPECT_EQ(apply(base, "three").error(), ApplyPolicyError::stale_policy) << base;
  }
  EXPECT_EQ(picture(), before);
}

TEST_F(PolicyStoreTest, the_same_change_again_is_done_already) {
  ASSERT_EQ(*apply(0, "one"), 1U);
  const auto before = picture();
  EXPECT_EQ(*apply(0, "one"), 1U);
  EXPECT_EQ(picture(), before);
}

TEST_F(PolicyStoreTest, of_two_changes_at_once_one_is_stale) {
  Stores other(io_.get_executor(), server_.socket_path());
  std::optional<boost::system::result<std::uint64_t, ApplyPolicyError>> one;
  std::optional<boost::system::result<std::uint64_t, ApplyPolicyError>> two;
  begin(stores_.policies.apply_policy(practice_, therapist_, 0, "mine", soon()), one);
  begin(other.policies.apply_policy(practice_, therapist_, 0, "yours", soon()), two);
  drive_until(one);
  drive_until(two);
  ASSERT_NE(one->has_value(), two->has_value());
  EXPECT_EQ((one->has_value() ? two : one)->error(), ApplyPolicyError::stale_policy);
}

TEST_F(PolicyStoreTest, only_therapists_have_policies) {
  for (const AccountId& account : {admin_, client_, make_id<AccountId>(0xA0, 77)}) {
    EXPECT_EQ(run(stores_.policies.fetch_policy(practice_, account, soon())).error(),
              FetchPolicyError::not_found);
    EXPECT_EQ(run(stores_.policies.apply_policy(practice_, account, 0, "x", soon())).error(),
              ApplyPolicyError::not_found);
  }
}

TEST_F(PolicyStoreTest, documents_out_of_bounds_are_refused) {
  EXPECT_EQ(apply(0, "").error(), ApplyPolicyError::invalid);
  EXPECT_EQ(apply(0, std::string(kPolicyBytesMax + 1, 'x')).error(), ApplyPolicyError::invalid);
  EXPECT_TRUE(apply(0, std::string(kPolicyBytesMax, 'x')).has_value());
}

}  // namespace
}  // namespace holdspace::storage
