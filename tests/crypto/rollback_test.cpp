// A device restored from an image, or copied, while the other one goes on: the stale copy is cut
// off within one round trip, and no key seals two texts under one nonce.
#include <gtest/gtest.h>

#include <set>

#include "tests/crypto/support/people.hpp"
#include "tests/crypto/support/stored_state.hpp"

namespace holdspace::crypto {
namespace {

using testing::End;
using testing::Kem;
using testing::make_person;
using testing::Person;

struct Pair {
  Person client = make_person();
  Person therapist = make_person();
  End a{client, therapist};
  End b{therapist, client};

  void begin() {
    ASSERT_TRUE(a.start(Kem::one_time));
    ASSERT_EQ(b.receive(a.send("hello")).text, "hello");
    ASSERT_EQ(a.receive(b.send("hello")).text, "hello");
  }
  void round_trip() {
    ASSERT_EQ(b.receive(a.send("there")).text, "there");
    ASSERT_EQ(a.receive(b.send("back")).text, "back");
  }
  End copy_of_a() {
    End copy(client, therapist);
    copy.replace(*PeerSessions::parse(a.state()));
    return copy;
  }
};

TEST(Rollback, a_stale_copy_is_cut_off_within_one_round_trip) {
  for (int turns = 0; turns <= 5; ++turns) {
    SCOPED_TRACE(turns);
    Pair pair;
    pair.begin();
    End stale = pair.copy_of_a();
    for (int i = 0; i < turns; ++i) {
      End& from = i % 2 == 0 ? pair.a : pair.b;
      End& to = i % 2 == 0 ? pair.b : pair.a;
      ASSERT_EQ(to.receive(from.send("turn")).text, "turn");
    }
    if (turns % 2 == 1) {
      ASSERT_EQ(pair.a.receive(pair.b.send("turn")).text, "turn");
    }
    pair.round_trip();
    const SecretBytes before = pair.b.state();
    for (int i = 0; i < 3; ++i) {
      EXPECT_TRUE(pair.b.receive(stale.send("quietly")).failure.has_value());
      EXPECT_EQ(pair.b.state(), before);
    }
    for (int i = 0; i < 3; ++i) {
      const Direct answer = pair.b.send("for the honest one");
      EXPECT_FALSE(stale.try_open(answer));
      EXPECT_EQ(pair.a.receive(answer).text, "for the honest one");
      pair.round_trip();
    }
  }
}

// Both copies stand at the same message key. Whichever the peer hears first it goes on with.
TEST(Rollback, two_copies_that_send_at_once_use_other_nonces_and_one_is_refused) {
  for (const bool stale_first : {false, true}) {
    for (const bool in_a_chain : {false, true}) {
      Pair pair;
      pair.begin();
      if (in_a_chain) {
        ASSERT_EQ(pair.b.receive(pair.a.send("chain")).text, "chain");
      }
      End stale = pair.copy_of_a();
      std::set<ByteVector> nonces;
      const auto note = [&nonces](const Direct& direct) {
        nonces.insert(ByteVector(direct.eh.begin(), direct.eh.begin() + 24));
        nonces.insert(ByteVector(direct.body.begin(), direct.body.begin() + 24));
      };
      const Direct honest = pair.a.send("honest");
      const Direct other = stale.send("other");
      note(honest);
      note(other);
      EXPECT_EQ(nonces.size(), 4U);
      EXPECT_EQ(pair.b.receive(stale_first ? other : honest).text,
                stale_first ? "other" : "honest");
      EXPECT_TRUE(pair.b.receive(stale_first ? honest : other).failure.has_value());
    }
  }
}

}  // namespace
}  // namespace holdspace::crypto
