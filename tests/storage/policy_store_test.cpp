// Policies: versions count up by one and never change.
#include "storage/policy_store.hpp"

#include "storage/redis_keys.hpp"
#include "tests/storage/store_world.hpp"

namespace holdspace::storage {
namespace {

class PolicyStoreTest : public PracticeTest {
 protected:
  using Applied = boost::system::result<std::uint64_t, ApplyPolicyError>;

  Applied apply(std::uint64_t based_on, std::string document) {
    return apply_policy(therapist_, based_on, std::move(document));
  }
  static PolicyChange change(std::uint64_t based_on, std::string document) {
    PolicyChange made;
    made.based_on = based_on;
    made.document = std::move(document);
    return made;
  }
  Applied apply(AccountId owner, PolicyChange change) {
    return run(stores_.policies.apply_policy(practice_, owner, std::move(change), soon()));
  }
  // The refusal, having checked that it left no trace.
  ApplyPolicyError refused(AccountId owner, PolicyChange change) {
    const auto before = picture();
    const Applied done = apply(owner, std::move(change));
    EXPECT_FALSE(done.has_value());
    EXPECT_EQ(picture(), before);
    return done ? ApplyPolicyError::corrupt : done.error();
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
  begin(stores_.policies.apply_policy(practice_, therapist_, change(0, "mine"), soon()), one);
  begin(other.policies.apply_policy(practice_, therapist_, change(0, "yours"), soon()), two);
  drive_until(one);
  drive_until(two);
  ASSERT_NE(one->has_value(), two->has_value());
  EXPECT_EQ((one->has_value() ? two : one)->error(), ApplyPolicyError::stale_policy);
}

TEST_F(PolicyStoreTest, admins_and_strangers_own_no_policies) {
  for (const AccountId& account : {admin_, make_id<AccountId>(0xA0, 77)}) {
    EXPECT_EQ(run(stores_.policies.fetch_policy(practice_, account, soon())).error(),
              FetchPolicyError::not_found);
    EXPECT_EQ(refused(account, change(0, "x")), ApplyPolicyError::not_found);
  }
}

TEST_F(PolicyStoreTest, the_practice_owns_a_default_that_changes_nobody_elses_policy) {
  ASSERT_EQ(*apply(AccountId{}, change(0, "default")), 1U);
  EXPECT_EQ(run(stores_.policies.fetch_policy(practice_, {}, soon()))->document, "default");
  EXPECT_EQ(run(stores_.policies.fetch_policy(practice_, therapist_, soon()))->version, 0U);
  EXPECT_EQ(run(stores_.policies.fetch_policy(make_id<PracticeId>(0xAA, 2), {}, soon())).error(),
            FetchPolicyError::not_found);
}

TEST_F(PolicyStoreTest, a_clients_hours_move_the_facts_of_the_relationships_along) {
  ASSERT_EQ(*apply(client_, change(0, "evenings")), 1U);
  const auto facts =
      run(stores_.relationships.facts(practice_, relationship_, therapist_, {}, soon()));
  EXPECT_EQ(facts->facts.hours_version, 1U);
  EXPECT_EQ(facts->facts.revision, kJoined);
  EXPECT_EQ(facts->hours_document, "evenings");
  EXPECT_EQ(facts->document, std::nullopt);
  const auto known =
      run(stores_.relationships.facts(practice_, relationship_, therapist_, {0, 1}, soon()));
  EXPECT_EQ(known->hours_document, std::nullopt);
  EXPECT_EQ(run(stores_.queues.accept(message(1), soon())).error().error, AcceptError::stale);
  AcceptRequest aware = message(1);
  aware.validity.hours_version = 1;
  EXPECT_TRUE(run(stores_.queues.accept(aware, soon())).has_value());
}

TEST_F(PolicyStoreTest, earlier_versions_stay_with_what_was_noted_about_them) {
  PolicyChange first = change(0, "one");
  first.meta = "because";
  ASSERT_TRUE(apply(therapist_, first).has_value());
  ASSERT_TRUE(apply(1, "two").has_value());
  const auto stored = run(stores_.policies.fetch_policy_version(practice_, therapist_, 1, soon()));
  EXPECT_EQ(stored->document, "one");
  EXPECT_EQ(stored->meta, "because");
  for (const std::uint64_t missing : {std::uint64_t{0}, std::uint64_t{3}, ~std::uint64_t{0}}) {
    EXPECT_EQ(
        run(stores_.policies.fetch_policy_version(practice_, therapist_, missing, soon())).error(),
        FetchPolicyError::not_found);
  }
  const auto all = run(stores_.policies.list_policy_versions(practice_, therapist_, 0, soon()));
  ASSERT_EQ(all->size(), 2U);
  EXPECT_EQ(all->at(0).version, 2U);
  EXPECT_EQ(all->at(1).meta, "because");
  const auto older = run(stores_.policies.list_policy_versions(practice_, therapist_, 2, soon()));
  ASSERT_EQ(older->size(), 1U);
  EXPECT_EQ(older->at(0).version, 1U);
}

TEST_F(PolicyStoreTest, a_message_held_meanwhile_is_a_change_to_compute_again) {
  AcceptRequest held = message(1);
  held.held = HeldUntil{};
  ASSERT_TRUE(run(stores_.queues.accept(held, soon())).has_value());
  PolicyChange computed = change(0, "one");
  computed.held_count = 0;
  EXPECT_EQ(refused(therapist_, computed), ApplyPolicyError::changed);
  EXPECT_EQ(refused(client_, computed), ApplyPolicyError::changed);
  computed.held_count = 1;
  EXPECT_EQ(*apply(therapist_, computed), 1U);
  EXPECT_EQ(*apply(client_, computed), 1U);
}

TEST_F(PolicyStoreTest, a_change_tells_and_records_once) {
  PolicyChange told = change(0, "one");
  told.trail.notices = {{client_, "new hours"}, {client_, "a new promise"}};
  told.trail.audit = "applied";
  ASSERT_TRUE(apply(therapist_, told).has_value());
  ASSERT_TRUE(apply(therapist_, told).has_value()) << "sent again after no answer";
  EXPECT_EQ(notices_of(client_), (std::vector<std::string>{"new hours", "a new promise"}));
  const auto audit = run(stores_.audit.fetch_audit(practice_, 1, 10, soon()));
  ASSERT_EQ(audit->entries.size(), 1U);
  EXPECT_EQ(audit->entries[0].record, "applied");
}

TEST_F(PolicyStoreTest, a_proposal_waits_until_a_version_is_applied_or_it_is_rejected) {
  const PolicyProposal first{0, "wider", "by the admin"};
  const PolicyProposal second{0, "wider still", "by the admin"};
  Trail trail{{{therapist_, "a proposal waits"}}, "proposed"};
  const auto propose = [&](AccountId owner, PolicyProposal proposal) {
    return run(
        stores_.policies.propose_policy(practice_, owner, std::move(proposal), trail, soon()));
  };
  const auto fetch = [&] {
    return run(stores_.policies.fetch_proposal(practice_, therapist_, soon()));
  };
  EXPECT_EQ(fetch().error(), ProposalError::not_found);
  ASSERT_TRUE(propose(therapist_, first).has_value());
  EXPECT_EQ(*fetch(), first);
  ASSERT_TRUE(propose(therapist_, first).has_value()) << "the same again is done already";
  EXPECT_EQ(notices_of(therapist_).size(), 1U);
  ASSERT_TRUE(propose(therapist_, second).has_value());
  EXPECT_EQ(*fetch(), second);
  ASSERT_TRUE(apply(0, "wider still").has_value());
  EXPECT_EQ(fetch().error(), ProposalError::not_found);

  const auto before = picture();
  EXPECT_EQ(propose(therapist_, first).error(), ProposalError::stale_policy);
  EXPECT_EQ(propose(admin_, first).error(), ProposalError::not_found);
  EXPECT_EQ(propose({}, first).error(), ProposalError::invalid);
  EXPECT_EQ(propose(therapist_, {1, "", ""}).error(), ProposalError::invalid);
  EXPECT_EQ(run(stores_.policies.reject_proposal(practice_, therapist_, {}, soon())).error(),
            ProposalError::not_found);
  EXPECT_EQ(picture(), before);

  ASSERT_TRUE(propose(therapist_, {1, "third", ""}).has_value());
  ASSERT_TRUE(run(stores_.policies.reject_proposal(practice_, therapist_, {{}, "rejected"}, soon()))
                  .has_value());
  EXPECT_EQ(fetch().error(), ProposalError::not_found);
  const auto audit = run(stores_.audit.fetch_audit(practice_, 1, 10, soon()));
  EXPECT_EQ(audit->entries.back().record, "rejected");
}

TEST_F(PolicyStoreTest, documents_out_of_bounds_are_refused) {
  EXPECT_EQ(apply(0, "").error(), ApplyPolicyError::invalid);
  EXPECT_EQ(apply(0, std::string(kPolicyBytesMax + 1, 'x')).error(), ApplyPolicyError::invalid);
  PolicyChange bad = change(0, "x");
  bad.meta.assign(kPolicyMetaMax + 1, 'x');
  EXPECT_EQ(refused(therapist_, bad), ApplyPolicyError::invalid);
  bad = change(0, "x");
  bad.trail.notices = {{client_, ""}};
  EXPECT_EQ(refused(therapist_, bad), ApplyPolicyError::invalid);
  bad.trail.notices = {{client_, std::string(kNoticeBytesMax + 1, 'x')}};
  EXPECT_EQ(refused(therapist_, bad), ApplyPolicyError::invalid);
  bad.trail.notices.assign(kTrailNoticesMax + 1, {client_, "x"});
  EXPECT_EQ(refused(therapist_, bad), ApplyPolicyError::invalid);
  bad.trail = {{}, std::string(kAuditBytesMax + 1, 'x')};
  EXPECT_EQ(refused(therapist_, bad), ApplyPolicyError::invalid);
  EXPECT_TRUE(apply(0, std::string(kPolicyBytesMax, 'x')).has_value());
}

}  // namespace
}  // namespace holdspace::storage
