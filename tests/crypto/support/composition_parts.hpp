// What the makers of composition vectors share, and those that have a file of their own.
#pragma once

#include <nlohmann/json.hpp>

#include "tests/crypto/support/people.hpp"

namespace holdspace::crypto::testing {

using Json = nlohmann::ordered_json;

inline constexpr std::uint64_t kSeed = 20261123;  // ours: any number, but always this one

template <std::size_t N>
[[nodiscard]] std::string hex_of(const Secret<N>& secret) {
  return hex_of(secret.expose());
}

[[nodiscard]] std::uint64_t ms_of(Instant instant);
// The random bytes drawn since the last call: what an implementation has to be given to make the
// same bytes.
[[nodiscard]] Json draws();
// Type, body, hash and the whole bytes of a Signed.
[[nodiscard]] Json statement(ByteView signed_bytes);
[[nodiscard]] Json device_keys(const Person& person);

[[nodiscard]] Json make_escalation();
[[nodiscard]] Json make_log();
[[nodiscard]] Json make_attachment();
[[nodiscard]] Json make_export();

}  // namespace holdspace::crypto::testing
