// A device that nobody has: who names an unknown account or device gets a challenge and a signature
// check against this one, so that the answers and their timing tell nothing. docs/protocol.md
// section 5.
#pragma once

#include "crypto/verify.hpp"

namespace holdspace::gateway {

// Immutable; any thread.
class StandIn {
 public:
  // Draws keys and forgets the secret halves.
  StandIn();

  // The signed certificate, to be parsed again for each login like a stored one.
  [[nodiscard]] const crypto::ByteVector& signed_cert() const { return signed_cert_; }
  [[nodiscard]] crypto::DeviceAddress device() const { return device_; }

 private:
  crypto::DeviceAddress device_;
  crypto::ByteVector signed_cert_;
};

}  // namespace holdspace::gateway
