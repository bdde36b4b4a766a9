#include "crypto/signing_key.hpp"

#include <sodium.h>

#include <algorithm>
#include <string>

#include "crypto/hash.hpp"
#include "crypto/layout.hpp"
#include "crypto/random.hpp"

namespace holdspace::crypto {
namespace ed25519 {

Bytes<32> public_from_seed(const Secret<32>& seed) {
  Bytes<32> public_key;
  Secret<64> expanded;
  crypto_sign_ed25519_seed_keypair(public_key.data(), expanded.overwrite().data(),
                                   seed.expose().data());
  return public_key;
}

Signature sign(const Secret<32>& seed, ByteView message) {
  return sign(seed, public_from_seed(seed), message);
}

Signature sign(const Secret<32>& seed, const Bytes<32>& public_key, ByteView message) {
  Secret<64> expanded;  // libsodium's form of the secret key: the seed and the public key
  const auto half = std::copy_n(seed.expose().begin(), 32, expanded.overwrite().begin());
  std::copy_n(public_key.begin(), 32, half);
  Signature signature;
  crypto_sign_ed25519_detached(signature.data(), nullptr, message.data(), message.size(),
                               expanded.expose().data());
  return signature;
}

bool verify(const Bytes<32>& key, ByteView message, ByteView signature) {
  return signature.size() == std::tuple_size_v<Signature> &&
         crypto_sign_ed25519_verify_detached(signature.data(), message.data(), message.size(),
                                             key.data()) == 0;
}

ByteVector message(std::string_view name, ByteView body) {
  return Writer{}.bytes(label("sig/" + std::string(name))).bytes(body).take();
}

}  // namespace ed25519

template <class Role>
SigningKey<Role> SigningKey<Role>::generate() {
  return from_seed(random_secret<32>());
}

template class SigningKey<AccountRole>;
template class SigningKey<DeviceSigningRole>;
template class SigningKey<GatewayRole>;
template class SigningKey<OrganisationRole>;
template class SigningKey<LogRole>;
template class SigningKey<ClaimRole>;

}  // namespace holdspace::crypto
