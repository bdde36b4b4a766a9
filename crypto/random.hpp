// The library's start and its randomness. Every random byte of the protocol comes from
// random_bytes, so that a test library can stand in for it; a program that calls init() cannot link
// that library (the two define the same symbols). docs/protocol.md section 1.
#pragma once

#include <span>

#include "crypto/bytes.hpp"
#include "crypto/secret.hpp"

namespace holdspace::crypto {

// Call once at the start of each program. Throws std::runtime_error when the system has no usable
// source of randomness. Safe to call again and from any thread.
void init();

// Fills `out` from the system's generator; aborts the process when that is impossible. Thread-safe.
void random_bytes(std::span<std::uint8_t> out);

template <std::size_t N>
[[nodiscard]] Bytes<N> random_array() {
  Bytes<N> out;
  random_bytes(out);
  return out;
}

template <std::size_t N>
[[nodiscard]] Secret<N> random_secret() {
  Secret<N> out;
  random_bytes(out.overwrite());
  return out;
}

}  // namespace holdspace::crypto
