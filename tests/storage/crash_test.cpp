// What was accepted is there after the server was killed, with the same number and the same answer.
#include "tests/storage/store_world.hpp"

namespace holdspace::storage {
namespace {

class CrashTest : public PracticeTest {
 protected:
  void crash() {
    server_.kill();
    drive_for(std::chrono::milliseconds(20));
    server_.start();
  }
};

TEST_F(CrashTest, accepted_messages_survive_a_kill_with_their_numbers) {
  std::vector<Accepted> accepted;
  for (std::uint16_t i = 1; i <= 10; ++i) {
    accepted.push_back(*run(stores_.queues.accept(message(i), soon())));
  }
  const auto before = picture();
  crash();
  EXPECT_EQ(picture(), before);
  const auto entries = run(stores_.queues.read(reading(therapist1_, Origin::peer), soon()));
  ASSERT_EQ(entries->entries.size(), 10U);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(entries->entries.at(i).seq, accepted[i].copies[0].seq);
    EXPECT_EQ(entries->entries.at(i).envelope, "envelope " + std::to_string(i + 1) + " for 1");
  }
  const auto again = run(stores_.queues.accept(message(10), soon()));
  EXPECT_TRUE(again->duplicate);
  EXPECT_EQ(again->at, accepted.back().at);
  EXPECT_EQ(run(stores_.queues.accept(message(11), soon()))->copies[0].seq, 11U);
}

TEST_F(CrashTest, under_kills_every_answer_holds_and_resending_stores_once) {
  std::uint16_t number = 0;
  for (int round = 0; round < 5; ++round) {
    std::vector<std::optional<boost::system::result<Accepted, AcceptFault>>> done(60);
    const std::uint16_t start = number;
    for (auto& outcome : done) begin(stores_.queues.accept(message(++number), soon()), outcome);
    drive_until(done[static_cast<std::size_t>(5 + 7 * round)]);
    server_.kill();
    server_.start();
    for (auto& outcome : done) drive_until(outcome);
    for (std::size_t i = 0; i < done.size(); ++i) {
      const auto again =
          run(stores_.queues.accept(message(static_cast<std::uint16_t>(start + i + 1)), soon()));
      ASSERT_TRUE(again.has_value());
      EXPECT_TRUE(again->duplicate || !done[i]->has_value());
    }
  }
  std::vector<bool> seen(number + 1U, false);
  std::uint64_t after = 0;
  while (true) {
    ReadRequest request = reading(therapist1_, Origin::peer);
    request.after_seq = after;
    const auto entries = run(stores_.queues.read(request, soon()));
    ASSERT_TRUE(entries.has_value());
    if (entries->entries.empty()) break;
    for (const QueueEntry& entry : entries->entries) {
      EXPECT_EQ(entry.seq, ++after);
      const auto found = static_cast<std::size_t>(std::stoi(entry.envelope.substr(9)));
      EXPECT_FALSE(seen.at(found)) << "stored twice";
      seen.at(found) = true;
    }
  }
  EXPECT_EQ(after, number);
}

TEST_F(CrashTest, a_gateway_that_starts_on_an_old_store_sees_its_epoch) {
  StoreEpoch one;
  one.fill(1);
  StoreEpoch two;
  two.fill(2);
  ASSERT_EQ(*run(store_epoch(stores_.pool.any(), one, soon())), one);
  crash();
  Stores other(io_.get_executor(), server_.socket_path());
  EXPECT_EQ(*run(store_epoch(other.pool.any(), two, soon())), one);
}

}  // namespace
}  // namespace holdspace::storage
