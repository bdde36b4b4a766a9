// The escalation seal: who may be sealed to, what the server sees, and each way in which a server,
// an insider or the sender itself could cheat.
#include <gtest/gtest.h>

#include "crypto/aead.hpp"
#include "crypto/hash.hpp"
#include "crypto/layout.hpp"
#include "crypto/padding.hpp"
#include "crypto/random.hpp"
#include "tests/crypto/support/error_of.hpp"
#include "tests/crypto/support/escalation_world.hpp"

namespace holdspace::crypto {
namespace {

using testing::error_of;
using testing::EscalationWorld;
using testing::kNow;
using testing::text_of;
using testing::view_of;
using testing::WrapByHand;
using namespace std::chrono_literals;

const EscalationWorld& world() {
  static const EscalationWorld instance;
  return instance;
}

DeviceAddress client_address() {
  return world().client.address();
}

// The device at `index` with its own secrets, looking at an envelope's wrap.
WrapByHand reader_by_hand(std::size_t index, const EscalationEnvelope& envelope) {
  const auto& [person, prekey] = world().devices[index];
  const ByteView wrap = envelope.wraps[index].wrap;
  const auto ciphertext = *to_bytes<kKemCiphertextBytes>(wrap.first(kKemCiphertextBytes));
  WrapByHand by_hand;
  by_hand.own_dh_secret = *to_bytes<32>(prekey.secret.dh_key.expose_secret().expose());
  by_hand.other_dh = world().client.device.dh_key.public_key().bytes;
  by_hand.shared = *to_bytes<32>(prekey.secret.kem_key.decapsulate(ciphertext)->expose());
  by_hand.env = envelope.wraps[index].env;
  by_hand.keys = testing::wrap_keys(world().client.trusted(), world().recipient(index));
  by_hand.kem_ciphertext.assign(ciphertext.begin(), ciphertext.end());
  by_hand.commit = envelope.commit;
  by_hand.common = envelope.common;
  by_hand.body = envelope.body;
  return by_hand;
}

// Somebody with `dh_secret` wraps a key for the device at `index`.
WrapByHand maker_by_hand(std::size_t index, const EscalationEnvelope& envelope,
                         const DeviceDhKey& dh_key) {
  const EscalationRecipient recipient = world().recipient(index);
  const auto made = *xwing_encapsulate(recipient.set().kem_key.bytes);
  WrapByHand by_hand = reader_by_hand(index, envelope);
  by_hand.own_dh_secret = *to_bytes<32>(dh_key.expose_secret().expose());
  by_hand.other_dh = recipient.set().dh_key.bytes;
  by_hand.shared = *to_bytes<32>(made.shared.expose());
  by_hand.kem_ciphertext.assign(made.ciphertext.begin(), made.ciphertext.end());
  return by_hand;
}

ByteVector sealed_body(const Secret<32>& key, const EscalationEnvelope& envelope,
                       std::string_view text) {
  const ByteVector associated = Writer{}.bytes(label("esc/body")).bytes(envelope.common).take();
  return aead_seal(key, associated, pad(view_of(text)));
}

TEST(Escalation, each_device_of_the_later_steps_reads_the_same) {
  const auto envelope = world().seal("please call me");
  ASSERT_TRUE(envelope.has_value());
  ASSERT_EQ(envelope->wraps.size(), 3U);
  EXPECT_EQ(envelope->wraps.front().wrap.size(), 1192U);
  EXPECT_EQ(envelope->body.size(), 1024U + 40U);
  std::optional<Hash64> digest;
  for (std::size_t i = 0; i < 3; ++i) {
    const auto opened = world().open(i, copy_for(*envelope, i));
    ASSERT_TRUE(opened.has_value()) << i;
    EXPECT_EQ(text_of(opened->content), "please call me");
    EXPECT_EQ(opened->env.step, i < 2 ? 1 : 2);
    EXPECT_EQ(opened->digest, digest.value_or(opened->digest));
    digest = opened->digest;
  }
}

TEST(Escalation, server_sees_for_whom_and_nothing_more_is_needed_to_pass_it_on) {
  const auto envelope = world().seal("please call me");
  const auto layout = check_layout(*envelope, client_address());
  ASSERT_TRUE(layout.has_value());
  EXPECT_EQ(layout->chain_hash, chain_hash(world().steps));
  EXPECT_EQ(layout->message_id, world().facts.message_id);
  EXPECT_EQ(layout->relationship_id, world().facts.relationship_id);
  EXPECT_EQ(layout->agreement_hash, world().facts.agreement_hash);
  ASSERT_EQ(layout->recipients.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(layout->recipients[i].device, world().devices[i].person.address());
    EXPECT_EQ(layout->recipients[i].step, i < 2 ? 1 : 2);
    EXPECT_EQ(layout->recipients[i].escalation_id, 7 + i);
  }
}

std::optional<EscalationLayoutError> layout_error(const EscalationEnvelope& envelope) {
  return error_of(check_layout(envelope, client_address()));
}

TEST(Escalation, server_refuses_a_layout_that_is_not_an_escalation) {
  const auto good = *world().seal("please call me");
  using Error = EscalationLayoutError;
  auto bad = good;
  bad.commit.pop_back();
  EXPECT_EQ(layout_error(bad), Error::wrong_length);
  bad = good;
  bad.wraps[1].wrap.push_back(0);
  EXPECT_EQ(layout_error(bad), Error::wrong_length);
  bad = good;
  bad.wraps.clear();
  EXPECT_EQ(layout_error(bad), Error::wrong_length);
  bad = good;
  bad.wraps.resize(kEscalationWrapsMax + 1, good.wraps.front());
  EXPECT_EQ(layout_error(bad), Error::wrong_length);
  bad = good;
  bad.wraps[0].env[3] = 0;  // lane routine
  EXPECT_EQ(layout_error(bad), Error::bad_env);
  bad = good;
  bad.body.resize(4096 + 40);
  EXPECT_EQ(layout_error(bad), Error::bad_env);
  bad = good;
  bad.wraps[0].env[8] ^= 1;  // message_id
  EXPECT_EQ(layout_error(bad), Error::common_differs);
  bad = good;
  std::swap(bad.wraps[0], bad.wraps[1]);
  EXPECT_EQ(layout_error(bad), Error::wrong_steps);
  bad = good;
  bad.wraps.erase(bad.wraps.begin(), bad.wraps.begin() + 2);
  EXPECT_EQ(layout_error(bad), Error::wrong_steps);  // step 1 is left out
  bad = good;
  bad.wraps[1] = bad.wraps[0];
  EXPECT_EQ(layout_error(bad), Error::wrong_steps);
  bad = good;
  std::copy_n(good.wraps[0].env.begin() + 44, 16, bad.wraps[2].env.begin() + 44);
  EXPECT_EQ(layout_error(bad), Error::wrong_steps);  // one account in two steps
  EXPECT_EQ(error_of(check_layout(good, world().therapist.address())), Error::other_sender);
}

TEST(Escalation, env_of_a_wrap_has_no_place_in_a_session_nor_the_other_way_round) {
  const auto envelope = *world().seal("please call me");
  EXPECT_EQ(error_of(parse_env(envelope.wraps[0].env)), EnvError::unknown_kind);
  ByteVector direct = envelope.wraps[0].env;
  direct[2] = 1;
  EXPECT_TRUE(parse_env(direct).has_value());
  EXPECT_EQ(error_of(parse_escalation_env(direct)), EnvError::unknown_kind);
  for (const std::size_t at : {std::size_t{3}, std::size_t{5}, std::size_t{64}}) {
    ByteVector env = envelope.wraps[0].env;  // another lane, another class, a session
    env[at] = at == 5 ? 2 : 1;
    EXPECT_EQ(error_of(parse_escalation_env(env)), EnvError::unknown_kind) << at;
  }
}

TEST(Escalation, insider_cannot_wrap_another_text_for_the_next_step) {
  const auto envelope = *world().seal("please call me");
  const auto& insider = world().devices[0].person.device.dh_key;
  // The insider opens its own wrap: it has the content key.
  const auto key = reader_by_hand(0, envelope)
                       .open(ByteView(envelope.wraps[0].wrap).subspan(kKemCiphertextBytes));
  ASSERT_TRUE(key.has_value());
  const Secret<32> content_key(std::span<const std::uint8_t, 32>(key->data(), 32));

  // Another body under the same key and commitment, with the client's own wrap for the duty device.
  auto forged = envelope;
  forged.body = sealed_body(content_key, envelope, "all is well again");
  EXPECT_EQ(error_of(world().open(2, copy_for(forged, 2))), EscalationOpenError::not_from_sender);
  // The same, wrapped by the insider's own device key in the client's name.
  forged.wraps[2].wrap = maker_by_hand(2, forged, insider).seal(*key);
  EXPECT_EQ(error_of(world().open(2, copy_for(forged, 2))), EscalationOpenError::not_from_sender);
  // With the client's device key it would have opened: the refusal is for that key alone.
  forged.wraps[2].wrap = maker_by_hand(2, forged, world().client.device.dh_key).seal(*key);
  EXPECT_EQ(text_of(world().open(2, copy_for(forged, 2))->content), "all is well again");
}

TEST(Escalation, sender_cannot_give_one_step_another_key) {
  auto envelope = *world().seal("please call me");
  const auto other_key = random_secret<32>();
  envelope.wraps[2].wrap =
      maker_by_hand(2, envelope, world().client.device.dh_key).seal(other_key.expose());
  EXPECT_TRUE(world().open(0, copy_for(envelope, 0)).has_value());
  EXPECT_EQ(error_of(world().open(2, copy_for(envelope, 2))), EscalationOpenError::two_texts);
}

TEST(Escalation, two_texts_under_one_message_id_have_two_digests) {
  const auto one = *world().seal("please call me");
  const auto other = *world().seal("no need to call");
  const auto first = world().open(0, copy_for(one, 0));
  const auto second = world().open(2, copy_for(other, 2));
  ASSERT_TRUE(first.has_value() && second.has_value());
  EXPECT_EQ(first->env.message_id, second->env.message_id);
  EXPECT_NE(first->digest, second->digest);
}

TEST(Escalation, sender_with_a_body_that_its_key_does_not_open_is_named) {
  auto envelope = *world().seal("please call me");
  const auto key = reader_by_hand(0, envelope)
                       .open(ByteView(envelope.wraps[0].wrap).subspan(kKemCiphertextBytes));
  ASSERT_TRUE(key.has_value());
  envelope.body = sealed_body(random_secret<32>(), envelope, "please call me");
  envelope.wraps[0].wrap = maker_by_hand(0, envelope, world().client.device.dh_key).seal(*key);
  EXPECT_EQ(error_of(world().open(0, copy_for(envelope, 0))), EscalationOpenError::broken_body);
}

TEST(Escalation, wrap_is_for_one_device_one_set_and_one_sender) {
  const auto envelope = *world().seal("please call me");
  EXPECT_EQ(error_of(world().open(1, copy_for(envelope, 0))), EscalationOpenError::other_device);
  const auto& colleague = world().devices[0];
  const auto later = make_escalation_prekey(colleague.person.device, 9, kNow + 24h);
  EXPECT_EQ(error_of(open_escalation(colleague.person.device, later.secret,
                                     world().client.trusted(), copy_for(envelope, 0))),
            EscalationOpenError::other_device);
  EXPECT_EQ(error_of(open_escalation(colleague.person.device, colleague.prekey.secret,
                                     world().therapist.trusted(), copy_for(envelope, 0))),
            EscalationOpenError::other_sender);
  auto copy = copy_for(envelope, 0);
  copy.common[8] ^= 1;
  EXPECT_EQ(error_of(world().open(0, copy)), EscalationOpenError::malformed);
}

// Tamper: every byte of what a released device is given.
TEST(Escalation, every_changed_byte_of_a_released_copy_is_refused) {
  const auto envelope = *world().seal("please call me");
  auto copy = copy_for(envelope, 0);
  ByteVector* const fields[] = {&copy.common, &copy.commit, &copy.body, &copy.wrap.env,
                                &copy.wrap.wrap};
  for (ByteVector* field : fields) {
    for (std::size_t i = 0; i < field->size(); ++i) {
      for (const std::uint8_t flip : Bytes<2>{0x01, 0x80}) {
        (*field)[i] ^= flip;
        ASSERT_FALSE(world().open(0, copy).has_value()) << "byte " << i << " of " << field->size();
        (*field)[i] ^= flip;
      }
    }
    for (std::size_t by = 1; by <= 64; ++by) {
      const ByteVector whole = *field;
      field->resize(whole.size() + by);
      ASSERT_FALSE(world().open(0, copy).has_value()) << "longer by " << by;
      *field = whole;
      if (whole.size() < by) continue;
      field->resize(whole.size() - by);
      ASSERT_FALSE(world().open(0, copy).has_value()) << "shorter by " << by;
      *field = whole;
    }
  }
  copy.wrap.escalation_id ^= 1;
  EXPECT_FALSE(world().open(0, copy).has_value());
}

TEST(Escalation, fields_of_two_envelopes_do_not_mix) {
  const auto one = copy_for(*world().seal("please call me"), 0);
  const auto other = copy_for(*world().seal("please call me"), 0);
  for (ByteVector EscalationCopy::*field : {&EscalationCopy::commit, &EscalationCopy::body}) {
    auto mixed = one;
    mixed.*field = other.*field;
    EXPECT_EQ(error_of(world().open(0, mixed)), EscalationOpenError::not_from_sender);
  }
  auto mixed = one;
  mixed.wrap.wrap = other.wrap.wrap;
  EXPECT_EQ(error_of(world().open(0, mixed)), EscalationOpenError::not_from_sender);
}

std::optional<EscalationSealError> seal_error(std::vector<EscalationRecipient> recipients,
                                              ByteView content) {
  const auto& w = world();
  return error_of(
      seal_escalation(w.client.device, w.facts, w.chain(), std::move(recipients), content));
}

TEST(Escalation, nothing_is_sealed_that_could_reach_nobody_or_somebody_outside) {
  const ByteVector text(10);
  auto recipients = world().recipients();
  EXPECT_EQ(seal_error(recipients, ByteVector(kContentBytesMax + 1)),
            EscalationSealError::content_too_long);
  recipients.push_back(recipients.front());
  EXPECT_EQ(seal_error(recipients, text), EscalationSealError::too_many);
  recipients.erase(recipients.begin());
  recipients.pop_back();
  EXPECT_EQ(seal_error(recipients, text), EscalationSealError::step_without_device);

  EscalationWorld stranger;
  stranger.devices.erase(stranger.devices.begin(), stranger.devices.begin() + 2);
  auto with_stranger = world().recipients();
  with_stranger.push_back(stranger.recipient(0));
  EXPECT_EQ(seal_error(with_stranger, text), EscalationSealError::outside_chain);
  const auto& w = world();
  EXPECT_EQ(error_of(seal_escalation(w.devices[0].person.device, w.facts, w.chain(), w.recipients(),
                                     text)),
            EscalationSealError::outside_chain);
}

TEST(Escalation, signed_set_with_an_unusable_key_is_refused) {
  for (const bool low_order : {true, false}) {
    const auto& [person, prekey] = world().devices[2];
    EscalationSet set =
        **verify_escalation_set(prekey.signed_set, person.device.trusted.verified_cert());
    if (low_order) set.dh_key = {};
    if (!low_order) std::fill_n(set.kem_key.bytes.begin(), 100, std::uint8_t{0xFF});
    const auto verified = verify_escalation_set(sign_escalation_set(set, person.device.signing_key),
                                                person.device.trusted.verified_cert());
    auto recipients = world().recipients();
    recipients.front() =
        *trust_recipient(person.trusted(), *verified, world().verified_roster(), kNow);
    EXPECT_EQ(seal_error(recipients, ByteVector(10)), EscalationSealError::bad_recipient_key);
  }
}

TEST(Escalation, only_rostered_devices_with_a_set_in_force_are_recipients) {
  const auto roster = world().verified_roster();
  const auto& [person, prekey] = world().devices[2];
  const auto set = verify_escalation_set(prekey.signed_set, person.device.trusted.verified_cert());
  ASSERT_TRUE(set.has_value());
  const auto error = [&](const TrustedDevice& device, Instant now) {
    return error_of(trust_recipient(device, *set, roster, now));
  };
  EXPECT_EQ(error(world().client.trusted(), kNow), RecipientError::not_rostered);
  EXPECT_EQ(error(world().therapist.trusted(), kNow), RecipientError::other_device);
  EXPECT_EQ(error(world().devices[0].person.trusted(), kNow), RecipientError::other_device);
  EXPECT_EQ(error(person.trusted(), kNow - 5min - 1ms), RecipientError::not_yet);
  EXPECT_TRUE(trust_recipient(person.trusted(), *set, roster, kNow - 5min).has_value());
  EXPECT_EQ(error(person.trusted(), kNow + 48h), RecipientError::expired);
  EXPECT_TRUE(trust_recipient(person.trusted(), *set, roster, kNow + 48h - 1ms).has_value());

  // The account is in the roster, with another key: somebody else's device in its name.
  Roster replaced = world().roster;
  for (RosterMember& member : replaced.members) member.account_key.bytes[0] ^= 1;
  const auto other = verify_roster(sign_roster(replaced, world().organisation),
                                   world().organisation.public_key(), world().practice_id);
  EXPECT_EQ(error_of(trust_recipient(person.trusted(), *set, *other, kNow)),
            RecipientError::not_rostered);
}

TEST(Escalation, secret_keys_survive_the_store_and_are_erased_five_days_after_they_were_made) {
  const auto& [person, prekey] = world().devices[0];
  const SecretBytes stored = encode_escalation_prekey(prekey.secret);
  const auto parsed = parse_escalation_prekey(stored);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->erase_at(), kNow + 120h);
  const auto envelope = *world().seal("please call me");
  EXPECT_TRUE(
      open_escalation(person.device, *parsed, world().client.trusted(), copy_for(envelope, 0))
          .has_value());
  EXPECT_FALSE(parse_escalation_prekey(ByteView(stored).first(stored.size() - 1)).has_value());
}

}  // namespace
}  // namespace holdspace::crypto
