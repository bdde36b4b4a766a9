// Every byte of an envelope, changed, cut or exchanged: refused, and the state is as it was.
#include <gtest/gtest.h>

#include "tests/crypto/support/people.hpp"

namespace holdspace::crypto {
namespace {

using testing::End;
using testing::Kem;
using testing::make_person;
using testing::Person;

constexpr ByteVector Direct::*kFields[] = {&Direct::env, &Direct::hs, &Direct::eh, &Direct::body};
constexpr const char* kFieldNames[] = {"env", "hs", "eh", "body"};

struct Pair {
  Person client = make_person();
  Person therapist = make_person();
  End a{client, therapist};
  End b{therapist, client};
};

// By the way that commits: what a device would have stored afterwards is, byte for byte, what it
// had stored before, and it still opens the message itself.
void refuses_each_changed_byte(End& end, const Direct& good) {
  const SecretBytes before = end.state();
  Direct direct = good;
  for (std::size_t field = 0; field < 4; ++field) {
    ByteVector& bytes = direct.*kFields[field];
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      for (const std::uint8_t flip : Bytes<2>{0x01, 0x80}) {
        bytes[i] ^= flip;
        ASSERT_TRUE(end.receive(direct).failure) << kFieldNames[field] << " byte " << i;
        ASSERT_EQ(end.state(), before) << kFieldNames[field] << " byte " << i;
        bytes[i] ^= flip;
      }
    }
  }
  EXPECT_TRUE(end.try_open(direct));
}

void refuses_other_lengths(const End& end, const Direct& good) {
  for (std::size_t field = 0; field < 4; ++field) {
    for (std::size_t by = 1; by <= 64; ++by) {
      Direct direct = good;
      ByteVector& bytes = direct.*kFields[field];
      bytes.resize(bytes.size() + by);
      ASSERT_FALSE(end.try_open(direct)) << kFieldNames[field] << " longer by " << by;
      bytes = good.*kFields[field];
      if (bytes.size() < by) continue;
      bytes.resize(bytes.size() - by);
      ASSERT_FALSE(end.try_open(direct)) << kFieldNames[field] << " shorter by " << by;
    }
  }
}

void refuses_fields_of(const End& end, const Direct& good, const Direct& other) {
  for (std::size_t field = 0; field < 4; ++field) {
    Direct mixed = good;
    mixed.*kFields[field] = other.*kFields[field];
    if (mixed == good) continue;
    EXPECT_FALSE(end.try_open(mixed)) << kFieldNames[field];
  }
}

TEST(Tamper, first_message) {
  Pair pair;
  ASSERT_TRUE(pair.a.start(Kem::last_resort));
  const Direct first = pair.a.send("hello");
  refuses_each_changed_byte(pair.b, first);
  refuses_other_lengths(pair.b, first);
  EXPECT_EQ(pair.b.receive(first).text, "hello");
}

TEST(Tamper, answer_and_later_message) {
  Pair pair;
  ASSERT_TRUE(pair.a.start(Kem::one_time));
  ASSERT_EQ(pair.b.receive(pair.a.send("hello")).text, "hello");
  const Direct answer = pair.b.send("answer");
  refuses_each_changed_byte(pair.a, answer);
  refuses_other_lengths(pair.a, answer);
  ASSERT_EQ(pair.a.receive(answer).text, "answer");
  const Direct later = pair.b.send("later");
  refuses_each_changed_byte(pair.a, later);
  EXPECT_EQ(pair.a.receive(later).text, "later");
}

TEST(Tamper, fields_of_two_messages_sessions_or_people_do_not_mix) {
  Pair pair;
  ASSERT_TRUE(pair.a.start(Kem::last_resort));
  const Direct first = pair.a.send("one");
  const Direct second = pair.a.send("two");
  End parallel(pair.client, pair.therapist);
  ASSERT_TRUE(parallel.start(Kem::last_resort));
  const Direct other_session = parallel.send("one");
  Person colleague = make_person();
  End to_colleague(pair.client, colleague);
  ASSERT_TRUE(to_colleague.start(Kem::last_resort));
  const Direct other_recipient = to_colleague.send("one");
  Facts facts;
  facts.relationship_id[0] = 1;
  const Direct other_relationship = pair.a.send("one", facts);

  for (const Direct* other : {&second, &other_session, &other_recipient, &other_relationship}) {
    refuses_fields_of(pair.b, first, *other);
  }
  ASSERT_EQ(pair.b.receive(first).text, "one");
  for (const Direct* other : {&other_session, &other_recipient, &other_relationship}) {
    Direct mixed = second;
    mixed.env = other->env;
    EXPECT_FALSE(pair.b.try_open(mixed));
    mixed = second;
    mixed.eh = other->eh;
    EXPECT_FALSE(pair.b.try_open(mixed));
    mixed = second;
    mixed.body = other->body;
    EXPECT_FALSE(pair.b.try_open(mixed));
  }
  EXPECT_EQ(pair.b.receive(second).text, "two");
}

}  // namespace
}  // namespace holdspace::crypto
