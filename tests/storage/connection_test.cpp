// One connection: order, bounds, and the honest difference between "not done" and "may be done".
#include "storage/connection.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "tests/storage/store_world.hpp"

namespace holdspace::storage {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using Outcome = boost::system::result<Reply, CommandError>;

class ConnectionTest : public StoreTest {
 protected:
  Outcome command(CommandParts parts, std::chrono::milliseconds wait = 5s) {
    return run(stores_.pool.any().command(std::move(parts), soon(wait)));
  }
};

TEST_F(ConnectionTest, replies_belong_to_their_commands) {
  std::vector<std::optional<Outcome>> done(kInFlightMax);
  for (std::size_t i = 0; i < done.size(); ++i) {
    begin(stores_.pool.any().command({"ECHO", std::to_string(i)}, soon()), done[i]);
  }
  for (std::size_t i = 0; i < done.size(); ++i) {
    drive_until(done[i]);
    ASSERT_TRUE(done[i]->has_value());
    EXPECT_EQ((*done[i])->text, std::to_string(i));
  }
}

TEST_F(ConnectionTest, one_command_more_than_may_be_in_flight_is_unavailable_at_once) {
  server_.pause();
  std::vector<std::optional<Outcome>> done(kInFlightMax + 1);
  for (auto& outcome : done) begin(stores_.pool.any().command({"PING"}, soon()), outcome);
  drive_until(done.back());
  EXPECT_EQ(done.back()->error(), CommandError::unavailable);
  EXPECT_FALSE(done.front().has_value());
  server_.resume();
  for (auto& outcome : done) drive_until(outcome);
  EXPECT_TRUE(done.front()->has_value());
}

TEST_F(ConnectionTest, written_without_a_reply_is_uncertain_and_may_be_done) {
  server_.pause();
  EXPECT_EQ(command({"SET", "key", "value"}, 100ms).error(), CommandError::uncertain);
  server_.resume();
  EXPECT_EQ(redis({"GET", "key"}).text, "value");
}

TEST_F(ConnectionTest, a_late_reply_is_not_taken_for_the_next_one) {
  server_.pause();
  EXPECT_EQ(command({"ECHO", "late"}, 50ms).error(), CommandError::uncertain);
  server_.resume();
  EXPECT_EQ(command({"ECHO", "next"})->text, "next");
}

TEST_F(ConnectionTest, never_written_is_unavailable) {
  server_.kill();
  drive_for(100ms);
  EXPECT_FALSE(stores_.pool.any().connected());
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(command({"SET", "key", "value"}, 200ms).error(), CommandError::unavailable);
  EXPECT_GE(std::chrono::steady_clock::now() - before, 190ms);
  server_.start();
  EXPECT_EQ(redis({"EXISTS", "key"}).integer, 0);
}

TEST_F(ConnectionTest, what_did_not_fit_into_the_socket_is_unavailable) {
  server_.pause();
  const std::string large(2 << 20, 'x');
  std::vector<std::optional<Outcome>> done(4);
  for (std::size_t i = 0; i < done.size(); ++i) {
    begin(stores_.pool.any().command({"SET", std::to_string(i), large}, soon(300ms)), done[i]);
  }
  for (auto& outcome : done) drive_until(outcome);
  EXPECT_EQ(done[0]->error(), CommandError::uncertain);
  EXPECT_EQ(done[3]->error(), CommandError::unavailable);
  server_.resume();
  drive_for(300ms);
  EXPECT_EQ(redis({"EXISTS", "3"}).integer, 0);
}

TEST_F(ConnectionTest, a_command_waits_for_the_server_to_come_back) {
  server_.kill();
  drive_for(50ms);
  std::optional<Outcome> done;
  begin(stores_.pool.any().command({"ECHO", "hello"}, soon(8s)), done);
  drive_for(200ms);
  EXPECT_FALSE(done.has_value());
  server_.start();
  drive_until(done);
  EXPECT_EQ((*done)->text, "hello");
  EXPECT_TRUE(stores_.pool.any().connected());
}

TEST_F(ConnectionTest, a_kill_between_write_and_reply_is_uncertain) {
  server_.pause();
  std::optional<Outcome> done;
  begin(stores_.pool.any().command({"PING"}, soon()), done);
  drive_for(50ms);
  server_.kill();
  drive_until(done);
  EXPECT_EQ(done->error(), CommandError::uncertain);
}

TEST_F(ConnectionTest, a_server_that_stays_silent_is_given_up) {
  const std::int64_t first = redis({"CLIENT", "ID"}).integer;
  server_.pause();
  EXPECT_EQ(command({"PING"}, 100ms).error(), CommandError::uncertain);
  EXPECT_TRUE(stores_.pool.any().connected());
  drive_for(kStallMax + 300ms);
  server_.resume();
  EXPECT_NE(redis({"CLIENT", "ID"}).integer, first);
}

TEST_F(ConnectionTest, error_replies_are_told_apart) {
  EXPECT_EQ(command({"NOSUCHCOMMAND"}).error(), CommandError::corrupt);
  EXPECT_EQ(command({"FCALL", "nosuchfunction", "0"}).error(), CommandError::unavailable);
  EXPECT_EQ(command({"ECHO", "still here"})->text, "still here");
}

TEST_F(ConnectionTest, destroying_it_answers_everybody) {
  server_.pause();
  auto connection = std::make_unique<Connection>(io_.get_executor(), server_.socket_path());
  std::optional<Outcome> written;
  begin(connection->command({"PING"}, soon()), written);
  drive_for(50ms);
  std::optional<Outcome> queued;
  begin(connection->command({"PING"}, soon()), queued);
  io_.restart();
  io_.poll_one();
  connection.reset();
  drive_until(written);
  drive_until(queued);
  EXPECT_EQ(written->error(), CommandError::uncertain);
  EXPECT_FALSE(queued->has_value());
}

// `operation`, given up after `limit`.
asio::awaitable<int> give_up_after(asio::awaitable<Outcome> operation,
                                   std::chrono::milliseconds limit) {
  using namespace asio::experimental::awaitable_operators;
  asio::steady_timer timer(co_await asio::this_coro::executor, limit);
  const auto first = co_await (std::move(operation) || timer.async_wait(asio::use_awaitable));
  co_return static_cast<int>(first.index());
}

TEST_F(ConnectionTest, a_cancelled_wait_ends_before_its_deadline) {
  server_.pause();
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(run(give_up_after(stores_.pool.any().command({"PING"}, soon(10s)), 100ms)), 1);
  EXPECT_LT(std::chrono::steady_clock::now() - before, 3s);
  server_.resume();
  EXPECT_EQ(command({"ECHO", "next"})->text, "next");
}

// A server that answers each connection's first bytes with the next text of a list.
asio::awaitable<void> answer_in_turn(asio::local::stream_protocol::acceptor& acceptor,
                                     std::vector<std::string> answers) {
  std::vector<asio::local::stream_protocol::socket> kept;
  for (const std::string& answer : answers) {
    kept.push_back(co_await acceptor.async_accept(asio::use_awaitable));
    std::array<char, 1024> buffer;
    co_await kept.back().async_read_some(asio::buffer(buffer), asio::use_awaitable);
    co_await asio::async_write(kept.back(), asio::buffer(answer), asio::use_awaitable);
  }
  co_await acceptor.async_accept(asio::use_awaitable);
}

TEST_F(ConnectionTest, a_stream_that_cannot_be_understood_is_left_for_a_new_one) {
  const std::string path = (server_.folder() / "fake.sock").string();
  asio::local::stream_protocol::acceptor acceptor(io_, path);
  std::string deep;
  for (int i = 0; i < 20; ++i) deep += "*1\r\n";
  asio::co_spawn(io_,
                 answer_in_turn(acceptor, {"nonsense\r\n", "*2147483648\r\n", deep,
                                           "+OK\r\n+one too many\r\n", "+WELL\r\n"}),
                 [](const std::exception_ptr&) {});
  Connection connection(io_.get_executor(), path);
  for (int i = 0; i < 3; ++i) {
    const Outcome reply = run(connection.command({"PING"}, soon()));
    ASSERT_FALSE(reply.has_value()) << i;
    EXPECT_EQ(reply.error(), CommandError::uncertain) << i;
  }
  EXPECT_EQ(run(connection.command({"PING"}, soon()))->text, "OK");
  EXPECT_EQ(run(connection.command({"PING"}, soon()))->text, "WELL");
}

TEST_F(ConnectionTest, refusals_before_the_command_ran_are_unavailable) {
  const std::string path = (server_.folder() / "fake.sock").string();
  asio::local::stream_protocol::acceptor acceptor(io_, path);
  asio::co_spawn(io_, answer_in_turn(acceptor, {"-LOADING Redis is loading\r\n"}),
                 [](const std::exception_ptr&) {});
  Connection connection(io_.get_executor(), path);
  EXPECT_EQ(run(connection.command({"PING"}, soon())).error(), CommandError::unavailable);
}

TEST_F(ConnectionTest, a_pool_gives_one_sender_one_connection) {
  ConnectionPool pool(io_.get_executor(), server_.socket_path(), 4);
  std::size_t different = 0;
  for (std::uint8_t i = 1; i <= 20; ++i) {
    const AccountId account = make_id<AccountId>(i, 1);
    EXPECT_EQ(&pool.for_key(account), &pool.for_key(account));
    if (&pool.for_key(account) != &pool.any()) ++different;
  }
  EXPECT_GT(different, 0U);
  drive_for(100ms);
  EXPECT_EQ(pool.connected(), 4U);
  EXPECT_THROW(ConnectionPool(io_.get_executor(), server_.socket_path(), 0), std::logic_error);
}

}  // namespace
}  // namespace holdspace::storage
