// See stand_in.hpp.
#include "gateway/stand_in.hpp"

#include "crypto/random.hpp"
#include "crypto/signing_key.hpp"

namespace holdspace::gateway {

StandIn::StandIn() : device_{crypto::random_array<16>(), 1} {
  const auto account_key = crypto::AccountKey::generate();
  const auto device_key = crypto::DeviceSigningKey::generate();
  crypto::DeviceCert cert;
  cert.account_id = device_.account_id;
  cert.device_id = device_.device_id;
  cert.account_key = account_key.public_key();
  cert.signing_key = device_key.public_key();
  cert.dh_key.bytes = crypto::random_array<32>();
  cert.platform = crypto::Platform::native;
  cert.created_at = crypto::Instant{};
  signed_cert_ = crypto::sign_device_cert(cert, account_key, device_key);
}

}  // namespace holdspace::gateway
