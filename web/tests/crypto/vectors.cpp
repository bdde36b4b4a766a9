// Vector files of tests/crypto/support/json_vectors.hpp, from the page instead of a file system.
#include <cstdint>
#include <string>

#include "tests/crypto/support/json_vectors.hpp"
#include "tests/crypto/support/people.hpp"

#define IMPORTED(name) extern "C" __attribute__((import_module("files"), import_name(#name)))

// The length of a file that the page holds, or -1.
IMPORTED(file_size) std::int32_t file_size(const char* name, std::size_t name_size);
IMPORTED(read_file) void read_file(const char* name, std::size_t name_size, char* out);
// Whether a published file that is not there is a failure: in a CI run.
IMPORTED(missing_files_fail) std::int32_t missing_files_fail();

namespace holdspace::crypto::testing {
namespace {

std::optional<nlohmann::json> read_json(const std::string& name) {
  const std::int32_t size = file_size(name.data(), name.size());
  if (size < 0) return std::nullopt;
  std::string text(static_cast<std::size_t>(size), '\0');
  read_file(name.data(), name.size(), text.data());
  return nlohmann::json::parse(text);
}

}  // namespace

std::optional<nlohmann::json> published_vectors(const std::string& file) {
  return read_json("published/" + file);
}

std::string how_to_get_vectors(const std::string& file) {
  return file + " is not there: see the same test of the native build";
}

bool missing_vectors_fail() {
  return missing_files_fail() != 0;
}

std::optional<nlohmann::json> own_vectors(const std::string& file) {
  return read_json("vectors/" + file);
}

ByteVector hex_field(const nlohmann::json& object, const char* name) {
  return from_hex(object.at(name).get<std::string>());
}

}  // namespace holdspace::crypto::testing
