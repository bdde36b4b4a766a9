#include "crypto/kdf.hpp"

#include <sodium.h>

namespace holdspace::crypto {

Secret<32> hkdf_extract(std::span<const std::uint8_t, 32> salt, ByteView ikm) {
  Secret<32> prk;
  crypto_kdf_hkdf_sha256_extract(prk.overwrite().data(), salt.data(), salt.size(), ikm.data(),
                                 ikm.size());
  return prk;
}

void hkdf_expand_into(const Secret<32>& prk, ByteView info, std::span<std::uint8_t> out) {
  require(!out.empty() && out.size() <= crypto_kdf_hkdf_sha256_BYTES_MAX);
  const int failed = crypto_kdf_hkdf_sha256_expand(out.data(), out.size(),
                                                   reinterpret_cast<const char*>(info.data()),
                                                   info.size(), prk.expose().data());
  require(failed == 0);
}

}  // namespace holdspace::crypto
