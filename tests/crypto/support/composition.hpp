// The project's own vectors: every composition of the protocol with all inputs, made from a fixed
// seed, for a second implementation to check. The program crypto_vectors writes them to
// tests/vectors/v1; composition_test re-derives them. A change in any of them is a change of the
// protocol and needs a new suite id.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace holdspace::crypto::testing {

// File name and content, in a fixed order.
[[nodiscard]] std::vector<std::pair<std::string, nlohmann::ordered_json>>
make_composition_vectors();

}  // namespace holdspace::crypto::testing
