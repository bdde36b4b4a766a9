// Memory for secrets: Secret<N> for keys (one owner, wiped when it goes, never copied, printed or
// compared with ==) and SecretBytes for secrets without a fixed size (wiped when freed). Neither
// locks its pages: a program that needs that turns core dumps and swap off for itself.
// docs/protocol.md section 12.2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <vector>

#include "crypto/bytes.hpp"

namespace holdspace::crypto {

// Overwrites memory in a way that the optimiser keeps.
void wipe(void* memory, std::size_t bytes) noexcept;

// Compares in a time that depends on the lengths only; different lengths are different.
[[nodiscard]] bool equal_in_constant_time(ByteView a, ByteView b) noexcept;

template <std::size_t N>
class Secret {
 public:
  // All zero bytes: the value that the protocol uses for "no pre-shared key" and "no KEM".
  Secret() noexcept = default;
  explicit Secret(std::span<const std::uint8_t, N> bytes) noexcept {
    std::copy(bytes.begin(), bytes.end(), bytes_.begin());
  }
  Secret(Secret&& other) noexcept : bytes_(other.bytes_) { wipe(other.bytes_.data(), N); }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      bytes_ = other.bytes_;
      wipe(other.bytes_.data(), N);
    }
    return *this;
  }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { wipe(bytes_.data(), N); }

  // The only copy, so that each one can be found by name.
  [[nodiscard]] Secret clone() const noexcept { return Secret(expose()); }
  // The bytes, for a primitive or for sealed storage; valid while this object lives.
  [[nodiscard]] std::span<const std::uint8_t, N> expose() const noexcept { return bytes_; }
  // Where a primitive writes its output.
  [[nodiscard]] std::span<std::uint8_t, N> overwrite() noexcept { return bytes_; }

  [[nodiscard]] bool equals(const Secret& other) const noexcept {
    return equal_in_constant_time(bytes_, other.bytes_);
  }
  friend bool operator==(const Secret&, const Secret&) = delete;
  template <class Stream>
  friend Stream& operator<<(Stream&, const Secret&) = delete;

 private:
  Bytes<N> bytes_{};
};

// Wipes each block before it goes back to the heap, also the ones that a growing vector leaves
// behind.
template <class T>
struct WipingAllocator {
  using value_type = T;
  WipingAllocator() noexcept = default;
  template <class U>
  explicit WipingAllocator(const WipingAllocator<U>&) noexcept {}
  [[nodiscard]] T* allocate(std::size_t count) {
    return static_cast<T*>(::operator new(count * sizeof(T)));
  }
  void deallocate(T* memory, std::size_t count) noexcept {
    wipe(memory, count * sizeof(T));
    ::operator delete(memory);
  }
  friend bool operator==(const WipingAllocator&, const WipingAllocator&) noexcept { return true; }
};

using SecretBytes = std::vector<std::uint8_t, WipingAllocator<std::uint8_t>>;

}  // namespace holdspace::crypto
