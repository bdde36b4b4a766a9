// See policy_version.hpp.
#include "gateway/policy_version.hpp"

#include <utility>

#include "gateway/policy_wire.hpp"

namespace holdspace::gateway {
namespace {

GatePtr compile(boundary::Policy policy) {
  auto gate = boundary::Gate::compile(std::move(policy));
  if (!gate.has_value()) return nullptr;
  return std::make_shared<const boundary::Gate>(std::move(*gate));
}

}  // namespace

std::string encode_version(std::string document, std::span<const boundary::Opening> kept) {
  v1::PolicyVersion version;
  version.set_document(std::move(document));
  for (const auto& opening : kept) *version.add_kept() = to_wire(opening);
  return version.SerializeAsString();
}

std::optional<v1::PolicyVersion> parse_version(const std::string& bytes) {
  v1::PolicyVersion version;
  if (!version.ParseFromString(bytes)) return std::nullopt;
  return version;
}

GatePtr compile_version(const std::string& bytes, std::uint64_t version) {
  const auto stored = parse_version(bytes);
  v1::Policy document;
  if (!stored || !document.ParseFromString(stored->document())) return nullptr;
  for (const auto& opening : stored->kept()) *document.add_openings() = opening;
  auto policy = to_policy(document);
  if (!policy.has_value()) return nullptr;
  policy->version = version;
  return compile(std::move(*policy));
}

GatePtr compile_no_policy() {
  boundary::Policy empty;
  empty.zone = "Etc/UTC";
  return compile(std::move(empty));
}

}  // namespace holdspace::gateway
