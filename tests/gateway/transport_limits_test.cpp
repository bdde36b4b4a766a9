// Rows 1 to 6, 37 to 43 and the session's own times over a socket, with the times made short.
#include <gtest/gtest.h>

#include <thread>

#include "tests/gateway/transport_client.hpp"
#include "tests/gateway/transport_requests.hpp"

namespace holdspace::gateway::tests {
namespace {

std::string binary(std::string_view payload) {
  return frame(0x82, payload);
}

std::unique_ptr<Client> connected(const EchoServer& server) {
  auto client = std::make_unique<Client>(server.port());
  EXPECT_EQ(client->upgrade(), 101U);
  return client;
}

TEST(Limits, drops_who_says_nothing) {
  auto limits = patient_limits();
  limits.head = milliseconds(150);
  const EchoServer server(limits);
  const Client client(server.port());
  EXPECT_TRUE(client.dropped());
  EXPECT_EQ(server.events().count(TransportEvent::silent), 1);
}

TEST(Limits, drops_the_newest_of_one_address_with_64_pending) {
  auto limits = patient_limits();
  limits.pending_per_address = 64;
  const EchoServer server(limits);
  std::vector<std::unique_ptr<Client>> pending;
  for (int i = 0; i < 64; ++i) pending.push_back(connected(server));
  EXPECT_TRUE(Client(server.port()).dropped());
  EXPECT_EQ(server.events().count(TransportEvent::accept_pending), 1);
  // One of them logs in: there is a place again.
  EXPECT_TRUE(pending[5]->echoes("login"));
  EXPECT_TRUE(connected(server)->echoes("hello"));
}

TEST(Limits, drops_who_comes_too_fast) {
  auto limits = patient_limits();
  limits.accepts_per_second = 0.01;
  limits.accepts_burst = 60;
  const EchoServer server(limits);
  for (int i = 0; i < 60; ++i) EXPECT_TRUE(connected(server)->echoes("hello"));
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(Client(server.port()).dropped());
  EXPECT_EQ(server.events().count(TransportEvent::accept_too_fast), 20);
}

TEST(Limits, drops_the_oldest_of_too_many_unauthenticated) {
  auto limits = patient_limits();
  limits.pending = 10;
  const EchoServer server(limits, nullptr, 2);
  auto oldest = connected(server);
  auto second = connected(server);
  ASSERT_TRUE(second->echoes("login"));
  std::vector<std::unique_ptr<Client>> more;
  for (int i = 0; i < 9; ++i) more.push_back(connected(server));
  EXPECT_TRUE(oldest->echoes("hello"));
  more.push_back(connected(server));
  EXPECT_EQ(oldest->next_close(), 0U);
  EXPECT_TRUE(second->echoes("hello"));
  EXPECT_TRUE(more.front()->echoes("hello"));
  EXPECT_EQ(server.events().count(TransportEvent::accept_evicted), 1);
}

TEST(Limits, drops_who_takes_nothing) {
  auto limits = patient_limits();
  limits.blocked = milliseconds(300);
  const EchoServer server(limits);
  Client client(server.port(), 4096);
  ASSERT_EQ(client.upgrade(), 101U);
  client.send(binary("fill"));
  EXPECT_TRUE(server.events().wait(TransportEvent::blocked, 1));
  EXPECT_TRUE(server.events().wait(TransportEvent::closed, 1));
  EXPECT_EQ(server.events().last_detail(TransportEvent::closed), 4408U);
}

TEST(Limits, bounds_the_outbox_and_lets_it_drain) {
  const EchoServer server;
  Client client(server.port(), 4096);
  ASSERT_EQ(client.upgrade(), 101U);
  client.send(binary("fill"));
  int pieces = 0;
  std::string last;
  while (last.empty()) {
    const auto next = client.next_frame();
    ASSERT_TRUE(next);
    if (next->payload.size() == 16 * 1024)
      ++pieces;
    else
      last = next->payload;
  }
  EXPECT_EQ(last, "filled " + std::to_string(pieces) + " bounded");
  EXPECT_LE(pieces, static_cast<int>(kOutboxBytesMax / (16 * 1024)));
  EXPECT_GE(pieces, 32);
}

TEST(Limits, ends_a_login_that_takes_too_long) {
  auto limits = patient_limits();
  limits.login = milliseconds(2000);
  const EchoServer server(limits);
  const auto slow = connected(server);
  const auto quick = connected(server);
  EXPECT_TRUE(quick->echoes("login"));
  EXPECT_EQ(slow->next_close(), 4408U);
  std::this_thread::sleep_for(milliseconds(300));
  EXPECT_TRUE(quick->echoes("hello"));
}

TEST(Limits, ends_a_message_that_does_not_end) {
  auto limits = patient_limits();
  limits.message = milliseconds(200);
  const EchoServer server(limits);
  const std::vector<std::string> beginnings{
      frame(0x02, "a"),  // the rest never comes
      frame(0x02, "a") + frame(0x00, ""),
      frame_header(0x82, 100, 0),  // a truncated frame, then silence
      frame_header(0x82, 100, 0) + "abc",
      std::string("\x82"),
      std::string("\x82\xFE\x01", 3),
      frame_header(0x89, 5, 0) + "ab",
      binary("whole") + "\x82"};
  for (const auto& bytes : beginnings) {
    const auto client = connected(server);
    client->send(bytes);
    EXPECT_EQ(client->next_close(), 1008U);
  }
}

TEST(Limits, does_not_let_pings_prolong_a_message) {
  auto limits = patient_limits();
  limits.message = milliseconds(300);
  limits.pings_per_second = 1e6;
  limits.pings_burst = 1e6;
  const EchoServer server(limits);
  const auto client = connected(server);
  client->send(frame(0x02, "a"));
  const auto began = std::chrono::steady_clock::now();
  while (server.events().count(TransportEvent::framing) == 0 &&
         std::chrono::steady_clock::now() - began < kPatience) {
    client->send(frame(0x89, ""));
    std::this_thread::sleep_for(milliseconds(20));
  }
  EXPECT_EQ(client->next_close(), 1008U);
}

TEST(Limits, lets_an_idle_session_without_open_message_live) {
  auto limits = patient_limits();
  limits.message = milliseconds(100);
  const EchoServer server(limits);
  const auto client = connected(server);
  EXPECT_TRUE(client->echoes("hello"));
  std::this_thread::sleep_for(milliseconds(400));
  EXPECT_TRUE(client->echoes("hello"));
}

TEST(Limits, pings_who_is_silent_and_drops_who_is_dead) {
  auto limits = patient_limits();
  limits.ping_after = milliseconds(150);
  limits.dead_after = milliseconds(3000);
  limits.pings_per_second = 1000;  // here one answers more often than in life
  const EchoServer server(limits);
  const auto dead = connected(server);
  const auto alive = connected(server);
  int pings = 0;
  while (server.events().count(TransportEvent::dead) == 0) {
    const auto ping = alive->next_frame();
    ASSERT_TRUE(ping);
    EXPECT_EQ(ping->opcode, 9U);
    alive->send(frame(0x8A, ping->payload));
    ++pings;
  }
  EXPECT_GE(pings, 2) << "an answer starts the time anew";
  EXPECT_EQ(dead->next_frame()->opcode, 9U);
  EXPECT_EQ(dead->next_close(), 0U);
  EXPECT_TRUE(alive->echoes("hello"));
}

TEST(Limits, ends_floods_of_pings_and_pongs) {
  const EchoServer server;
  for (const unsigned first : {0x89U, 0x8AU}) {
    const auto client = connected(server);
    std::string flood;
    for (int i = 0; i < 11; ++i) flood += frame(first, "f");
    client->send(flood);
    EXPECT_EQ(client->next_close(), 1008U);
  }
}

TEST(Limits, pauses_who_sends_frames_too_fast) {
  auto limits = patient_limits();
  limits.frames_per_second = 100;
  limits.frames_burst = 20;
  const EchoServer server(limits);
  const auto client = connected(server);
  const auto began = std::chrono::steady_clock::now();
  std::string burst;
  for (int i = 0; i < 60; ++i) burst += binary("x");
  client->send(burst);
  int echoes = 0;
  int notices = 0;
  for (;;) {
    const auto next = client->next_frame();
    ASSERT_TRUE(next);
    if (notices == 0 && next->payload == "RATE_LIMITED") client->send(binary("after the pause"));
    notices += next->payload == "RATE_LIMITED" ? 1 : 0;
    echoes += next->payload == "x" ? 1 : 0;
    if (next->payload == "after the pause") break;
  }
  EXPECT_EQ(echoes, 60);
  EXPECT_GE(notices, 1);
  EXPECT_GE(std::chrono::steady_clock::now() - began, milliseconds(150));
}

TEST(Limits, ends_ten_times_the_frame_rate) {
  auto limits = patient_limits();
  limits.frames_burst = 50;
  const EchoServer server(limits);
  const auto client = connected(server);
  std::string burst;
  for (int i = 0; i < 600; ++i) burst += binary("x");
  client->send(burst);
  EXPECT_EQ(client->next_close(), 1008U);
}

TEST(Limits, closes_with_the_code_of_the_session) {
  const EchoServer server;
  for (const unsigned code :
       {1000U, 1001U, 1008U, 1011U, 4400U, 4401U, 4403U, 4408U, 4409U, 4429U}) {
    const auto client = connected(server);
    client->send(binary("one") + binary("close " + std::to_string(code)) + binary("two"));
    EXPECT_EQ(client->next_frame()->payload, "one");
    EXPECT_EQ(client->next_close(), code);
  }
}

TEST(Limits, drops_who_does_not_answer_a_close) {
  auto limits = patient_limits();
  limits.close_wait = milliseconds(200);
  const EchoServer server(limits);
  const auto client = connected(server);
  client->send(binary("close 4409"));
  EXPECT_EQ(client->next_close(), 4409U);
  EXPECT_TRUE(server.events().wait(TransportEvent::closed, 1, milliseconds(3000)));
  EXPECT_TRUE(client->dropped());
}

TEST(Limits, ends_one_session_on_an_exception_and_no_other) {
  const EchoServer server;
  const auto other = connected(server);
  const auto client = connected(server);
  client->send(binary("throw"));
  EXPECT_EQ(client->next_close(), 1011U);
  EXPECT_EQ(server.events().count(TransportEvent::handler_failed), 1);
  EXPECT_TRUE(other->echoes("hello"));
  other->send(binary("return"));
  EXPECT_EQ(other->next_close(), 1000U);
}

TEST(Limits, stops_with_going_away) {
  EchoServer server(patient_limits(), nullptr, 2);
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 8; ++i) clients.push_back(connected(server));
  const Client waiting(server.port());  // has not asked for anything yet
  std::thread stop([&server] { server.server().stop(milliseconds(10000)); });
  for (const auto& client : clients) {
    const auto next = client->next_frame();
    ASSERT_TRUE(next);
    EXPECT_EQ(next->close_code(), 1001U);
    client->send(close_frame(1001));
    EXPECT_EQ(client->next_close(), 0U);
  }
  EXPECT_TRUE(waiting.dropped());
  stop.join();
  EXPECT_EQ(server.events().count(TransportEvent::closed), 8);
  EXPECT_THROW(Client(server.port()).upgrade(), std::runtime_error);
}

TEST(Limits, stops_in_time_although_peers_do_not_answer) {
  auto limits = patient_limits();
  limits.close_wait = milliseconds(60000);
  EchoServer server(limits, nullptr, 2);
  const auto silent = connected(server);
  const auto busy = connected(server);
  busy->send(binary("wait 60000"));
  const auto began = std::chrono::steady_clock::now();
  server.server().stop(milliseconds(300));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
}

TEST(Server, refuses_plain_listening_off_loopback_and_bad_addresses) {
  const auto start = [](const char* address, std::uint16_t port) {
    ServerOptions options;
    options.listen = {{address, port}};
    options.io_threads = 1;
    Server server(std::move(options), [](boost::asio::io_context&) { return SessionHandler(); });
    const auto started = server.start();
    return started ? std::optional<ListenError>() : started.error();
  };
  EXPECT_EQ(start("0.0.0.0", 0), ListenError::plain_off_loopback);
  EXPECT_EQ(start("192.0.2.1", 0), ListenError::plain_off_loopback);
  EXPECT_EQ(start("localhost", 0), ListenError::bad_address);
  EXPECT_EQ(start("127.0.0.1", 0), std::nullopt);
  const EchoServer taken;
  EXPECT_EQ(start("127.0.0.1", taken.port()), ListenError::in_use);
}

}  // namespace
}  // namespace holdspace::gateway::tests
