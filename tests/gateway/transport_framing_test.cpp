// Rows 31 to 41 of the bad-input table and the cases of RFC 6455 over a socket, against an echo
// build of the gateway's own connection: each row is what a client sends and how it must end.
#include <gtest/gtest.h>

#include "tests/gateway/transport_client.hpp"

namespace holdspace::gateway::tests {
namespace {

// How a conversation goes on after what was sent.
struct Outcome {
  std::vector<std::string> echoes;  // in this order
  unsigned close = 0;               // the server's close code, 0: it goes on
};

struct Case {
  std::string name;
  std::string bytes;
  Outcome outcome;
};

std::string text(std::string_view payload) {
  return frame(0x81, payload);
}
std::string binary(std::string_view payload) {
  return frame(0x82, payload);
}

void expect_outcome(Client& client, const Case& c) {
  SCOPED_TRACE(c.name);
  std::vector<std::string> echoes;
  bool alive = client.send(c.bytes);
  if (c.outcome.close == 0) alive = alive && client.send(binary("still here?"));
  unsigned close = 0;
  while (close == 0) {
    const auto next = client.next_frame();
    if (!next) break;
    if (next->opcode == 2 && next->payload == "still here?") break;
    if (next->opcode == 2) echoes.push_back(next->payload);
    close = next->close_code();
  }
  EXPECT_TRUE(alive || c.outcome.close != 0);
  EXPECT_EQ(close, c.outcome.close);
  EXPECT_EQ(echoes, c.outcome.echoes);
  if (close != 0) {
    const auto rest = client.receive_all();
    ASSERT_TRUE(rest) << "not closed";
    EXPECT_EQ(*rest, "") << "something follows the close frame";
  }
}

void run(const std::vector<Case>& cases) {
  const EchoServer server;
  for (const auto& c : cases) {
    Client client(server.port());
    ASSERT_EQ(client.upgrade(), 101U);
    expect_outcome(client, c);
  }
}

// Every first byte of an empty masked frame: FIN, reserved bits and opcode in all combinations.
TEST(Framing, judges_every_first_byte) {
  std::vector<Case> cases;
  for (unsigned first = 0; first < 256; ++first) {
    const unsigned opcode = first & 0xF;
    const bool fin = first & 0x80;
    Outcome outcome{{}, 1002};
    if ((first & 0x70) == 0) {
      if (opcode == 1 && fin) outcome = {{}, 1003};
      if (opcode == 2 && fin) outcome = {{""}, 0};
      if (opcode == 8 && fin) outcome = {{}, 1005};
      if ((opcode == 9 || opcode == 10) && fin) outcome = {{}, 0};
      if ((opcode == 1 || opcode == 2) && !fin) continue;  // goes on: below
    }
    cases.push_back({"first byte " + std::to_string(first), frame(first, ""), outcome});
  }
  ASSERT_EQ(cases.size(), 254U);
  run(cases);
}

TEST(Framing, refuses_unmasked_frames) {
  std::vector<Case> cases;
  for (const unsigned opcode : {0x0U, 0x1U, 0x2U, 0x8U, 0x9U, 0xAU}) {
    for (const std::string payload : {"", "x"}) {
      std::string bytes{static_cast<char>(0x80 | opcode), static_cast<char>(payload.size())};
      cases.push_back({"unmasked " + std::to_string(opcode), bytes + payload, {{}, 1002}});
    }
  }
  run(cases);
}

TEST(Framing, takes_every_length_up_to_the_limit) {
  std::vector<Case> cases;
  for (const std::size_t length : {0UL, 1UL, 2UL, 124UL, 125UL, 126UL, 127UL, 128UL, 1000UL, 1535UL,
                                   1536UL, 1537UL, 4095UL, 4096UL}) {
    const std::string payload(length, 'p');
    cases.push_back({std::to_string(length) + " bytes", binary(payload), {{payload}, 0}});
  }
  cases.push_back({"4097 bytes", binary(std::string(4097, 'p')), {{}, 1009}});
  run(cases);
}

TEST(Framing, takes_larger_messages_after_the_login) {
  const EchoServer server;
  for (const std::size_t length : {4097UL, 65535UL, 65536UL, 98303UL, 98304UL}) {
    Client client(server.port());
    ASSERT_EQ(client.upgrade(), 101U);
    ASSERT_TRUE(client.echoes("login"));
    EXPECT_TRUE(client.echoes(std::string(length, 'p'))) << length;
  }
  Client client(server.port());
  ASSERT_EQ(client.upgrade(), 101U);
  ASSERT_TRUE(client.echoes("login"));
  client.send(frame_header(0x82, 98305, 8));
  EXPECT_EQ(client.next_close(), 1009U);
}

TEST(Framing, refuses_lengths_on_the_header) {
  std::vector<Case> cases;
  const auto add = [&](std::uint64_t length, unsigned length_bytes, unsigned close) {
    for (const unsigned first : {0x82U, 0x02U, 0x81U})
      cases.push_back({std::to_string(length) + " in " + std::to_string(length_bytes),
                       frame_header(first, length, length_bytes),
                       {{}, close}});
  };
  for (const std::uint64_t small : {0UL, 1UL, 125UL}) {
    add(small, 2, 1002);
    add(small, 8, 1002);
  }
  add(126, 8, 1002);
  add(65535, 8, 1002);
  add(4097, 2, 1009);
  add(65536, 8, 1009);
  for (const unsigned bit : {17U, 20U, 31U, 32U, 40U, 62U, 63U})
    add(std::uint64_t{1} << bit, 8, 1009);
  add(~std::uint64_t{0}, 8, 1009);
  run(cases);
}

TEST(Framing, bounds_control_frames) {
  std::vector<Case> cases;
  for (const unsigned opcode : {0x88U, 0x89U, 0x8AU}) {
    const std::string name = std::to_string(opcode);
    cases.push_back({"126 bytes in " + name, frame(opcode, std::string(126, 'c')), {{}, 1002}});
    cases.push_back({"300 bytes in " + name, frame(opcode, std::string(300, 'c')), {{}, 1002}});
    cases.push_back({"8 length bytes in " + name, frame_header(opcode, 70000, 8), {{}, 1002}});
    cases.push_back({"fragmented " + name, frame(opcode & 0x0F, "c"), {{}, 1002}});
  }
  cases.push_back({"ping of 125", frame(0x89, std::string(125, 'c')), {{}, 0}});
  cases.push_back({"pong of 125", frame(0x8A, std::string(125, 'c')), {{}, 0}});
  run(cases);
}

TEST(Framing, assembles_fragments) {
  const auto first = [](std::string_view payload) { return frame(0x02, payload); };
  const auto more = [](std::string_view payload) { return frame(0x00, payload); };
  const auto last = [](std::string_view payload) { return frame(0x80, payload); };
  const std::string half(2048, 'h');
  std::string many = first("0");
  for (unsigned i = 1; i < kFragmentsMax - 1; ++i) many += more("1");
  std::string empty = first("");
  for (unsigned i = 1; i < kFragmentsMax - 1; ++i) empty += more("");
  const std::vector<Case> cases{
      {"two", first("ab") + last("cd"), {{"abcd"}, 0}},
      {"three", first("ab") + more("cd") + last("ef"), {{"abcdef"}, 0}},
      {"empty first", first("") + last("cd"), {{"cd"}, 0}},
      {"empty last", first("ab") + last(""), {{"ab"}, 0}},
      {"empty between", first("ab") + more("") + more("") + last("cd"), {{"abcd"}, 0}},
      {"all empty", first("") + more("") + last(""), {{""}, 0}},
      {"two messages", first("a") + last("b") + first("c") + last("d"), {{"ab", "cd"}, 0}},
      {"whole after fragments", first("a") + last("b") + binary("c"), {{"ab", "c"}, 0}},
      {"ping between", first("a") + frame(0x89, "p") + last("b"), {{"ab"}, 0}},
      {"pong between", first("a") + frame(0x8A, "p") + last("b"), {{"ab"}, 0}},
      {"close between", first("a") + close_frame(1000), {{}, 1000}},
      {"64 fragments", many + last("1"), {{"0" + std::string(kFragmentsMax - 1, '1')}, 0}},
      {"65 fragments", many + more("1") + last("1"), {{}, 1008}},
      {"64 empty fragments", empty + last(""), {{""}, 0}},
      {"65 empty fragments", empty + more("") + last(""), {{}, 1008}},
      {"4096 bytes in two", first(half) + last(half), {{half + half}, 0}},
      {"4097 bytes in two", first(half + "x") + last(half), {{}, 1009}},
      {"4097 bytes in three", first(half) + more(half) + last("x"), {{}, 1009}},
      {"many bytes in fragments", first(half) + more(half) + more(half) + more(half), {{}, 1009}},
      {"stray continuation", more("x"), {{}, 1002}},
      {"stray last", last("x"), {{}, 1002}},
      {"stray last after a message", binary("a") + last("x"), {{"a"}, 1002}},
      {"stray last after fragments", first("a") + last("b") + last("x"), {{"ab"}, 1002}},
      {"binary inside", first("a") + binary("b"), {{}, 1002}},
      {"text inside", first("a") + text("b"), {{}, 1002}},
      {"first inside", first("a") + first("b"), {{}, 1002}},
      {"first inside after more", first("a") + more("b") + first("c"), {{}, 1002}},
      {"fragmented text", frame(0x01, "a") + last("b"), {{}, 1003}},
      {"reserved bit on a continuation", first("a") + frame(0xC0, "b"), {{}, 1002}},
      {"reserved opcode between", first("a") + frame(0x83, "b"), {{}, 1002}},
      {"unmasked continuation", first("a") + std::string("\x80\x00", 2), {{}, 1002}},
  };
  run(cases);
}

TEST(Framing, answers_close_codes) {
  std::vector<Case> cases;
  for (const unsigned code : {1000U, 1001U, 1002U, 1003U, 1007U, 1008U, 1009U, 1010U, 1011U, 1012U,
                              1013U, 3000U, 3999U, 4000U, 4400U, 4999U}) {
    cases.push_back({"close " + std::to_string(code), close_frame(code), {{}, code}});
    cases.push_back(
        {"close with reason " + std::to_string(code), close_frame(code, "bye"), {{}, code}});
  }
  for (const unsigned code : {0U, 1U, 999U, 1004U, 1005U, 1006U, 1014U, 1015U, 1016U, 1100U, 2000U,
                              2999U, 5000U, 32768U, 65535U})
    cases.push_back({"close " + std::to_string(code), close_frame(code), {{}, 1002}});
  cases.push_back({"close without code", frame(0x88, ""), {{}, 1005}});
  cases.push_back({"close of one byte", frame(0x88, "\x03"), {{}, 1002}});
  cases.push_back({"longest reason", close_frame(1000, std::string(123, 'r')), {{}, 1000}});
  cases.push_back({"data before", binary("a") + close_frame(1000), {{"a"}, 1000}});
  cases.push_back({"data after", close_frame(1000) + binary("a"), {{}, 1000}});
  cases.push_back({"rubbish after", close_frame(1000) + "\xFF\xFF\xFF", {{}, 1000}});
  cases.push_back({"ping after", close_frame(1000) + frame(0x89, "p"), {{}, 1000}});
  cases.push_back({"second close", close_frame(1000) + close_frame(1001), {{}, 1000}});
  run(cases);
}

// RFC 3629: what is UTF-8 and what is not.
TEST(Framing, tells_bad_text_from_text) {
  const std::vector<std::string> good{"",
                                      "text",
                                      "\xC2\xA2",
                                      "\xE2\x82\xAC",
                                      "\xF0\x90\x8D\x88",
                                      "\xF4\x8F\xBF\xBF",
                                      "\xED\x9F\xBF",
                                      "\xEE\x80\x80",
                                      "\xEF\xBF\xBD",
                                      "\xEF\xBF\xBF",
                                      std::string("a\0b", 3)};
  const std::vector<std::string> bad{"\x80",
                                     "\xBF",
                                     "a\x80",
                                     "\xC0\x80",
                                     "\xC1\xBF",
                                     "\xC2",
                                     "\xC2\x41",
                                     "\xE0\x80\x80",
                                     "\xE0\x9F\xBF",
                                     "\xE2\x82",
                                     "\xE2\x82\x41",
                                     "\xED\xA0\x80",
                                     "\xED\xBF\xBF",
                                     "\xF0\x80\x80\x80",
                                     "\xF0\x8F\xBF\xBF",
                                     "\xF0\x90\x8D",
                                     "\xF4\x90\x80\x80",
                                     "\xF5\x80\x80\x80",
                                     "\xF8\x88\x80\x80\x80",
                                     "\xFC\x84\x80\x80\x80\x80",
                                     "\xFE",
                                     "\xFF"};
  std::vector<Case> cases;
  for (const auto& payload : good) {
    cases.push_back({"text", text(payload), {{}, 1003}});
    cases.push_back({"reason", close_frame(1000, payload), {{}, 1000}});
  }
  for (const auto& payload : bad) {
    cases.push_back({"bad text", text(payload), {{}, 1007}});
    cases.push_back(
        {"bad text in fragments", frame(0x01, "ok ") + frame(0x80, payload), {{}, 1007}});
    cases.push_back({"bad reason", close_frame(1000, payload), {{}, 1007}});
  }
  cases.push_back(
      {"a character cut by fragments", frame(0x01, "\xE2\x82") + frame(0x80, "\xAC"), {{}, 1003}});
  run(cases);
}

TEST(Framing, answers_pings_with_their_payload) {
  const EchoServer server;
  Client client(server.port());
  ASSERT_EQ(client.upgrade(), 101U);
  for (const std::string& payload : {std::string(), std::string("p"), std::string(125, 'q')}) {
    client.send(frame(0x89, payload));
    const auto pong = client.next_frame();
    ASSERT_TRUE(pong);
    EXPECT_EQ(pong->opcode, 0xAU);
    EXPECT_EQ(pong->payload, payload);
  }
}

TEST(Framing, sees_the_same_byte_by_byte) {
  const EchoServer server;
  for (const auto& [bytes, close] : std::vector<std::pair<std::string, unsigned>>{
           {binary("abc") + frame(0x02, "de") + frame(0x89, "p") + frame(0x80, "f") +
                close_frame(1000),
            1000},
           {binary("abc") + frame(0x02, "de") + frame(0x80, "f") + frame(0xC2, "x"), 1002}}) {
    Client client(server.port());
    ASSERT_EQ(client.upgrade(), 101U);
    for (const char byte : bytes) client.send(std::string(1, byte));
    std::vector<std::string> echoes;
    unsigned code = 0;
    while (const auto next = client.next_frame()) {
      if (next->opcode == 2) echoes.push_back(next->payload);
      if (next->opcode == 8) code = next->close_code();
    }
    EXPECT_EQ(echoes, (std::vector<std::string>{"abc", "def"}));
    EXPECT_EQ(code, close);
  }
}

TEST(Framing, answers_what_came_before_the_fault) {
  run({{"three and a fault",
        binary("a") + binary("b") + binary("c") + frame(0x83, "x") + binary("d"),
        {{"a", "b", "c"}, 1002}}});
}

}  // namespace
}  // namespace holdspace::gateway::tests
