// Reads vector files: published ones from ../shared/vectors beside the project (or the folder that
// HOLDSPACE_VECTORS names), our own from tests/vectors/v1.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "crypto/bytes.hpp"

namespace holdspace::crypto::testing {

// Empty when the file is not there.
[[nodiscard]] std::optional<nlohmann::json> published_vectors(const std::string& file);
// Where to get the published files, for a test's skip or failure.
[[nodiscard]] std::string how_to_get_vectors(const std::string& file);
// A missing published file fails a CI run and is a visible skip elsewhere.
[[nodiscard]] bool missing_vectors_fail();

[[nodiscard]] std::optional<nlohmann::json> own_vectors(const std::string& file);

// The bytes of a hex field.
[[nodiscard]] ByteVector hex_field(const nlohmann::json& object, const char* name);

}  // namespace holdspace::crypto::testing

// Inside a test of namespace holdspace::crypto: the parsed file as `name`, or the test ends here.
// clang-format off
#define READ_VECTORS(name, file)                                                                \
  const auto name = testing::published_vectors(file);                                           \
  if (!name && testing::missing_vectors_fail()) FAIL() << testing::how_to_get_vectors(file);    \
  if (!name) GTEST_SKIP() << testing::how_to_get_vectors(file)
// clang-format on
