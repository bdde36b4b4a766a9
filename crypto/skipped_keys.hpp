// Keys of messages that have not come yet, chain by chain, and the header keys of the chains that
// can still receive. Bounded in number and age; whatever is dropped is counted. Room-internal.
// docs/protocol.md section 8.3.
#pragma once

#include <optional>
#include <vector>

#include "crypto/bytes.hpp"
#include "crypto/layout.hpp"
#include "crypto/secret.hpp"

namespace holdspace::crypto {

inline constexpr std::size_t kForwardJumpMax = 1000;            // specification, section 8.3
inline constexpr std::size_t kSkippedKeysMax = 2000;            // specification, section 8.3
inline constexpr std::size_t kOldChainsMax = 5;                 // specification, section 8.3
inline constexpr auto kSkippedKeyLife = std::chrono::days{30};  // specification, section 8.3

class SkippedKeys {
 public:
  // Chains are numbered 0 (oldest) to chains() - 1 (the one that receives now), at most
  // kOldChainsMax + 1.
  [[nodiscard]] std::size_t chains() const { return chains_.size(); }
  [[nodiscard]] const Secret<32>& header_key(std::size_t chain) const;
  [[nodiscard]] std::size_t keys() const;

  // Each returns how many keys were dropped for it, oldest first.
  [[nodiscard]] std::uint64_t start_chain(Secret<32> header_key);
  [[nodiscard]] std::uint64_t make_room(std::size_t count);
  [[nodiscard]] std::uint64_t drop_expired(Instant now);

  // Into the newest chain, numbers ascending; make_room first.
  void add(std::uint32_t number, Secret<32> key, Instant now);

  // The key leaves the store; empty when it was never skipped, is used up, or was dropped.
  [[nodiscard]] std::optional<Secret<32>> take(std::size_t chain, std::uint32_t number);

  [[nodiscard]] SkippedKeys clone() const;
  void encode(SecretWriter& out) const;
  // Fails the reader when a bound is broken.
  [[nodiscard]] static SkippedKeys parse(Reader& in);

 private:
  struct Key {
    std::uint32_t number = 0;
    Instant stored_at{};
    Secret<32> key;
  };
  struct Chain {
    Secret<32> header_key;
    std::vector<Key> keys;  // in the order of storing, which is ascending by number
  };
  std::vector<Chain> chains_;
};

}  // namespace holdspace::crypto
