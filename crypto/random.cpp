#include "crypto/random.hpp"

#include <sodium.h>

#include <boost/throw_exception.hpp>
#include <cstdlib>
#include <stdexcept>

namespace holdspace::crypto {

// Kept in one object file with random_bytes on purpose: see the header.
void init() {
  if (sodium_init() < 0) {
    boost::throw_exception(std::runtime_error("libsodium found no usable source of randomness"));
  }
}

void random_bytes(std::span<std::uint8_t> out) {
  // Cheap after the first time, and it makes a forgotten init() harmless.
  if (sodium_init() < 0) std::abort();
  randombytes_buf(out.data(), out.size());
}

}  // namespace holdspace::crypto
