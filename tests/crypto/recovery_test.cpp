#include "crypto/recovery.hpp"

#include <gtest/gtest.h>

#include "crypto/contact.hpp"
#include "crypto/device_list.hpp"
#include "crypto/link_message.hpp"
#include "crypto/recovery_claim.hpp"
#include "tests/crypto/support/linking.hpp"
#include "tests/crypto/support/people.hpp"
#include "tests/crypto/support/tamper.hpp"

namespace holdspace::crypto {
namespace {

using testing::kNow;
using testing::make_person;
using testing::make_sibling;
using testing::Person;
using testing::sample_pins;
using testing::text_of;

RecoveryVault vault_of(const Person& person) {
  return {person.address().account_id, person.account_key.clone(), person.device.trusted.list(),
          std::nullopt, sample_pins()};
}

TEST(RecoveryCode, reads_back_in_the_ways_that_people_type) {
  for (int i = 0; i < 50; ++i) {
    const auto secret = RecoverySecret::generate();
    const std::string code = text_of(secret.code());
    ASSERT_EQ(code.size(), 44U);
    std::string typed;
    for (const char c : code) {
      if (c == '-') continue;
      typed.push_back(c == '1' ? 'l' : c == '0' ? 'o' : static_cast<char>(std::tolower(c)));
      if (typed.size() % 7 == 0) typed.push_back(' ');
    }
    for (const std::string& text : {code, typed}) {
      const auto parsed = parse_recovery_code(text);
      ASSERT_TRUE(parsed) << i;
      EXPECT_TRUE(parsed->expose().equals(secret.expose()));
      EXPECT_EQ(parsed->id(), secret.id());
      EXPECT_TRUE(parsed->key().equals(secret.key()));
    }
  }
}

TEST(RecoveryCode, catches_each_wrong_character_and_every_other_kind_of_code) {
  const std::string code = text_of(RecoverySecret::generate().code());
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (code[i] == '-') continue;
    std::string changed = code;
    changed[i] = code[i] == '7' ? '8' : '7';
    const auto parsed = parse_recovery_code(changed);
    ASSERT_FALSE(parsed) << i;
    EXPECT_EQ(parsed.error(), CodeError::bad_checksum) << i;
  }
  EXPECT_EQ(parse_recovery_code(code.substr(1)).error(), CodeError::wrong_length);
  EXPECT_EQ(parse_recovery_code(code + "0").error(), CodeError::wrong_length);
  EXPECT_EQ(parse_recovery_code("U" + code.substr(1)).error(), CodeError::bad_character);
  const std::string invite = text_of(InviteSecret::generate().code());
  EXPECT_EQ(parse_recovery_code(invite).error(), CodeError::wrong_length);
  EXPECT_EQ(parse_invite_code(code).error(), CodeError::wrong_length);
  EXPECT_EQ(parse_link_code(code).error(), CodeError::wrong_length);
}

TEST(RecoveryVault, opens_with_its_code_alone) {
  const Person person = make_person(0);
  const auto secret = RecoverySecret::generate();
  RecoveryVault vault = vault_of(person);
  vault.organisation_key = OrganisationKey::generate();
  const ByteVector sealed = seal_recovery_vault(secret, vault);
  const auto opened = open_recovery_vault(secret, sealed);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->pin(), person.pin());
  EXPECT_EQ(opened->list, vault.list);
  EXPECT_EQ(opened->pins, vault.pins);
  ASSERT_TRUE(opened->organisation_key.has_value());
  EXPECT_EQ(opened->organisation_key->public_key(), vault.organisation_key->public_key());
  EXPECT_EQ(open_recovery_vault(RecoverySecret::generate(), sealed).error(),
            VaultError::wrong_code);
  EXPECT_EQ(open_recovery_vault(secret, ByteVector(kRecoveryVaultBytesMax + 1)).error(),
            VaultError::malformed);
  testing::for_each_tampering(
      sealed, [&](ByteView bytes) { return open_recovery_vault(secret, bytes).has_value(); });
}

TEST(RecoveryVault, that_is_none_of_this_version_is_malformed) {
  RecoveryVault vault = vault_of(make_person(0));
  vault.list.epoch = 0;  // no list has it
  const auto secret = RecoverySecret::generate();
  EXPECT_EQ(open_recovery_vault(secret, seal_recovery_vault(secret, vault)).error(),
            VaultError::malformed);
  vault.pins.contacts[1] = vault.pins.contacts[0];
  EXPECT_THROW((void)seal_recovery_vault(secret, vault), std::logic_error);
}

TEST(Restore, makes_another_device_and_revokes_all_that_were) {
  Person person = make_person(0);
  const Person sibling = make_sibling(person);
  const RecoveryVault vault = vault_of(person);
  const auto restored = restore_device(vault, person.device.list, Platform::native, kNow);
  ASSERT_TRUE(restored);
  EXPECT_EQ(restored->device.address().device_id, 3U);
  const DeviceList& list = *restored->device.list;
  EXPECT_EQ(list.active.size(), 1U);
  const std::vector<RevokedDevice> revoked{{1, kNow, RevokeReason::lost},
                                           {2, kNow, RevokeReason::lost}};
  EXPECT_EQ(list.revoked, revoked);
  EXPECT_TRUE(check_succession(person.device.list, restored->device.list));
  const Person* const all[] = {&person, &sibling};
  for (const Person* lost : all) {
    EXPECT_EQ(trust_device(lost->device.trusted.verified_cert(), restored->device.list).error(),
              TrustError::revoked);
  }
  EXPECT_NE(restored->device.signing_key.public_key(), person.device.signing_key.public_key());
  EXPECT_NE(restored->device.dh_key.public_key(), person.device.dh_key.public_key());
}

TEST(Restore, refuses_a_list_that_hides_what_the_vault_knows) {
  Person person = make_person(0);
  const auto first = person.device.list;
  (void)make_sibling(person);
  const RecoveryVault vault = vault_of(person);
  const auto error = [&](const Verified<DeviceList>& list) {
    const auto restored = restore_device(vault, list, Platform::native, kNow);
    return restored.has_error() ? std::optional<RestoreError>(restored.error()) : std::nullopt;
  };
  EXPECT_EQ(error(first), RestoreError::older_list);
  const auto signed_by_person = [&](const DeviceList& list) {
    return *verify_device_list(sign_device_list(list, person.account_key), person.pin());
  };
  EXPECT_EQ(error(signed_by_person(next_device_list(first, kNow))), RestoreError::forked_list);
  EXPECT_EQ(error(make_person(0).device.list), RestoreError::other_account);
  // A later one is what happened since the vault was written.
  EXPECT_EQ(error(signed_by_person(next_device_list(person.device.list, kNow))), std::nullopt);
  DeviceList worn = next_device_list(person.device.list, kNow);
  for (DeviceId id = 3; worn.revoked.size() < kRevokedDevicesMax; ++id) {
    worn.revoked.push_back({id, kNow, RevokeReason::removed});
  }
  EXPECT_EQ(error(signed_by_person(worn)), RestoreError::list_full);
}

struct Claim {
  Person person = make_person(0);
  RecoveryVault vault = vault_of(person);
  Restored restored = *restore_device(vault, person.device.list, Platform::native, kNow);
  RecoveryClaim claim = make_claim();

  [[nodiscard]] RecoveryClaim make_claim() const {
    RecoveryClaim made{
        person.address().account_id, random_array<32>(), restored.cert(), restored.list(), {}};
    made.claim = sign_recovery_claim(vault.account_key, made);
    return made;
  }
  [[nodiscard]] std::optional<RecoveryClaimError> error(const RecoveryClaim& of) const {
    const auto verified = verify_recovery_claim(person.device.list, of);
    return verified.has_error() ? std::optional<RecoveryClaimError>(verified.error())
                                : std::nullopt;
  }
};

TEST(RecoveryClaim, is_taken_from_the_account_key_with_the_list_that_follows) {
  const Claim all;
  const auto verified = verify_recovery_claim(all.person.device.list, all.claim);
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->list->active.size(), 1U);
  EXPECT_EQ(verified->cert.signed_bytes(), all.restored.cert());
}

TEST(RecoveryClaim, refuses_another_key_nonce_account_or_statement) {
  const Claim all;
  RecoveryClaim changed = all.claim;
  changed.server_nonce[0] ^= 1;
  EXPECT_EQ(all.error(changed), RecoveryClaimError::bad_claim);
  changed = all.claim;
  changed.account_id[0] ^= 1;
  EXPECT_EQ(all.error(changed), RecoveryClaimError::bad_claim);
  changed = all.claim;
  changed.claim = sign_recovery_claim(AccountKey::generate(), changed);
  EXPECT_EQ(all.error(changed), RecoveryClaimError::bad_claim);
  changed = all.claim;
  changed.cert_bytes = all.person.device.trusted.verified_cert().signed_bytes();
  changed.claim = sign_recovery_claim(all.vault.account_key, changed);
  EXPECT_EQ(all.error(changed), RecoveryClaimError::bad_statement);
  testing::for_each_tampering(all.claim.list_bytes, [&](ByteView bytes) {
    RecoveryClaim tampered = all.claim;
    tampered.list_bytes.assign(bytes.begin(), bytes.end());
    return !all.error(tampered).has_value();
  });
}

TEST(RecoveryClaim, refuses_a_list_that_does_not_follow_or_keeps_another_device) {
  const Claim all;
  const auto signed_again = [&](const DeviceList& list) {
    RecoveryClaim claim = all.claim;
    claim.list_bytes = sign_device_list(list, all.vault.account_key);
    claim.claim = sign_recovery_claim(all.vault.account_key, claim);
    return claim;
  };
  DeviceList list = *all.restored.device.list;
  list.prev_hash[0] ^= 1;
  EXPECT_EQ(all.error(signed_again(list)), RecoveryClaimError::not_following);
  const auto kept =
      list_with_device(all.person.device.list, all.restored.device.trusted.cert(), kNow);
  EXPECT_EQ(all.error(signed_again(*kept)), RecoveryClaimError::not_alone);
}

TEST(Restore, after_a_reset_by_the_practice_begins_again_under_another_key) {
  const Person before = make_person(0);
  const Enrolment after = enrol_again(before.address().account_id, Platform::browser, kNow);
  EXPECT_EQ(after.device.address(), before.address());
  EXPECT_NE(after.account_key.public_key(), before.account_key.public_key());
  EXPECT_EQ(after.device.list->epoch, 1U);
  EXPECT_TRUE(verify_new_account(after.device.trusted.verified_cert().signed_bytes(),
                                 after.device.list.signed_bytes()));
  EXPECT_EQ(check_succession(before.device.list, after.device.list).error(),
            SuccessionError::other_account);
}

}  // namespace
}  // namespace holdspace::crypto
