#include "crypto/device_list.hpp"

#include <gtest/gtest.h>

#include "tests/crypto/support/linking.hpp"
#include "tests/crypto/support/people.hpp"

namespace holdspace::crypto {
namespace {

using std::chrono::days;
using testing::kNow;
using testing::make_person;
using testing::Person;

Verified<DeviceList> verified(const DeviceList& list, const Person& person) {
  return *verify_device_list(sign_device_list(list, person.account_key), person.pin());
}

DeviceCert cert_for(const Person& person, DeviceId device_id) {
  DeviceCert cert = person.device.trusted.cert();
  cert.device_id = device_id;
  cert.signing_key = DeviceSigningKey::generate().public_key();
  return cert;
}

TEST(DeviceList, adds_a_device_and_revokes_it_again) {
  const Person person = make_person(0);
  const auto& first = person.device.list;
  EXPECT_EQ(next_device_id(*first), 2U);
  const DeviceCert cert = cert_for(person, 2);
  const auto with = list_with_device(first, cert, kNow + days{1});
  ASSERT_TRUE(with);
  const auto second = verified(*with, person);
  EXPECT_TRUE(check_succession(first, second));
  EXPECT_EQ(second->epoch, 2U);
  EXPECT_EQ(second->valid_until, kNow + days{31});

  const DeviceId gone[] = {2};
  const auto without =
      list_without_devices(second, gone, RevokeReason::compromised, kNow + days{2});
  ASSERT_TRUE(without);
  const auto third = verified(*without, person);
  EXPECT_TRUE(check_succession(second, third));
  EXPECT_EQ(third->active, first->active);
  const std::vector<RevokedDevice> revoked{{2, kNow + days{2}, RevokeReason::compromised}};
  EXPECT_EQ(third->revoked, revoked);
}

TEST(DeviceList, never_gives_a_number_twice) {
  const Person person = make_person(0);
  const auto second =
      verified(*list_with_device(person.device.list, cert_for(person, 2), kNow), person);
  const DeviceId gone[] = {2};
  const auto third =
      verified(*list_without_devices(second, gone, RevokeReason::lost, kNow), person);
  EXPECT_EQ(next_device_id(*third), 3U);
  for (const DeviceId used : {1U, 2U}) {
    EXPECT_EQ(list_with_device(third, cert_for(person, used), kNow).error(),
              ListChangeError::number_used);
  }
  EXPECT_TRUE(list_with_device(third, cert_for(person, 3), kNow));

  DeviceList last = next_device_list(third, kNow);
  last.active.push_back({UINT32_MAX, {}});
  EXPECT_EQ(next_device_id(last), 0U);
  EXPECT_EQ(list_with_device(verified(last, person), cert_for(person, 9), kNow).error(),
            ListChangeError::number_used);
}

TEST(DeviceList, refuses_changes_that_no_list_can_say) {
  const Person person = make_person(0);
  const auto& first = person.device.list;
  DeviceCert foreign = cert_for(person, 2);
  foreign.account_key = AccountKey::generate().public_key();
  EXPECT_EQ(list_with_device(first, foreign, kNow).error(), ListChangeError::other_account);
  const DeviceId unknown[] = {7};
  EXPECT_EQ(list_without_devices(first, unknown, RevokeReason::lost, kNow).error(),
            ListChangeError::unknown_device);
  const DeviceId twice[] = {1, 1};
  EXPECT_EQ(list_without_devices(first, twice, RevokeReason::lost, kNow).error(),
            ListChangeError::unknown_device);

  const auto full = testing::list_with_devices(person, kActiveDevicesMax);
  EXPECT_EQ(list_with_device(full, cert_for(person, 99), kNow).error(),
            ListChangeError::too_many_devices);
  DeviceList worn = next_device_list(first, kNow);
  for (DeviceId id = 2; worn.revoked.size() < kRevokedDevicesMax; ++id) {
    worn.revoked.push_back({id, kNow, RevokeReason::removed});
  }
  const DeviceId own[] = {1};
  EXPECT_EQ(list_without_devices(verified(worn, person), own, RevokeReason::lost, kNow).error(),
            ListChangeError::too_many_revoked);
}

TEST(DeviceList, that_rewrites_history_is_refused_by_everybody_else) {
  const Person person = make_person(0);
  const auto with = list_with_device(person.device.list, cert_for(person, 2), kNow);
  const auto second = verified(*with, person);
  const DeviceId gone[] = {2};
  const auto third =
      verified(*list_without_devices(second, gone, RevokeReason::lost, kNow), person);
  const auto error = [&](const Verified<DeviceList>& held, const DeviceList& next) {
    const auto follows = check_succession(held, verified(next, person));
    return follows.has_error() ? std::optional<SuccessionError>(follows.error()) : std::nullopt;
  };
  DeviceList back = next_device_list(third, kNow);  // the revoked device is there again
  back.revoked.clear();
  back.active = second->active;
  EXPECT_EQ(error(third, back), SuccessionError::rewritten);
  DeviceList forgotten = next_device_list(third, kNow);
  forgotten.revoked.clear();
  EXPECT_EQ(error(third, forgotten), SuccessionError::rewritten);
  DeviceList dropped = next_device_list(second, kNow);
  dropped.active.pop_back();
  EXPECT_EQ(error(second, dropped), SuccessionError::rewritten);
  DeviceList exchanged = next_device_list(second, kNow);
  exchanged.active.back().cert_hash[0] ^= 1;
  EXPECT_EQ(error(second, exchanged), SuccessionError::rewritten);
  // Also when lists between the two were not seen.
  back.epoch += 5;
  EXPECT_EQ(error(third, back), SuccessionError::rewritten);
  EXPECT_EQ(error(third, next_device_list(third, kNow)), std::nullopt);
}

TEST(DeviceList, a_device_is_stale_after_45_silent_days) {
  EXPECT_FALSE(is_stale(kNow, kNow + days{45} - std::chrono::milliseconds{1}));
  EXPECT_TRUE(is_stale(kNow, kNow + days{45}));
  EXPECT_FALSE(is_stale(kNow, kNow - days{1}));
}

TEST(DeviceList, peers_give_up_a_device_without_prekeys_and_without_a_sign_but_not_for_urgent) {
  const Instant start = kNow;
  const PeerDeviceSigns both{start, start};
  const Instant late = start + days{60};
  EXPECT_FALSE(may_seal_to(both, Lane::routine, late));
  EXPECT_FALSE(may_seal_to(both, Lane::logistics, late));
  EXPECT_TRUE(may_seal_to(both, Lane::urgent, late));
  EXPECT_TRUE(may_seal_to(both, Lane::routine, late - std::chrono::milliseconds{1}));
  EXPECT_TRUE(may_seal_to({late - days{30}, start}, Lane::routine, late));
  EXPECT_FALSE(
      may_seal_to({late - days{30} - std::chrono::milliseconds{1}, start}, Lane::routine, late));
  EXPECT_TRUE(may_seal_to({start, late - days{59}}, Lane::routine, late));
}

}  // namespace
}  // namespace holdspace::crypto
