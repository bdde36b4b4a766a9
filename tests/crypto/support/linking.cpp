#include "tests/crypto/support/linking.hpp"

#include <cstdlib>

#include "crypto/device_list.hpp"
#include "crypto/link_transcript.hpp"
#include "tests/crypto/support/seeded_random.hpp"

namespace holdspace::crypto::testing {
namespace {

constexpr char kHost[] = "hold.example";

void check(bool holds) {
  if (!holds) std::abort();
}

std::uint64_t next_seed() {
  static std::uint64_t last = 0;
  return last += 2;
}

Person seeded_person(std::uint64_t seed) {
  seed_random(seed);
  return make_person(0);
}

NewDevice seeded_device(std::uint64_t seed) {
  seed_random(seed);
  return NewDevice::begin(kHost, Platform::browser, kNow);
}

PrimaryDevice begin_primary(const Person& person, const LinkOffer& offer) {
  auto primary = PrimaryDevice::begin_scanned(person.account_key.clone(), person.device.list, kHost,
                                              offer, kNow);
  check(primary.has_value());
  return std::move(*primary);
}

}  // namespace

Pins sample_pins() {
  Pins pins;
  pins.practice_id.fill(0x11);
  pins.role = Role::therapist;
  pins.organisation_key.bytes.fill(0x22);
  pins.gateway_key.bytes.fill(0x33);
  Contact contact;
  contact.pin.account_id.fill(0x44);
  contact.pin.account_key.bytes.fill(0x55);
  contact.status = ContactStatus::confirmed;
  pins.contacts.push_back(contact);
  contact.pin.account_id.fill(0x66);
  contact.status = ContactStatus::changed;
  pins.contacts.push_back(contact);
  pins.heads = {1, 2, 3};
  pins.rest = {4, 5};
  return pins;
}

Verified<DeviceList> list_with_devices(const Person& person, std::size_t active) {
  DeviceList list = next_device_list(person.device.list, kNow);
  while (list.active.size() < active) list.active.push_back({next_device_id(list), {}});
  const auto verified =
      verify_device_list(sign_device_list(list, person.account_key), person.pin());
  check(verified.has_value());
  return *verified;
}

Linking::Linking()
    : seed(next_seed()),
      person(seeded_person(seed + 1)),
      fresh(seeded_device(seed)),
      primary(begin_primary(person, fresh.offer())) {}

void Linking::reveal() {
  const auto revealed = fresh.take_hello(primary.hello(), kNow);
  check(revealed.has_value() && primary.take_reveal(*revealed, kNow).has_value());
}

void Linking::accept() {
  check(primary.take_digits(*fresh.digits(), kNow).has_value());
  check(fresh.person_says_accepted().has_value());
}

NewDevice Linking::fresh_again() const {
  return seeded_device(seed);
}

PrimaryDevice Linking::primary_again() const {
  return begin_primary(person, fresh.offer());
}

void Linking::offer_instead(const LinkReveal& reveal) {
  primary = begin_primary(person, {reveal.link_id, link_commitment(reveal), kHost});
}

ServerInTheMiddle::ServerInTheMiddle(const LinkId& link_id)
    : signing_key_(DeviceSigningKey::generate()) {
  reveal_.link_id = link_id;
  reveal_.signing_key = signing_key_.public_key();
  reveal_.dh_key = DeviceDhKey::generate().public_key();
  reveal_.link_key = LinkKey::generate().public_key();
  reveal_.nonce = random_array<32>();
}

ByteVector ServerInTheMiddle::open_message() const {
  return encode_link_message(LinkOpen{reveal_.link_id, link_commitment(reveal_)});
}

ByteVector ServerInTheMiddle::reveal(ByteView hello) const {
  LinkReveal revealed = reveal_;
  const auto parsed = parse_link_hello(hello);
  check(parsed.has_value());
  revealed.cert_signature =
      signing_key_.sign("device_cert", encode_body(link_cert(*parsed, revealed)));
  return encode_link_message(revealed);
}

}  // namespace holdspace::crypto::testing
