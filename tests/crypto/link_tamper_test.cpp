// Every byte of what travels while a device is linked, changed or cut: refused, or seen by the
// person as other digits.
#include <gtest/gtest.h>

#include "tests/crypto/support/linking.hpp"
#include "tests/crypto/support/tamper.hpp"

namespace holdspace::crypto {
namespace {

using testing::kNow;
using testing::Linking;
using testing::sample_pins;

TEST(LinkTamper, open) {
  const Linking linking;
  const auto accepted = [&](ByteView bytes) {
    NewDevice fresh = linking.fresh_again();
    auto primary =
        PrimaryDevice::begin_typed(linking.person.account_key.clone(), linking.person.device.list,
                                   "hold.example", linking.fresh.offer().link_id, bytes, kNow);
    if (!primary) return false;
    const auto reveal = fresh.take_hello(primary->hello(), kNow);
    return reveal && primary->take_reveal(*reveal, kNow);
  };
  ASSERT_TRUE(accepted(linking.fresh.open_message()));
  testing::for_each_tampering(linking.fresh.open_message(), accepted);
}

TEST(LinkTamper, hello) {
  const Linking linking;
  const ByteVector hello = linking.primary.hello();
  const auto accepted = [&](ByteView bytes) {
    NewDevice fresh = linking.fresh_again();
    PrimaryDevice primary = linking.primary_again();
    const auto reveal = fresh.take_hello(bytes, kNow);
    return reveal && primary.take_reveal(*reveal, kNow) &&
           primary.take_digits(*fresh.digits(), kNow);
  };
  ASSERT_TRUE(accepted(hello));
  testing::for_each_tampering(hello, accepted);
}

TEST(LinkTamper, reveal) {
  Linking linking;
  const ByteVector reveal = *linking.fresh.take_hello(linking.primary.hello(), kNow);
  ASSERT_TRUE(linking.primary_again().take_reveal(reveal, kNow));
  testing::for_each_tampering(reveal, [&](ByteView bytes) {
    return linking.primary_again().take_reveal(bytes, kNow).has_value();
  });
}

TEST(LinkTamper, package) {
  Linking linking;
  const ByteVector hello = linking.primary.hello();
  linking.reveal();
  linking.accept();
  const ByteVector package =
      linking.primary.seal(sample_pins(), AccountKeyCopy::stays, kNow)->package;
  const auto opens = [&](ByteView bytes) {
    NewDevice fresh = linking.fresh_again();
    return fresh.take_hello(hello, kNow) && fresh.person_says_accepted() &&
           fresh.take_package(bytes, kNow);
  };
  ASSERT_TRUE(opens(package));
  testing::for_each_tampering(package, opens);
}

}  // namespace
}  // namespace holdspace::crypto
