// Invites: who may make them, how they end, and that exactly one caller uses one.
#include "storage/invite_store.hpp"

#include "storage/redis_keys.hpp"
#include "tests/storage/store_world.hpp"

namespace holdspace::storage {
namespace {

using namespace std::chrono_literals;

class InviteStoreTest : public PracticeTest {
 protected:
  boost::system::result<void, CreateInviteError> create(InviteRecord record) {
    return run(stores_.invites.create_invite(practice_, std::move(record), soon()));
  }
  boost::system::result<OpenInvite, InviteError> open(InviteId id) {
    return run(stores_.invites.open_invite(id, soon()));
  }
  // The refusal, having checked that it left no trace.
  CreateInviteError refused(InviteRecord record) {
    const auto before = picture();
    const auto made = create(std::move(record));
    EXPECT_FALSE(made.has_value());
    EXPECT_EQ(picture(), before);
    return made ? CreateInviteError::corrupt : made.error();
  }
  void set_expiry(InviteId id, boundary::Instant at) {
    const std::string text = std::to_string(at.time_since_epoch().count());
    const keys::Practice names(practice_);
    redis({"HSET", names.invite(id), "expires_at", text});
    redis({"ZADD", names.open_invites(therapist_), text, to_hex(id)});
  }
  RelationshipFacts facts_of(RelationshipId id) {
    const auto facts = run(stores_.relationships.facts(practice_, id, therapist_, {}, soon()));
    return facts ? facts->facts : RelationshipFacts{};
  }
};

TEST_F(InviteStoreTest, an_open_invite_gives_back_what_was_stored) {
  const InviteRecord record = invite(1, Role::client);
  ASSERT_TRUE(create(record).has_value());
  const auto opened = open(record.id);
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ(opened->practice, practice_);
  EXPECT_EQ(opened->claim_key, record.claim_key);
  EXPECT_EQ(opened->packet, record.packet);
  EXPECT_EQ(opened->role, Role::client);
  EXPECT_EQ(opened->relationship, record.relationship);
  EXPECT_EQ(opened->inviter, therapist_);
}

TEST_F(InviteStoreTest, a_client_invite_makes_the_relationship_in_state_invited) {
  const InviteRecord record = invite(1, Role::client);
  ASSERT_TRUE(create(record).has_value());
  const RelationshipFacts facts = facts_of(record.relationship);
  EXPECT_EQ(facts.state, boundary::RelationshipState::invited);
  EXPECT_EQ(facts.therapist, therapist_);
  EXPECT_TRUE(facts.client.is_none());
}

TEST_F(InviteStoreTest, the_same_invite_again_is_done_already) {
  ASSERT_TRUE(create(invite(1, Role::client)).has_value());
  const auto before = picture();
  EXPECT_TRUE(create(invite(1, Role::client)).has_value());
  EXPECT_EQ(picture(), before);
}

TEST_F(InviteStoreTest, only_admins_invite_therapists_and_only_therapists_invite_clients) {
  InviteRecord record = invite(1, Role::therapist);
  record.inviter = therapist_;
  EXPECT_EQ(refused(record), CreateInviteError::permission_denied);
  record.inviter = client_;
  EXPECT_EQ(refused(record), CreateInviteError::permission_denied);
  record = invite(1, Role::client);
  for (const AccountId& inviter : {admin_, client_, make_id<AccountId>(0xA0, 99)}) {
    record.inviter = inviter;
    EXPECT_EQ(refused(record), CreateInviteError::permission_denied);
  }
}

TEST_F(InviteStoreTest, only_admins_invite_auditors_and_auditors_invite_nobody) {
  InviteRecord record = invite(1, Role::auditor);
  for (const AccountId& inviter : {therapist_, client_}) {
    record.inviter = inviter;
    EXPECT_EQ(refused(record), CreateInviteError::permission_denied);
  }
  record.inviter = admin_;
  ASSERT_TRUE(create(record).has_value());
  const AccountId auditor = make_id<AccountId>(0xA0, 9);
  const auto opened = open(record.id);
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ(opened->role, Role::auditor);
  ASSERT_TRUE(
      run(stores_.invites.redeem(record.id, *opened, new_account(auditor, {1}), "", soon())));
  const auto device = run(stores_.accounts.device_facts(practice_, {auditor, 1}, soon()));
  ASSERT_TRUE(device.has_value());
  EXPECT_EQ(device->role, Role::auditor);
  for (const Role role : {Role::therapist, Role::client, Role::auditor}) {
    InviteRecord another = invite(2, role);
    another.inviter = auditor;
    EXPECT_EQ(refused(another), CreateInviteError::permission_denied);
  }
}

TEST_F(InviteStoreTest, bounds_of_time_are_those_of_the_stores_clock) {
  InviteRecord record = invite(1, Role::client);
  record.expires_at = now_ - 1ms;
  EXPECT_EQ(refused(record), CreateInviteError::invalid);
  record.expires_at = now_ + kInviteLifeMax + 1min;
  EXPECT_EQ(refused(record), CreateInviteError::invalid);
  record.expires_at = now_ + kInviteLifeMax;
  EXPECT_TRUE(create(record).has_value());
}

TEST_F(InviteStoreTest, fields_out_of_bounds_are_refused) {
  InviteRecord record = invite(1, Role::client);
  record.packet.clear();
  EXPECT_EQ(refused(record), CreateInviteError::invalid);
  record.packet.assign(kInvitePacketMax + 1, 'x');
  EXPECT_EQ(refused(record), CreateInviteError::invalid);
  record = invite(1, Role::client);
  record.relationship = {};
  EXPECT_EQ(refused(record), CreateInviteError::invalid);
  record = invite(1, Role::therapist);
  record.relationship = make_id<RelationshipId>(0xBB, 7);
  EXPECT_EQ(refused(record), CreateInviteError::invalid);
  record = invite(1, Role::admin);
  record.inviter = admin_;
  EXPECT_EQ(refused(record), CreateInviteError::invalid);
}

TEST_F(InviteStoreTest, taken_ids_are_a_conflict) {
  ASSERT_TRUE(create(invite(1, Role::client)).has_value());
  InviteRecord same_id = invite(1, Role::client);
  same_id.packet = "another";
  EXPECT_EQ(refused(same_id), CreateInviteError::conflict);
  InviteRecord same_relationship = invite(2, Role::client);
  same_relationship.relationship = relationship_;
  EXPECT_EQ(refused(same_relationship), CreateInviteError::conflict);
}

TEST_F(InviteStoreTest, an_invite_id_of_another_practice_is_a_conflict) {
  ASSERT_TRUE(create(invite(1, Role::client)).has_value());
  InviteRecord first = invite(1, Role::admin);
  const auto before = picture();
  const auto made =
      run(stores_.invites.create_practice(make_id<PracticeId>(0xAA, 2), first, soon()));
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error(), CreateInviteError::conflict);
  EXPECT_EQ(picture(), before);
}

TEST_F(InviteStoreTest, a_practice_is_made_once) {
  const PracticeId other = make_id<PracticeId>(0xAA, 2);
  const InviteRecord first = invite(1, Role::admin);
  ASSERT_TRUE(run(stores_.invites.create_practice(other, first, soon())).has_value());
  EXPECT_TRUE(run(stores_.invites.create_practice(other, first, soon())).has_value());
  const auto second = run(stores_.invites.create_practice(other, invite(2, Role::admin), soon()));
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error(), CreateInviteError::conflict);
  EXPECT_EQ(open(make_id<InviteId>(0xCC, 2)).error(), InviteError::not_found);
  EXPECT_EQ(open(first.id)->role, Role::admin);
}

TEST_F(InviteStoreTest, the_hundred_and_first_open_invite_is_over_quota) {
  for (std::uint16_t i = 1; i <= kOpenInvitesMax; ++i) {
    ASSERT_TRUE(create(invite(i, Role::client)).has_value()) << i;
  }
  EXPECT_EQ(refused(invite(500, Role::client)), CreateInviteError::quota);
  ASSERT_TRUE(
      run(stores_.invites.revoke_invite(practice_, therapist_, invite(3, Role::client).id, soon()))
          .has_value());
  EXPECT_TRUE(create(invite(500, Role::client)).has_value());
}

TEST_F(InviteStoreTest, expired_invites_make_room_and_take_their_relationships_along) {
  for (std::uint16_t i = 1; i <= kOpenInvitesMax; ++i) {
    ASSERT_TRUE(create(invite(i, Role::client)).has_value()) << i;
  }
  set_expiry(invite(7, Role::client).id, now_ - 1h);
  ASSERT_TRUE(create(invite(500, Role::client)).has_value());
  EXPECT_EQ(facts_of(invite(7, Role::client).relationship), RelationshipFacts{});
  EXPECT_EQ(facts_of(invite(8, Role::client).relationship).therapist, therapist_);
}

TEST_F(InviteStoreTest, an_account_has_at_most_256_relationships) {
  const std::string set = keys::Practice(practice_).relationships(therapist_);
  for (std::uint16_t i = 1; i < kRelationshipsMax; ++i) {
    redis({"SADD", set, to_hex(make_id<RelationshipId>(0xB0, i))});
  }
  EXPECT_EQ(refused(invite(1, Role::client)), CreateInviteError::quota);
}

TEST_F(InviteStoreTest, unknown_expired_used_revoked_and_burnt_invites_are_one_answer) {
  EXPECT_EQ(open(make_id<InviteId>(0xCC, 777)).error(), InviteError::not_found);

  const InviteRecord expired = invite(1, Role::client);
  ASSERT_TRUE(create(expired).has_value());
  set_expiry(expired.id, now_ - 1ms);
  EXPECT_EQ(open(expired.id).error(), InviteError::not_found);

  const InviteRecord used = invite(2, Role::client);
  ASSERT_TRUE(create(used).has_value());
  const auto used_open = open(used.id);
  const AccountId account = make_id<AccountId>(0xA0, 9);
  ASSERT_TRUE(
      run(stores_.invites.redeem(used.id, *used_open, new_account(account, {1}), "", soon()))
          .has_value());
  EXPECT_EQ(open(used.id).error(), InviteError::not_found);

  const InviteRecord revoked = invite(3, Role::client);
  ASSERT_TRUE(create(revoked).has_value());
  ASSERT_TRUE(
      run(stores_.invites.revoke_invite(practice_, therapist_, revoked.id, soon())).has_value());
  EXPECT_EQ(open(revoked.id).error(), InviteError::not_found);
  EXPECT_EQ(facts_of(revoked.relationship), RelationshipFacts{});

  const InviteRecord burnt = invite(4, Role::client);
  ASSERT_TRUE(create(burnt).has_value());
  const auto burnt_open = open(burnt.id);
  for (std::uint32_t tries = 1; tries <= kInviteTriesMax; ++tries) {
    EXPECT_TRUE(open(burnt.id).has_value()) << tries;
    EXPECT_EQ(*run(stores_.invites.count_invite_failure(burnt.id, *burnt_open, soon())), tries);
  }
  EXPECT_EQ(open(burnt.id).error(), InviteError::not_found);
  EXPECT_EQ(run(stores_.invites.count_invite_failure(burnt.id, *burnt_open, soon())).error(),
            InviteError::not_found);
  EXPECT_EQ(facts_of(burnt.relationship), RelationshipFacts{});
}

TEST_F(InviteStoreTest, only_its_inviter_revokes_an_invite) {
  const InviteRecord record = invite(1, Role::client);
  ASSERT_TRUE(create(record).has_value());
  const auto before = picture();
  const auto other = run(stores_.invites.revoke_invite(practice_, admin_, record.id, soon()));
  EXPECT_EQ(other.error(), InviteError::not_found);
  const auto elsewhere = run(
      stores_.invites.revoke_invite(make_id<PracticeId>(0xAA, 2), therapist_, record.id, soon()));
  EXPECT_EQ(elsewhere.error(), InviteError::not_found);
  EXPECT_EQ(picture(), before);
}

TEST_F(InviteStoreTest, redeeming_makes_the_account_and_the_relationship_active) {
  const InviteRecord record = invite(1, Role::client);
  ASSERT_TRUE(create(record).has_value());
  const AccountId account = make_id<AccountId>(0xA0, 9);
  const auto opened = open(record.id);
  ASSERT_TRUE(
      run(stores_.invites.redeem(record.id, *opened, new_account(account, {1, 4}), "", soon())));
  const RelationshipFacts facts = facts_of(record.relationship);
  EXPECT_EQ(facts.state, boundary::RelationshipState::active);
  EXPECT_EQ(facts.client, account);
  const auto device = run(stores_.accounts.device_facts(practice_, {account, 4}, soon()));
  ASSERT_TRUE(device.has_value());
  EXPECT_EQ(device->role, Role::client);
  EXPECT_EQ(run(stores_.relationships.list_relationships(practice_, account, soon()))->size(), 1U);
}

TEST_F(InviteStoreTest, of_two_that_redeem_at_once_exactly_one_wins) {
  Stores other(io_.get_executor(), server_.socket_path());
  for (std::uint16_t round = 1; round <= 20; ++round) {
    const InviteRecord record = invite(round, Role::client);
    ASSERT_TRUE(create(record).has_value());
    const auto opened = open(record.id);
    const AccountId first = make_id<AccountId>(0xA1, round);
    const AccountId second = make_id<AccountId>(0xA2, round);
    std::optional<boost::system::result<void, RedeemError>> one;
    std::optional<boost::system::result<void, RedeemError>> two;
    begin(stores_.invites.redeem(record.id, *opened, new_account(first, {1}), "", soon()), one);
    begin(other.invites.redeem(record.id, *opened, new_account(second, {1}), "", soon()), two);
    drive_until(one);
    drive_until(two);
    ASSERT_NE(one->has_value(), two->has_value());
    EXPECT_EQ((one->has_value() ? two : one)->error(), RedeemError::not_found);
    EXPECT_EQ(facts_of(record.relationship).client, one->has_value() ? first : second);
  }
}

TEST_F(InviteStoreTest, redeeming_again_with_the_same_account_is_done_already) {
  const InviteRecord record = invite(1, Role::client);
  ASSERT_TRUE(create(record).has_value());
  const auto opened = open(record.id);
  const NewAccount account = new_account(make_id<AccountId>(0xA0, 9), {1});
  ASSERT_TRUE(run(stores_.invites.redeem(record.id, *opened, account, "", soon())).has_value());
  const auto before = picture();
  EXPECT_TRUE(run(stores_.invites.redeem(record.id, *opened, account, "", soon())).has_value());
  EXPECT_EQ(picture(), before);
}

TEST_F(InviteStoreTest, each_account_that_is_made_leaves_one_record_in_the_ledger) {
  const InviteRecord record = invite(1, Role::client);
  ASSERT_TRUE(create(record).has_value());
  const auto opened = open(record.id);
  const auto redeem = [&](const AccountId& account) {
    return run(stores_.invites.redeem(record.id, *opened, new_account(account, {1}),
                                      "made " + to_hex(account), soon()));
  };
  EXPECT_EQ(redeem(client_).error(), RedeemError::account_exists);
  EXPECT_TRUE(audit_records().empty()) << "a refusal leaves none";
  const AccountId account = make_id<AccountId>(0xA0, 9);
  ASSERT_TRUE(redeem(account).has_value());
  ASSERT_TRUE(redeem(account).has_value()) << "again: done already";
  EXPECT_EQ(redeem(make_id<AccountId>(0xA0, 10)).error(), RedeemError::not_found);
  EXPECT_EQ(audit_records(), (std::vector<std::string>{"made " + to_hex(account)}));
}

TEST_F(InviteStoreTest, a_taken_account_id_leaves_the_invite_open) {
  const InviteRecord record = invite(1, Role::client);
  ASSERT_TRUE(create(record).has_value());
  const auto opened = open(record.id);
  const auto before = picture();
  const auto used =
      run(stores_.invites.redeem(record.id, *opened, new_account(client_, {1}), "", soon()));
  EXPECT_EQ(used.error(), RedeemError::account_exists);
  EXPECT_EQ(picture(), before);
}

TEST_F(InviteStoreTest, an_account_out_of_bounds_is_refused) {
  const InviteRecord record = invite(1, Role::client);
  ASSERT_TRUE(create(record).has_value());
  const auto opened = open(record.id);
  const auto before = picture();
  std::vector<NewAccount> bad(5, new_account(make_id<AccountId>(0xA0, 9), {1}));
  bad[0].devices.clear();
  bad[1].devices[0].device = 0;
  bad[2].devices.push_back(bad[2].devices[0]);
  bad[3].signed_list.assign(kStatementMax + 1, 'x');
  bad[4].devices.assign(kActiveDevicesMax + 1, bad[4].devices[0]);
  for (NewAccount& account : bad) {
    EXPECT_EQ(run(stores_.invites.redeem(record.id, *opened, account, "", soon())).error(),
              RedeemError::invalid);
  }
  EXPECT_EQ(picture(), before);
}

}  // namespace
}  // namespace holdspace::storage
