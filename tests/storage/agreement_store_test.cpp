// Agreements: in force when both sides signed one hash, and gone when one of them revokes.
#include "storage/agreement_store.hpp"

#include "storage/redis_keys.hpp"
#include "tests/storage/store_world.hpp"

namespace holdspace::storage {
namespace {

using SignedResult = boost::system::result<Signed, SignAgreementError>;

class AgreementStoreTest : public PracticeTest {
 protected:
  static AgreementSignature terms(std::uint8_t number) {
    AgreementSignature signature;
    signature.terms.fill(number);
    signature.statement = "signed " + std::to_string(number);
    return signature;
  }
  SignedResult sign(AccountId account, AgreementSignature signature, Trail trail = {}) {
    return sign_at(facts().revision, account, std::move(signature), std::move(trail));
  }
  SignedResult sign_at(std::uint64_t revision, AccountId account, AgreementSignature signature,
                       Trail trail = {}) {
    return run(stores_.agreements.sign_agreement(practice_, relationship_, account, revision,
                                                 std::move(signature), std::move(trail), soon()));
  }
  boost::system::result<std::uint64_t, SignAgreementError> revoke(AccountId account,
                                                                  Trail trail = {}) {
    return run(stores_.agreements.revoke_agreement(practice_, relationship_, account,
                                                   std::move(trail), soon()));
  }
  // The refusal, having checked that it left no trace.
  SignAgreementError refused(AccountId account, AgreementSignature signature) {
    const auto before = picture();
    const SignedResult done = sign(account, std::move(signature));
    EXPECT_FALSE(done.has_value());
    EXPECT_EQ(picture(), before);
    return done ? SignAgreementError::corrupt : done.error();
  }
  RelationshipFacts facts() {
    return run(stores_.relationships.facts(practice_, relationship_, client_, {}, soon()))->facts;
  }
  Agreement fetch() {
    return *run(stores_.agreements.fetch_agreement(practice_, relationship_, client_, soon()));
  }
};

TEST_F(AgreementStoreTest, two_signatures_of_one_hash_put_it_in_force) {
  const auto first = sign(therapist_, terms(1));
  EXPECT_FALSE(first->in_force);
  EXPECT_EQ(first->revision, kJoined + 1);
  EXPECT_EQ(facts().agreement, std::nullopt);
  const auto second = sign(client_, terms(1));
  EXPECT_TRUE(second->in_force);
  EXPECT_EQ(facts().agreement, terms(1).terms);
  EXPECT_EQ(facts().revision, second->revision);
  EXPECT_EQ(fetch().in_force, terms(1).terms);
  EXPECT_EQ(fetch().therapist, terms(1));
  EXPECT_EQ(fetch().client, terms(1));
}

TEST_F(AgreementStoreTest, signatures_of_different_hashes_agree_on_nothing) {
  ASSERT_TRUE(sign(therapist_, terms(1)).has_value());
  EXPECT_FALSE(sign(client_, terms(2))->in_force);
  EXPECT_EQ(fetch().in_force, std::nullopt);
}

TEST_F(AgreementStoreTest, terms_stay_in_force_until_both_have_signed_others) {
  ASSERT_TRUE(sign(therapist_, terms(1)).has_value());
  ASSERT_TRUE(sign(client_, terms(1)).has_value());
  EXPECT_FALSE(sign(therapist_, terms(2))->in_force);
  EXPECT_EQ(fetch().in_force, terms(1).terms);
  EXPECT_EQ(fetch().therapist_agreed, terms(1).statement);
  EXPECT_EQ(fetch().client_agreed, terms(1).statement);
  EXPECT_TRUE(sign(client_, terms(2))->in_force);
  EXPECT_EQ(fetch().in_force, terms(2).terms);
  EXPECT_EQ(fetch().therapist_agreed, terms(2).statement);
  EXPECT_EQ(fetch().client_agreed, terms(2).statement);
}

TEST_F(AgreementStoreTest, the_same_signature_again_is_done_already) {
  const Trail trail{{{client_, "to sign"}}, "signed"};
  ASSERT_TRUE(sign(therapist_, terms(1), trail).has_value());
  const auto before = picture();
  EXPECT_EQ(sign(therapist_, terms(1), trail)->revision, kJoined + 1);
  EXPECT_EQ(picture(), before);
  EXPECT_EQ(notices_of(client_), (std::vector<std::string>{"to sign"}));
  EXPECT_EQ(audit_records(), (std::vector<std::string>{"signed"}));
}

TEST_F(AgreementStoreTest, of_two_who_sign_at_once_the_second_looks_again) {
  const auto revision = facts().revision;
  ASSERT_TRUE(sign_at(revision, therapist_, terms(1)).has_value());
  const auto before = picture();
  EXPECT_EQ(sign_at(revision, client_, terms(1)).error(), SignAgreementError::stale);
  EXPECT_EQ(picture(), before);
  EXPECT_EQ(sign_at(revision, therapist_, terms(1))->revision, revision + 1) << "done already";
  EXPECT_TRUE(sign_at(revision + 1, client_, terms(1))->in_force);
}

TEST_F(AgreementStoreTest, either_side_revokes_at_once) {
  ASSERT_TRUE(sign(therapist_, terms(1)).has_value());
  ASSERT_TRUE(sign(client_, terms(1)).has_value());
  const Trail trail{{{therapist_, "revoked"}}, "revoked"};
  EXPECT_FALSE(facts().agreement_revoked);
  EXPECT_EQ(*revoke(client_, trail), kJoined + 3);
  EXPECT_EQ(*revoke(client_, trail), kJoined + 3) << "again: done already";
  EXPECT_EQ(facts().agreement, std::nullopt);
  EXPECT_TRUE(facts().agreement_revoked);
  EXPECT_EQ(fetch().client, std::nullopt);
  EXPECT_EQ(fetch().client_agreed, "");
  EXPECT_EQ(fetch().therapist, terms(1));
  EXPECT_EQ(notices_of(therapist_), (std::vector<std::string>{"revoked"}));
  EXPECT_EQ(audit_records(), (std::vector<std::string>{"revoked"}));
  EXPECT_TRUE(sign(client_, terms(1))->in_force);
  EXPECT_FALSE(facts().agreement_revoked);
}

TEST_F(AgreementStoreTest, what_was_revoked_stays_so_until_both_have_signed_one_hash) {
  ASSERT_TRUE(sign(therapist_, terms(1)).has_value());
  ASSERT_TRUE(sign(client_, terms(1)).has_value());
  ASSERT_TRUE(revoke(therapist_).has_value());
  EXPECT_FALSE(sign(therapist_, terms(2))->in_force);
  EXPECT_TRUE(facts().agreement_revoked);
  ASSERT_TRUE(revoke(client_).has_value()) << "the other signature, too";
  EXPECT_TRUE(facts().agreement_revoked);
  EXPECT_FALSE(sign(client_, terms(1))->in_force);
  EXPECT_TRUE(sign(client_, terms(2))->in_force);
  EXPECT_FALSE(facts().agreement_revoked);
}

TEST_F(AgreementStoreTest, a_signature_that_was_never_in_force_is_taken_back_without_a_mark) {
  ASSERT_TRUE(sign(therapist_, terms(1)).has_value());
  EXPECT_EQ(*revoke(therapist_), kJoined + 2);
  EXPECT_EQ(fetch().therapist, std::nullopt);
  EXPECT_FALSE(facts().agreement_revoked);
  const auto before = picture();
  EXPECT_EQ(*revoke(client_), kJoined + 2) << "never signed";
  EXPECT_EQ(picture(), before);
}

TEST_F(AgreementStoreTest, nothing_hinders_a_revocation) {
  ASSERT_TRUE(sign(therapist_, terms(1)).has_value());
  ASSERT_TRUE(sign(client_, terms(1)).has_value());
  redis({"HSET", keys::Practice(practice_).relationship(relationship_), "state", "ended"});
  redis({"HSET", keys::Practice(practice_).notices(therapist_), "last", std::to_string(kNoticesMax),
         "first", "1"});
  ASSERT_TRUE(revoke(client_, {{{therapist_, "revoked"}}, "revoked"}).has_value());
  EXPECT_EQ(facts().agreement, std::nullopt);
  EXPECT_EQ(revoke(admin_).error(), SignAgreementError::not_found);
}

TEST_F(AgreementStoreTest, strangers_closed_relationships_and_broken_bounds_are_refused) {
  EXPECT_EQ(refused(admin_, terms(1)), SignAgreementError::not_found);
  EXPECT_EQ(refused(client_, {{}, ""}), SignAgreementError::invalid);
  EXPECT_EQ(refused(client_, {{}, std::string(kStatementMax + 1, 'x')}),
            SignAgreementError::invalid);
  EXPECT_EQ(
      run(stores_.agreements.fetch_agreement(practice_, relationship_, admin_, soon())).error(),
      FetchAgreementError::not_found);
  redis({"HSET", keys::Practice(practice_).relationship(relationship_), "state", "ended"});
  EXPECT_EQ(refused(client_, terms(1)), SignAgreementError::closed);
}

}  // namespace
}  // namespace holdspace::storage
