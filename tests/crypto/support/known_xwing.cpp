// Stands in for crypto/xwing.cpp: every encapsulation gives the same 32 zero bytes, as if the whole
// of X-Wing were broken.
#include "crypto/random.hpp"
#include "crypto/xwing.hpp"

namespace holdspace::crypto {

Bytes<kKemPublicBytes> xwing_public(const Secret<32>& seed) {
  Bytes<kKemPublicBytes> out;
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<std::uint8_t>(seed.expose()[i % 32] ^ 0x55);
  }
  return out;
}

bool xwing_accepts(const Bytes<kKemPublicBytes>&) {
  return true;
}

std::optional<Encapsulation> xwing_encapsulate(const Bytes<kKemPublicBytes>&) {
  return Encapsulation{random_array<kKemCiphertextBytes>(), Secret<32>()};
}

std::optional<Secret<32>> xwing_decapsulate(const Secret<32>&, const Bytes<kKemCiphertextBytes>&) {
  return Secret<32>();
}

}  // namespace holdspace::crypto
