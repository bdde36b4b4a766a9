// See policy_change.hpp.
#include "gateway/policy_change.hpp"

#include <algorithm>

#include "gateway/client_view.hpp"
#include "gateway/fields.hpp"
#include "gateway/reply_error.hpp"
#include "storage/account_store.hpp"

namespace holdspace::gateway {
namespace {

constexpr const char* kStatementPath = "apply_policy.statement";

// What the client of a relationship can see of a policy, but for its number.
std::string seen_by_client(const v1::Policy& policy, storage::RelationshipId relationship,
                           boundary::Instant now) {
  auto view = client_view(policy, relationship.bytes, now);
  view.clear_version();
  return view.SerializeAsString();
}

bool lives(boundary::RelationshipState state) {
  switch (state) {
    case boundary::RelationshipState::active:
    case boundary::RelationshipState::paused:
    case boundary::RelationshipState::ending:
      return true;
    case boundary::RelationshipState::invited:
    case boundary::RelationshipState::ended:
    case boundary::RelationshipState::severed:
      return false;
  }
  return false;
}

}  // namespace

std::optional<std::string> fault_of_hours(const v1::Policy& document) {
  for (int i = 0; i < document.windows_size(); ++i)
    if (document.windows(i).direction() != v1::TO_CLIENT)
      return element_path("windows", i, "direction");
  for (int i = 0; i < document.exceptions_size(); ++i) {
    const auto& exception = document.exceptions(i);
    for (const auto direction : exception.directions())
      if (direction != v1::TO_CLIENT) return element_path("exceptions", i, "directions");
    if (!exception.cover_account_id().empty())
      return element_path("exceptions", i, "cover_account_id");
  }
  if (document.relationship_rules_size() > 0) return "relationship_rules";
  if (document.closures_size() > 0) return "closures";
  if (document.openings_size() > 0) return "openings";
  if (document.has_limits()) return "limits";
  if (document.has_terms()) return "terms";
  return std::nullopt;
}

std::optional<std::string> fault_of_openings(const v1::Policy& document) {
  for (int i = 0; i < document.openings_size(); ++i)
    if (document.openings(i).reason() == v1::KEPT_PROMISE)
      return element_path("openings", i, "reason");
  return std::nullopt;
}

boost::system::result<void, v1::Error> check_statement(
    const std::string& statement, const crypto::Verified<crypto::DeviceCert>& cert,
    storage::AccountId owner, std::uint64_t version, const std::string& document) {
  if (statement.empty()) return make_error(v1::SIGNATURE_NEEDED);
  if (statement.size() > storage::kStatementMax) return invalid_field(kStatementPath);
  const auto change = crypto::verify_policy_change(view(statement), cert);
  if (!change.has_value()) return to_error(change.error(), kStatementPath);
  const auto& said = **change;
  if (said.owner != owner.bytes || said.version != version ||
      said.document_hash != crypto::policy_document_hash(view(document)))
    return invalid_field(kStatementPath);
  return boost::system::in_place_value;
}

bool opens_gate(const v1::Policy& before, const v1::Policy& after) {
  const auto known = [&](const v1::Opening& opening) {
    const auto bytes = opening.SerializeAsString();
    return std::any_of(
        before.openings().begin(), before.openings().end(),
        [&](const v1::Opening& earlier) { return earlier.SerializeAsString() == bytes; });
  };
  return !std::all_of(after.openings().begin(), after.openings().end(), known);
}

std::vector<AccountNotice> hours_notices(const v1::Policy& before, const v1::Policy& after,
                                         std::span<const storage::RelationshipFacts> relationships,
                                         boundary::Instant now) {
  std::vector<AccountNotice> notices;
  for (const auto& relationship : relationships) {
    if (!lives(relationship.state)) continue;
    if (seen_by_client(before, relationship.id, now) == seen_by_client(after, relationship.id, now))
      continue;
    auto& told = notices.emplace_back();
    told.account = relationship.client;
    told.notice.mutable_policy()->set_relationship_id(storage::to_bytes(relationship.id));
    told.notice.mutable_policy()->set_version(after.version());
  }
  return notices;
}

}  // namespace holdspace::gateway
