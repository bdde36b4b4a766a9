// A therapist leaves: nothing new, each held message disposed of, then the end.
#include "storage/leaving_store.hpp"

#include "tests/storage/store_world.hpp"

namespace holdspace::storage {
namespace {

class LeavingStoreTest : public PracticeTest {
 protected:
  void set(bool leaving) {
    ASSERT_TRUE(run(stores_.leaving.set_leaving(practice_, therapist_, leaving,
                                                {{{client_, "leaving"}}, "leave"}, soon()))
                    .has_value());
  }
  boost::system::result<std::uint32_t, FinishLeavingFault> finish(AccountId account) {
    return run(
        stores_.leaving.finish_leaving(practice_, account, {{{client_, "ended"}}, "left"}, soon()));
  }
  // The refusal, having checked that it left no trace.
  FinishLeavingFault refused(AccountId account) {
    const auto before = picture();
    const auto done = finish(account);
    EXPECT_FALSE(done.has_value());
    EXPECT_EQ(picture(), before);
    return done ? FinishLeavingFault{} : done.error();
  }
  RelationshipFacts facts() {
    return run(stores_.relationships.facts(practice_, relationship_, client_, {}, soon()))->facts;
  }
};

TEST_F(LeavingStoreTest, every_relationship_says_so_and_decisions_made_before_are_stale) {
  set(true);
  set(true);
  EXPECT_TRUE(facts().therapist_leaving);
  EXPECT_EQ(facts().revision, kJoined + 1);
  EXPECT_EQ(run(stores_.queues.accept(message(1), soon())).error().error, AcceptError::stale);
  EXPECT_EQ(audit_records().size(), 1U);
  set(false);
  EXPECT_FALSE(facts().therapist_leaving);
  EXPECT_EQ(run(stores_.leaving.set_leaving(practice_, client_, true, {}, soon())).error(),
            SetLeavingError::not_found);
}

TEST_F(LeavingStoreTest, who_leaves_invites_nobody) {
  set(true);
  EXPECT_EQ(run(stores_.invites.create_invite(practice_, invite(1, Role::client), soon())).error(),
            CreateInviteError::permission_denied);
}

TEST_F(LeavingStoreTest, it_cannot_be_finished_with_held_messages_left) {
  accept(held(message(1)));
  accept(held(reply(2)));
  accept(message(3));
  set(true);
  const FinishLeavingFault left = refused(therapist_);
  EXPECT_EQ(left.error, FinishLeavingError::items_left);
  EXPECT_EQ(left.items, 2U);
  const HeldPage page =
      *run(stores_.held.list_held(practice_, therapist_, "", kHeldPerPage, soon()));
  std::vector<HeldName> names;
  for (const HeldMessage& message : page.messages) names.push_back(message.name);
  ASSERT_EQ(*run(stores_.held.return_held(practice_, names, return_form(), {}, soon())), 2U);
  EXPECT_EQ(*finish(therapist_), 1U);
  EXPECT_EQ(facts().state, boundary::RelationshipState::ended);
  EXPECT_EQ(notices_of(client_).back(), "ended");
  EXPECT_EQ(*finish(therapist_), 0U) << "again: nothing is left to end";
}

TEST_F(LeavingStoreTest, it_begins_before_it_is_finished) {
  EXPECT_EQ(refused(therapist_).error, FinishLeavingError::not_leaving);
  EXPECT_EQ(refused(client_).error, FinishLeavingError::not_found);
}

TEST_F(LeavingStoreTest, everybody_of_the_practice_is_listed) {
  ASSERT_TRUE(apply_policy(therapist_, 0, "one").has_value());
  set(true);
  const auto list = run(stores_.accounts.list_accounts(practice_, soon()));
  EXPECT_EQ(*list, (std::vector<AccountLine>{{admin_, Role::admin, 0, false},
                                             {therapist_, Role::therapist, 1, true},
                                             {client_, Role::client, 0, false}}));
}

}  // namespace
}  // namespace holdspace::storage
