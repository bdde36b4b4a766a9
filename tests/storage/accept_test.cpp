// Accepting a message: everywhere or nowhere, once, and only while the decision stands.
#include "storage/queue_store.hpp"
#include "storage/redis_keys.hpp"
#include "tests/storage/store_world.hpp"

namespace holdspace::storage {
namespace {

using namespace std::chrono_literals;
using Result = boost::system::result<Accepted, AcceptFault>;

class AcceptTest : public PracticeTest {
 protected:
  Result accept(AcceptRequest request) {
    return run(stores_.queues.accept(std::move(request), soon()));
  }
  // The refusal, having checked that it left no trace.
  AcceptFault refused(AcceptRequest request) {
    const auto before = picture();
    const Result done = accept(std::move(request));
    EXPECT_FALSE(done.has_value());
    EXPECT_EQ(picture(), before);
    return done ? AcceptFault{} : done.error();
  }
  std::vector<QueueEntry> entries(DeviceRef device, Origin origin = Origin::peer) {
    ReadRequest request = reading(device, origin);
    request.validity.policy_version = policy_version_;
    return run(stores_.queues.read(request, soon()))->entries;
  }
  void set_state(const char* state) {
    redis({"HSET", keys::Practice(practice_).relationship(relationship_), "state", state});
  }

  std::uint64_t policy_version_ = 0;
};

TEST_F(AcceptTest, puts_a_copy_into_each_sub_queue_and_says_where) {
  const Result done = accept(message(1));
  ASSERT_TRUE(done.has_value());
  EXPECT_FALSE(done->duplicate);
  EXPECT_EQ(done->verdict, "verdict 1");
  EXPECT_LT(done->at - now_, 1min);
  ASSERT_EQ(done->copies.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(done->copies[i].recipient, message(1).copies[i].recipient);
    EXPECT_EQ(done->copies[i].seq, 1U);
    EXPECT_EQ(done->copies[i].gateway, gateway_of(done->copies[i].recipient));
  }
  EXPECT_EQ(entries(therapist1_).at(0).envelope, "envelope 1 for 1");
  EXPECT_EQ(entries(therapist2_).at(0).envelope, "envelope 1 for 2");
  EXPECT_EQ(entries(client2_, Origin::own).at(0).envelope, "envelope 1 for 2");
}

TEST_F(AcceptTest, numbers_copies_in_order_without_gaps) {
  for (std::uint16_t i = 1; i <= 20; ++i) {
    const Result done = accept(message(i));
    ASSERT_TRUE(done.has_value());
    for (const QueuedCopy& copy : done->copies) EXPECT_EQ(copy.seq, i);
  }
  const auto read = entries(therapist1_);
  ASSERT_EQ(read.size(), 16U);
  for (std::size_t i = 0; i < read.size(); ++i) {
    EXPECT_EQ(read[i].seq, i + 1);
    EXPECT_EQ(read[i].envelope, "envelope " + std::to_string(i + 1) + " for 1");
  }
}

TEST_F(AcceptTest, numbers_lanes_and_directions_apart) {
  ASSERT_TRUE(accept(message(1)).has_value());
  AcceptRequest logistics = message(2);
  logistics.lane = boundary::Lane::logistics;
  EXPECT_EQ(accept(logistics)->copies[0].seq, 1U);
  EXPECT_EQ(accept(reply(3))->copies[2].seq, 1U);
  EXPECT_EQ(accept(message(4))->copies[0].seq, 2U);
}

TEST_F(AcceptTest, a_device_that_is_away_has_no_gateway_to_hint) {
  ASSERT_TRUE(
      *run(stores_.connected.disconnect(practice_, therapist2_, session_of(therapist2_), soon())));
  const Result done = accept(message(1));
  EXPECT_EQ(done->copies[1].gateway, std::nullopt);
  EXPECT_NE(done->copies[0].gateway, std::nullopt);
}

TEST_F(AcceptTest, the_same_send_again_is_the_first_answer_again) {
  const Result first = accept(message(1));
  const auto before = picture();
  AcceptRequest again = message(1);
  again.verdict = "another verdict, made later";
  const Result second = accept(again);
  ASSERT_TRUE(second.has_value());
  EXPECT_TRUE(second->duplicate);
  EXPECT_EQ(second->at, first->at);
  EXPECT_EQ(second->verdict, "verdict 1");
  EXPECT_TRUE(second->copies.empty());
  EXPECT_EQ(picture(), before);
}

TEST_F(AcceptTest, a_duplicate_is_known_before_anything_else_is_judged) {
  ASSERT_TRUE(accept(message(1)).has_value());
  AcceptRequest again = message(1);
  again.copies.pop_back();
  again.validity.policy_version = 9;
  again.validity.span = {now_ - 2h, now_ - 1h};
  set_state("ended");
  const Result second = accept(again);
  ASSERT_TRUE(second.has_value());
  EXPECT_TRUE(second->duplicate);
}

TEST_F(AcceptTest, the_same_id_with_another_hash_is_a_conflict_and_the_first_stays) {
  ASSERT_TRUE(accept(message(1)).has_value());
  AcceptRequest other = message(1);
  other.send_hash.fill(0xEE);
  EXPECT_EQ(refused(other).error, AcceptError::conflict);
  EXPECT_TRUE(accept(message(1))->duplicate);
}

TEST_F(AcceptTest, ids_of_different_devices_are_apart) {
  ASSERT_TRUE(accept(message(1)).has_value());
  AcceptRequest other = message(1);
  other.sender = client2_;
  other.session = session_of(client2_);
  other.send_hash.fill(0xEE);
  other.copies[2].recipient = client1_;
  const Result done = accept(other);
  ASSERT_TRUE(done.has_value());
  EXPECT_FALSE(done->duplicate);
}

TEST_F(AcceptTest, two_at_once_with_one_id_are_stored_once) {
  Stores other(io_.get_executor(), server_.socket_path());
  for (std::uint16_t i = 1; i <= 20; ++i) {
    std::optional<Result> one;
    std::optional<Result> two;
    begin(stores_.queues.accept(message(i), soon()), one);
    begin(other.queues.accept(message(i), soon()), two);
    drive_until(one);
    drive_until(two);
    ASSERT_TRUE(one->has_value() && two->has_value());
    EXPECT_NE((*one)->duplicate, (*two)->duplicate);
    EXPECT_EQ((*one)->at, (*two)->at);
  }
  EXPECT_EQ(redis({"HLEN", keys::Device(practice_, client1_).sent()}).integer, 20);
  EXPECT_EQ(entries(therapist1_).back().seq, 16U);
}

TEST_F(AcceptTest, pipelined_messages_keep_their_order) {
  std::vector<std::optional<Result>> done(200);
  for (std::uint16_t i = 0; i < done.size(); ++i) {
    begin(stores_.queues.accept(message(i), soon()), done[i]);
  }
  for (std::size_t i = 0; i < done.size(); ++i) {
    drive_until(done[i]);
    ASSERT_TRUE(done[i]->has_value());
    EXPECT_EQ((*done[i])->copies[0].seq, i + 1);
  }
}

TEST_F(AcceptTest, an_unknown_or_foreign_relationship_is_not_found) {
  AcceptRequest unknown = message(1);
  unknown.relationship = make_id<RelationshipId>(0xBB, 77);
  EXPECT_EQ(refused(unknown).error, AcceptError::not_found);
  connect(practice_, {admin_, 1});
  AcceptRequest foreign = message(1);
  foreign.sender = {admin_, 1};
  foreign.session = session_of({admin_, 1});
  EXPECT_EQ(refused(foreign).error, AcceptError::not_found);
}

TEST_F(AcceptTest, a_session_that_is_not_the_newest_is_displaced) {
  AcceptRequest request = message(1);
  request.session = make_id<SessionId>(0x55, 99);
  EXPECT_EQ(refused(request).error, AcceptError::displaced);
  request = message(1);
  request.practice = make_id<PracticeId>(0xAA, 2);
  EXPECT_EQ(refused(request).error, AcceptError::displaced);
  ASSERT_TRUE(
      *run(stores_.connected.disconnect(practice_, client1_, session_of(client1_), soon())));
  EXPECT_EQ(refused(message(1)).error, AcceptError::displaced);
}

TEST_F(AcceptTest, a_decision_on_another_revision_of_the_relationship_is_stale) {
  redis({"HINCRBY", keys::Practice(practice_).relationship(relationship_), "revision", "1"});
  EXPECT_EQ(refused(message(1)).error, AcceptError::stale);
  AcceptRequest changed = message(1);
  changed.validity.revision = kJoined + 1;
  EXPECT_TRUE(accept(changed).has_value());
}

TEST_F(AcceptTest, a_decision_under_another_policy_is_stale) {
  AcceptRequest ahead = message(1);
  ahead.validity.policy_version = 1;
  EXPECT_EQ(refused(ahead).error, AcceptError::stale);
  ASSERT_TRUE(apply_policy(therapist_, 0, "one"));
  EXPECT_EQ(refused(message(1)).error, AcceptError::stale);
  EXPECT_TRUE(accept(ahead).has_value());
}

TEST_F(AcceptTest, a_decision_under_other_hours_of_the_client_is_stale) {
  AcceptRequest ahead = message(1);
  ahead.validity.hours_version = 1;
  EXPECT_EQ(refused(ahead).error, AcceptError::stale);
}

TEST_F(AcceptTest, a_decision_outside_its_span_is_stale) {
  AcceptRequest request = message(1);
  request.validity.span = {now_ - 2h, now_};
  EXPECT_EQ(refused(request).error, AcceptError::stale);
  request.validity.span = {now_ + 1h, now_ + 2h};
  EXPECT_EQ(refused(request).error, AcceptError::stale);
  request.validity.span = {boundary::Instant::min(), boundary::Instant::max()};
  EXPECT_TRUE(accept(request).has_value());
}

TEST_F(AcceptTest, a_decision_about_other_parties_is_stale) {
  AcceptRequest request = message(1);
  request.validity.therapist = admin_;
  EXPECT_EQ(refused(request).error, AcceptError::stale);
  request = message(1);
  request.peer = admin_;
  EXPECT_EQ(refused(request).error, AcceptError::stale);
}

TEST_F(AcceptTest, a_wrong_device_set_is_told_exactly) {
  NewDeviceList list{2, "second", {1, 3}, {2}, {{3, "cert of 3"}}};
  ASSERT_TRUE(run(stores_.accounts.replace_device_list(practice_, therapist_, list, soon())));
  AcceptRequest request = message(1);
  request.copies.push_back({{therapist_, 77}, "x", 0, false});
  request.copies.push_back({client1_, "x", 0, false});
  request.copies.push_back({{admin_, 1}, "x", 0, false});
  request.copies.push_back(request.copies[0]);
  const AcceptFault fault = refused(request);
  EXPECT_EQ(fault.error, AcceptError::mismatch);
  EXPECT_EQ(fault.mismatch.missing, (std::vector<DeviceRef>{{therapist_, 3}}));
  EXPECT_EQ(fault.mismatch.stale, (std::vector<DeviceRef>{therapist2_}));
  EXPECT_EQ(fault.mismatch.extra,
            (std::vector<DeviceRef>{{therapist_, 77}, client1_, {admin_, 1}, therapist1_}));
  EXPECT_EQ(fault.mismatch.peer_epoch, 2U);
  EXPECT_EQ(fault.mismatch.own_epoch, 1U);
}

TEST_F(AcceptTest, leaving_out_a_sibling_is_a_mismatch) {
  AcceptRequest request = message(1);
  request.copies.pop_back();
  const AcceptFault fault = refused(request);
  EXPECT_EQ(fault.error, AcceptError::mismatch);
  EXPECT_EQ(fault.mismatch.missing, (std::vector<DeviceRef>{client2_}));
}

TEST_F(AcceptTest, a_full_sub_queue_refuses_by_count_and_by_bytes) {
  AcceptRequest request = message(1);
  request.limits.entries = 2;
  ASSERT_TRUE(accept(request).has_value());
  request.message = make_id<MessageId>(0xDD, 2);
  ASSERT_TRUE(accept(request).has_value());
  request.message = make_id<MessageId>(0xDD, 3);
  const AcceptFault by_count = refused(request);
  EXPECT_EQ(by_count.error, AcceptError::quota);
  EXPECT_EQ(by_count.queued, 2U);
  request.limits = {100, 3 * 16 - 1};  // an envelope of the test has 16 bytes
  EXPECT_EQ(refused(request).error, AcceptError::quota);
  request.limits = {100, 3 * 16};
  EXPECT_TRUE(accept(request).has_value());
}

TEST_F(AcceptTest, acking_makes_room) {
  AcceptRequest request = message(1);
  request.limits.entries = 1;
  ASSERT_TRUE(accept(request).has_value());
  request.message = make_id<MessageId>(0xDD, 2);
  EXPECT_EQ(refused(request).error, AcceptError::quota);
  for (const auto& [device, origin] : {std::pair{therapist1_, Origin::peer},
                                       {therapist2_, Origin::peer},
                                       {client2_, Origin::own}}) {
    ASSERT_EQ(*run(stores_.queues.ack(practice_, device, {{routine(origin), 1}}, soon())), 1U);
  }
  EXPECT_EQ(accept(request)->copies[0].seq, 2U);
}

TEST_F(AcceptTest, requests_out_of_bounds_are_refused) {
  std::vector<AcceptRequest> bad(7, message(1));
  bad[0].copies.clear();
  bad[1].copies.resize(kCopiesMax + 1, bad[1].copies[0]);
  bad[2].copies[0].envelope.clear();
  bad[3].copies[0].envelope.assign(kEnvelopeBytesMax + 1, 'x');
  bad[4].verdict.clear();
  bad[5].verdict.assign(kVerdictBytesMax + 1, 'x');
  bad[6].peer = client_;
  for (const AcceptRequest& request : bad) {
    EXPECT_EQ(refused(request).error, AcceptError::invalid);
  }
}

TEST_F(AcceptTest, the_first_held_message_of_a_closed_period_says_so) {
  const auto held = [&](std::uint16_t number, std::optional<boundary::Instant> promise) {
    AcceptRequest request = message(number);
    request.held = HeldUntil{promise};
    return request;
  };
  EXPECT_FALSE(accept(message(1))->first_in_closed_period);
  EXPECT_TRUE(accept(held(2, now_ + 1h))->first_in_closed_period);
  EXPECT_FALSE(accept(held(2, now_ + 1h))->first_in_closed_period) << "a duplicate";
  EXPECT_FALSE(accept(held(3, now_ + 1h))->first_in_closed_period);
  AcceptRequest logistics = held(4, now_ + 1h);
  logistics.lane = boundary::Lane::logistics;
  EXPECT_TRUE(accept(logistics)->first_in_closed_period);
  AcceptRequest from_therapist = reply(5);
  from_therapist.held = HeldUntil{now_ + 1h};
  EXPECT_TRUE(accept(from_therapist)->first_in_closed_period);
  EXPECT_TRUE(accept(held(6, now_ + 2h))->first_in_closed_period);
  EXPECT_TRUE(accept(held(7, std::nullopt))->first_in_closed_period);
  EXPECT_FALSE(accept(held(8, std::nullopt))->first_in_closed_period);
}

TEST_F(AcceptTest, the_largest_message_passes) {
  AcceptRequest request = message(1);
  for (Copy& copy : request.copies) copy.envelope.assign(kEnvelopeBytesMax, 'x');
  EXPECT_TRUE(accept(request).has_value());
  EXPECT_EQ(entries(therapist1_).at(0).envelope.size(), kEnvelopeBytesMax);
}

TEST_F(AcceptTest, duplicate_records_older_than_65_days_go_at_each_sixteenth_acceptance) {
  const keys::Device names(practice_, client1_);
  for (std::uint16_t i = 1; i <= 15; ++i) ASSERT_TRUE(accept(message(i)).has_value());
  const auto age = [&](std::uint16_t number, std::chrono::hours by) {
    const std::string id = to_bytes(message(number).message);
    std::string record = redis({"HGET", names.sent(), id}).text;
    const auto old = static_cast<std::uint64_t>((now_ - by).time_since_epoch().count());
    for (std::size_t byte = 0; byte < 8; ++byte) {
      record[32 + byte] = static_cast<char>(old >> (8 * (7 - byte)));
    }
    redis({"HSET", names.sent(), id, record});
  };
  for (std::uint16_t i = 1; i <= 14; ++i) age(i, 24h * 65 + 1h);
  age(15, 24h * 65 - 1h);
  EXPECT_EQ(redis({"HLEN", names.sent()}).integer, 15);
  ASSERT_TRUE(accept(message(16)).has_value());
  EXPECT_EQ(redis({"HLEN", names.sent()}).integer, 2);
  EXPECT_EQ(redis({"LLEN", names.sent_order()}).integer, 2);
  EXPECT_TRUE(accept(message(15))->duplicate);
  EXPECT_FALSE(accept(message(1))->duplicate);
}

TEST_F(AcceptTest, a_damaged_record_refuses_and_is_left_alone) {
  ASSERT_TRUE(accept(message(1)).has_value());
  const keys::Device names(practice_, therapist2_);
  const std::string sub_queue = keys::sub_queue(routine(Origin::peer));
  redis({"HSET", names.queues(), sub_queue, "nonsense"});
  EXPECT_EQ(refused(message(2)).error, AcceptError::corrupt);
  redis({"HSET", names.queues(), sub_queue, std::string(65, '\1') + "nonsense"});
  EXPECT_EQ(refused(message(2)).error, AcceptError::corrupt);
  redis({"HDEL", names.queues(), sub_queue});
  EXPECT_EQ(refused(message(2)).error, AcceptError::corrupt);
  redis({"DEL", names.queues()});
  redis({"SET", names.queues(), "not a hash"});
  EXPECT_EQ(refused(message(2)).error, AcceptError::corrupt);
}

}  // namespace
}  // namespace holdspace::storage
