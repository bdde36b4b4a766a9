#include "tests/crypto/support/json_vectors.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/crypto/support/people.hpp"

namespace holdspace::crypto::testing {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::filesystem::path published_folder() {
  const std::string chosen = variable("HOLDSPACE_VECTORS");
  if (!chosen.empty()) return chosen;
  return std::filesystem::path(HOLDSPACE_SOURCE_DIR) / "../shared/vectors";
}

std::optional<nlohmann::json> read_json(const std::filesystem::path& path) {
  std::ifstream in(path);
  if (!in) return std::nullopt;
  return nlohmann::json::parse(in);
}

}  // namespace

std::optional<nlohmann::json> published_vectors(const std::string& file) {
  return read_json(published_folder() / file);
}

std::string how_to_get_vectors(const std::string& file) {
  return file + " is not in " + published_folder().string() +
         ": take the *_test.json files from C2SP/wycheproof (testvectors_v1) and xwing_draft.json "
         "from "
         "dconnolly/draft-connolly-cfrg-xwing-kem (spec/test-vectors.json), and name their folder "
         "in HOLDSPACE_VECTORS";
}

bool missing_vectors_fail() {
  return variable("CI") == "true";
}

std::optional<nlohmann::json> own_vectors(const std::string& file) {
  return read_json(std::filesystem::path(HOLDSPACE_SOURCE_DIR) / "tests/vectors/v1" / file);
}

ByteVector hex_field(const nlohmann::json& object, const char* name) {
  return from_hex(object.at(name).get<std::string>());
}

}  // namespace holdspace::crypto::testing
