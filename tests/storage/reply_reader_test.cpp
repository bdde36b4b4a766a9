// Bytes that a server, broken or hostile, could send.
#include "storage/reply_reader.hpp"

#include <gtest/gtest.h>

#include <string>

#include "storage/resp.hpp"

namespace holdspace::storage {
namespace {

// The one reply in `bytes`, fed whole.
Reply read_one(const std::string& bytes) {
  ReplyReader reader;
  reader.feed(bytes);
  auto next = reader.next();
  EXPECT_TRUE(next && next->has_value()) << bytes;
  return next && *next ? **next : Reply{};
}

bool is_malformed(const std::string& bytes) {
  ReplyReader reader;
  reader.feed(bytes);
  return !reader.next();
}

TEST(ReplyReader, reads_every_kind) {
  EXPECT_EQ(read_one("$-1\r\n").kind, Reply::Kind::nil);
  EXPECT_EQ(read_one("*-1\r\n").kind, Reply::Kind::nil);
  EXPECT_EQ(read_one(":-42\r\n").integer, -42);
  EXPECT_EQ(read_one("+OK\r\n").kind, Reply::Kind::status);
  EXPECT_EQ(read_one("-ERR no\r\n").text, "ERR no");
  const std::string bytes("a\0\r\nb", 5);
  EXPECT_EQ(read_one("$5\r\n" + bytes + "\r\n").text, bytes);
  EXPECT_TRUE(read_one("*0\r\n").elements.empty());
}

TEST(ReplyReader, reads_arrays_inside_arrays_in_order) {
  const Reply reply = read_one("*3\r\n:1\r\n*2\r\n$1\r\na\r\n$-1\r\n+x\r\n");
  ASSERT_EQ(reply.elements.size(), 3U);
  EXPECT_EQ(reply.elements[0].integer, 1);
  ASSERT_EQ(reply.elements[1].elements.size(), 2U);
  EXPECT_EQ(reply.elements[1].elements[0].text, "a");
  EXPECT_EQ(reply.elements[1].elements[1].kind, Reply::Kind::nil);
  EXPECT_EQ(reply.elements[2].text, "x");
}

TEST(ReplyReader, reads_replies_that_come_byte_by_byte) {
  ReplyReader reader;
  const std::string bytes = "*2\r\n$3\r\nabc\r\n:7\r\n+OK\r\n";
  std::size_t replies = 0;
  for (const char byte : bytes) {
    reader.feed({&byte, 1});
    auto next = reader.next();
    ASSERT_TRUE(next.has_value());
    if (*next) ++replies;
  }
  EXPECT_EQ(replies, 2U);
}

TEST(ReplyReader, refuses_what_is_not_the_protocol) {
  EXPECT_TRUE(is_malformed("hello\r\n"));
  EXPECT_TRUE(is_malformed("$-2\r\n"));
  EXPECT_TRUE(is_malformed("*-2\r\n"));
  EXPECT_TRUE(is_malformed(":12x\r\n"));
}

TEST(ReplyReader, refuses_nesting_beyond_seven) {
  std::string deep;
  for (int i = 0; i < 7; ++i) deep += "*1\r\n";
  EXPECT_EQ(read_one(deep + ":1\r\n").kind, Reply::Kind::array);
  for (int i = 0; i < 20; ++i) deep += "*1\r\n";
  EXPECT_TRUE(is_malformed(deep + ":1\r\n"));
}

TEST(ReplyReader, refuses_too_many_elements_before_it_takes_memory_for_them) {
  EXPECT_TRUE(is_malformed("*2147483648\r\n"));
  EXPECT_TRUE(is_malformed("*2147483647\r\n"));
  EXPECT_TRUE(is_malformed("*65537\r\n"));
  // Also when the sum of several arrays is too large.
  EXPECT_TRUE(is_malformed("*2\r\n*0\r\n*65535\r\n"));
}

TEST(ReplyReader, refuses_more_bytes_than_its_bound) {
  ReplyReader reader;
  reader.feed("$2000000000\r\n");
  const std::string piece(1 << 20, 'x');
  bool is_refused = false;
  for (int i = 0; i < 6 && !is_refused; ++i) {
    reader.feed(piece);
    is_refused = !reader.next();
  }
  EXPECT_TRUE(is_refused);
  const std::string half = "$3000000\r\n" + std::string(3'000'000, 'x') + "\r\n";
  EXPECT_TRUE(is_malformed("*2\r\n" + half + half));
}

TEST(ReplyReader, counts_each_reply_by_itself) {
  ReplyReader reader;
  const std::string big = "$3000000\r\n" + std::string(3'000'000, 'x') + "\r\n";
  for (int i = 0; i < 3; ++i) {
    reader.feed(big);
    auto next = reader.next();
    ASSERT_TRUE(next && next->has_value());
    EXPECT_EQ((*next)->text.size(), 3'000'000U);
  }
}

TEST(Resp, encodes_parts_of_any_bytes) {
  static constexpr char kBytes[] = "*3\r\n$3\r\nSET\r\n$3\r\na\0b\r\n$0\r\n\r\n";
  EXPECT_EQ(encode_command({"SET", std::string("a\0b", 3), ""}),
            std::string(kBytes, sizeof(kBytes) - 1));
}

TEST(Resp, puts_keys_before_arguments_whatever_the_order_of_the_calls) {
  FunctionCall call("f");
  call.key("k1").arg("a1").key("k2").number(-7);
  EXPECT_EQ(std::move(call).take(), (CommandParts{"FCALL", "f", "2", "k1", "k2", "a1", "-7"}));
}

TEST(Resp, knows_which_refusals_came_before_the_command_ran) {
  for (const char* text : {"LOADING Redis is loading", "READONLY You can't write", "NOPERM no",
                           "MISCONF Errors writing", "OOM command not allowed", "BUSY running",
                           "ERR Function not found", "ERR max number of clients reached",
                           "NOAUTH Authentication required."}) {
    EXPECT_EQ(classify_error_reply(text), CommandError::unavailable) << text;
  }
  for (const char* text : {"ERR something", "WRONGTYPE Operation", "CORRUPT holdspace: x", ""}) {
    EXPECT_EQ(classify_error_reply(text), CommandError::corrupt) << text;
  }
}

}  // namespace
}  // namespace holdspace::storage
