#include "client/clock.hpp"

#include <chrono>

namespace holdspace::client {

crypto::Instant now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace holdspace::client
