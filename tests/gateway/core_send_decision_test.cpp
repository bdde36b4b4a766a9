// What becomes of one send, without a store: the boundary's answer, the terms that both sides
// signed, and a therapist who has no policy or leaves.
#include <gtest/gtest.h>

#include "gateway/agreement_terms.hpp"
#include "gateway/send_decision.hpp"

namespace holdspace::gateway {
namespace {

constexpr storage::AccountId kTherapist{{1}};
constexpr storage::AccountId kClient{{2}};
constexpr crypto::Hash32 kOldTerms{7};

boundary::Instant at(const char* text) {
  return *boundary::parse_instant(text);
}

class SendDecisionTest : public testing::Test {
 protected:
  SendDecisionTest() {
    policy.version = 1;
    policy.zone = "Etc/UTC";
    policy.windows = {
        {boundary::Lane::routine, boundary::Direction::to_therapist, std::chrono::Monday, 540,
         1020},
        {boundary::Lane::routine, boundary::Direction::to_client, std::chrono::Monday, 540, 1020}};
    policy.terms.retention_days = 30;
    policy.limits.reply_time_hours = 24;
    facts.id = {{3}};
    facts.therapist = kTherapist;
    facts.client = kClient;
    facts.state = boundary::RelationshipState::active;
    facts.policy_version = 1;
    facts.revision = 4;
    facts.hours_version = 5;
  }

  PolicySnapshot snapshot() const {
    return {facts, std::make_shared<const boundary::Gate>(*boundary::Gate::compile(policy)),
            nullptr};
  }

  SendDecision decide(storage::AccountId sender, const char* now,
                      std::vector<crypto::Hash32> terms = {crypto::Hash32{}}) {
    offer = {};
    offer.request.sender = {sender, 1};
    offer.request.lane = lane;
    offer.terms = std::move(terms);
    return decide_send(snapshot(), offer, at(now));
  }

  boundary::Policy policy;
  storage::RelationshipFacts facts;
  boundary::Lane lane = boundary::Lane::routine;
  Offer offer;
};

const char* const kSunday = "2026-11-22T12:00:00Z";
const char* const kMonday = "2026-11-23T12:00:00Z";

TEST_F(SendDecisionTest, passes_inside_a_window_and_asks_the_store_to_check_every_fact) {
  const auto decision = decide(kClient, kMonday);
  EXPECT_FALSE(decision.refusal);
  EXPECT_EQ(decision.verdict.outcome(), v1::RELEASED);
  EXPECT_FALSE(offer.request.held);
  EXPECT_EQ(offer.request.peer, kTherapist);
  EXPECT_EQ(offer.request.validity.therapist, kTherapist);
  EXPECT_EQ(offer.request.validity.revision, 4U);
  EXPECT_EQ(offer.request.validity.policy_version, 1U);
  EXPECT_EQ(offer.request.validity.hours_version, 5U);
  EXPECT_TRUE(offer.request.validity.span.contains(at(kMonday)));
}

TEST_F(SendDecisionTest, holds_outside_of_it_with_the_promise_for_the_store) {
  const auto decision = decide(kClient, kSunday);
  EXPECT_FALSE(decision.refusal);
  EXPECT_EQ(decision.verdict.outcome(), v1::HELD);
  ASSERT_TRUE(offer.request.held);
  EXPECT_EQ(offer.request.held->promise, at("2026-11-23T09:00:00Z"));
}

TEST_F(SendDecisionTest, tells_a_client_the_kind_of_the_rule_and_a_therapist_all_of_it) {
  EXPECT_EQ(decide(kClient, kMonday).verdict.rule(), "weekly");
  EXPECT_EQ(decide(kTherapist, kMonday).verdict.rule(), "weekly:windows[1]");
  v1::Verdict stored;
  (void)decide(kClient, kMonday);
  ASSERT_TRUE(stored.ParseFromString(offer.request.verdict));
  EXPECT_EQ(stored.rule(), "weekly");
}

TEST_F(SendDecisionTest, asks_the_store_of_what_it_refuses_only_whether_it_was_accepted_before) {
  facts.state = boundary::RelationshipState::ended;
  const auto decision = decide(kClient, kMonday);
  ASSERT_TRUE(decision.refusal);
  EXPECT_EQ(decision.refusal->code(), v1::ENDED);
  EXPECT_TRUE(offer.request.validity.span.empty());
}

TEST_F(SendDecisionTest, refuses_for_want_of_a_policy_but_an_ending_goes_first) {
  policy.windows.clear();
  facts.policy_version = 0;
  EXPECT_EQ(decide(kClient, kMonday).refusal->verdict().reason(), "no_policy");
  facts.state = boundary::RelationshipState::ended;
  EXPECT_EQ(decide(kClient, kMonday).refusal->code(), v1::ENDED);
}

TEST_F(SendDecisionTest, refuses_what_is_new_to_a_therapist_who_leaves_and_lets_her_write) {
  facts.therapist_leaving = true;
  const auto decision = decide(kClient, kMonday);
  ASSERT_TRUE(decision.refusal);
  EXPECT_EQ(decision.refusal->code(), v1::REFUSED);
  EXPECT_EQ(decision.refusal->verdict().reason(), "therapist_leaving");
  EXPECT_FALSE(decide(kTherapist, kMonday).refusal);
}

TEST_F(SendDecisionTest, never_gives_an_urgent_message_another_reason_than_its_own) {
  lane = boundary::Lane::urgent;
  facts.therapist_leaving = true;
  EXPECT_EQ(decide(kClient, kMonday).refusal->verdict().reason(), "urgent_unavailable");
}

TEST_F(SendDecisionTest, wants_no_terms_named_before_the_first_agreement) {
  EXPECT_FALSE(decide(kClient, kMonday).refusal);
  const auto decision = decide(kClient, kMonday, {kOldTerms});
  ASSERT_TRUE(decision.refusal);
  EXPECT_EQ(decision.refusal->code(), v1::AGREEMENT_NEEDED);
}

TEST_F(SendDecisionTest, wants_terms_again_once_one_side_has_revoked_what_was_in_force) {
  const auto wanted = *wanted_terms(policy);
  facts.agreement_revoked = true;
  for (const auto& named : {crypto::Hash32{}, wanted}) {
    const auto decision = decide(kClient, kMonday, {named});
    ASSERT_TRUE(decision.refusal);
    EXPECT_EQ(decision.refusal->code(), v1::AGREEMENT_NEEDED);
    EXPECT_EQ(decision.refusal->agreement_hash(), std::string(wanted.begin(), wanted.end()));
  }
  EXPECT_EQ(decide(kTherapist, kMonday).refusal->code(), v1::AGREEMENT_NEEDED);
  policy.terms = {};
  EXPECT_FALSE(decide(kClient, kMonday).refusal);
}

TEST_F(SendDecisionTest, wants_the_agreed_terms_in_every_copy) {
  facts.agreement = wanted_terms(policy);
  const auto agreed = *facts.agreement;
  EXPECT_FALSE(decide(kClient, kMonday, {agreed, agreed}).refusal);
  for (const auto& other : {kOldTerms, crypto::Hash32{}}) {
    const auto decision = decide(kClient, kMonday, {agreed, other});
    ASSERT_TRUE(decision.refusal);
    EXPECT_EQ(decision.refusal->code(), v1::AGREEMENT_NEEDED);
    EXPECT_EQ(decision.refusal->agreement_hash(), std::string(agreed.begin(), agreed.end()));
  }
}

TEST_F(SendDecisionTest, wants_both_signatures_again_for_other_terms_and_none_for_other_hours) {
  facts.agreement = wanted_terms(policy);
  const auto agreed = *facts.agreement;
  policy.windows.pop_back();
  EXPECT_FALSE(decide(kClient, kMonday, {agreed}).refusal);
  policy.terms.retention_days = 60;
  const auto wanted = *wanted_terms(policy);
  for (const auto& named : {agreed, wanted}) {
    const auto decision = decide(kClient, kMonday, {named});
    ASSERT_TRUE(decision.refusal);
    EXPECT_EQ(decision.refusal->agreement_hash(), std::string(wanted.begin(), wanted.end()));
  }
  policy.terms = {};  // she asks for nothing any more: what was agreed stands
  EXPECT_FALSE(decide(kClient, kMonday, {agreed}).refusal);
}

TEST_F(SendDecisionTest, tells_a_client_alone_how_long_an_answer_usually_takes) {
  EXPECT_EQ(reply_time_hours(snapshot(), kClient), 24U);
  EXPECT_EQ(reply_time_hours(snapshot(), kTherapist), 0U);
}

}  // namespace
}  // namespace holdspace::gateway
