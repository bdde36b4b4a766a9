// Reads of backlogs take turns: few at once, in the order in which they were asked for.
#include "gateway/backlog_turns.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

namespace holdspace::gateway {
namespace {

namespace asio = boost::asio;

// Reads that keep their turns until they are told to end.
struct Readers {
  ~Readers() { io.reset(); }  // and the coroutines with it, before what they stand in line for

  std::optional<asio::io_context> io{std::in_place};
  BacklogTurns turns{io->get_executor(), 2};
  std::vector<int> order;
  std::deque<BacklogTurns::Turn> reading;

  static asio::awaitable<void> read(Readers& readers, int number) {
    auto turn = co_await readers.turns.take();
    readers.order.push_back(number);
    readers.reading.push_back(std::move(turn));
  }
  void ask(int number) { asio::co_spawn(*io, read(*this, number), asio::detached); }
  void run() {
    io->restart();
    io->poll();
  }
};

TEST(BacklogTurns, let_few_read_at_once_and_the_others_in_their_order) {
  Readers readers;
  for (int number = 1; number <= 5; ++number) readers.ask(number);
  readers.run();
  EXPECT_EQ(readers.order, (std::vector<int>{1, 2}));
  readers.reading.pop_front();
  readers.run();
  EXPECT_EQ(readers.order, (std::vector<int>{1, 2, 3}));
  readers.reading.clear();
  readers.run();
  EXPECT_EQ(readers.order, (std::vector<int>{1, 2, 3, 4, 5}));
  readers.reading.clear();
  readers.ask(6);
  readers.ask(7);
  readers.ask(8);
  readers.run();
  EXPECT_EQ(readers.order.back(), 7);
  readers.reading.clear();
}

TEST(BacklogTurns, survive_a_reader_that_goes_while_it_waits) {
  auto readers = std::make_unique<Readers>();
  for (int number = 1; number <= 4; ++number) readers->ask(number);
  readers->run();
  EXPECT_EQ(readers->order.size(), 2U);
  readers->reading.clear();  // the turns are handed on to readers that will not run
}

}  // namespace
}  // namespace holdspace::gateway
