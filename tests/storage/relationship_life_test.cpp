// The life of a relationship: which state follows on which, and what severing takes back.
#include "storage/redis_keys.hpp"
#include "storage/relationship_store.hpp"
#include "tests/storage/store_world.hpp"

namespace holdspace::storage {
namespace {

using namespace std::chrono_literals;
using boundary::RelationshipState;
using Changed = boost::system::result<RelationshipChanged, SetRelationshipError>;

class RelationshipLifeTest : public PracticeTest {
 protected:
  [[nodiscard]] RelationshipChange change_to(RelationshipState state) const {
    RelationshipChange change;
    change.relationship = relationship_;
    change.revision = revision_;
    change.state = state;
    if (state == RelationshipState::ending) change.ends_at = now_ + 24h;
    change.returned = return_form();
    return change;
  }
  Changed set(RelationshipChange change) {
    const Changed done =
        run(stores_.relationships.set_relationship(practice_, std::move(change), soon()));
    if (done) revision_ = done->revision;
    return done;
  }
  // The refusal, having checked that it left no trace.
  SetRelationshipError refused(RelationshipChange change) {
    const auto before = picture();
    const Changed done = set(std::move(change));
    EXPECT_FALSE(done.has_value());
    EXPECT_EQ(picture(), before);
    return done ? SetRelationshipError::corrupt : done.error();
  }
  RelationshipFacts facts() {
    return run(stores_.relationships.facts(practice_, relationship_, client_, {}, soon()))->facts;
  }
  void put(RelationshipState state) {
    redis({"HSET", keys::Practice(practice_).relationship(relationship_), "state",
           std::string(boundary::name(state))});
  }

  std::uint64_t revision_ = kJoined;
};

TEST_F(RelationshipLifeTest, each_state_is_followed_by_those_of_the_table_alone) {
  using enum RelationshipState;
  const std::map<RelationshipState, std::set<RelationshipState>> lawful = {
      {invited, {}},
      {active, {active, paused, ending, ended, severed}},
      {paused, {active, paused, ending, ended, severed}},
      {ending, {ending, ended, severed}},
      {ended, {severed}},
      {severed, {}}};
  for (const auto& [from, followers] : lawful) {
    for (const auto to : {invited, active, paused, ending, ended, severed}) {
      put(from);
      // Another revision for each, so that none counts as done already.
      redis({"HINCRBY", keys::Practice(practice_).relationship(relationship_), "revision", "5"});
      revision_ = facts().revision;
      if (followers.contains(to)) {
        EXPECT_TRUE(set(change_to(to)).has_value()) << boundary::name(from) << boundary::name(to);
        EXPECT_EQ(facts().state, to);
      } else {
        EXPECT_EQ(refused(change_to(to)), SetRelationshipError::unlawful)
            << boundary::name(from) << boundary::name(to);
      }
    }
  }
}

TEST_F(RelationshipLifeTest, a_change_counts_the_revision_and_says_everything_anew) {
  RelationshipChange paused = change_to(RelationshipState::active);
  paused.routine_pause = LanePause{{now_, now_ + 24h}, "sealed: bytes\n"};
  ASSERT_EQ(set(paused)->revision, kJoined + 1);
  RelationshipFacts seen = facts();
  EXPECT_EQ(seen.revision, kJoined + 1);
  EXPECT_EQ(seen.routine_pause, paused.routine_pause);
  EXPECT_EQ(seen.logistics_pause, std::nullopt);
  ASSERT_TRUE(set(change_to(RelationshipState::ending)).has_value());
  seen = facts();
  EXPECT_EQ(seen.ends_at, now_ + 24h);
  EXPECT_EQ(seen.routine_pause, std::nullopt);
  RelationshipChange later = change_to(RelationshipState::ending);
  later.ends_at = now_ + 48h;
  ASSERT_TRUE(set(later).has_value());
  EXPECT_EQ(facts().ends_at, now_ + 48h);
}

TEST_F(RelationshipLifeTest, the_same_change_again_is_done_already) {
  RelationshipChange change = change_to(RelationshipState::paused);
  change.trail = {{{client_, "a break"}}, "paused"};
  ASSERT_EQ(set(change)->revision, kJoined + 1);
  const auto before = picture();
  EXPECT_EQ(set(change)->revision, kJoined + 1);
  EXPECT_EQ(picture(), before);
  EXPECT_EQ(notices_of(client_), (std::vector<std::string>{"a break"}));
  EXPECT_EQ(audit_records(), (std::vector<std::string>{"paused"}));
}

TEST_F(RelationshipLifeTest, a_decision_made_before_the_change_is_stale) {
  accept(message(1));
  ASSERT_TRUE(set(change_to(RelationshipState::ended)).has_value());
  EXPECT_EQ(run(stores_.queues.accept(message(2), soon())).error().error, AcceptError::stale);
  EXPECT_EQ(run(stores_.queues.read(reading(therapist1_, Origin::peer), soon())).error(),
            ReadError::stale);
  ReadRequest aware = reading(therapist1_, Origin::peer);
  aware.validity.revision = revision_;
  EXPECT_EQ(run(stores_.queues.read(aware, soon()))->entries.size(), 1U)
      << "what was accepted before passes";
}

TEST_F(RelationshipLifeTest, another_revision_or_relationship_is_refused) {
  RelationshipChange old = change_to(RelationshipState::paused);
  old.revision = kJoined - 1;
  EXPECT_EQ(refused(old), SetRelationshipError::stale);
  old.revision = ~std::uint64_t{0};
  EXPECT_EQ(refused(old), SetRelationshipError::stale);
  RelationshipChange unknown = change_to(RelationshipState::paused);
  unknown.relationship = make_id<RelationshipId>(0xBB, 77);
  EXPECT_EQ(refused(unknown), SetRelationshipError::not_found);
}

TEST_F(RelationshipLifeTest, changes_out_of_bounds_are_refused) {
  RelationshipChange change = change_to(RelationshipState::ending);
  change.ends_at.reset();
  EXPECT_EQ(refused(change), SetRelationshipError::invalid);
  change = change_to(RelationshipState::paused);
  change.ends_at = now_;
  EXPECT_EQ(refused(change), SetRelationshipError::invalid);
  change = change_to(RelationshipState::active);
  change.logistics_pause = LanePause{{now_, now_}, ""};
  EXPECT_EQ(refused(change), SetRelationshipError::invalid);
  change.logistics_pause = LanePause{{now_, now_ + 1h}, std::string(kPauseReasonMax + 1, 'x')};
  EXPECT_EQ(refused(change), SetRelationshipError::invalid);
  change = change_to(RelationshipState::severed);
  change.returned.by_lane[0] = std::string(kMessageHole) + std::string(kRelationshipHole);
  EXPECT_EQ(refused(change), SetRelationshipError::invalid);
}

TEST_F(RelationshipLifeTest, a_change_computed_on_what_is_held_is_refused_when_that_has_changed) {
  const auto held_count = [&] {
    return run(stores_.held.list_held(practice_, therapist_, "", 1, soon()))->held_count;
  };
  auto paused = change_to(RelationshipState::active);
  paused.routine_pause = LanePause{{now_, now_ + 1h}, "sealed"};
  paused.held_count = held_count();
  ASSERT_TRUE(run(stores_.queues.accept(held(message(1)), soon())).has_value());
  EXPECT_EQ(refused(paused), SetRelationshipError::changed);
  paused.held_count = held_count();
  EXPECT_TRUE(set(paused).has_value());
}

TEST_F(RelationshipLifeTest, severing_after_the_ending_takes_back_what_would_still_pass) {
  ASSERT_TRUE(run(stores_.queues.accept(held(message(1)), soon())).has_value());
  ASSERT_TRUE(set(change_to(RelationshipState::ended)).has_value());
  EXPECT_EQ(set(change_to(RelationshipState::severed))->returned, 1U);
}

TEST_F(RelationshipLifeTest, whoever_may_see_every_relationship_names_no_account) {
  const auto seen = run(stores_.relationships.facts(practice_, relationship_, {}, {}, soon()));
  ASSERT_TRUE(seen.has_value());
  EXPECT_EQ(seen->facts, facts());
  const auto stranger = make_id<AccountId>(0xA0, 77);
  EXPECT_EQ(
      run(stores_.relationships.facts(practice_, relationship_, stranger, {}, soon())).error(),
      RelationshipError::not_found);
}

TEST_F(RelationshipLifeTest, of_two_changes_at_once_one_is_stale) {
  Stores other(io_.get_executor(), server_.socket_path());
  std::optional<Changed> one;
  std::optional<Changed> two;
  begin(stores_.relationships.set_relationship(practice_, change_to(RelationshipState::paused),
                                               soon()),
        one);
  begin(
      other.relationships.set_relationship(practice_, change_to(RelationshipState::ended), soon()),
      two);
  drive_until(one);
  drive_until(two);
  ASSERT_NE(one->has_value(), two->has_value());
  EXPECT_EQ((one->has_value() ? two : one)->error(), SetRelationshipError::stale);
}

TEST_F(RelationshipLifeTest, severing_returns_what_nobody_has_collected) {
  accept(held(message(1)));  // held
  accept(message(2));        // passed on, and collected by one device below
  accept(message(3));        // passed on, not collected
  accept(held(reply(4)));    // the other way
  AcceptRequest logistics = message(5);
  logistics.lane = boundary::Lane::logistics;
  accept(logistics);
  ASSERT_EQ(ack(therapist2_, {{routine(Origin::peer), 2}}), 1U);
  RelationshipChange severed = change_to(RelationshipState::severed);
  severed.trail.notices = {{client_, "severed"}};
  EXPECT_EQ(set(severed)->returned, 4U);
  EXPECT_EQ(notices_of(client_),
            (std::vector<std::string>{"severed", returned_notice(relationship_, message(1).message),
                                      returned_notice(relationship_, message(3).message),
                                      returned_notice(relationship_, message(5).message)}));
  EXPECT_EQ(notices_of(therapist_),
            (std::vector<std::string>{returned_notice(relationship_, message(4).message)}));
  for (const DeviceRef& device : {therapist1_, therapist2_, client1_, client2_}) {
    const auto waiting = run(stores_.queues.pending(practice_, device, soon()));
    for (const PendingQueue& left : *waiting) {
      EXPECT_EQ(left.queue.origin, Origin::own) << "own copies stay";
    }
  }
  EXPECT_EQ(*run(stores_.held.withdraw(practice_, client1_, relationship_, message(1).message, {},
                                       soon())),
            0U);
}

TEST_F(RelationshipLifeTest, a_held_message_that_was_given_is_not_said_to_have_gone_back) {
  accept(held(message(1)));
  EXPECT_EQ(seqs(therapist1_).size(), 1U);
  EXPECT_EQ(set(change_to(RelationshipState::severed))->returned, 0U);
  EXPECT_TRUE(notices_of(client_).empty());
}

TEST_F(RelationshipLifeTest, full_notices_refuse_a_pause_and_never_a_severing) {
  accept(held(message(1)));
  redis({"HSET", keys::Practice(practice_).notices(client_), "last", std::to_string(kNoticesMax),
         "first", "1"});
  RelationshipChange paused = change_to(RelationshipState::paused);
  paused.trail.notices = {{client_, "a break"}};
  EXPECT_EQ(refused(paused), SetRelationshipError::quota);
  EXPECT_EQ(set(change_to(RelationshipState::severed))->returned, 1U);
}

}  // namespace
}  // namespace holdspace::storage
