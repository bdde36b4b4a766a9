#include "crypto/padding.hpp"

#include <sodium.h>

#include "crypto/layout.hpp"

namespace holdspace::crypto {

std::optional<std::uint8_t> size_class_of_content(std::size_t content_bytes) {
  for (std::uint8_t i = 0; i < kBuckets.size(); ++i) {
    if (content_bytes < kBuckets[i]) return i;
  }
  return std::nullopt;
}

SecretBytes pad(ByteView content) {
  const auto size_class = size_class_of_content(content.size());
  require(size_class.has_value());
  SecretBytes out(kBuckets[*size_class]);
  std::copy(content.begin(), content.end(), out.begin());
  std::size_t padded = 0;
  require(sodium_pad(&padded, out.data(), content.size(), out.size(), out.size()) == 0);
  return out;
}

std::optional<SecretBytes> unpad(ByteView padded) {
  std::size_t size = 0;
  if (padded.empty() || sodium_unpad(&size, padded.data(), padded.size(), padded.size()) != 0) {
    return std::nullopt;
  }
  const auto size_class = size_class_of_content(size);
  if (!size_class || kBuckets[*size_class] != padded.size()) return std::nullopt;
  return SecretBytes(padded.begin(), padded.begin() + static_cast<std::ptrdiff_t>(size));
}

}  // namespace holdspace::crypto
