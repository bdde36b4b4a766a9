// Sessions that an older client stored: they go on, and a further session continues them.
#include <gtest/gtest.h>

#include "crypto/session.hpp"
#include "tests/crypto/support/json_vectors.hpp"
#include "tests/crypto/support/people.hpp"
#include "tests/crypto/support/seeded_random.hpp"

namespace holdspace::crypto {
namespace {

using testing::End;
using testing::Kem;
using testing::kNow;
using testing::make_person;
using testing::Person;

// The two devices of tests/vectors/stored/session_1.json, in the middle of their conversation.
struct Stored {
  Stored() {
    testing::seed_random(1);  // other draws than those of the stored conversation
    a.replace(*PeerSessions::parse(testing::hex_field(file, "client")));
    b.replace(*PeerSessions::parse(testing::hex_field(file, "therapist")));
  }
  nlohmann::json file = *testing::own_vectors("../stored/session_1.json");
  Person client = seeded_person();
  Person therapist = make_person();
  End a{client, therapist};
  End b{therapist, client};

 private:
  [[nodiscard]] Person seeded_person() const {
    testing::seed_random(file.at("seed"));
    return make_person();
  }
};

TEST(StoredSession, of_version_1_goes_on_in_both_directions) {
  Stored stored;
  EXPECT_EQ(stored.a.receive(stored.b.send("back")).text, "back");
  EXPECT_EQ(stored.b.receive(stored.a.send("there")).text, "there");
  EXPECT_EQ(stored.a.state()[0], 2);
}

TEST(StoredSession, of_version_1_is_continued_by_a_further_one_with_proof) {
  for (const bool client_renews : {true, false}) {
    for (int turns = 0; turns < 4; ++turns) {
      SCOPED_TRACE(::testing::Message() << client_renews << turns);
      Stored stored;
      for (int i = 0; i < turns; ++i) {
        End& from = i % 2 == 0 ? stored.b : stored.a;
        End& to = i % 2 == 0 ? stored.a : stored.b;
        ASSERT_EQ(to.receive(from.send("turn")).text, "turn");
      }
      End& renewing = client_renews ? stored.a : stored.b;
      End& other = client_renews ? stored.b : stored.a;
      ASSERT_EQ(renewing.renew(Kem::one_time, kNow + kRenewPause), std::nullopt);
      const Direct first = renewing.send("again");
      EXPECT_EQ(parse_handshake(first.hs)->psk_kind, PskKind::continuity);
      EXPECT_EQ(other.receive(first).text, "again");
      EXPECT_EQ(renewing.receive(other.send("here")).text, "here");
    }
  }
}

TEST(StoredSession, of_version_1_refuses_a_further_one_without_proof) {
  Stored stored;
  End copy(stored.client, stored.therapist);
  ASSERT_TRUE(copy.start(Kem::one_time));
  const auto received = stored.b.receive(copy.send("I am new"));
  ASSERT_TRUE(received.failure.has_value());
  EXPECT_EQ(received.failure->error, OpenError::discontinuity);
}

TEST(StoredSession, is_nothing_when_it_is_cut_or_of_another_version) {
  const Stored stored;
  auto bytes = testing::hex_field(stored.file, "client");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    ASSERT_FALSE(PeerSessions::parse(ByteView(bytes).first(size)).has_value()) << size;
  }
  for (const int version : {0, 2, 3}) {
    bytes[0] = static_cast<std::uint8_t>(version);
    EXPECT_FALSE(PeerSessions::parse(bytes).has_value()) << version;
  }
}

}  // namespace
}  // namespace holdspace::crypto
