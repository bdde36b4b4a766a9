// Somebody has copied all of a device's state and reads along. After one round trip nothing opens,
// also when one half of the turns' secrets, X25519 or X-Wing, is known. Built once for each; with
// both halves known the reading along succeeds.
#include <gtest/gtest.h>

#include "crypto/aead.hpp"
#include "crypto/chain_key.hpp"
#include "crypto/hash.hpp"
#include "crypto/layout.hpp"
#include "crypto/ratchet_header.hpp"
#include "crypto/root_step.hpp"
#include "tests/crypto/support/people.hpp"
#include "tests/crypto/support/stored_state.hpp"

namespace holdspace::crypto {
namespace {

using testing::End;
using testing::Kem;
using testing::make_person;
using testing::Person;
using testing::StoredSession;

#if defined(HOLDSPACE_KNOWN_X25519) && defined(HOLDSPACE_KNOWN_XWING)
constexpr bool kThiefReads = true;
#else
constexpr bool kThiefReads = false;
#endif

// What the thief computes from a copy that was made when a turn of the victim was due. Of a secret
// that it cannot have it takes zeros, which the stand-ins make true.
class Thief {
 public:
  explicit Thief(ByteView state)
      : copy_(testing::read_stored_state(state)),
        root_(copy_.root_key),
        victims_header_(copy_.next_sending_header),
        peers_header_(copy_.next_receiving_header),
        turns_(copy_.turns),
        dh_receiver_(copy_.peer_dh),
        ek_target_(*copy_.peer_ek) {}

  // Follows the victim's turn or the peer's; whether the message's body opens.
  bool reads_victim(const Direct& direct) { return reads(direct, victims_header_); }
  bool reads_peer(const Direct& direct) { return reads(direct, peers_header_); }

 private:
  bool reads(const Direct& direct, Secret<32>& header_key) {
    const auto plain = open_header(header_key, copy_.transcript, direct.eh);
    const auto header = plain ? parse_header(*plain) : std::nullopt;
    if (!header || !header->ciphertext) return false;
    const TurnContext context{copy_.transcript, turns_,           header->dh,
                              dh_receiver_,     ek_target_.bytes, *header->ciphertext,
                              header->ek};
    const Secret<32> unknown;
    Turn turn = root_step(root_, context, unknown, unknown);
    root_ = std::move(turn.root_key);
    header_key = std::move(turn.next_header_key);
    turns_ += 1;
    dh_receiver_ = header->dh;
    ek_target_ = header->ek;
    ChainKey chain(std::move(turn.chain_key));
    const ByteVector associated = Writer{}
                                      .bytes(label("dr/body"))
                                      .bytes(copy_.transcript)
                                      .bytes(direct.env)
                                      .bytes(direct.eh)
                                      .take();
    return aead_open(chain.next_message_key(), associated, direct.body).has_value();
  }

  StoredSession copy_;
  Secret<32> root_;
  Secret<32> victims_header_;
  Secret<32> peers_header_;
  std::uint32_t turns_;
  DhPublicKey<RatchetRole> dh_receiver_;
  KemPublicKey<RatchetRole> ek_target_;
};

TEST(Theft, of_all_state_reads_nothing_after_one_round_trip) {
  Person client = make_person();
  Person therapist = make_person();
  End a(client, therapist);
  End b(therapist, client);
  ASSERT_TRUE(a.start(Kem::one_time));
  ASSERT_EQ(b.receive(a.send("hello")).text, "hello");
  ASSERT_EQ(a.receive(b.send("hello")).text, "hello");

  Thief thief(a.state());
  for (int trip = 0; trip < 3; ++trip) {
    const Direct there = a.send("there");
    ASSERT_EQ(b.receive(there).text, "there");
    const Direct back = b.send("back");
    ASSERT_EQ(a.receive(back).text, "back");
    EXPECT_EQ(thief.reads_victim(there), kThiefReads) << trip;
    EXPECT_EQ(thief.reads_peer(back), kThiefReads) << trip;
  }
}

}  // namespace
}  // namespace holdspace::crypto
