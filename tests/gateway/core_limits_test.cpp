// Rates, wake-ups and the store's clock, all on made-up time.
#include <gtest/gtest.h>

#include "gateway/clock.hpp"
#include "gateway/rate_limit.hpp"
#include "gateway/rounds.hpp"
#include "gateway/timekeeper.hpp"

namespace holdspace::gateway {
namespace {

using namespace std::chrono_literals;

const Monotonic kStart{1h};

TEST(TokenBucket, refuses_the_31st_of_a_burst_and_says_when_to_come_back) {
  TokenBucket bucket(kRoutineSend, kStart);
  for (int i = 0; i < 30; ++i) EXPECT_FALSE(bucket.take(kStart)) << i;
  EXPECT_EQ(bucket.take(kStart), 2000ms);
  EXPECT_EQ(bucket.take(kStart + 500ms), 1500ms);
  EXPECT_FALSE(bucket.take(kStart + 2000ms));
  EXPECT_TRUE(bucket.take(kStart + 2000ms));
}

TEST(TokenBucket, never_holds_more_than_its_burst) {
  TokenBucket bucket({2, 1s}, kStart);
  const auto later = kStart + 24h;
  EXPECT_FALSE(bucket.take(later));
  EXPECT_FALSE(bucket.take(later));
  EXPECT_TRUE(bucket.take(later));
}

TEST(BucketTable, keeps_keys_apart_and_forgets_the_one_longest_unused) {
  BucketTable table({1, 1h}, 2);
  EXPECT_FALSE(table.take("a", kStart));
  EXPECT_FALSE(table.take("b", kStart));
  EXPECT_TRUE(table.take("a", kStart));
  EXPECT_FALSE(table.wait("c", kStart));  // looking makes no entry
  EXPECT_EQ(table.size(), 2U);
  EXPECT_FALSE(table.take("c", kStart));  // b goes, a was used later
  EXPECT_EQ(table.size(), 2U);
  EXPECT_TRUE(table.take("a", kStart));
  EXPECT_FALSE(table.take("b", kStart));
}

Instant at(std::chrono::milliseconds since) {
  return Instant(since);
}

TEST(Timekeeper, wakes_in_order_of_instant_and_each_once) {
  Timekeeper keeper;
  keeper.wake_at(1, at(300ms));
  keeper.wake_at(2, at(100ms));
  keeper.wake_at(3, at(200ms));
  EXPECT_TRUE(keeper.take_due(at(99ms)).empty());
  EXPECT_EQ(keeper.take_due(at(200ms)), (std::vector<Timekeeper::Sleeper>{2, 3}));
  EXPECT_TRUE(keeper.take_due(at(200ms)).empty());
  EXPECT_EQ(keeper.take_due(at(1h)), (std::vector<Timekeeper::Sleeper>{1}));
}

TEST(Timekeeper, keeps_one_wish_for_each_sleeper) {
  Timekeeper keeper;
  keeper.wake_at(1, at(100ms));
  keeper.wake_at(1, at(500ms));
  EXPECT_EQ(keeper.size(), 1U);
  EXPECT_TRUE(keeper.take_due(at(400ms)).empty());
  keeper.forget(1);
  keeper.forget(1);
  EXPECT_TRUE(keeper.take_due(at(1h)).empty());
}

TEST(Timekeeper, is_harmless_when_the_clock_goes_back) {
  Timekeeper keeper;
  keeper.wake_at(1, at(10s));
  EXPECT_TRUE(keeper.take_due(at(9s)).empty());
  EXPECT_TRUE(keeper.take_due(at(1s)).empty());
  EXPECT_EQ(keeper.take_due(at(10s)).size(), 1U);
}

TEST(Timekeeper, paces_an_opening_of_thousands_and_loses_none) {
  Timekeeper keeper;
  constexpr std::size_t kSleepers = 3 * kOpeningsPerTick + 7;
  for (Timekeeper::Sleeper sleeper = 0; sleeper < kSleepers; ++sleeper)
    keeper.wake_at(sleeper, at(9h));
  std::vector<Timekeeper::Sleeper> woken;
  std::size_t ticks = 0;
  for (auto now = at(9h); keeper.size() > 0; now += kTick, ++ticks) {
    const auto due = keeper.take_due(now);
    EXPECT_LE(due.size(), kOpeningsPerTick);
    woken.insert(woken.end(), due.begin(), due.end());
  }
  EXPECT_EQ(ticks, 4U);
  ASSERT_EQ(woken.size(), kSleepers);
  for (std::size_t i = 0; i < kSleepers; ++i) EXPECT_EQ(woken[i], i);
}

TEST(Timekeeper, lets_whoever_is_longest_due_go_first) {
  Timekeeper keeper;
  keeper.wake_at(1, at(200ms));
  keeper.wake_at(2, at(100ms));
  EXPECT_EQ(keeper.take_due(at(1s), 1), (std::vector<Timekeeper::Sleeper>{2}));
  keeper.wake_at(3, at(300ms));
  EXPECT_EQ(keeper.take_due(at(1s), 1), (std::vector<Timekeeper::Sleeper>{1}));
  EXPECT_EQ(keeper.take_due(at(1s), 1), (std::vector<Timekeeper::Sleeper>{3}));
}

TEST(Rounds, visits_each_once_within_its_time_and_no_two_in_step_for_ever) {
  Rounds<int> rounds(20s, 5s, 7);
  for (int id = 0; id < 100; ++id) rounds.add(id, kStart);
  std::vector<int> visits(100);
  std::vector<std::size_t> at_once;
  for (auto now = kStart; now <= kStart + 5s; now += 1s) {
    const auto due = rounds.take_due(now, 1000);
    for (const auto id : due) ++visits[static_cast<std::size_t>(id)];
    at_once.push_back(due.size());
  }
  for (const auto count : visits) EXPECT_EQ(count, 1);
  for (const auto count : at_once) EXPECT_LT(count, 60U);
  for (auto now = kStart + 6s; now <= kStart + 30s; now += 1s)
    for (const auto id : rounds.take_due(now, 1000)) ++visits[static_cast<std::size_t>(id)];
  for (const auto count : visits) EXPECT_GE(count, 2);
}

TEST(Rounds, is_bounded_for_each_turn_and_the_longest_due_come_first) {
  Rounds<int> rounds(20s, 0s, 1);
  rounds.add(2, kStart);
  rounds.add(1, kStart + 1s);
  rounds.add(3, kStart + 2s);
  rounds.add(2, kStart + 3s);  // known: keeps its turn
  EXPECT_EQ(rounds.take_due(kStart + 9s, 2), (std::vector<int>{2, 1}));
  EXPECT_EQ(rounds.take_due(kStart + 9s, 2), (std::vector<int>{3}));
  EXPECT_TRUE(rounds.take_due(kStart + 9s, 2).empty());
  rounds.remove(1);
  rounds.remove(1);
  EXPECT_EQ(rounds.take_due(kStart + 29s, 9), (std::vector<int>{2, 3}));
  EXPECT_EQ(rounds.size(), 2U);
}

// The store answered in the middle of the round trip, `ahead` before or behind the machine's own
// clock.
ClockSample sample(Monotonic answered, std::chrono::milliseconds round_trip, Instant store,
                   std::chrono::milliseconds ahead = 0ms) {
  return {answered - round_trip, answered, store, store + round_trip / 2 + ahead};
}

TEST(StoreClock, knows_nothing_before_the_first_sample) {
  StoreClock clock;
  EXPECT_FALSE(clock.at(kStart));
  EXPECT_FALSE(clock.ready(kStart));
}

TEST(StoreClock, goes_on_from_the_middle_of_the_shortest_round_trip) {
  StoreClock clock;
  clock.add(sample(kStart, 80ms, at(1000s)));
  EXPECT_EQ(clock.at(kStart), at(1000s + 40ms));
  clock.add(sample(kStart + 1s, 2ms, at(1001s + 10ms)));
  EXPECT_EQ(clock.at(kStart + 1s), at(1001s + 11ms));
  clock.add(sample(kStart + 2s, 90ms, at(1002s)));  // a worse one changes nothing
  EXPECT_EQ(clock.at(kStart + 2s), at(1002s + 11ms));
}

TEST(StoreClock, is_not_ready_when_the_machine_is_off_or_samples_stop) {
  StoreClock clock;
  clock.add(sample(kStart, 2ms, at(1000s), 400ms));
  EXPECT_TRUE(clock.ready(kStart));
  EXPECT_EQ(clock.offset(), 400ms);
  EXPECT_TRUE(clock.ready(kStart + 5s));
  EXPECT_FALSE(clock.ready(kStart + 5001ms));
  clock.add(sample(kStart + 6s, 2ms, at(1006s), -501ms));
  EXPECT_FALSE(clock.ready(kStart + 6s));
  clock.add(sample(kStart + 7s, 2ms, at(1007s), 501ms));
  EXPECT_FALSE(clock.ready(kStart + 7s));
}

TEST(StoreClock, follows_a_step_of_the_stores_clock_and_pauses_releases) {
  StoreClock clock;
  for (int i = 0; i < 5; ++i) clock.add(sample(kStart + i * 1s, 2ms, at(1000s + i * 1s)));
  EXPECT_TRUE(clock.settled(kStart + 4s));
  const auto step = kStart + 5s;
  clock.add(sample(step, 2ms, at(9000s)));
  EXPECT_EQ(clock.at(step), at(9000s + 1ms));
  EXPECT_FALSE(clock.settled(step));
  clock.add(sample(step + 1s, 2ms, at(9001s)));
  EXPECT_FALSE(clock.settled(step + 1s));
  clock.add(sample(step + 2s, 2ms, at(9002s)));
  EXPECT_TRUE(clock.settled(step + 2s));
}

TEST(StoreClock, is_not_ready_until_a_clock_that_was_set_back_has_caught_up) {
  StoreClock clock;
  for (int i = 0; i < 5; ++i) clock.add(sample(kStart + i * 1s, 2ms, at(1000s + i * 1s)));
  EXPECT_TRUE(clock.ready(kStart + 4s));
  // The machine steps with its store, so the two agree all the time. The step comes just before the
  // sample, which expects 1005 s.
  for (int i = 5; i < 125; ++i) {
    clock.add(sample(kStart + i * 1s, 2ms, at(880s + i * 1s)));
    EXPECT_EQ(clock.offset(), 0ms);
    EXPECT_EQ(clock.ready(kStart + i * 1s), false) << i;
  }
  EXPECT_TRUE(clock.settled(kStart + 124s));
  clock.add(sample(kStart + 125s, 2ms, at(1005s)));
  EXPECT_TRUE(clock.ready(kStart + 125s));
}

TEST(StoreClock, bears_a_step_back_of_half_a_second) {
  StoreClock clock;
  clock.add(sample(kStart, 2ms, at(1000s)));
  clock.add(sample(kStart + 1s, 2ms, at(1000s + 500ms)));
  EXPECT_TRUE(clock.ready(kStart + 1s));
  clock.add(sample(kStart + 2s, 2ms, at(1000s + 900ms)));  // 600 ms less than expected
  EXPECT_FALSE(clock.ready(kStart + 2s));
  EXPECT_TRUE(clock.ready(kStart + 2s + 100ms));
}

TEST(StoreClock, does_not_pause_for_ever_when_samples_never_agree) {
  StoreClock clock;
  clock.add(sample(kStart, 2ms, at(1000s)));
  clock.add(sample(kStart + 1s, 2ms, at(5000s)));
  EXPECT_FALSE(clock.settled(kStart + 30s));
  EXPECT_TRUE(clock.settled(kStart + 31s));
}

}  // namespace
}  // namespace holdspace::gateway
