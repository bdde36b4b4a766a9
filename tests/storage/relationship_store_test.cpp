// What the parties of a relationship are told, and that nobody else is.
#include "storage/relationship_store.hpp"

#include "tests/storage/store_world.hpp"

namespace holdspace::storage {
namespace {

class RelationshipStoreTest : public PracticeTest {
 protected:
  boost::system::result<RelationshipPolicy, RelationshipError> ask(AccountId asker,
                                                                   KnownVersions known = {}) {
    return run(stores_.relationships.facts(practice_, relationship_, asker, known, soon()));
  }
};

TEST_F(RelationshipStoreTest, both_parties_get_the_facts) {
  for (const AccountId& asker : {therapist_, client_}) {
    const auto answer = ask(asker);
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->facts.id, relationship_);
    EXPECT_EQ(answer->facts.therapist, therapist_);
    EXPECT_EQ(answer->facts.client, client_);
    EXPECT_EQ(answer->facts.state, boundary::RelationshipState::active);
    EXPECT_EQ(answer->facts.policy_version, 0U);
    EXPECT_EQ(answer->facts.revision, kJoined);
    EXPECT_EQ(answer->facts.ends_at, std::nullopt);
    EXPECT_EQ(answer->facts.routine_pause, std::nullopt);
    EXPECT_EQ(answer->facts.agreement, std::nullopt);
    EXPECT_EQ(answer->facts.hours_version, 0U);
    EXPECT_EQ(answer->document, std::nullopt);
  }
}

TEST_F(RelationshipStoreTest, the_policy_comes_along_unless_the_caller_knows_it) {
  ASSERT_TRUE(apply_policy(therapist_, 0, "one"));
  EXPECT_EQ(ask(client_)->document, "one");
  EXPECT_EQ(ask(client_, {7, 0})->document, "one");
  const auto known = ask(client_, {1, 0});
  EXPECT_EQ(known->document, std::nullopt);
  EXPECT_EQ(known->facts.policy_version, 1U);
}

TEST_F(RelationshipStoreTest, unknown_and_foreign_are_one_answer) {
  EXPECT_EQ(ask(admin_).error(), RelationshipError::not_found);
  EXPECT_EQ(ask({}).error(), RelationshipError::not_found);
  const auto unknown = run(stores_.relationships.facts(practice_, make_id<RelationshipId>(0xBB, 77),
                                                       client_, {}, soon()));
  EXPECT_EQ(unknown.error(), RelationshipError::not_found);
  const auto elsewhere = run(stores_.relationships.facts(make_id<PracticeId>(0xAA, 2),
                                                         relationship_, client_, {}, soon()));
  EXPECT_EQ(elsewhere.error(), RelationshipError::not_found);
}

TEST_F(RelationshipStoreTest, a_relationship_still_invited_is_no_way_in_for_nobody) {
  const InviteRecord record = invite(1, Role::client);
  ASSERT_TRUE(run(stores_.invites.create_invite(practice_, record, soon())).has_value());
  const auto nobody =
      run(stores_.relationships.facts(practice_, record.relationship, AccountId{}, {}, soon()));
  EXPECT_EQ(nobody.error(), RelationshipError::not_found);
}

TEST_F(RelationshipStoreTest, lists_come_by_id) {
  const InviteRecord record = invite(7, Role::client);
  ASSERT_TRUE(run(stores_.invites.create_invite(practice_, record, soon())).has_value());
  const auto list = run(stores_.relationships.list_relationships(practice_, therapist_, soon()));
  ASSERT_TRUE(list.has_value());
  ASSERT_EQ(list->size(), 2U);
  EXPECT_EQ(list->at(0).id, relationship_);
  EXPECT_EQ(list->at(1).id, record.relationship);
  EXPECT_EQ(list->at(1).state, boundary::RelationshipState::invited);
  EXPECT_EQ(run(stores_.relationships.list_relationships(practice_, client_, soon()))->size(), 1U);
  EXPECT_EQ(run(stores_.relationships.list_relationships(practice_, admin_, soon()))->size(), 0U);
  EXPECT_EQ(
      run(stores_.relationships.list_relationships(practice_, make_id<AccountId>(0xA0, 77), soon()))
          .error(),
      ListRelationshipsError::not_found);
}

}  // namespace
}  // namespace holdspace::storage
