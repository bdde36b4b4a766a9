#include "client/cli/policy_document.hpp"

#include <fstream>

#include "client/cli/terminal.hpp"
#include "client/policy_file.hpp"

namespace holdspace::cli {

using client::Failure;
using client::FailureKind;

boost::system::result<v1::Policy, Failure> read_policy(const std::filesystem::path& file) {
  const auto text = read_file(file, client::kPolicyFileBytesMax);
  if (!text) return Failure{FailureKind::bad_input, file.string() + " cannot be read", {}};
  auto policy = client::parse_policy_file(*text);
  if (!policy.has_value())
    return Failure{FailureKind::bad_input, file.string() + ": " + policy.error().text, {}};
  return std::move(*policy);
}

bool write_policy(const std::filesystem::path& file, const v1::Policy& policy) {
  auto beside = file;
  beside += ".new";
  std::ofstream out(beside, std::ios::binary | std::ios::trunc);
  out << client::format_policy_file(policy);
  out.close();
  std::error_code error;
  if (out) std::filesystem::rename(beside, file, error);
  if (out && !error) return true;
  std::filesystem::remove(beside, error);
  return false;
}

}  // namespace holdspace::cli
