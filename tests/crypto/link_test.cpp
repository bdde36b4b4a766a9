// Linking a further device: the whole ceremony, every change on the way, and the attacks that it is
// there to stop.
#include "crypto/link.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "crypto/qr_text.hpp"
#include "tests/crypto/support/linking.hpp"
#include "tests/crypto/support/people.hpp"

namespace holdspace::crypto {
namespace {

using testing::kNow;
using testing::Linking;
using testing::make_person;
using testing::Person;
using testing::sample_pins;

template <class Result>
std::optional<LinkError> error_of(const Result& result) {
  return result.has_error() ? std::optional<LinkError>(result.error()) : std::nullopt;
}

TEST(Link, makes_a_device_that_the_account_lists) {
  Linking linking;
  linking.reveal();
  EXPECT_EQ(*linking.primary.platform(), Platform::browser);
  linking.accept();
  const Pins pins = sample_pins();
  const auto sealed = linking.primary.seal(pins, AccountKeyCopy::stays, kNow);
  ASSERT_TRUE(sealed);
  const auto linked = linking.fresh.take_package(sealed->package, kNow);
  ASSERT_TRUE(linked);
  EXPECT_EQ(linked->pins, pins);
  EXPECT_FALSE(linked->account_key.has_value());
  EXPECT_EQ(linked->device.address().device_id, 2U);
  EXPECT_EQ(linked->device.trusted.cert().platform, Platform::browser);
  EXPECT_EQ(linked->device.trusted.verified_cert().signed_bytes(), sealed->cert);
  EXPECT_EQ(linked->device.list.signed_bytes(), sealed->list);

  // What everybody else checks.
  const Pin pin = linking.person.pin();
  const auto cert = verify_device_cert(sealed->cert, pin);
  const auto list = verify_device_list(sealed->list, pin);
  ASSERT_TRUE(cert && list);
  EXPECT_TRUE(check_succession(linking.person.device.list, *list));
  EXPECT_TRUE(trust_device(*cert, *list));
}

TEST(Link, copies_the_account_key_only_for_a_second_primary) {
  Linking linking;
  linking.reveal();
  linking.accept();
  const auto sealed = linking.primary.seal(sample_pins(), AccountKeyCopy::second_primary, kNow);
  ASSERT_TRUE(sealed);
  const auto linked = linking.fresh.take_package(sealed->package, kNow);
  ASSERT_TRUE(linked && linked->account_key.has_value());
  EXPECT_EQ(linked->account_key->public_key(), linking.person.account_key.public_key());
  // The server cannot tell the two packages apart by their length.
  Linking other;
  other.reveal();
  other.accept();
  EXPECT_EQ(other.primary.seal(sample_pins(), AccountKeyCopy::stays, kNow)->package.size(),
            sealed->package.size());
}

TEST(Link, works_without_a_camera) {
  Linking linking;
  const auto link_id = parse_link_code(link_code(linking.fresh.offer().link_id));
  ASSERT_TRUE(link_id);
  auto typed =
      PrimaryDevice::begin_typed(linking.person.account_key.clone(), linking.person.device.list,
                                 "hold.example", *link_id, linking.fresh.open_message(), kNow);
  ASSERT_TRUE(typed);
  linking.primary = std::move(*typed);
  linking.reveal();
  linking.accept();
  const auto sealed = linking.primary.seal(sample_pins(), AccountKeyCopy::stays, kNow);
  ASSERT_TRUE(sealed);
  EXPECT_TRUE(linking.fresh.take_package(sealed->package, kNow));
}

TEST(Link, digits_read_back_as_people_type_them) {
  Linking linking;
  linking.reveal();
  const std::string digits = *linking.fresh.digits();
  ASSERT_EQ(digits.size(), 9U);
  const std::string typed =
      " " + digits.substr(0, 3) + "-" + digits.substr(3, 3) + " " + digits.substr(6);
  EXPECT_TRUE(linking.primary.take_digits(typed, kNow));
}

TEST(Link, gives_one_try_at_the_digits_and_then_forgets_the_account_key) {
  Linking linking;
  linking.reveal();
  std::string wrong = *linking.fresh.digits();
  EXPECT_EQ(error_of(linking.primary.take_digits("", kNow)), LinkError::not_nine_digits);
  EXPECT_EQ(error_of(linking.primary.take_digits(wrong + "0", kNow)), LinkError::not_nine_digits);
  EXPECT_EQ(error_of(linking.primary.take_digits("12345678x", kNow)), LinkError::not_nine_digits);
  wrong[8] = wrong[8] == '0' ? '1' : '0';
  EXPECT_EQ(error_of(linking.primary.take_digits(wrong, kNow)), LinkError::wrong_digits);
  EXPECT_EQ(error_of(linking.primary.take_digits(*linking.fresh.digits(), kNow)),
            LinkError::out_of_order);
  EXPECT_EQ(error_of(linking.primary.seal(sample_pins(), AccountKeyCopy::stays, kNow)),
            LinkError::out_of_order);
}

TEST(Link, refuses_every_step_out_of_order_and_stays_where_it_was) {
  Linking linking;
  const ByteVector hello = linking.primary.hello();
  EXPECT_EQ(error_of(linking.fresh.digits()), LinkError::out_of_order);
  EXPECT_EQ(error_of(linking.fresh.person_says_accepted()), LinkError::out_of_order);
  EXPECT_EQ(error_of(linking.fresh.take_package(hello, kNow)), LinkError::out_of_order);
  EXPECT_EQ(error_of(linking.primary.platform()), LinkError::out_of_order);
  EXPECT_EQ(error_of(linking.primary.take_digits("123456789", kNow)), LinkError::out_of_order);
  EXPECT_EQ(error_of(linking.primary.seal(sample_pins(), AccountKeyCopy::stays, kNow)),
            LinkError::out_of_order);
  const auto reveal = linking.fresh.take_hello(hello, kNow);
  ASSERT_TRUE(reveal);
  EXPECT_EQ(error_of(linking.fresh.take_hello(hello, kNow)), LinkError::out_of_order);
  ASSERT_TRUE(linking.primary.take_reveal(*reveal, kNow));
  EXPECT_EQ(error_of(linking.primary.take_reveal(*reveal, kNow)), LinkError::out_of_order);
  EXPECT_EQ(error_of(linking.primary.seal(sample_pins(), AccountKeyCopy::stays, kNow)),
            LinkError::out_of_order);
  ASSERT_TRUE(linking.primary.take_digits(*linking.fresh.digits(), kNow));
  const auto sealed = linking.primary.seal(sample_pins(), AccountKeyCopy::stays, kNow);
  ASSERT_TRUE(sealed);
  EXPECT_EQ(error_of(linking.primary.seal(sample_pins(), AccountKeyCopy::stays, kNow)),
            LinkError::out_of_order);
  // Nothing is taken before the person says so.
  EXPECT_EQ(error_of(linking.fresh.take_package(sealed->package, kNow)), LinkError::out_of_order);
  ASSERT_TRUE(linking.fresh.person_says_accepted());
  ASSERT_TRUE(linking.fresh.take_package(sealed->package, kNow));
  EXPECT_EQ(error_of(linking.fresh.take_package(sealed->package, kNow)), LinkError::out_of_order);
  EXPECT_EQ(error_of(linking.fresh.digits()), LinkError::out_of_order);
}

TEST(Link, is_over_after_five_minutes) {
  const Instant late = kNow + kLinkLife;
  Linking early;
  EXPECT_EQ(error_of(early.fresh.take_hello(early.primary.hello(), late)), LinkError::expired);
  Linking revealed;
  const auto reveal = revealed.fresh.take_hello(revealed.primary.hello(), kNow);
  EXPECT_EQ(error_of(revealed.primary.take_reveal(*reveal, late)), LinkError::expired);
  Linking typed;
  typed.reveal();
  EXPECT_EQ(error_of(typed.primary.take_digits(*typed.fresh.digits(), late)), LinkError::expired);
  Linking accepted;
  accepted.reveal();
  accepted.accept();
  Linking sealed;
  sealed.reveal();
  sealed.accept();
  const auto package = sealed.primary.seal(sample_pins(), AccountKeyCopy::stays, kNow)->package;
  EXPECT_EQ(error_of(accepted.primary.seal(sample_pins(), AccountKeyCopy::stays, late)),
            LinkError::expired);
  EXPECT_EQ(error_of(sealed.fresh.take_package(package, late)), LinkError::expired);
}

TEST(Link, a_refused_package_ends_the_run) {
  Linking linking;
  linking.reveal();
  linking.accept();
  const auto sealed = linking.primary.seal(sample_pins(), AccountKeyCopy::stays, kNow);
  ASSERT_TRUE(sealed);
  ByteVector changed = sealed->package;
  changed.back() ^= 1;
  EXPECT_EQ(error_of(linking.fresh.take_package(changed, kNow)), LinkError::not_opened);
  EXPECT_EQ(error_of(linking.fresh.take_package(sealed->package, kNow)), LinkError::out_of_order);
}

TEST(Link, takes_no_message_of_another_run) {
  Linking one;
  Linking two;
  EXPECT_EQ(
      error_of(one.primary.take_reveal(*two.fresh.take_hello(two.primary.hello(), kNow), kNow)),
      LinkError::other_link);
  Linking third;
  EXPECT_EQ(error_of(third.fresh.take_hello(one.primary.hello(), kNow)), LinkError::other_link);

  Linking four;
  Linking five;
  four.reveal();
  four.accept();
  five.reveal();
  five.accept();
  auto package =
      *parse_link_package(four.primary.seal(sample_pins(), AccountKeyCopy::stays, kNow)->package);
  package.link_id = five.fresh.offer().link_id;
  EXPECT_EQ(error_of(five.fresh.take_package(encode_link_message(package), kNow)),
            LinkError::not_opened);
}

TEST(Link, names_why_a_beginning_or_a_message_is_refused) {
  Linking linking;
  const auto& list = linking.person.device.list;
  const auto begin = [&](std::string host, const LinkOffer& offer) {
    return error_of(PrimaryDevice::begin_scanned(linking.person.account_key.clone(), list,
                                                 std::move(host), offer, kNow));
  };
  EXPECT_EQ(begin("other.example", linking.fresh.offer()), LinkError::other_link);
  const auto typed = [&](const LinkId& link_id, const ByteVector& open) {
    return error_of(PrimaryDevice::begin_typed(linking.person.account_key.clone(), list,
                                               "hold.example", link_id, open, kNow));
  };
  EXPECT_EQ(typed(LinkId{}, linking.fresh.open_message()), LinkError::other_link);
  EXPECT_EQ(typed(LinkId{}, {}), LinkError::malformed);
  EXPECT_EQ(error_of(linking.fresh.take_hello({}, kNow)), LinkError::malformed);
  EXPECT_EQ(error_of(linking.primary.take_reveal({}, kNow)), LinkError::malformed);
  EXPECT_THROW((void)PrimaryDevice::begin_scanned(AccountKey::generate(), list, "hold.example",
                                                  linking.fresh.offer(), kNow),
               std::logic_error);
}

TEST(Link, refuses_a_device_that_does_not_sign_its_certificate_or_has_no_usable_key) {
  const auto refused = [](const std::function<void(LinkReveal&)>& change) {
    Linking linking;
    LinkReveal reveal =
        *parse_link_reveal(*linking.fresh.take_hello(linking.primary.hello(), kNow));
    change(reveal);
    // Committed to from the start, so that only the device itself is at fault.
    linking.offer_instead(reveal);
    return error_of(linking.primary.take_reveal(encode_link_message(reveal), kNow));
  };
  EXPECT_EQ(refused([](LinkReveal& reveal) { reveal.platform = Platform::native; }),
            LinkError::bad_device);
  EXPECT_EQ(refused([](LinkReveal& reveal) { reveal.link_key.bytes.fill(0xFF); }),
            LinkError::bad_device);
  EXPECT_EQ(refused([](LinkReveal& reveal) { reveal.suites = {7}; }), LinkError::bad_device);
}

TEST(Link, asks_to_revoke_first_when_the_list_is_full) {
  Linking linking;
  const auto full = testing::list_with_devices(linking.person, kActiveDevicesMax);
  EXPECT_EQ(error_of(PrimaryDevice::begin_scanned(linking.person.account_key.clone(), full,
                                                  "hold.example", linking.fresh.offer(), kNow)),
            LinkError::list_full);
}

// --- The attacks ---

TEST(Scenario, a_link_code_dressed_as_an_invite_links_nothing) {
  const auto attacker = NewDevice::begin("hold.example", Platform::native, kNow);
  const std::string qr = encode_link_qr(attacker.offer());
  EXPECT_EQ(parse_invite_qr(qr).error(), QrError::other_type);
  EXPECT_EQ(parse_invite_code(link_code(attacker.offer().link_id)).error(),
            CodeError::wrong_length);
  const auto invite = InviteSecret::generate();
  EXPECT_EQ(parse_link_qr(testing::text_of(encode_invite_qr("hold.example", invite))).error(),
            QrError::other_type);
  EXPECT_EQ(parse_link_code(testing::text_of(invite.code())).error(), CodeError::wrong_length);
}

TEST(Scenario, a_phished_victim_has_no_digits_to_type) {
  // The victim scanned the attacker's code as a link and unlocked the account key. The digits are
  // on the attacker's screen only; the primary device has no function that gives them.
  Linking linking;
  linking.reveal();
  EXPECT_EQ(error_of(linking.primary.take_digits("000000000", kNow)), LinkError::wrong_digits);
  EXPECT_EQ(error_of(linking.primary.seal(sample_pins(), AccountKeyCopy::stays, kNow)),
            LinkError::out_of_order);
}

TEST(Scenario, a_server_in_the_middle_of_a_linking_gets_other_digits_on_the_two_screens) {
  // The person scans the true code: the server cannot put another device behind it.
  Linking linking;
  auto servers_own = NewDevice::begin("hold.example", Platform::browser, kNow);
  const auto hello = linking.primary.hello();
  LinkHello to_own = *parse_link_hello(hello);
  to_own.link_id = servers_own.offer().link_id;
  LinkReveal swapped =
      *parse_link_reveal(*servers_own.take_hello(encode_link_message(to_own), kNow));
  swapped.link_id = linking.fresh.offer().link_id;
  EXPECT_EQ(error_of(linking.primary.take_reveal(encode_link_message(swapped), kNow)),
            LinkError::wrong_commitment);

  // Without a camera, the server may offer its own device under the typed link_id: it has to commit
  // before n1, and the screens differ.
  Linking typed;
  const LinkId link_id = typed.fresh.offer().link_id;
  testing::ServerInTheMiddle server(link_id);
  auto primary =
      PrimaryDevice::begin_typed(typed.person.account_key.clone(), typed.person.device.list,
                                 "hold.example", link_id, server.open_message(), kNow);
  ASSERT_TRUE(primary);
  ASSERT_TRUE(primary->take_reveal(server.reveal(primary->hello()), kNow));
  ASSERT_TRUE(typed.fresh.take_hello(primary->hello(), kNow));
  EXPECT_EQ(error_of(primary->take_digits(*typed.fresh.digits(), kNow)), LinkError::wrong_digits);
}

TEST(Scenario, a_server_cannot_draw_a_new_device_into_an_account_of_its_own) {
  // It answers the new device itself. The person's digits are refused on the true primary device,
  // so the person never says that they were taken, and the package is not looked at.
  Linking linking;
  const Person server = make_person(0);
  auto impostor = PrimaryDevice::begin_scanned(server.account_key.clone(), server.device.list,
                                               "hold.example", linking.fresh.offer(), kNow);
  ASSERT_TRUE(impostor);
  const auto reveal = linking.fresh.take_hello(impostor->hello(), kNow);
  ASSERT_TRUE(reveal);
  EXPECT_EQ(error_of(linking.primary.take_reveal(*reveal, kNow)), LinkError::bad_device);
  ASSERT_TRUE(impostor->take_reveal(*reveal, kNow));
  ASSERT_TRUE(impostor->take_digits(*linking.fresh.digits(), kNow));
  const auto sealed = impostor->seal(sample_pins(), AccountKeyCopy::stays, kNow);
  ASSERT_TRUE(sealed);
  EXPECT_EQ(error_of(linking.fresh.take_package(sealed->package, kNow)), LinkError::out_of_order);
}

}  // namespace
}  // namespace holdspace::crypto
