// Limits of section 8.3, and what the stored state still holds after messages and turns have gone
// by.
#include <gtest/gtest.h>

#include <chrono>

#include "crypto/double_ratchet.hpp"
#include "tests/crypto/support/people.hpp"
#include "tests/crypto/support/seeded_random.hpp"
#include "tests/crypto/support/stored_state.hpp"

namespace holdspace::crypto {
namespace {

using testing::End;
using testing::Kem;
using testing::kNow;
using testing::make_person;
using testing::Person;
using testing::read_stored_state;

struct Pair {
  Person client = make_person();
  Person therapist = make_person();
  End a{client, therapist};
  End b{therapist, client};

  // One answered round trip, so that both sides know each other's turn keys.
  void begin() {
    ASSERT_TRUE(a.start(Kem::one_time));
    ASSERT_EQ(b.receive(a.send("hello")).text, "hello");
    ASSERT_EQ(a.receive(b.send("hello")).text, "hello");
  }
};

void send_many(End& end, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) (void)end.send("lost");
}

// Moves a sender's counter without making the messages in between; the receiver meets it as a jump.
void set_counter(End& end, std::uint32_t value) {
  SecretBytes state = end.state();
  const std::size_t at = read_stored_state(state).sending_next_at;
  for (unsigned i = 0; i < 4; ++i) {
    state[at + i] = static_cast<std::uint8_t>(value >> (8 * (3 - i)));
  }
  auto changed = PeerSessions::parse(state);
  ASSERT_TRUE(changed.has_value());
  end.replace(std::move(*changed));
}

TEST(RatchetLimit, a_jump_of_a_thousand_is_taken_and_one_more_is_refused) {
  Pair pair;
  pair.begin();
  ASSERT_EQ(pair.b.receive(pair.a.send("first of the chain")).text, "first of the chain");
  send_many(pair.a, kForwardJumpMax);
  const Direct at_limit = pair.a.send("at the limit");
  const Direct beyond = pair.a.send("beyond");
  EXPECT_EQ(pair.b.receive(beyond).failure->error, OpenError::jump_too_far);

  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(pair.b.receive(at_limit).text, "at the limit");
  const auto took = std::chrono::steady_clock::now() - before;
  RecordProperty(
      "skip_1000_us",
      std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(took).count()));
  EXPECT_EQ(read_stored_state(pair.b.state()).skipped, kForwardJumpMax);
  EXPECT_EQ(pair.b.receive(beyond).text, "beyond");
}

TEST(RatchetLimit, the_same_bound_holds_in_the_first_message_of_a_chain) {
  Pair pair;
  pair.begin();
  send_many(pair.a, kForwardJumpMax);
  const Direct at_limit = pair.a.send("at the limit");
  const Direct beyond = pair.a.send("beyond");
  const SecretBytes before = pair.b.state();
  EXPECT_EQ(pair.b.receive(beyond).failure->error, OpenError::jump_too_far);
  EXPECT_EQ(pair.b.state(), before);
  EXPECT_EQ(pair.b.receive(at_limit).text, "at the limit");
}

TEST(RatchetLimit, a_huge_previous_count_costs_nothing_and_is_reported_as_a_gap) {
  Pair pair;
  pair.begin();
  ASSERT_EQ(pair.b.receive(pair.a.send("one")).text, "one");
  set_counter(pair.a, 1'000'000);  // 999,999 messages that never come
  ASSERT_EQ(pair.a.receive(pair.b.send("turn")).text, "turn");
  const auto received = pair.b.receive(pair.a.send("after the gap"));
  EXPECT_EQ(received.text, "after the gap");
  EXPECT_EQ(received.lost, 999'999U);
  EXPECT_EQ(read_stored_state(pair.b.state()).skipped, 0U);
}

TEST(RatchetLimit, counters_at_their_end_are_refused) {
  Pair pair;
  pair.begin();
  (void)pair.a.send("opens the chain");
  set_counter(pair.a, UINT32_MAX - 1);
  EXPECT_EQ(pair.b.receive(pair.a.send("last")).failure->error, OpenError::jump_too_far);
  EXPECT_EQ(pair.a.sessions().seal({}, testing::view_of("none left")).error(),
            SealError::chain_exhausted);
}

TEST(RatchetLimit, stored_keys_stay_within_two_thousand_and_the_oldest_are_reported) {
  Pair pair;
  pair.begin();
  std::uint64_t lost = 0;
  for (int turn = 0; turn < 3; ++turn) {
    send_many(pair.a, kForwardJumpMax);
    const auto received = pair.b.receive(pair.a.send("end of the chain"));
    ASSERT_EQ(received.text, "end of the chain");
    lost += received.lost;
    EXPECT_LE(read_stored_state(pair.b.state()).skipped, kSkippedKeysMax);
    ASSERT_EQ(pair.a.receive(pair.b.send("turn")).text, "turn");
  }
  EXPECT_EQ(lost, 3 * kForwardJumpMax - kSkippedKeysMax);
}

TEST(RatchetLimit, skipped_keys_age_out_after_thirty_days_and_are_reported) {
  using std::chrono::days;
  using std::chrono::milliseconds;
  Pair pair;
  pair.begin();
  const Direct held = pair.a.send("held for a long time");
  send_many(pair.a, 4);
  ASSERT_EQ(pair.b.receive(pair.a.send("now")).text, "now");
  EXPECT_EQ(read_stored_state(pair.b.state()).skipped, 5U);
  const Direct in_time = pair.a.send("just in time");
  const Direct too_late = pair.a.send("too late");
  EXPECT_EQ(pair.b.receive(in_time, kNow + days{30} - milliseconds{1}).lost, 0U);
  EXPECT_EQ(pair.b.receive(too_late, kNow + days{30}).lost, 5U);
  EXPECT_EQ(pair.b.receive(held, kNow + days{30}).failure->error, OpenError::duplicate);
}

TEST(RatchetLimit, only_five_old_chains_are_kept) {
  Pair pair;
  pair.begin();
  std::vector<Direct> held;
  std::uint64_t lost = 0;
  for (std::size_t turn = 0; turn < kOldChainsMax + 2; ++turn) {
    held.push_back(pair.a.send("held"));
    lost += pair.b.receive(pair.a.send("passes")).lost;
    ASSERT_EQ(pair.a.receive(pair.b.send("turn")).text, "turn");
  }
  // Seven chains were opened after the first one: the chain that receives now and five old ones are
  // kept.
  EXPECT_EQ(lost, 1U);
  EXPECT_EQ(pair.b.receive(held[0]).failure->error, OpenError::unknown_session);
  for (std::size_t i = 1; i < held.size(); ++i) EXPECT_EQ(pair.b.receive(held[i]).text, "held");
}

// Test 8: nothing that opened or made an earlier message is left, apart from the keys of messages
// still awaited.
TEST(RatchetForwardSecrecy, earlier_secrets_are_gone_from_the_stored_state) {
  testing::seed_random(8);
  Pair pair;
  pair.begin();
  std::vector<Bytes<32>> earlier;
  const auto remember = [&earlier](const End& end) {
    const auto session = read_stored_state(end.state());
    earlier.push_back(session.root_key);
    earlier.push_back(session.own_dh);
    if (session.own_kem_seed) earlier.push_back(*session.own_kem_seed);
    for (const auto& chain : {session.sending_chain, session.receiving_chain}) {
      if (!chain) continue;
      earlier.push_back(*chain);
      earlier.push_back(testing::next_message_key(*chain));
    }
  };
  const Direct awaited = pair.a.send("awaited");
  for (int turn = 0; turn < 3; ++turn) {
    for (int i = 0; i < 3; ++i) {
      remember(pair.a);
      remember(pair.b);
      ASSERT_EQ(pair.b.receive(pair.a.send("to")).text, "to");
    }
    remember(pair.a);
    remember(pair.b);
    ASSERT_EQ(pair.a.receive(pair.b.send("fro")).text, "fro");
  }
  // A last message each way uses up the newest of what was remembered.
  ASSERT_EQ(pair.b.receive(pair.a.send("to")).text, "to");
  ASSERT_EQ(pair.a.receive(pair.b.send("fro")).text, "fro");
  ASSERT_EQ(pair.b.receive(pair.a.send("to")).text, "to");
  EXPECT_GT(earlier.size(), 100U);
  const auto kept = read_stored_state(pair.b.state()).skipped_keys;
  ASSERT_EQ(kept.size(), 1U);
  for (const Bytes<32>& secret : earlier) {
    EXPECT_FALSE(testing::contains(pair.a.state(), secret));
    if (secret == kept.front()) continue;
    EXPECT_FALSE(testing::contains(pair.b.state(), secret));
  }
  ASSERT_EQ(pair.b.receive(awaited).text, "awaited");
  EXPECT_FALSE(testing::contains(pair.b.state(), kept.front()));
}

TEST(RatchetForwardSecrecy, a_copied_state_opens_nothing_after_one_round_trip) {
  Pair pair;
  pair.begin();
  End thief(pair.client, pair.therapist);
  thief.replace(*PeerSessions::parse(pair.a.state()));
  ASSERT_EQ(pair.b.receive(pair.a.send("the round")).text, "the round");
  ASSERT_EQ(pair.a.receive(pair.b.send("the trip")).text, "the trip");
  ASSERT_EQ(pair.b.receive(pair.a.send("healed")).text, "healed");
  const Direct later = pair.b.send("for the honest one");
  EXPECT_FALSE(thief.try_open(later));
  EXPECT_EQ(pair.a.receive(later).text, "for the honest one");
  // Sending from the copy does not reach the peer either: its turn keys are of the past.
  EXPECT_TRUE(pair.b.receive(thief.send("quietly")).failure.has_value());
}

TEST(RatchetRules, a_peer_that_breaks_them_is_refused_without_effect) {
  const Person client = make_person();
  const Person therapist = make_person();
  auto initiated = initiate_handshake(
      client.device, testing::fetch_prekeys(therapist, Kem::one_time), {}, std::nullopt, kNow);
  ASSERT_TRUE(initiated);
  const HandshakeKeys& keys = initiated->keys;
  const Secret<32> header_key = keys.initiator_header.clone();
  const Hash64 transcript = keys.transcript;
  const auto responder = [&] {
    HandshakeKeys copy;
    copy.transcript = keys.transcript;
    copy.root_key = keys.root_key.clone();
    copy.initiator_header = keys.initiator_header.clone();
    copy.responder_header = keys.responder_header.clone();
    return DoubleRatchet::responder(std::move(copy), therapist.prekeys.signed_prekey);
  };
  const RatchetHeader good{0, 0, DhKey<RatchetRole>::generate().public_key(),
                           KemKey<RatchetRole>::generate().public_key(), std::nullopt};
  const auto error = [&](auto change) {
    RatchetHeader header = good;
    change(header);
    DoubleRatchet ratchet = responder();
    const ByteVector sealed = seal_header(header_key, transcript, header);
    const auto opened = ratchet.open({}, sealed, ByteVector(1064), kNow);
    EXPECT_FALSE(opened);
    return opened ? std::optional<RatchetError>() : opened.error();
  };
  EXPECT_EQ(error([](RatchetHeader&) {}), RatchetError::altered);  // good header, forged body
  EXPECT_EQ(error([](RatchetHeader& h) { h.number = UINT32_MAX; }), RatchetError::jump_too_far);
  EXPECT_EQ(error([](RatchetHeader& h) { h.previous_count = 1; }), RatchetError::invalid_header);
  EXPECT_EQ(error([](RatchetHeader& h) { h.dh = {}; }), RatchetError::invalid_header);
  EXPECT_EQ(error([](RatchetHeader& h) { h.dh.bytes = {1}; }), RatchetError::invalid_header);
  EXPECT_EQ(error([](RatchetHeader& h) { h.ek.bytes.fill(0xFF); }), RatchetError::invalid_header);
  EXPECT_EQ(error([](RatchetHeader& h) { h.ciphertext.emplace(); }), RatchetError::invalid_header);
}

}  // namespace
}  // namespace holdspace::crypto
