// SHA-512 of bytes that come in pieces. Room-internal.
#pragma once

#include <memory>

#include "crypto/bytes.hpp"

namespace holdspace::crypto {

class RunningHash {
 public:
  RunningHash();
  RunningHash(RunningHash&&) noexcept;
  RunningHash& operator=(RunningHash&&) noexcept;
  ~RunningHash();

  void add(ByteView bytes);
  // Once; nothing may be added afterwards.
  [[nodiscard]] Hash64 finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace holdspace::crypto
