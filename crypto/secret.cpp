#include "crypto/secret.hpp"

#include <sodium.h>

namespace holdspace::crypto {

void wipe(void* memory, std::size_t bytes) noexcept {
  sodium_memzero(memory, bytes);
}

bool equal_in_constant_time(ByteView a, ByteView b) noexcept {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace holdspace::crypto
