#include "storage/ids.hpp"

#include <gtest/gtest.h>

namespace holdspace::storage {
namespace {

TEST(Ids, go_to_hexadecimal_and_back) {
  AccountId id;
  for (std::size_t i = 0; i < id.bytes.size(); ++i) id.bytes[i] = static_cast<std::uint8_t>(17 * i);
  EXPECT_EQ(to_hex(id), "00112233445566778899aabbccddeeff");
  EXPECT_EQ(parse_hex_id<AccountId>(to_hex(id)), id);
  EXPECT_EQ(parse_id<AccountId>(to_bytes(id)), id);
}

TEST(Ids, of_another_length_or_alphabet_are_refused) {
  EXPECT_FALSE(parse_id<AccountId>(std::string(15, 'x')));
  EXPECT_FALSE(parse_id<AccountId>(std::string(17, 'x')));
  EXPECT_FALSE(parse_id<AccountId>(""));
  EXPECT_FALSE(parse_hex_id<AccountId>(std::string(32, 'A')));
  EXPECT_FALSE(parse_hex_id<AccountId>(std::string(31, 'a')));
  EXPECT_FALSE(parse_hex_id<AccountId>(std::string(32, 'g')));
}

TEST(Ids, are_none_only_when_all_zero) {
  AccountId id;
  EXPECT_TRUE(id.is_none());
  id.bytes[15] = 1;
  EXPECT_FALSE(id.is_none());
}

}  // namespace
}  // namespace holdspace::storage
