#include "crypto/x25519.hpp"

#include <sodium.h>

namespace holdspace::crypto {

Bytes<32> x25519_public(const Secret<32>& secret) {
  Bytes<32> out;
  crypto_scalarmult_curve25519_base(out.data(), secret.expose().data());
  return out;
}

std::optional<Secret<32>> x25519(const Secret<32>& secret, const Bytes<32>& other) {
  Secret<32> shared;
  if (crypto_scalarmult_curve25519(shared.overwrite().data(), secret.expose().data(),
                                   other.data()) != 0) {
    return std::nullopt;
  }
  return shared;
}

}  // namespace holdspace::crypto
