// Rows 14 to 30 of the bad-input table over a socket: the whole table of requests, in one piece and
// byte by byte, and what stands behind a request.
#include <gtest/gtest.h>

#include "tests/gateway/transport_client.hpp"
#include "tests/gateway/transport_requests.hpp"

namespace holdspace::gateway::tests {
namespace {

unsigned status_of(std::string_view answer) {
  if (!answer.starts_with("HTTP/1.1 ")) return 0;
  return static_cast<unsigned>(std::stoul(std::string(answer.substr(9, 3))));
}

TEST(Http, answers_every_request_of_the_table) {
  const EchoServer server;
  for (const auto& c : request_table()) {
    SCOPED_TRACE(c.name);
    Client client(server.port());
    client.send(c.request);
    if (c.status == 101) {
      const auto answer = client.receive();
      EXPECT_EQ(status_of(answer), 101U);
      EXPECT_TRUE(client.echoes("hello"));
      continue;
    }
    // A reset would have overtaken the answer.
    const auto answer = client.receive_all();
    ASSERT_TRUE(answer) << "not closed";
    EXPECT_EQ(status_of(*answer), c.status);
    EXPECT_NE(answer->find("\r\nConnection: close\r\n"), std::string::npos);
  }
}

TEST(Http, answers_an_upgrade_with_our_subprotocol_and_no_extension) {
  const EchoServer server;
  Client client(server.port());
  client.send(request_with("Sec-WebSocket-Extensions", "permessage-deflate"));
  const auto answer = client.receive();
  EXPECT_EQ(status_of(answer), 101U);
  // RFC 6455 section 1.3: the example's key and its answer.
  EXPECT_NE(answer.find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"),
            std::string::npos);
  EXPECT_NE(answer.find("Sec-WebSocket-Protocol: holdspace.v1\r\n"), std::string::npos);
  EXPECT_EQ(answer.find("Sec-WebSocket-Extensions"), std::string::npos);
  EXPECT_EQ(answer.find("Beast"), std::string::npos);
}

TEST(Http, repeats_nothing_of_the_request) {
  const EchoServer server;
  Client client(server.port());
  client.send(request("GET /v1/connect?secret=4711 HTTP/1.1", good_fields()));
  const auto answer = client.receive_all();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->find("4711"), std::string::npos);
}

TEST(Http, takes_a_request_byte_by_byte) {
  const EchoServer server;
  Client client(server.port());
  const auto request = good_request();
  for (std::size_t i = 0; i + 1 < request.size(); ++i) client.send(request.substr(i, 1));
  client.send(request.substr(request.size() - 1));
  EXPECT_EQ(status_of(client.receive()), 101U);
  EXPECT_TRUE(client.echoes("hello"));
}

TEST(Http, takes_frames_that_follow_the_request_at_once) {
  const EchoServer server;
  Client client(server.port());
  client.send(good_request() + frame(0x82, "one") + frame(0x82, "two"));
  std::string all;
  while (all.find("two") == std::string::npos) all += client.receive();
  EXPECT_EQ(status_of(all), 101U);
  EXPECT_TRUE(all.ends_with(std::string("\x82\x03one\x82\x03two")));
}

TEST(Http, ends_a_second_request_behind_the_first_as_bad_framing) {
  const EchoServer server;
  Client client(server.port());
  client.send(good_request() + good_request());
  const auto all = client.receive_all();
  ASSERT_TRUE(all);
  EXPECT_EQ(status_of(*all), 101U);
  EXPECT_EQ(all->find("HTTP/1.1", 9), std::string::npos);  // one answer only
  const auto end = all->find("\r\n\r\n") + 4;
  EXPECT_EQ(all->substr(end, 1), "\x88");
  EXPECT_EQ(all->substr(end + 2, 2), std::string("\x03\xEA"));  // 1002
}

TEST(Http, gives_a_slow_request_its_408) {
  auto limits = patient_limits();
  limits.head = milliseconds(200);
  const EchoServer server(limits);
  Client client(server.port());
  client.send("GET /v1/connect HTTP/1.1\r\nHost: local");
  const auto answer = client.receive_all();
  ASSERT_TRUE(answer);
  EXPECT_EQ(status_of(*answer), 408U);
  EXPECT_EQ(server.events().last_detail(TransportEvent::upgrade_refused), 408U);
}

TEST(Http, gives_a_trickled_request_no_more_time) {
  auto limits = patient_limits();
  limits.head = milliseconds(300);
  const EchoServer server(limits);
  Client client(server.port());
  const auto began = std::chrono::steady_clock::now();
  const auto request = good_request();
  std::size_t sent = 0;
  while (server.events().count(TransportEvent::upgrade_refused) == 0 && sent < request.size()) {
    client.send(request.substr(sent++, 1));
    (void)server.events().wait(TransportEvent::upgrade_refused, 1, milliseconds(20));
  }
  EXPECT_LT(sent, request.size());
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(3));
}

TEST(Http, tells_the_session_what_was_dialled) {
  const EchoServer server;
  Client client(server.port());
  ASSERT_EQ(client.upgrade(), 101U);
  client.send(frame(0x82, "describe"));
  const auto answer = client.next_frame();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->payload, "localhost|127.0.0.0/24|plain");
}

}  // namespace
}  // namespace holdspace::gateway::tests
