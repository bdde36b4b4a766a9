#include "client/content.hpp"

#include <gtest/gtest.h>

namespace holdspace::client {
namespace {

v1::Content sample() {
  v1::Content content;
  content.set_message_id(std::string(16, 'm'));
  content.set_relationship_id(std::string(16, 'r'));
  content.set_conversation_seq(3);
  content.set_prev_digest(std::string(32, 'p'));
  content.mutable_text()->set_text("words");
  return content;
}

TEST(Content, takes_texts_that_are_utf8_and_not_too_long) {
  const auto check = [](const std::string& text, bool expected) {
    EXPECT_EQ(is_sendable_text(text), expected) << text.substr(0, 40);
  };
  check("", false);
  check("a", true);
  check("\xc3\xa4\xe2\x82\xac\xf0\x9f\x92\x99", true);
  check(std::string(kTextBytesMax, 'a'), true);
  check(std::string(kTextBytesMax + 1, 'a'), false);
  check("\x80", false);              // a continuation without a lead
  check("\xc0\xaf", false);          // overlong
  check("\xe0\x80\x80", false);      // overlong
  check("\xed\xa0\x80", false);      // a surrogate
  check("\xf4\x90\x80\x80", false);  // above U+10FFFF
  check("\xe2\x82", false);          // cut off
}

TEST(Content, digest_depends_on_each_field_but_not_on_whom_it_is_addressed_to) {
  const auto digest = content_digest(sample());
  auto addressed = sample();
  addressed.add_addressed()->set_device_id(7);
  EXPECT_EQ(content_digest(addressed), digest);

  auto other = sample();
  other.mutable_text()->set_text("word");
  EXPECT_NE(content_digest(other), digest);
  other = sample();
  other.set_conversation_seq(4);
  EXPECT_NE(content_digest(other), digest);
  other = sample();
  other.set_prev_digest(std::string(32, 'q'));
  EXPECT_NE(content_digest(other), digest);
  other = sample();
  other.set_message_id(std::string(16, 'n'));
  EXPECT_NE(content_digest(other), digest);
  other = sample();
  other.mutable_control()->set_value("words");
  EXPECT_NE(content_digest(other), digest);
}

TEST(Content, is_dropped_when_it_is_of_another_message_or_relationship) {
  const auto bytes = sample().SerializeAsString();
  crypto::MessageId message{};
  message.fill('m');
  crypto::RelationshipId relationship{};
  relationship.fill('r');
  EXPECT_TRUE(parse_content(view(bytes), message, relationship));
  auto other_message = message;
  other_message[0] = 'x';
  EXPECT_FALSE(parse_content(view(bytes), other_message, relationship));
  auto other_relationship = relationship;
  other_relationship[0] = 'x';
  EXPECT_FALSE(parse_content(view(bytes), message, other_relationship));
  EXPECT_FALSE(parse_content(view("not protobuf"), message, relationship));
}

}  // namespace
}  // namespace holdspace::client
