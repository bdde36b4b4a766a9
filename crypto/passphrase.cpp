#include "crypto/passphrase.hpp"

#include <sodium.h>

namespace holdspace::crypto {

static_assert(crypto_pwhash_argon2id_SALTBYTES == 16);

std::optional<Secret<32>> stretch_passphrase(std::string_view passphrase, const Bytes<16>& salt,
                                             PassphraseCost cost) {
  const bool moderate = cost == PassphraseCost::moderate;
  Secret<32> key;
  const int failed = crypto_pwhash_argon2id(key.overwrite().data(), 32, passphrase.data(),
                                            passphrase.size(), salt.data(),
                                            moderate ? crypto_pwhash_argon2id_OPSLIMIT_MODERATE
                                                     : crypto_pwhash_argon2id_OPSLIMIT_INTERACTIVE,
                                            moderate ? crypto_pwhash_argon2id_MEMLIMIT_MODERATE
                                                     : crypto_pwhash_argon2id_MEMLIMIT_INTERACTIVE,
                                            crypto_pwhash_argon2id_ALG_ARGON2ID13);
  if (failed != 0) return std::nullopt;
  return key;
}

}  // namespace holdspace::crypto
