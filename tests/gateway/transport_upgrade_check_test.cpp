// Rows 14 to 28 of the bad-input table as requests in text: each line of the table is one request
// that differs from the good one in one way, and the status that it gets.
#include <gtest/gtest.h>

#include <string>

#include "gateway/upgrade_check.hpp"
#include "tests/gateway/transport_requests.hpp"

namespace holdspace::gateway {
namespace {

const UpgradeRules kRules{{"localhost", "chat.example.org", "[::1]"}, {"https://app.example.org"}};

// The status that the request's head gets, 101 for a good one.
unsigned judge(const std::string& request) {
  HeadScanner scanner;
  switch (scanner.scan(request)) {
    case HeadScanner::State::incomplete:
      return 0;
    case HeadScanner::State::malformed:
      return http_status(UpgradeFault::malformed);
    case HeadScanner::State::too_large:
      return http_status(UpgradeFault::head_too_large);
    case HeadScanner::State::complete:
      break;
  }
  const auto upgrade =
      check_upgrade(std::string_view(request).substr(0, scanner.head_bytes()), kRules);
  return upgrade ? 101 : http_status(upgrade.error());
}

TEST(UpgradeCheck, gives_every_request_of_the_table_its_status) {
  for (const auto& c : tests::request_table())
    EXPECT_EQ(judge(c.request), c.status) << c.name << "\n" << c.request;
}

TEST(UpgradeCheck, takes_the_host_without_port_in_lower_case) {
  const struct {
    const char* header;
    const char* host;
  } cases[] = {{"localhost", "localhost"},
               {"LocalHost:8443", "localhost"},
               {"chat.example.org:443", "chat.example.org"},
               {"[::1]:8443", "[::1]"},
               {"[::1]", "[::1]"}};
  for (const auto& c : cases) {
    const auto upgrade = check_upgrade(tests::request_with("Host", c.header), kRules);
    ASSERT_TRUE(upgrade) << c.header;
    EXPECT_EQ(upgrade->host, c.host);
    EXPECT_EQ(upgrade->key, "dGhlIHNhbXBsZSBub25jZQ==");
  }
}

TEST(UpgradeCheck, serves_nobody_without_configured_hosts) {
  const auto upgrade = check_upgrade(tests::good_request(), UpgradeRules{});
  ASSERT_FALSE(upgrade);
  EXPECT_EQ(upgrade.error(), UpgradeFault::unknown_host);
}

TEST(HeadScanner, finds_the_end_at_every_cut) {
  const std::string head = tests::good_request();
  const std::string all = head + std::string("\x82\x00\xFF\n\n", 5);
  for (std::size_t cut = 0; cut < head.size(); ++cut) {
    HeadScanner scanner;
    ASSERT_EQ(scanner.scan(std::string_view(all).substr(0, cut)), HeadScanner::State::incomplete);
    ASSERT_EQ(scanner.scan(all), HeadScanner::State::complete);
    ASSERT_EQ(scanner.head_bytes(), head.size());
  }
}

TEST(HeadScanner, refuses_what_no_head_contains_before_its_end) {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    HeadScanner scanner;
    const auto state = scanner.scan(std::string("GET /") + c + "x");
    const bool good = c == '\t' || byte >= 0x80 || (byte >= 0x20 && byte != 0x7F);
    EXPECT_EQ(state, good ? HeadScanner::State::incomplete : HeadScanner::State::malformed) << byte;
  }
}

TEST(HeadScanner, refuses_the_first_byte_that_is_too_many) {
  const std::string start = "GET / HTTP/1.1\r\nA: ";
  HeadScanner scanner;
  EXPECT_EQ(scanner.scan(start + std::string(kHeadBytesMax - start.size(), 'a')),
            HeadScanner::State::incomplete);
  EXPECT_EQ(scanner.scan(start + std::string(kHeadBytesMax - start.size() + 1, 'a')),
            HeadScanner::State::too_large);
}

TEST(UpgradeCheck, answers_every_fault_with_a_constant_that_closes) {
  for (int i = 0; i <= static_cast<int>(UpgradeFault::origin); ++i) {
    const auto fault = static_cast<UpgradeFault>(i);
    const auto answer = http_answer(fault);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + std::to_string(http_status(fault)) + " "));
    EXPECT_NE(answer.find("\r\nConnection: close\r\n"), std::string::npos);
    const auto body = answer.substr(answer.find("\r\n\r\n") + 4);
    EXPECT_NE(answer.find("Content-Length: " + std::to_string(body.size()) + "\r\n"),
              std::string::npos);
  }
  EXPECT_NE(http_answer(UpgradeFault::websocket_version).find("Sec-WebSocket-Version: 13\r\n"),
            std::string::npos);
}

}  // namespace
}  // namespace holdspace::gateway
