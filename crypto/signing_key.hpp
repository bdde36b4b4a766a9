// Ed25519 signing keys, one type per role. Every signature is over L("sig/<name>") || body; there
// is no way to sign without a name. docs/protocol.md section 1.
#pragma once

#include <string_view>
#include <utility>

#include "crypto/bytes.hpp"
#include "crypto/public_keys.hpp"
#include "crypto/secret.hpp"

namespace holdspace::crypto {

namespace ed25519 {
// Raw PureEdDSA for the functions below and for known-answer tests.
[[nodiscard]] Bytes<32> public_from_seed(const Secret<32>& seed);
[[nodiscard]] Signature sign(const Secret<32>& seed, ByteView message);
// The same without deriving the public key again, which is half of the work. `public_key` is
// public_from_seed(seed); with any other key the signature would give the seed away.
[[nodiscard]] Signature sign(const Secret<32>& seed, const Bytes<32>& public_key, ByteView message);
// Strict: refuses small-order and non-canonical keys and points, and a signature that is not 64
// bytes.
[[nodiscard]] bool verify(const Bytes<32>& key, ByteView message, ByteView signature);
// L("sig/" + name) || body.
[[nodiscard]] ByteVector message(std::string_view name, ByteView body);
}  // namespace ed25519

template <class Role>
class SigningKey {
 public:
  [[nodiscard]] static SigningKey generate();
  // The 32-byte seed of RFC 8032, as expose_seed() gave it.
  [[nodiscard]] static SigningKey from_seed(Secret<32> seed) { return SigningKey(std::move(seed)); }

  [[nodiscard]] const VerifyingKey<Role>& public_key() const { return public_; }
  [[nodiscard]] Signature sign(std::string_view name, ByteView body) const {
    return ed25519::sign(seed_, public_.bytes, ed25519::message(name, body));
  }
  // For sealed storage (crypto/vault.hpp) or the gateway's key file, nothing else.
  [[nodiscard]] const Secret<32>& expose_seed() const { return seed_; }
  [[nodiscard]] SigningKey clone() const { return SigningKey(seed_.clone()); }

 private:
  explicit SigningKey(Secret<32> seed)
      : seed_(std::move(seed)), public_{ed25519::public_from_seed(seed_)} {}
  Secret<32> seed_;
  VerifyingKey<Role> public_;
};

// True when `signature` over L("sig/" + name) || body is by the holder of `key`.
template <class Role>
[[nodiscard]] bool verify_signature(const VerifyingKey<Role>& key, std::string_view name,
                                    ByteView body, const Signature& signature) {
  return ed25519::verify(key.bytes, ed25519::message(name, body), signature);
}

using AccountKey = SigningKey<AccountRole>;
using DeviceSigningKey = SigningKey<DeviceSigningRole>;
using GatewayKey = SigningKey<GatewayRole>;
using OrganisationKey = SigningKey<OrganisationRole>;
using LogKey = SigningKey<LogRole>;
using ClaimKey = SigningKey<ClaimRole>;

extern template class SigningKey<AccountRole>;
extern template class SigningKey<DeviceSigningRole>;
extern template class SigningKey<GatewayRole>;
extern template class SigningKey<OrganisationRole>;
extern template class SigningKey<LogRole>;
extern template class SigningKey<ClaimRole>;

}  // namespace holdspace::crypto
