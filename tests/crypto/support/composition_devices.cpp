#include "tests/crypto/support/composition_devices.hpp"

#include "crypto/qr_text.hpp"
#include "crypto/recovery.hpp"
#include "crypto/recovery_claim.hpp"
#include "crypto/short_string.hpp"
#include "tests/crypto/support/linking.hpp"
#include "tests/crypto/support/people.hpp"
#include "tests/crypto/support/seeded_random.hpp"

namespace holdspace::crypto::testing {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kSeed = 20261125;  // ours: any number, but always this one

Json draws() {
  Json all = Json::array();
  for (const ByteVector& draw : take_recorded_draws()) all.push_back(hex_of(draw));
  return all;
}

Json json_of(const Pin& pin) {
  return {{"account_id", hex_of(pin.account_id)},
          {"account_key", hex_of(pin.account_key.bytes)},
          {"fingerprint", hex_of(account_fingerprint(pin))}};
}

Json json_of(const Pins& pins) {
  Json contacts = Json::array();
  for (const Contact& contact : pins.contacts) {
    contacts.push_back({{"account_id", hex_of(contact.pin.account_id)},
                        {"account_key", hex_of(contact.pin.account_key.bytes)},
                        {"status", static_cast<int>(contact.status)}});
  }
  return {{"practice_id", hex_of(pins.practice_id)},
          {"role", static_cast<int>(pins.role)},
          {"organisation_key", hex_of(pins.organisation_key.bytes)},
          {"gateway_key", hex_of(pins.gateway_key.bytes)},
          {"log_key", hex_of(pins.log_key.bytes)},
          {"contacts", contacts},
          {"heads", hex_of(pins.heads)},
          {"rest", hex_of(pins.rest)}};
}

}  // namespace

Json make_confirm_vectors() {
  seed_random(kSeed);
  const Pin one{random_array<16>(), AccountKey::generate().public_key()};
  const Pin two{random_array<16>(), AccountKey::generate().public_key()};
  const auto transcript = random_array<64>();
  (void)take_recorded_draws();
  auto starter = ShortStringStarter::begin({transcript, one, two});
  auto responder = ShortStringResponder::take_commit({transcript, two, one}, starter.commit());
  const auto answer = responder->answer();
  const auto revealed = starter.take_answer(answer);
  return {{"about", "two accounts that compare their keys; the first one starts the short string"},
          {"first", json_of(one)},
          {"second", json_of(two)},
          {"safety_number", SafetyNumber(one, two).digits()},
          {"confirm_qr_of_first", ConfirmQr(one, two).encode()},
          {"transcript", hex_of(transcript)},
          {"draws", draws()},  // nA, nB
          {"commit", hex_of(starter.commit())},
          {"answer", hex_of(answer)},
          {"reveal", hex_of(revealed->reveal)},
          {"short_string", revealed->string.digits()}};
}

Json make_link_vectors() {
  const Pins pins = sample_pins();
  seed_random(kSeed + 1);
  const Person person = make_person(0);
  (void)take_recorded_draws();
  NewDevice fresh = NewDevice::begin("hold.example", Platform::browser, kNow);
  auto primary = PrimaryDevice::begin_scanned(person.account_key.clone(), person.device.list,
                                              "hold.example", fresh.offer(), kNow);
  const auto reveal = fresh.take_hello(primary->hello(), kNow);
  const bool revealed = primary->take_reveal(*reveal, kNow).has_value();
  const std::string digits = *fresh.digits();
  const bool accepted = primary->take_digits(digits, kNow) && fresh.person_says_accepted();
  const auto sealed = primary->seal(pins, AccountKeyCopy::second_primary, kNow);
  const bool linked = fresh.take_package(sealed->package, kNow).has_value();
  return {{"about", "device 2, a browser, is linked as a second primary"},
          {"host", "hold.example"},
          {"now_ms", kNow.time_since_epoch().count()},
          {"account_id", hex_of(person.address().account_id)},
          {"account_seed", hex_of(person.account_key.expose_seed().expose())},
          {"held_list", hex_of(person.device.list.signed_bytes())},
          // link_id, DSK seed, DDK secret, lk seed, n2; n1; encapsulation seed, nonce
          {"draws", draws()},
          {"link_code", link_code(fresh.offer().link_id)},
          {"link_qr", encode_link_qr(fresh.offer())},
          {"open", hex_of(fresh.open_message())},
          {"hello", hex_of(primary->hello())},
          {"reveal", hex_of(*reveal)},
          {"digits", digits},
          {"pins", json_of(pins)},
          {"cert", hex_of(sealed->cert)},
          {"list", hex_of(sealed->list)},
          {"package", hex_of(sealed->package)},
          {"opened", revealed && accepted && linked}};
}

Json make_recovery_vectors() {
  const Pins pins = sample_pins();
  seed_random(kSeed + 2);
  Person person = make_person(0);
  (void)make_sibling(person);
  const auto secret = RecoverySecret::generate();
  auto organisation = OrganisationKey::generate();
  const AccountReset reset{person.address().account_id, person.account_key.public_key(),
                           AccountKey::generate().public_key(), kNow};
  const RecoveryVault vault{person.address().account_id, person.account_key.clone(),
                            person.device.trusted.list(), organisation.clone(), pins};
  (void)take_recorded_draws();
  const ByteVector sealed = seal_recovery_vault(secret, vault);
  const Json vault_draws = draws();
  const auto restored = restore_device(vault, person.device.list, Platform::native, kNow);
  RecoveryClaim claim{person.address().account_id, {}, restored->cert(), restored->list(), {}};
  claim.server_nonce.fill(0x77);
  return {{"about",
           "a vault with both keys; the device that is restored from it revokes devices 1 and 2; "
           "and a reset of the same account by its practice"},
          {"secret", hex_of(secret.expose().expose())},
          {"code", text_of(secret.code())},
          {"id", hex_of(secret.id())},
          {"key", hex_of(secret.key().expose())},
          {"now_ms", kNow.time_since_epoch().count()},
          {"account_id", hex_of(person.address().account_id)},
          {"account_seed", hex_of(person.account_key.expose_seed().expose())},
          {"held_list", hex_of(person.device.list.signed_bytes())},
          {"organisation_seed", hex_of(organisation.expose_seed().expose())},
          {"pins", json_of(pins)},
          {"draws", vault_draws},  // nonce
          {"vault", hex_of(sealed)},
          {"restored_draws", draws()},  // DSK seed, DDK secret
          {"restored_cert", hex_of(restored->cert())},
          {"restored_list", hex_of(restored->list())},
          {"server_nonce", hex_of(claim.server_nonce)},
          {"claim", hex_of(sign_recovery_claim(person.account_key, claim))},
          {"reset_key", hex_of(reset.new_key.bytes)},
          {"account_reset", hex_of(sign_account_reset(reset, organisation))}};
}

}  // namespace holdspace::crypto::testing
