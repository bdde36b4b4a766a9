// Every small change of a byte string: each byte xor 0x01 and 0x80, and every length up to 64 bytes
// shorter or longer.
#pragma once

#include <gtest/gtest.h>

#include "crypto/bytes.hpp"

namespace holdspace::crypto::testing {

// Expects `accepts` to be false for each change of `good`.
template <class Accepts>
void for_each_tampering(ByteView good, Accepts accepts) {
  ByteVector bytes(good.begin(), good.end());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (const std::uint8_t flip : Bytes<2>{0x01, 0x80}) {
      bytes[i] ^= flip;
      EXPECT_FALSE(accepts(ByteView(bytes))) << "byte " << i << " xor " << int{flip};
      bytes[i] ^= flip;
    }
  }
  for (std::size_t by = 1; by <= 64; ++by) {
    ByteVector longer = bytes;
    longer.resize(bytes.size() + by);
    EXPECT_FALSE(accepts(ByteView(longer))) << "longer by " << by;
    if (by > bytes.size()) continue;
    EXPECT_FALSE(accepts(ByteView(bytes).first(bytes.size() - by))) << "shorter by " << by;
  }
}

}  // namespace holdspace::crypto::testing
