// Who may not have a relationship, and that joining asks.
#include "storage/conflict_list.hpp"

#include "storage/redis_keys.hpp"
#include "tests/storage/store_world.hpp"

namespace holdspace::storage {
namespace {

class ConflictListTest : public PracticeTest {
 protected:
  ConflictListTest() { enroll(practice_, admin_, Role::therapist, second_, {}, {1}); }

  void set(AccountId a, AccountId b, bool listed) {
    ASSERT_TRUE(
        run(stores_.conflicts.set_conflict(practice_, a, b, listed, "", soon())).has_value());
  }
  // An open invite of `inviter` for a client.
  std::pair<InviteId, OpenInvite> open_invite(AccountId inviter, std::uint16_t number) {
    InviteRecord record = invite(number, Role::client);
    record.inviter = inviter;
    EXPECT_TRUE(run(stores_.invites.create_invite(practice_, record, soon())).has_value());
    return {record.id, *run(stores_.invites.open_invite(record.id, soon()))};
  }
  boost::system::result<void, JoinError> join(std::pair<InviteId, OpenInvite> open,
                                              AccountId account) {
    return run(
        stores_.invites.join_relationship(open.first, open.second, account, "joined", soon()));
  }
  // The refusal, having checked that it left no trace.
  JoinError refused(std::pair<InviteId, OpenInvite> open, AccountId account) {
    const auto before = picture();
    const auto done = join(std::move(open), account);
    EXPECT_FALSE(done.has_value());
    EXPECT_EQ(picture(), before);
    return done ? JoinError::corrupt : done.error();
  }

  AccountId second_ = make_id<AccountId>(0xA0, 20);  // another therapist
};

TEST_F(ConflictListTest, pairs_are_listed_once_and_struck) {
  set(therapist_, client_, true);
  set(client_, therapist_, true);
  const auto pairs = run(stores_.conflicts.list_conflicts(practice_, soon()));
  EXPECT_EQ(*pairs, (std::vector<AccountPair>{{therapist_, client_}}));
  set(client_, therapist_, false);
  EXPECT_TRUE(run(stores_.conflicts.list_conflicts(practice_, soon()))->empty());
  EXPECT_EQ(
      run(stores_.conflicts.set_conflict(practice_, client_, client_, true, "", soon())).error(),
      SetConflictError::invalid);
}

TEST_F(ConflictListTest, a_full_list_takes_no_more) {
  CommandParts fill{"SADD", keys::Practice(practice_).conflicts()};
  for (std::uint16_t i = 1; i <= kConflictsMax; ++i) {
    fill.push_back(to_hex(make_id<AccountId>(0x01, i)) + ":" + to_hex(make_id<AccountId>(0x02, i)));
  }
  redis(std::move(fill));
  EXPECT_EQ(
      run(stores_.conflicts.set_conflict(practice_, therapist_, client_, true, "", soon())).error(),
      SetConflictError::quota);
  EXPECT_EQ(run(stores_.conflicts.list_conflicts(practice_, soon()))->size(), kConflictsMax);
}

TEST_F(ConflictListTest, a_client_joins_a_second_therapist_and_brings_the_own_hours) {
  ASSERT_TRUE(apply_policy(client_, 0, "evenings").has_value());
  const auto open = open_invite(second_, 1);
  ASSERT_TRUE(join(open, client_).has_value());
  ASSERT_TRUE(join(open, client_).has_value()) << "again: done already";
  EXPECT_EQ(audit_records(), (std::vector<std::string>{"joined"}));
  const auto facts =
      run(stores_.relationships.facts(practice_, open.second.relationship, client_, {}, soon()));
  EXPECT_EQ(facts->facts.therapist, second_);
  EXPECT_EQ(facts->facts.client, client_);
  EXPECT_EQ(facts->facts.state, boundary::RelationshipState::active);
  EXPECT_EQ(facts->facts.hours_version, 1U);
  EXPECT_EQ(run(stores_.invites.open_invite(open.first, soon())).error(), InviteError::not_found);
  EXPECT_EQ(run(stores_.relationships.list_relationships(practice_, client_, soon()))->size(), 2U);
}

TEST_F(ConflictListTest, a_pair_has_one_living_relationship) {
  const auto open = open_invite(therapist_, 1);
  EXPECT_EQ(refused(open, client_), JoinError::pair_exists);
  redis({"HSET", keys::Practice(practice_).relationship(relationship_), "state", "ended"});
  EXPECT_TRUE(join(open, client_).has_value());
}

TEST_F(ConflictListTest, a_listed_pair_neither_joins_nor_redeems) {
  set(second_, client_, true);
  EXPECT_EQ(refused(open_invite(second_, 1), client_), JoinError::pair_exists);
  const AccountId stranger = make_id<AccountId>(0xA0, 30);
  set(second_, stranger, true);
  const auto open = open_invite(second_, 2);
  const auto before = picture();
  EXPECT_EQ(
      run(stores_.invites.redeem(open.first, open.second, new_account(stranger, {1}), "", soon()))
          .error(),
      RedeemError::pair_exists);
  EXPECT_EQ(picture(), before);
}

TEST_F(ConflictListTest, only_clients_join_and_only_by_an_open_invite) {
  const auto open = open_invite(second_, 1);
  EXPECT_EQ(refused(open, therapist_), JoinError::permission_denied);
  EXPECT_EQ(refused(open, make_id<AccountId>(0xA0, 77)), JoinError::permission_denied);
  ASSERT_TRUE(
      run(stores_.invites.revoke_invite(practice_, second_, open.first, soon())).has_value());
  EXPECT_EQ(refused(open, client_), JoinError::not_found);
}

TEST_F(ConflictListTest, a_client_has_at_most_256_relationships) {
  const auto open = open_invite(second_, 1);
  const std::string set = keys::Practice(practice_).relationships(client_);
  for (std::uint16_t i = 1; i < kRelationshipsMax; ++i) {
    redis({"SADD", set, to_hex(make_id<RelationshipId>(0xB0, i))});
  }
  EXPECT_EQ(refused(open, client_), JoinError::quota);
}

}  // namespace
}  // namespace holdspace::storage
