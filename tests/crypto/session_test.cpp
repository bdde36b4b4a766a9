#include <gtest/gtest.h>

#include "crypto/session.hpp"
#include "tests/crypto/support/people.hpp"

namespace holdspace::crypto {
namespace {

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
};

OpenError error_of(const End::Received& received) {
  EXPECT_TRUE(received.failure.has_value());
  return received.failure ? received.failure->error : OpenError::malformed;
}

TEST(Session, first_message_opens_the_session_and_the_answer_ends_the_handshake) {
  Pair pair;
  ASSERT_TRUE(pair.a.start(Kem::one_time));
  const Direct first = pair.a.send("Sunday night");
  EXPECT_EQ(first.env.size() + first.hs.size() + first.eh.size() + first.body.size(), 3918U);
  EXPECT_EQ(pair.b.receive(first).text, "Sunday night");
  EXPECT_EQ(pair.therapist.one_time_keys.size(), 1U);
  EXPECT_TRUE(pair.b.sessions().can_seal());

  const Direct second = pair.a.send("still no answer");
  EXPECT_FALSE(second.hs.empty());
  EXPECT_EQ(pair.b.receive(second).text, "still no answer");

  const Direct answer = pair.b.send("I am here");
  EXPECT_EQ(answer.env.size() + answer.hs.size() + answer.eh.size() + answer.body.size(), 3642U);
  EXPECT_EQ(pair.a.receive(answer).text, "I am here");
  EXPECT_TRUE(pair.a.send("thank you").hs.empty());
}

TEST(Session, works_with_each_kem_and_each_psk) {
  for (const Kem kem : {Kem::one_time, Kem::last_resort}) {
    for (const bool invited : {false, true}) {
      Pair pair;
      const auto invite = InviteSecret::generate();
      if (invited) pair.therapist.invites.emplace(invite.id(), invite.psk());
      ASSERT_TRUE(pair.a.start(kem, invited ? invite.psk() : Psk{}));
      const auto received = pair.b.receive(pair.a.send("hello"));
      EXPECT_EQ(received.text, "hello");
      EXPECT_EQ(received.spent_invite.has_value(), invited);
      EXPECT_EQ(pair.therapist.replay_tags.size(), kem == Kem::last_resort ? 1U : 0U);
      EXPECT_EQ(pair.a.receive(pair.b.send("hello too")).text, "hello too");
    }
  }
}

TEST(Session, repeats_of_the_first_flight_open_in_any_order) {
  Pair pair;
  ASSERT_TRUE(pair.a.start(Kem::one_time));
  const Direct one = pair.a.send("one");
  const Direct two = pair.a.send("two");
  EXPECT_EQ(pair.b.receive(two).text, "two");
  EXPECT_EQ(pair.b.receive(one).text, "one");
  EXPECT_EQ(error_of(pair.b.receive(one)), OpenError::duplicate);
}

TEST(Session, devices_of_one_account_talk_like_any_others) {
  Person first = make_person();
  Person second = testing::make_sibling(first);
  End a(first, second);
  End b(second, first);
  ASSERT_TRUE(a.start(Kem::one_time));
  EXPECT_EQ(b.receive(a.send("sync copy")).text, "sync copy");
  EXPECT_EQ(a.receive(b.send("seen")).text, "seen");
}

TEST(Session, one_message_id_goes_to_every_device) {
  Person sender = make_person();
  Person phone = make_person();
  Person laptop = testing::make_sibling(phone);
  Facts facts;
  facts.message_id[0] = 7;
  for (Person* device : {&phone, &laptop}) {
    End out(sender, *device);
    End in(*device, sender);
    ASSERT_TRUE(out.start(Kem::one_time));
    const Direct copy = out.send("to both", facts);
    const auto opened = in.try_open(copy);
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->env().message_id, facts.message_id);
  }
}

TEST(Session, dropping_a_result_leaves_the_state_as_it_was) {
  Pair pair;
  ASSERT_TRUE(pair.a.start(Kem::one_time));
  const SecretBytes before = pair.a.state();
  ASSERT_TRUE(pair.a.sessions().seal({}, testing::view_of("never written")));
  EXPECT_EQ(pair.a.state(), before);
  const Direct first = pair.a.send("written");
  const SecretBytes empty = pair.b.state();
  ASSERT_TRUE(pair.b.try_open(first));
  EXPECT_EQ(pair.b.state(), empty);
  EXPECT_EQ(pair.b.receive(first).text, "written");
}

TEST(Session, refuses_to_seal_without_a_session_or_above_the_largest_bucket) {
  Pair pair;
  EXPECT_EQ(pair.a.sessions().seal({}, {}).error(), SealError::no_session);
  ASSERT_TRUE(pair.a.start(Kem::one_time));
  const ByteVector largest(kContentBytesMax);
  EXPECT_TRUE(pair.a.sessions().seal({}, largest));
  const ByteVector larger(kContentBytesMax + 1);
  EXPECT_EQ(pair.a.sessions().seal({}, larger).error(), SealError::content_too_long);
}

TEST(Session, refuses_prekeys_that_are_expired_superseded_or_from_the_future) {
  Pair pair;
  const auto fetched = testing::fetch_prekeys(pair.therapist, Kem::one_time);
  const auto start = [&](std::optional<Instant> newest, Instant now) {
    return pair.a.sessions().initiate(pair.client.device, fetched, {}, newest, now);
  };
  using std::chrono::days;
  using std::chrono::milliseconds;
  using std::chrono::minutes;
  EXPECT_EQ(start({}, kNow + days{30}).error(), InitiateError::prekeys_expired);
  EXPECT_TRUE(start({}, kNow + days{30} - milliseconds{1}));
  EXPECT_EQ(start(kNow + milliseconds{1}, kNow).error(), InitiateError::prekeys_superseded);
  EXPECT_TRUE(start(kNow, kNow));
  EXPECT_EQ(start({}, kNow - minutes{5} - milliseconds{1}).error(),
            InitiateError::prekeys_from_future);
  EXPECT_TRUE(start({}, kNow - minutes{5}));
}

TEST(Session, refuses_prekeys_of_another_device) {
  Pair pair;
  const Person other = make_person();
  auto fetched = testing::fetch_prekeys(pair.therapist, Kem::one_time);
  fetched.one_time_key = testing::fetch_prekeys(other, Kem::one_time).one_time_key;
  const auto started = pair.a.sessions().initiate(pair.client.device, fetched, {}, {}, kNow);
  EXPECT_EQ(started.error(), InitiateError::other_device);
}

// The ladder of section 7: each case breaks one thing that the recipient looked up.
TEST(Session, refuses_a_handshake_that_does_not_fit_what_the_recipient_knows) {
  Pair pair;
  const Person stranger = make_person();
  ASSERT_TRUE(pair.a.start(Kem::one_time));
  const Direct first = pair.a.send("hello");
  const SecretBytes before = pair.b.state();
  const TrustedDevice peer = pair.client.trusted();
  const auto invite = InviteSecret::generate();
  const Psk psk = invite.psk();
  const auto respond = [&](const Responder& responder, Instant now) {
    const auto opened = pair.b.sessions().open_first(first, responder, now);
    EXPECT_FALSE(opened);
    EXPECT_EQ(pair.b.state(), before);
    return opened ? std::nullopt : opened.error().handshake_error;
  };
  Person& self = pair.therapist;
  const OneTimePrekey* key = &self.one_time_keys.at(1);
  const std::vector<ListRef> no_lists;
  const NewPrekeys other_prekeys = make_prekeys(self.device, 9, kNow);
  EXPECT_EQ(respond({self.device, no_lists, peer, self.prekeys, key, nullptr, {}}, kNow),
            RespondError::unknown_own_list);
  const TrustedDevice wrong = stranger.trusted();
  EXPECT_EQ(respond({self.device, self.own_lists, wrong, self.prekeys, key, nullptr, {}}, kNow),
            RespondError::wrong_peer);
  EXPECT_EQ(
      respond({self.device, self.own_lists, peer, other_prekeys.secrets, key, nullptr, {}}, kNow),
      RespondError::unknown_prekey);
  EXPECT_EQ(respond({self.device, self.own_lists, peer, self.prekeys, nullptr, nullptr, {}}, kNow),
            RespondError::unknown_prekey);
  EXPECT_EQ(
      respond(
          {self.device, self.own_lists, peer, self.prekeys, &self.one_time_keys.at(2), nullptr, {}},
          kNow),
      RespondError::unknown_prekey);
  EXPECT_EQ(respond({self.device, self.own_lists, peer, self.prekeys, key, nullptr, {}},
                    kNow + std::chrono::days{30}),
            RespondError::prekey_expired);
  EXPECT_EQ(respond({self.device, self.own_lists, peer, self.prekeys, key, &psk, {}}, kNow),
            RespondError::wrong_psk);
  EXPECT_EQ(pair.b.receive(first).text, "hello");
}

TEST(Session, names_a_newer_list_of_the_peer_so_that_it_can_be_fetched) {
  Pair pair;
  const TrustedDevice old = pair.client.trusted();
  const Person sibling = testing::make_sibling(pair.client);
  ASSERT_TRUE(pair.a.start(Kem::one_time));
  const Direct first = pair.a.send("hello");
  Person& self = pair.therapist;
  const auto opened = pair.b.sessions().open_first(
      first,
      {self.device, self.own_lists, old, self.prekeys, &self.one_time_keys.at(1), nullptr, {}},
      kNow);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().handshake_error, RespondError::peer_list_newer);
  EXPECT_EQ(pair.b.receive(first).text, "hello");
}

TEST(Session, refuses_a_last_resort_handshake_seen_before) {
  Pair pair;
  ASSERT_TRUE(pair.a.start(Kem::last_resort));
  const Direct first = pair.a.send("hello");
  EXPECT_EQ(pair.b.receive(first).text, "hello");
  End forgetful(pair.therapist, pair.client);  // session state lost, replay tags kept
  const auto replay = forgetful.receive(first);
  ASSERT_TRUE(replay.failure.has_value());
  EXPECT_EQ(replay.failure->handshake_error, RespondError::replayed);
}

TEST(Session, the_public_handle_of_an_invite_proves_nothing) {
  Pair pair;
  const auto invite = InviteSecret::generate();
  const auto other = InviteSecret::generate();
  Psk forged = other.psk();
  forged.id = invite.id();  // the thief knows the public handle only
  pair.therapist.invites.emplace(invite.id(), invite.psk());
  ASSERT_TRUE(pair.a.start(Kem::one_time, forged));
  const auto received = pair.b.receive(pair.a.send("let me in"));
  ASSERT_TRUE(received.failure.has_value());
  EXPECT_EQ(received.failure->handshake_error, RespondError::not_proven);
  EXPECT_EQ(pair.therapist.invites.size(), 1U);
}

TEST(Session, a_second_handshake_without_continuity_is_refused) {
  Pair pair;
  ASSERT_TRUE(pair.a.start(Kem::one_time));
  EXPECT_EQ(pair.b.receive(pair.a.send("hello")).text, "hello");
  End clone(pair.client, pair.therapist);  // old keys, no session
  ASSERT_TRUE(clone.start(Kem::one_time));
  EXPECT_EQ(error_of(pair.b.receive(clone.send("quietly"))), OpenError::discontinuity);
  EXPECT_EQ(pair.a.receive(pair.b.send("still you")).text, "still you");
}

TEST(Session, names_what_is_wrong_with_an_envelope) {
  Pair pair;
  ASSERT_TRUE(pair.a.start(Kem::one_time));
  const Direct good = pair.a.send("hello");
  Direct direct = good;
  direct.env.pop_back();
  EXPECT_EQ(error_of(pair.b.receive(direct)), OpenError::malformed);
  direct = good;
  direct.hs.clear();
  EXPECT_EQ(error_of(pair.b.receive(direct)), OpenError::malformed);
  direct = good;
  direct.env[4] = 1;  // size class
  EXPECT_EQ(error_of(pair.b.receive(direct)), OpenError::wrong_size_class);
  direct = good;
  direct.env[24] ^= 1;  // sender account
  EXPECT_EQ(error_of(pair.b.receive(direct)), OpenError::not_for_us);
  direct = good;
  direct.env[64] ^= 1;  // session id
  EXPECT_EQ(error_of(pair.b.receive(direct)), OpenError::altered);
  direct = good;
  direct.env[3] = 2;  // lane: routine made urgent
  EXPECT_EQ(error_of(pair.b.receive(direct)), OpenError::altered);
  EXPECT_EQ(pair.b.receive(good).text, "hello");
  direct = pair.a.send("again");
  direct.eh[30] ^= 1;
  EXPECT_EQ(error_of(pair.b.receive(direct)), OpenError::unknown_session);
}

SessionId session_of(const Direct& direct) {
  return parse_env(direct.env)->session_id;
}

TEST(Session, receive_only_sessions_end_seven_days_after_the_active_one_received) {
  using std::chrono::days;
  bool seen = false;
  for (int attempt = 0; attempt < 64 && !seen; ++attempt) {  // either session id may be smaller
    Pair pair;
    ASSERT_TRUE(pair.a.start(Kem::one_time));
    ASSERT_TRUE(pair.b.start(Kem::one_time));
    const Direct from_a = pair.a.send("a");
    const Direct from_b = pair.b.send("b");
    const SessionId winner = session_of(from_a);
    const SessionId loser = session_of(from_b);
    if (loser < winner) continue;
    seen = true;
    EXPECT_EQ(pair.a.receive(from_b).text, "b");
    EXPECT_EQ(pair.b.receive(from_a).text, "a");
    EXPECT_EQ(pair.a.sessions().active_session(), winner);
    EXPECT_EQ(pair.b.sessions().active_session(), winner);
    EXPECT_EQ(pair.a.receive(pair.b.send("c"), kNow + days{1}).text, "c");
    EXPECT_EQ(pair.a.receive(pair.b.send("d"), kNow + days{7}).text, "d");
    EXPECT_TRUE(pair.a.sessions().holds(loser));
    EXPECT_EQ(pair.a.receive(pair.b.send("e"), kNow + days{8}).text, "e");
    EXPECT_FALSE(pair.a.sessions().holds(loser));
    // A late repeat of the erased session is not taken for a break of continuity.
    EXPECT_EQ(error_of(pair.a.receive(from_b, kNow + days{8})), OpenError::unknown_session);
  }
  EXPECT_TRUE(seen);
}

TEST(Session, stored_state_of_another_version_or_length_is_refused) {
  Pair pair;
  ASSERT_TRUE(pair.a.start(Kem::one_time));
  SecretBytes state = pair.a.state();
  EXPECT_TRUE(PeerSessions::parse(state));
  for (std::size_t length = 0; length < state.size(); ++length) {
    ASSERT_FALSE(PeerSessions::parse(ByteView(state).first(length))) << length;
  }
  state.push_back(0);
  EXPECT_FALSE(PeerSessions::parse(state));
  state.pop_back();
  state[0] = 1;
  EXPECT_FALSE(PeerSessions::parse(state));
}

}  // namespace
}  // namespace holdspace::crypto
