#include "crypto/contact.hpp"

#include <gtest/gtest.h>

#include "crypto/qr_text.hpp"
#include "crypto/random.hpp"
#include "crypto/short_string.hpp"
#include "tests/crypto/support/people.hpp"
#include "tests/crypto/support/tamper.hpp"

namespace holdspace::crypto {
namespace {

using testing::kNow;
using testing::text_of;

Pin make_pin(std::uint8_t first) {
  Pin pin{random_array<16>(), AccountKey::generate().public_key()};
  pin.account_id[0] = first;
  return pin;
}

struct Two {
  Pin client = make_pin(0x10);
  Pin therapist = make_pin(0x90);
  Pin stranger = make_pin(0x50);
};

TEST(SafetyNumber, is_the_same_on_both_sides_and_another_for_any_other_key) {
  const Two two;
  const SafetyNumber at_client(two.client, two.therapist);
  const SafetyNumber at_therapist(two.therapist, two.client);
  EXPECT_EQ(at_client.digits(), at_therapist.digits());
  ASSERT_EQ(at_client.digits().size(), 60U);
  EXPECT_EQ(at_client.digits().find_first_not_of("0123456789"), std::string::npos);
  Pin replaced = two.therapist;
  replaced.account_key = two.stranger.account_key;
  const std::string other = SafetyNumber(two.client, replaced).digits();
  EXPECT_EQ(other.substr(0, 30), at_client.digits().substr(0, 30));
  EXPECT_NE(other.substr(30), at_client.digits().substr(30));
  EXPECT_THROW(SafetyNumber(two.client, two.client), std::logic_error);
}

TEST(ConfirmQr, confirms_the_peer_who_holds_the_same_two_keys) {
  const Two two;
  const auto scanned = ConfirmQr::parse(ConfirmQr(two.therapist, two.client).encode());
  ASSERT_TRUE(scanned);
  const auto checked = scanned->check(two.client, two.therapist);
  ASSERT_TRUE(checked.has_value());
  EXPECT_EQ(checked->pin(), two.therapist);
}

TEST(ConfirmQr, confirms_nobody_when_one_key_differs) {
  const Two two;
  Pin replaced = two.therapist;
  replaced.account_key = two.stranger.account_key;
  const ConfirmQr shown(two.therapist, two.client);
  EXPECT_FALSE(shown.check(two.client, replaced).has_value());
  EXPECT_FALSE(shown.check(two.client, two.stranger).has_value());
  EXPECT_FALSE(shown.check(two.stranger, two.therapist).has_value());
  // The own code, shown back by somebody else.
  EXPECT_FALSE(ConfirmQr(two.client, two.therapist).check(two.client, two.therapist).has_value());
  // A therapist whose device has pinned somebody in the client's place.
  EXPECT_FALSE(ConfirmQr(two.therapist, two.stranger).check(two.client, two.therapist).has_value());
}

TEST(QrText, each_parser_takes_its_own_type_alone) {
  const Two two;
  const auto invite = InviteSecret::generate();
  const LinkOffer offer{random_array<16>(), random_array<32>(), "hold.example"};
  const std::string invite_text = text_of(encode_invite_qr("hold.example", invite));
  const std::string link_text = encode_link_qr(offer);
  const std::string confirm_text = ConfirmQr(two.client, two.therapist).encode();

  const auto read_invite = parse_invite_qr(invite_text);
  ASSERT_TRUE(read_invite);
  EXPECT_EQ(read_invite->host, "hold.example");
  EXPECT_TRUE(read_invite->secret.expose().equals(invite.expose()));
  const auto read_link = parse_link_qr(link_text);
  ASSERT_TRUE(read_link);
  EXPECT_EQ(*read_link, offer);

  EXPECT_EQ(parse_invite_qr(link_text).error(), QrError::other_type);
  EXPECT_EQ(parse_invite_qr(confirm_text).error(), QrError::other_type);
  EXPECT_EQ(parse_link_qr(invite_text).error(), QrError::other_type);
  EXPECT_EQ(parse_link_qr(confirm_text).error(), QrError::other_type);
  EXPECT_EQ(ConfirmQr::parse(invite_text).error(), QrError::other_type);
  EXPECT_EQ(ConfirmQr::parse(link_text).error(), QrError::other_type);
  EXPECT_FALSE(parse_invite_code(link_text));
  EXPECT_FALSE(parse_link_code(invite_text));
}

TEST(QrText, refuses_what_is_not_its_one_encoding) {
  const LinkOffer offer{random_array<16>(), random_array<32>(), "hold.example"};
  const std::string good = encode_link_qr(offer);
  const auto error = [](const std::string& text) {
    const auto parsed = parse_link_qr(text);
    EXPECT_FALSE(parsed) << text;
    return parsed ? std::optional<QrError>() : parsed.error();
  };
  EXPECT_EQ(error(""), QrError::not_ours);
  EXPECT_EQ(error("https://hold.example/link"), QrError::not_ours);
  EXPECT_EQ(error("HOLDSPACE:2:" + good.substr(12)), QrError::not_ours);
  EXPECT_EQ(error("HOLDSPACE:1:LINK"), QrError::not_ours);
  EXPECT_EQ(error("HOLDSPACE:1:LINK:"), QrError::malformed);
  EXPECT_EQ(error(good + "0"), QrError::malformed);
  EXPECT_EQ(error(good + "00000000"), QrError::malformed);
  EXPECT_EQ(error(good.substr(0, good.size() - 1)), QrError::malformed);
  EXPECT_EQ(error(good.substr(0, 17) + "o" + good.substr(18)), QrError::malformed);
  EXPECT_EQ(error(good + std::string(kQrTextBytesMax, '0')), QrError::malformed);
  LinkOffer unnamed = offer;
  unnamed.host.clear();
  EXPECT_THROW((void)encode_link_qr(unnamed), std::logic_error);
}

struct Call {
  Two two;
  Hash64 transcript = random_array<64>();
  ShortStringScene at_client{transcript, two.client, two.therapist};
  ShortStringScene at_therapist{transcript, two.therapist, two.client};
};

TEST(ShortString, both_screens_show_the_same_nine_digits) {
  const Call call;
  auto starter = ShortStringStarter::begin(call.at_therapist);
  auto responder = ShortStringResponder::take_commit(call.at_client, starter.commit());
  ASSERT_TRUE(responder);
  const auto revealed = starter.take_answer(responder->answer());
  ASSERT_TRUE(revealed);
  const auto at_client = responder->take_reveal(revealed->reveal);
  ASSERT_TRUE(at_client);
  EXPECT_EQ(at_client->digits(), revealed->string.digits());
  EXPECT_EQ(at_client->digits().size(), 9U);
  EXPECT_EQ(at_client->people_say_same().pin(), call.two.therapist);
  EXPECT_EQ(revealed->string.people_say_same().pin(), call.two.client);
}

TEST(ShortString, differs_when_somebody_sits_between_two_sessions) {
  const Call call;
  // The same two values on both sides, passed on: only transcript and keys tell the runs apart.
  ShortStringScene relayed = call.at_client;
  relayed.transcript = random_array<64>();
  ShortStringScene impostor = call.at_client;
  impostor.peer.account_key = call.two.stranger.account_key;
  for (const ShortStringScene& scene : {relayed, impostor}) {
    auto starter = ShortStringStarter::begin(call.at_therapist);
    auto responder = ShortStringResponder::take_commit(scene, starter.commit());
    ASSERT_TRUE(responder);
    const auto revealed = starter.take_answer(responder->answer());
    ASSERT_TRUE(revealed);
    const auto at_client = responder->take_reveal(revealed->reveal);
    ASSERT_TRUE(at_client);
    EXPECT_NE(at_client->digits(), revealed->string.digits());
  }
}

TEST(ShortString, refuses_a_value_that_was_not_committed_to) {
  const Call call;
  auto starter = ShortStringStarter::begin(call.at_therapist);
  auto other = ShortStringStarter::begin(call.at_therapist);
  auto responder = ShortStringResponder::take_commit(call.at_client, starter.commit());
  auto other_responder = ShortStringResponder::take_commit(call.at_client, other.commit());
  ASSERT_TRUE(responder && other_responder);
  const auto of_other = other.take_answer(other_responder->answer());
  ASSERT_TRUE(of_other);
  EXPECT_EQ(starter.take_answer(other_responder->answer()).error(), ShortStringError::other_run);
  EXPECT_EQ(responder->take_reveal(of_other->reveal).error(), ShortStringError::other_run);
  // Both runs are over: there is no second try.
  EXPECT_EQ(starter.take_answer(responder->answer()).error(), ShortStringError::out_of_order);
  EXPECT_EQ(responder->take_reveal(of_other->reveal).error(), ShortStringError::out_of_order);
}

TEST(ShortString, refuses_each_changed_byte_and_every_other_length_of_a_reveal) {
  const Call call;
  auto starter = ShortStringStarter::begin(call.at_therapist);
  auto responder = ShortStringResponder::take_commit(call.at_client, starter.commit());
  const auto reveal = starter.take_answer(responder->answer())->reveal;
  testing::for_each_tampering(reveal, [&](ByteView bytes) {
    // A responder of its own for each try: one try ends the run.
    auto again = ShortStringResponder::take_commit(call.at_client, starter.commit());
    return again->take_reveal(bytes).has_value();
  });
  EXPECT_TRUE(responder->take_reveal(reveal));
}

// A whole run in which the messages are changed on the way.
template <class ChangeCommit, class ChangeAnswer>
bool ends_with_equal_digits(const Call& call, ChangeCommit change_commit,
                            ChangeAnswer change_answer) {
  auto starter = ShortStringStarter::begin(call.at_therapist);
  const auto commit = starter.commit();
  ByteVector sent(commit.begin(), commit.end());
  change_commit(sent);
  auto responder = ShortStringResponder::take_commit(call.at_client, sent);
  if (!responder) return false;
  const auto answer = responder->answer();
  sent.assign(answer.begin(), answer.end());
  change_answer(sent);
  const auto revealed = starter.take_answer(sent);
  if (!revealed) return false;
  const auto at_client = responder->take_reveal(revealed->reveal);
  return at_client && at_client->digits() == revealed->string.digits();
}

TEST(ShortString, a_changed_commit_or_answer_never_ends_in_equal_digits) {
  const Call call;
  const auto keep = [](ByteVector&) {};
  ASSERT_TRUE(ends_with_equal_digits(call, keep, keep));
  for (const std::uint8_t flip : Bytes<2>{0x01, 0x80}) {
    for (std::size_t i = 0; i < kSasAnswerBytes; ++i) {
      const auto change = [&](ByteVector& bytes) { bytes[i] ^= flip; };
      EXPECT_FALSE(ends_with_equal_digits(call, keep, change)) << i;
      if (i >= kSasCommitBytes) continue;
      EXPECT_FALSE(ends_with_equal_digits(call, change, keep)) << i;
    }
  }
  const auto shorter = [](ByteVector& bytes) { bytes.pop_back(); };
  const auto longer = [](ByteVector& bytes) { bytes.push_back(0); };
  EXPECT_FALSE(ends_with_equal_digits(call, shorter, keep));
  EXPECT_FALSE(ends_with_equal_digits(call, longer, keep));
  EXPECT_FALSE(ends_with_equal_digits(call, keep, shorter));
  EXPECT_FALSE(ends_with_equal_digits(call, keep, longer));
}

TEST(Contact, is_confirmed_only_for_the_key_that_people_compared) {
  const Two two;
  const Contact contact{two.therapist, ContactStatus::invited};
  EXPECT_TRUE(asks_for_check(contact.status));
  const Contact confirmed =
      confirm(contact, SafetyNumber(two.client, two.therapist).people_say_same());
  EXPECT_EQ(confirmed.status, ContactStatus::confirmed);
  EXPECT_FALSE(asks_for_check(confirmed.status));
  EXPECT_EQ(confirm(contact, SafetyNumber(two.client, two.stranger).people_say_same()), contact);
}

struct Reset {
  Two two;
  OrganisationKey organisation = OrganisationKey::generate();
  AccountReset reset{two.client.account_id, two.client.account_key, two.stranger.account_key, kNow};
  ByteVector bytes = sign_account_reset(reset, organisation);
  Verified<AccountReset> verified =
      *verify_account_reset(bytes, organisation.public_key(), two.client);
};

TEST(Contact, with_a_changed_key_holds_back_all_but_urgent_until_it_was_seen) {
  const Reset reset;
  const Contact confirmed{reset.two.client, ContactStatus::confirmed};
  const auto changed = after_reset(confirmed, reset.verified);
  ASSERT_TRUE(changed.has_value());
  EXPECT_EQ(changed->status, ContactStatus::changed);
  EXPECT_EQ(changed->pin.account_key, reset.two.stranger.account_key);
  EXPECT_FALSE(may_send(changed->status, Lane::routine));
  EXPECT_FALSE(may_send(changed->status, Lane::logistics));
  EXPECT_TRUE(may_send(changed->status, Lane::urgent));

  const Contact seen = change_seen(*changed);
  EXPECT_EQ(seen.status, ContactStatus::changed_seen);
  EXPECT_TRUE(may_send(seen.status, Lane::routine));
  EXPECT_TRUE(asks_for_check(seen.status));
  const SafetyNumber number(reset.two.therapist, seen.pin);
  EXPECT_EQ(confirm(seen, number.people_say_same()).status, ContactStatus::confirmed);
  // The check that was made with the old key is worth nothing for the other one.
  const SafetyNumber old(reset.two.therapist, reset.two.client);
  EXPECT_EQ(confirm(seen, old.people_say_same()), seen);
  EXPECT_EQ(change_seen(confirmed), confirmed);
}

TEST(Contact, takes_no_reset_that_was_meant_for_another_key) {
  const Reset reset;
  const auto changed = after_reset({reset.two.client, ContactStatus::confirmed}, reset.verified);
  ASSERT_TRUE(changed.has_value());
  EXPECT_FALSE(after_reset(*changed, reset.verified).has_value());
  EXPECT_FALSE(after_reset({reset.two.therapist, ContactStatus::invited}, reset.verified));
}

TEST(AccountReset, is_taken_from_the_pinned_organisation_for_the_held_key_alone) {
  const Reset reset;
  const auto& pinned = reset.organisation.public_key();
  const auto error = [&](ByteView bytes, const OrganisationPublicKey& key, const Pin& held) {
    const auto verified = verify_account_reset(bytes, key, held);
    EXPECT_FALSE(verified);
    return verified ? std::optional<StatementError>() : verified.error();
  };
  EXPECT_EQ(error(reset.bytes, OrganisationKey::generate().public_key(), reset.two.client),
            StatementError::bad_signature);
  EXPECT_EQ(error(reset.bytes, pinned, reset.two.therapist), StatementError::wrong_signer);
  // Shown a second time, after it was applied.
  const Pin applied{reset.two.client.account_id, reset.two.stranger.account_key};
  EXPECT_EQ(error(reset.bytes, pinned, applied), StatementError::wrong_signer);
  testing::for_each_tampering(reset.bytes, [&](ByteView bytes) {
    return verify_account_reset(bytes, pinned, reset.two.client).has_value();
  });
  AccountReset same = reset.reset;
  same.new_key = same.old_key;
  EXPECT_THROW((void)sign_account_reset(same, reset.organisation), std::logic_error);
}

}  // namespace
}  // namespace holdspace::crypto
