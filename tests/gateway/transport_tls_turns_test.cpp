// Row 13: the share of the processor that TLS handshakes get, on an io_context without a socket.
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <string>

#include "gateway/limits.hpp"
#include "gateway/tls_turns.hpp"

namespace holdspace::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using Seconds = std::chrono::duration<double>;

boost::asio::awaitable<void> take_turn(TlsTurns& turns, std::string& order, char name,
                                       nanoseconds cost) {
  co_await turns.wait();
  order.push_back(name);
  turns.spent(cost);
}

class TlsTurnsTest : public testing::Test {
 protected:
  void arrive(char name, nanoseconds cost) {
    boost::asio::co_spawn(io, take_turn(turns, order, name, cost), boost::asio::detached);
    io.poll();
    io.restart();
  }

  static constexpr double kShare = 0.5;
  boost::asio::io_context io;
  TlsTurns turns{io, kShare};
  std::string order;
};

const auto kBurst = std::chrono::duration_cast<nanoseconds>(Seconds(kTlsBurstSeconds));

TEST_F(TlsTurnsTest, come_at_once_while_the_share_lasts) {
  for (const char name : {'a', 'b', 'c'}) arrive(name, kBurst / 8);
  EXPECT_EQ(order, "abc");
}

TEST_F(TlsTurnsTest, come_in_order_and_not_before_the_debt_is_paid) {
  const auto began = std::chrono::steady_clock::now();
  arrive('a', kBurst + milliseconds(40));
  for (const char name : {'b', 'c', 'd'}) arrive(name, milliseconds(10));
  EXPECT_EQ(order, "a");
  io.run();
  EXPECT_EQ(order, "abcd");
  // All but the last turn are paid for, at half of the time that passes.
  EXPECT_GE(std::chrono::steady_clock::now() - began, milliseconds(40 + 10 + 10) / kShare);
}

TEST_F(TlsTurnsTest, pass_by_who_has_nothing_to_do_any_more) {
  arrive('a', kBurst + milliseconds(20));
  for (int gone = 0; gone < 100; ++gone) arrive('-', nanoseconds(0));
  arrive('b', milliseconds(1));
  const auto began = std::chrono::steady_clock::now();
  io.run();
  EXPECT_EQ(order, "a" + std::string(100, '-') + "b");
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(10));
}

TEST_F(TlsTurnsTest, may_be_destroyed_while_somebody_waits) {
  arrive('a', kBurst + std::chrono::hours(1));
  arrive('b', nanoseconds(0));
  EXPECT_EQ(order, "a");
}

TEST(ThreadTime, counts_what_this_thread_works_and_not_what_it_sleeps) {
  const auto before = thread_time();
  const auto began = std::chrono::steady_clock::now();
  while (thread_time() - before < milliseconds(5)) continue;
  EXPECT_GE(std::chrono::steady_clock::now() - began, milliseconds(4));
}

}  // namespace
}  // namespace holdspace::gateway
