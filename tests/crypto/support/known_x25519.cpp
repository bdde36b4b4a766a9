// Stands in for crypto/x25519.cpp: every agreement gives the same 32 zero bytes, as if the whole of
// X25519 were broken.
#include "crypto/x25519.hpp"

namespace holdspace::crypto {

Bytes<32> x25519_public(const Secret<32>& secret) {
  Bytes<32> out;
  std::transform(secret.expose().begin(), secret.expose().end(), out.begin(),
                 [](std::uint8_t byte) { return static_cast<std::uint8_t>(byte ^ 0x55); });
  return out;
}

std::optional<Secret<32>> x25519(const Secret<32>&, const Bytes<32>&) {
  return Secret<32>();
}

}  // namespace holdspace::crypto
