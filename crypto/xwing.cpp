#include "crypto/xwing.hpp"

#include <sodium.h>

#include "crypto/random.hpp"

namespace holdspace::crypto {

static_assert(crypto_kem_xwing_PUBLICKEYBYTES == kKemPublicBytes);
static_assert(crypto_kem_xwing_CIPHERTEXTBYTES == kKemCiphertextBytes);
static_assert(crypto_kem_xwing_SECRETKEYBYTES == 32);

Bytes<kKemPublicBytes> xwing_public(const Secret<32>& seed) {
  Bytes<kKemPublicBytes> out;
  Secret<32> secret;  // libsodium's secret key is the seed again
  crypto_kem_xwing_seed_keypair(out.data(), secret.overwrite().data(), seed.expose().data());
  return out;
}

namespace {

std::optional<Encapsulation> encapsulate_with(const Bytes<kKemPublicBytes>& key,
                                              const Secret<64>& seed) {
  Encapsulation out;
  if (crypto_kem_xwing_enc_deterministic(out.ciphertext.data(), out.shared.overwrite().data(),
                                         key.data(), seed.expose().data()) != 0) {
    return std::nullopt;
  }
  return out;
}

}  // namespace

// libsodium has no check of its own, so this is an encapsulation whose result is thrown away.
bool xwing_accepts(const Bytes<kKemPublicBytes>& key) {
  return encapsulate_with(key, Secret<64>{}).has_value();
}

std::optional<Encapsulation> xwing_encapsulate(const Bytes<kKemPublicBytes>& key) {
  // Our own randomness, so that tests can seed it.
  return encapsulate_with(key, random_secret<64>());
}

std::optional<Secret<32>> xwing_decapsulate(const Secret<32>& seed,
                                            const Bytes<kKemCiphertextBytes>& ciphertext) {
  Secret<32> shared;
  if (crypto_kem_xwing_dec(shared.overwrite().data(), ciphertext.data(), seed.expose().data()) !=
      0) {
    return std::nullopt;
  }
  return shared;
}

}  // namespace holdspace::crypto
