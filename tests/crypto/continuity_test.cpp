// A further session with a device: who may open one, which one sends, and what an old copy of a
// device gets. Section 9.
#include <gtest/gtest.h>

#include "crypto/lineage.hpp"
#include "crypto/session.hpp"
#include "tests/crypto/support/people.hpp"

namespace holdspace::crypto {
namespace {

using std::chrono::days;
using std::chrono::hours;
using testing::End;
using testing::Kem;
using testing::kNow;
using testing::make_person;
using testing::Person;

struct Pair {
  Person client = make_person();
  Person therapist = make_person();
  End a{client, therapist};
  End b{therapist, client};

  // One answered round trip.
  void begin() {
    ASSERT_TRUE(a.start(Kem::one_time));
    ASSERT_EQ(b.receive(a.send("hello")).text, "hello");
    ASSERT_EQ(a.receive(b.send("hello")).text, "hello");
  }
  // `count` turns, the client's first.
  void take_turns(int count) {
    for (int i = 0; i < count; ++i) {
      End& from = i % 2 == 0 ? a : b;
      End& to = i % 2 == 0 ? b : a;
      ASSERT_EQ(to.receive(from.send("turn")).text, "turn");
    }
  }
  [[nodiscard]] End copy_of_a() {
    End copy(client, therapist);
    copy.replace(*PeerSessions::parse(a.state()));
    return copy;
  }
};

OpenError error_of(const End::Received& received) {
  EXPECT_TRUE(received.failure.has_value());
  return received.failure ? received.failure->error : OpenError::malformed;
}

TEST(Continuity, a_renewed_session_takes_over_and_the_old_one_still_receives) {
  Pair pair;
  pair.begin();
  const Direct late = pair.a.send("on its way");
  const SessionId before = *pair.a.sessions().active_session();
  EXPECT_EQ(pair.a.renew(Kem::one_time, kNow + hours{1}), std::nullopt);
  const SessionId after = *pair.a.sessions().active_session();
  EXPECT_NE(before, after);
  const Direct first = pair.a.send("again");
  EXPECT_EQ(parse_handshake(first.hs)->psk_kind, PskKind::continuity);
  EXPECT_EQ(pair.b.receive(first).text, "again");
  EXPECT_EQ(pair.b.sessions().active_session(), after);
  EXPECT_EQ(pair.b.receive(late).text, "on its way");
  EXPECT_EQ(pair.a.receive(pair.b.send("here")).text, "here");
  EXPECT_TRUE(pair.a.send("no handshake any more").hs.empty());
}

// Wherever the two are in their turns, each of them may renew, and what was on its way arrives.
TEST(Continuity, holds_at_every_point_of_the_conversation) {
  for (int turns = 0; turns < 6; ++turns) {
    for (const bool client_renews : {true, false}) {
      for (const bool on_its_way : {true, false}) {
        SCOPED_TRACE(::testing::Message() << turns << client_renews << on_its_way);
        Pair pair;
        pair.begin();
        pair.take_turns(turns);
        End& renewing = client_renews ? pair.a : pair.b;
        End& other = client_renews ? pair.b : pair.a;
        const Direct to_renewing = other.send("theirs");
        const Direct to_other = renewing.send("ours");
        if (!on_its_way) {
          ASSERT_EQ(renewing.receive(to_renewing).text, "theirs");
          ASSERT_EQ(other.receive(to_other).text, "ours");
        }
        ASSERT_EQ(renewing.renew(Kem::last_resort, kNow + hours{2}), std::nullopt);
        EXPECT_EQ(other.receive(renewing.send("again")).text, "again");
        EXPECT_EQ(renewing.receive(other.send("yes")).text, "yes");
        if (on_its_way) {
          EXPECT_EQ(renewing.receive(to_renewing).text, "theirs");
          EXPECT_EQ(other.receive(to_other).text, "ours");
        }
        EXPECT_EQ(renewing.sessions().active_session(), other.sessions().active_session());
      }
    }
  }
}

TEST(Continuity, waits_for_an_answer_and_for_an_hour) {
  Pair pair;
  EXPECT_EQ(pair.a.renew(Kem::one_time, kNow), InitiateError::no_session);
  ASSERT_TRUE(pair.a.start(Kem::last_resort));
  EXPECT_FALSE(pair.a.start(Kem::last_resort)) << "the first one is there";
  EXPECT_EQ(pair.a.renew(Kem::last_resort, kNow + days{29}), InitiateError::unanswered);
  ASSERT_EQ(pair.b.receive(pair.a.send("hello")).text, "hello");
  ASSERT_EQ(pair.a.receive(pair.b.send("hello")).text, "hello");
  EXPECT_EQ(pair.a.renew(Kem::last_resort, kNow + kRenewPause - std::chrono::milliseconds{1}),
            InitiateError::too_soon);
  EXPECT_EQ(pair.a.renew(Kem::last_resort, kNow + kRenewPause), std::nullopt);
  EXPECT_EQ(pair.a.renew(Kem::last_resort, kNow + days{2}), InitiateError::unanswered);
}

TEST(Continuity, an_image_of_the_device_is_refused_after_two_turns) {
  for (int turns = 0; turns <= 5; ++turns) {
    SCOPED_TRACE(turns);
    Pair pair;
    pair.begin();
    End image = pair.copy_of_a();
    pair.take_turns(turns);
    ASSERT_EQ(image.renew(Kem::last_resort, kNow + hours{2}), std::nullopt);
    const SecretBytes before = pair.b.state();
    const auto received = pair.b.receive(image.send("quietly"));
    // The therapist's turn is her second one; until the client has answered it, the image knows as
    // much as an honest device that has not received it.
    if (turns < 3) {
      EXPECT_EQ(received.text, "quietly");
    } else {
      EXPECT_EQ(error_of(received), OpenError::discontinuity);
      EXPECT_EQ(pair.b.state(), before);
      EXPECT_EQ(pair.b.receive(pair.a.send("still me")).text, "still me");
    }
  }
}

TEST(Continuity, long_term_keys_alone_open_nothing) {
  Pair pair;
  pair.begin();
  End thief(pair.client, pair.therapist);  // every key of the device, no session
  ASSERT_TRUE(thief.start(Kem::one_time));
  EXPECT_EQ(error_of(pair.b.receive(thief.send("quietly"))), OpenError::discontinuity);
  // A proof that names the right turn and lacks its secret.
  End guess(pair.client, pair.therapist);
  Psk forged = continuity_psk(Secret<32>{});
  const auto renewed = pair.a.sessions().renew(
      pair.client.device, testing::fetch_prekeys(pair.therapist, Kem::one_time), std::nullopt,
      kNow + hours{1});
  ASSERT_TRUE(renewed);
  const auto honest = renewed->seal({}, testing::view_of("x"));
  ASSERT_TRUE(honest);
  forged.id = parse_handshake(honest->direct_for_outbox().hs)->psk_id;
  ASSERT_TRUE(guess.start(Kem::one_time, forged));
  const auto received = pair.b.receive(guess.send("quietly"));
  EXPECT_EQ(error_of(received), OpenError::handshake_failed);
  EXPECT_EQ(received.failure->handshake_error, RespondError::not_proven);
}

TEST(Continuity, is_not_asked_of_a_device_that_is_met_for_the_first_time) {
  Pair pair;
  End stranger(pair.client, pair.therapist);
  ASSERT_TRUE(stranger.start(Kem::one_time, continuity_psk(Secret<32>{})));
  EXPECT_EQ(error_of(pair.b.receive(stranger.send("as if known"))), OpenError::discontinuity);
  ASSERT_TRUE(pair.a.start(Kem::one_time));
  EXPECT_EQ(pair.b.receive(pair.a.send("hello")).text, "hello");
}

TEST(Continuity, at_most_four_sessions_receive_beside_the_one_that_sends) {
  Pair pair;
  pair.begin();
  std::vector<SessionId> opened{*pair.a.sessions().active_session()};
  for (int round = 1; round <= 8; ++round) {
    End& from = round % 2 == 0 ? pair.a : pair.b;
    End& to = round % 2 == 0 ? pair.b : pair.a;
    const Instant now = kNow + hours{2} * round;
    ASSERT_EQ(from.renew(Kem::last_resort, now), std::nullopt);
    ASSERT_EQ(to.receive(from.send("again"), now).text, "again");
    ASSERT_EQ(from.receive(to.send("yes"), now).text, "yes");
    ASSERT_EQ(from.sessions().active_session(), to.sessions().active_session());
    opened.push_back(*from.sessions().active_session());
  }
  for (End* end : {&pair.a, &pair.b}) {
    for (std::size_t i = 0; i < opened.size(); ++i) {
      EXPECT_EQ(end->sessions().holds(opened[i]), i + 5 >= opened.size()) << i;
    }
  }
  // Seven days after the last one began only it is left, and the proof is still there.
  const Instant later = kNow + hours{16} + kReceiveOnlyLife;
  ASSERT_EQ(pair.b.receive(pair.a.send("later"), later).text, "later");
  ASSERT_EQ(pair.a.receive(pair.b.send("later"), later).text, "later");
  for (std::size_t i = 0; i + 1 < opened.size(); ++i) {
    EXPECT_FALSE(pair.b.sessions().holds(opened[i]));
  }
  ASSERT_EQ(pair.b.renew(Kem::last_resort, later), std::nullopt);
  EXPECT_EQ(pair.a.receive(pair.b.send("and again"), later).text, "and again");
}

TEST(Continuity, keys_lost_with_an_erased_session_are_reported_once) {
  Pair pair;
  pair.begin();
  (void)pair.a.send("never comes");
  ASSERT_EQ(pair.b.receive(pair.a.send("comes")).lost, 0U);
  ASSERT_EQ(pair.a.renew(Kem::last_resort, kNow + hours{1}), std::nullopt);
  ASSERT_EQ(pair.b.receive(pair.a.send("again")).lost, 0U);
  ASSERT_EQ(pair.a.receive(pair.b.send("yes")).lost, 0U);
  EXPECT_EQ(pair.b.receive(pair.a.send("later"), kNow + days{8}).lost, 1U);
  EXPECT_EQ(pair.b.receive(pair.a.send("later"), kNow + days{9}).lost, 0U);
}

}  // namespace
}  // namespace holdspace::crypto
