// See policy_version.hpp.
#include "gateway/policy_version.hpp"

#include <utility>

#include "gateway/fields.hpp"
#include "gateway/policy_wire.hpp"

namespace holdspace::gateway {
namespace {

GatePtr compile(boundary::Policy policy) {
  auto gate = boundary::Gate::compile(std::move(policy));
  if (!gate.has_value()) return nullptr;
  return std::make_shared<const boundary::Gate>(std::move(*gate));
}

v1::OpeningReason to_wire(boundary::OpeningReason reason) {
  switch (reason) {
    case boundary::OpeningReason::kept_promise:
      return v1::KEPT_PROMISE;
    case boundary::OpeningReason::crisis_follow_up:
      return v1::CRISIS_FOLLOW_UP;
    case boundary::OpeningReason::agreed_with_client:
      return v1::AGREED_WITH_CLIENT;
    case boundary::OpeningReason::session_moved:
      return v1::SESSION_MOVED;
    case boundary::OpeningReason::send_now:
      return v1::SEND_NOW;
    case boundary::OpeningReason::leaving:
      return v1::LEAVING;
    case boundary::OpeningReason::other:
      return v1::OTHER_OPENING;
  }
  return v1::OPENING_REASON_UNSPECIFIED;
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

v1::Opening to_wire(const boundary::Opening& opening) {
  v1::Opening wire;
  wire.set_id(opening.id);
  if (opening.relationship_id) wire.set_relationship_id(to_string(*opening.relationship_id));
  wire.set_lane(to_wire(opening.lane));
  wire.set_direction(to_wire(opening.direction));
  wire.set_from_ms(opening.from.time_since_epoch().count());
  wire.set_until_ms(opening.until.time_since_epoch().count());
  wire.set_accepted_through_version(opening.accepted_through_version);
  wire.set_reason(to_wire(opening.reason));
  return wire;
}

}  // namespace holdspace::gateway
