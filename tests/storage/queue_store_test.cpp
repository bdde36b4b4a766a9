// Reading a queue under its gate, and emptying it.
#include "storage/queue_store.hpp"

#include <algorithm>

#include "storage/redis_keys.hpp"
#include "tests/storage/store_world.hpp"

namespace holdspace::storage {
namespace {

using namespace std::chrono_literals;
using Read = boost::system::result<QueuePage, ReadError>;

class QueueStoreTest : public PracticeTest {
 protected:
  Read read(ReadRequest request) { return run(stores_.queues.read(std::move(request), soon())); }
  std::vector<PendingQueue> pending(DeviceRef device) {
    auto found = *run(stores_.queues.pending(practice_, device, soon()));
    std::sort(found.begin(), found.end(),
              [](const auto& a, const auto& b) { return a.queue < b.queue; });
    return found;
  }
};

TEST_F(QueueStoreTest, pending_tells_what_the_gate_needs) {
  EXPECT_TRUE(pending(therapist1_).empty());
  accept(message(1));
  accept(message(2));
  AcceptRequest logistics = message(3);
  logistics.lane = boundary::Lane::logistics;
  accept(logistics);
  accept(reply(4));
  ASSERT_TRUE(apply_policy(therapist_, 0, "one"));
  const auto found = pending(therapist2_);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].queue, routine(Origin::peer));
  EXPECT_EQ(found[0].count, 2U);
  EXPECT_EQ(found[0].first_seq, 1U);
  EXPECT_EQ(found[0].first_version, 0U);
  EXPECT_EQ(found[0].facts.therapist, therapist_);
  EXPECT_EQ(found[0].facts.client, client_);
  EXPECT_EQ(found[0].facts.state, boundary::RelationshipState::active);
  EXPECT_EQ(found[0].facts.policy_version, 1U);
  EXPECT_EQ(found[1].queue, routine(Origin::own));
  EXPECT_EQ(found[1].count, 1U);
  EXPECT_EQ(found[2].queue.lane, boundary::Lane::logistics);
}

TEST_F(QueueStoreTest, reading_goes_on_after_a_seq) {
  for (std::uint16_t i = 1; i <= 5; ++i) accept(message(i));
  ReadRequest request = reading(therapist1_, Origin::peer);
  request.after_seq = 2;
  request.entries_max = 2;
  const Read some = read(request);
  ASSERT_EQ(some->entries.size(), 2U);
  EXPECT_EQ(some->entries.at(0).seq, 3U);
  EXPECT_EQ(some->entries.at(1).seq, 4U);
  request.after_seq = 5;
  EXPECT_TRUE(read(request)->entries.empty());
  request.after_seq = ~std::uint64_t{0};
  EXPECT_TRUE(read(request)->entries.empty());
}

TEST_F(QueueStoreTest, reading_stops_at_its_bytes_but_gives_one) {
  for (std::uint16_t i = 1; i <= 5; ++i) accept(message(i));
  ReadRequest request = reading(therapist1_, Origin::peer);
  request.bytes_max = 2 * 16;  // an envelope of the test has 16 bytes
  EXPECT_EQ(read(request)->entries.size(), 2U);
  request.bytes_max = 1;
  EXPECT_EQ(read(request)->entries.size(), 1U);
}

TEST_F(QueueStoreTest, reading_changes_nothing) {
  accept(message(1));
  const auto before = picture();
  EXPECT_EQ(read(reading(therapist1_, Origin::peer))->entries.size(), 1U);
  EXPECT_EQ(read(reading(therapist1_, Origin::peer))->entries.size(), 1U);
  EXPECT_EQ(picture(), before);
}

TEST_F(QueueStoreTest, a_read_under_an_outdated_decision_is_stale) {
  accept(message(1));
  ReadRequest request = reading(therapist1_, Origin::peer);
  request.validity.span = {now_ - 2h, now_};
  EXPECT_EQ(read(request).error(), ReadError::stale);
  request.validity.span = {now_ + 1h, now_ + 2h};
  EXPECT_EQ(read(request).error(), ReadError::stale);
  request = reading(therapist1_, Origin::peer);
  request.validity.revision = kJoined + 1;
  EXPECT_EQ(read(request).error(), ReadError::stale);
  request = reading(therapist1_, Origin::peer);
  request.validity.hours_version = 1;
  EXPECT_EQ(read(request).error(), ReadError::stale);
  request = reading(therapist1_, Origin::peer);
  request.validity.therapist = client_;
  EXPECT_EQ(read(request).error(), ReadError::stale);
  request = reading(therapist1_, Origin::peer);
  ASSERT_TRUE(apply_policy(therapist_, 0, "shut"));
  EXPECT_EQ(read(request).error(), ReadError::stale);
  request.validity.policy_version = 1;
  EXPECT_EQ(read(request)->entries.size(), 1U);
}

TEST_F(QueueStoreTest, own_copies_have_no_gate) {
  accept(message(1));
  ReadRequest request = reading(client2_, Origin::own);
  request.validity = {};
  EXPECT_EQ(read(request)->entries.size(), 1U);
}

TEST_F(QueueStoreTest, reads_out_of_bounds_are_refused) {
  ReadRequest request = reading(therapist1_, Origin::peer);
  request.entries_max = 0;
  EXPECT_EQ(read(request).error(), ReadError::invalid);
  request.entries_max = kReadEntriesMax + 1;
  EXPECT_EQ(read(request).error(), ReadError::invalid);
}

TEST_F(QueueStoreTest, acks_remove_and_are_idempotent) {
  for (std::uint16_t i = 1; i <= 4; ++i) accept(message(i));
  const SubQueue queue = routine(Origin::peer);
  EXPECT_EQ(ack(therapist1_, {{queue, 1}, {queue, 3}, {queue, 3}}), 2U);
  EXPECT_EQ(ack(therapist1_, {{queue, 1}, {queue, 3}}), 0U);
  const auto left = pending(therapist1_);
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].count, 2U);
  EXPECT_EQ(left[0].first_seq, 2U);
  const Read entries = read(reading(therapist1_, Origin::peer));
  ASSERT_EQ(entries->entries.size(), 2U);
  EXPECT_EQ(entries->entries.at(0).seq, 2U);
  EXPECT_EQ(entries->entries.at(1).seq, 4U);
  EXPECT_EQ(pending(therapist2_).at(0).count, 4U);
}

TEST_F(QueueStoreTest, entries_behind_an_old_one_are_found_across_the_holes_of_acks) {
  for (std::uint16_t i = 1; i <= 30; ++i) accept(message(i));
  const SubQueue queue = routine(Origin::peer);
  for (std::uint64_t seq = 2; seq <= 29; ++seq) {
    if (seq == 20) continue;
    EXPECT_EQ(ack(therapist1_, {{queue, seq}}), 1U);
  }
  ReadRequest request = reading(therapist1_, Origin::peer);
  request.entries_max = 2;
  EXPECT_EQ(read(request)->entries.at(1).seq, 20U);
  request.after_seq = 20;
  EXPECT_EQ(read(request)->entries.at(0).seq, 30U);
  EXPECT_EQ(ack(therapist1_, {{queue, 1}}), 1U);
  EXPECT_EQ(pending(therapist1_).at(0).first_seq, 20U);
  EXPECT_EQ(ack(therapist1_, {{queue, 20}}), 1U);
  EXPECT_EQ(pending(therapist1_).at(0).first_seq, 30U);
}

TEST_F(QueueStoreTest, entries_of_a_later_policy_version_can_be_kept_back) {
  accept(message(1));
  accept(message(2));
  ASSERT_TRUE(apply_policy(therapist_, 0, "one"));
  AcceptRequest later = message(3);
  later.validity.policy_version = 1;
  accept(later);
  ReadRequest request = reading(therapist1_, Origin::peer);
  request.validity.policy_version = 1;
  EXPECT_EQ(read(request)->entries.size(), 3U);
  EXPECT_EQ(read(request)->kept_back_version, std::nullopt);
  request.accepted_through = 0;
  const Read early = read(request);
  EXPECT_EQ(early->entries.size(), 2U);
  EXPECT_EQ(early->kept_back_version, 1U);
  request.entries_max = 2;
  EXPECT_EQ(read(request)->kept_back_version, std::nullopt) << "it was not asked for";
  request.after_seq = 2;
  EXPECT_TRUE(read(request)->entries.empty());
  EXPECT_EQ(read(request)->kept_back_version, 1U);
  EXPECT_EQ(pending(therapist1_).at(0).first_version, 0U);
  const SubQueue queue = routine(Origin::peer);
  EXPECT_EQ(ack(therapist1_, {{queue, 1}, {queue, 2}}), 2U);
  EXPECT_EQ(pending(therapist1_).at(0).first_version, 1U);
  ReadRequest own = reading(client2_, Origin::own);
  own.accepted_through = 0;
  EXPECT_EQ(read(own)->entries.size(), 3U) << "own copies are never kept back";
}

TEST_F(QueueStoreTest, acks_of_what_was_never_there_change_nothing) {
  accept(message(1));
  const auto before = picture();
  const SubQueue queue = routine(Origin::peer);
  SubQueue foreign = queue;
  foreign.relationship = make_id<RelationshipId>(0xBB, 77);
  EXPECT_EQ(ack(therapist1_, {{queue, 0},
                              {queue, 2},
                              {foreign, 1},
                              {routine(Origin::own), 1},
                              {queue, ~std::uint64_t{0}}}),
            0U);
  EXPECT_EQ(ack({admin_, 1}, {{queue, 1}}), 0U);
  EXPECT_EQ(picture(), before);
  EXPECT_EQ(run(stores_.queues.ack(practice_, therapist1_, {}, soon())).error(), AckError::invalid);
  EXPECT_EQ(run(stores_.queues.ack(practice_, therapist1_,
                                   std::vector<AckItem>(kAcksMax + 1, {queue, 1}), soon()))
                .error(),
            AckError::invalid);
}

TEST_F(QueueStoreTest, numbers_go_on_after_a_queue_was_empty) {
  accept(message(1));
  accept(message(2));
  const SubQueue queue = routine(Origin::peer);
  EXPECT_EQ(ack(therapist1_, {{queue, 1}, {queue, 2}}), 2U);
  EXPECT_TRUE(pending(therapist1_).empty());
  EXPECT_EQ(
      redis({"EXISTS", keys::Device(practice_, therapist1_).queue(keys::sub_queue(queue))}).integer,
      0);
  accept(message(3));
  const Read entries = read(reading(therapist1_, Origin::peer));
  ASSERT_EQ(entries->entries.size(), 1U);
  EXPECT_EQ(entries->entries.at(0).seq, 3U);
  EXPECT_EQ(pending(therapist1_).at(0).first_seq, 3U);
}

TEST_F(QueueStoreTest, a_read_from_the_start_begins_at_the_oldest_entry_however_many_were_acked) {
  const SubQueue queue = routine(Origin::peer);
  for (std::uint16_t i = 1; i <= 20; ++i) accept(message(i));
  for (std::uint64_t seq = 1; seq <= 20; ++seq) ASSERT_EQ(ack(therapist1_, {{queue, seq}}), 1U);
  accept(message(21));
  accept(message(22));
  ReadRequest request = reading(therapist1_, Origin::peer);
  request.entries_max = 16;
  const Read found = read(request);
  ASSERT_EQ(found->entries.size(), 2U);
  EXPECT_EQ(found->entries.at(0).seq, 21U);
  EXPECT_EQ(found->entries.at(1).seq, 22U);
}

TEST_F(QueueStoreTest, no_key_ever_has_a_time_to_live) {
  accept(message(1));
  accept(reply(2));
  ASSERT_TRUE(
      run(stores_.prekeys.publish_prekeys(practice_, therapist1_, "set", {{1, "k"}}, soon())));
  ASSERT_TRUE(
      run(stores_.prekeys.fetch_prekeys(practice_, client1_, therapist_, {1}, soon())).has_value());
  const auto keys = picture();
  EXPECT_GT(keys.size(), 20U);
  for (const auto& [key, value] : keys) EXPECT_EQ(redis({"PTTL", key}).integer, -1) << key;
}

TEST_F(QueueStoreTest,
       a_full_memory_refuses_messages_and_lets_reads_acks_logins_and_severing_pass) {
  accept(message(1));
  redis({"SET", "filler", std::string(1 << 20, 'x')});
  redis({"CONFIG", "SET", "maxmemory", "1mb"});
  const auto before = picture();
  EXPECT_EQ(run(stores_.queues.accept(message(2), soon())).error().error, AcceptError::unavailable);
  EXPECT_EQ(picture(), before);
  connect(practice_, therapist1_);
  EXPECT_EQ(pending(therapist1_).size(), 1U);
  EXPECT_EQ(read(reading(therapist1_, Origin::peer))->entries.size(), 1U);
  EXPECT_EQ(ack(therapist1_, {{routine(Origin::peer), 1}}), 1U);
  RelationshipChange severed;
  severed.relationship = relationship_;
  severed.revision = kJoined;
  severed.state = boundary::RelationshipState::severed;
  EXPECT_TRUE(run(stores_.relationships.set_relationship(practice_, severed, soon())).has_value());
  EXPECT_TRUE(
      *run(stores_.connected.disconnect(practice_, therapist1_, session_of(therapist1_), soon())));
}

TEST_F(QueueStoreTest, every_key_of_a_practice_is_in_its_slot) {
  accept(message(1));
  const std::string tag = "{" + to_hex(practice_) + "}";
  for (const auto& [key, value] : picture()) {
    if (key == keys::kPractices) continue;  // the list of all practices, in a slot of its own
    EXPECT_EQ(key.rfind("hs:" + tag + ":", 0), 0U) << key;
  }
}

}  // namespace
}  // namespace holdspace::storage
