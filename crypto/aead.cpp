#include "crypto/aead.hpp"

#include <sodium.h>

#include "crypto/random.hpp"

namespace holdspace::crypto {
namespace {

constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
static_assert(kAeadOverheadBytes == kNonceBytes + crypto_aead_xchacha20poly1305_ietf_ABYTES);

}  // namespace

ByteVector aead_seal(const Secret<32>& key, ByteView associated, ByteView plaintext) {
  ByteVector out(kAeadOverheadBytes + plaintext.size());
  random_bytes(std::span(out).first(kNonceBytes));
  crypto_aead_xchacha20poly1305_ietf_encrypt(out.data() + kNonceBytes, nullptr, plaintext.data(),
                                             plaintext.size(), associated.data(), associated.size(),
                                             nullptr, out.data(), key.expose().data());
  return out;
}

std::optional<SecretBytes> aead_open(const Secret<32>& key, ByteView associated, ByteView sealed) {
  if (sealed.size() < kAeadOverheadBytes) return std::nullopt;
  SecretBytes out(sealed.size() - kAeadOverheadBytes);
  const ByteView ciphertext = sealed.subspan(kNonceBytes);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          out.data(), nullptr, nullptr, ciphertext.data(), ciphertext.size(), associated.data(),
          associated.size(), sealed.data(), key.expose().data()) != 0) {
    return std::nullopt;
  }
  return out;
}

}  // namespace holdspace::crypto
