#include "client/agreement.hpp"

#include <vector>

namespace holdspace::client {
namespace {

using boost::system::result;

// Whether a listed device of `account` has signed exactly this.
bool is_signed_by(const AccountDevices& account, std::string_view statement,
                  const crypto::RelationshipId& relationship_id, const crypto::Hash32& hash) {
  for (const auto& device : account.devices) {
    const auto verified = crypto::verify_contact_agreement(view(statement), device.verified_cert());
    if (verified.has_value() && (*verified)->relationship_id == relationship_id &&
        (*verified)->agreement_hash == hash)
      return true;
  }
  return false;
}

}  // namespace

std::string_view describe(AgreementError error) {
  switch (error) {
    case AgreementError::not_signed_by_self:
      return "the agreement that the gateway names was not signed on a device of this account";
    case AgreementError::not_signed_by_peer:
      return "the agreement that the gateway names was not signed on a device of the other side";
  }
  return "";
}

result<std::optional<crypto::Hash32>, AgreementError> agreed_hash(
    const v1::AgreementReply& reply, const crypto::RelationshipId& relationship_id,
    bool self_is_therapist, const AccountDevices& own, const AccountDevices& peer) {
  const auto hash = parse_bytes<32>(reply.in_force());
  if (!hash) return std::optional<crypto::Hash32>();
  const auto& from_self = self_is_therapist ? reply.therapist_agreed() : reply.client_agreed();
  const auto& from_peer = self_is_therapist ? reply.client_agreed() : reply.therapist_agreed();
  if (!is_signed_by(own, from_self, relationship_id, *hash))
    return AgreementError::not_signed_by_self;
  if (!is_signed_by(peer, from_peer, relationship_id, *hash))
    return AgreementError::not_signed_by_peer;
  return hash;
}

void keep_agreement(LocalStore& store, const std::string& relationship_id,
                    const std::optional<crypto::Hash32>& hash) {
  auto known =
      load<records::Relationship>(store, Table::relationship, std::string_view(relationship_id));
  const auto bytes = hash ? to_string(*hash) : std::string();
  if (!known) return;
  if (known->agreement_hash() != bytes) {
    known->set_agreement_hash(bytes);
    save(store, Table::relationship, std::string_view(relationship_id), *known);
  }
  std::vector<std::pair<std::string, records::OutboxRow>> due;
  each<records::OutboxRow>(store, Table::outbox, [&](auto id, const auto& row) {
    if (row.state() == records::UNSIGNED && row.relationship_id() == relationship_id &&
        row.agreement_hash() != bytes)
      due.emplace_back(id, row);
    return true;
  });
  for (auto& [id, row] : due) {
    row.set_state(records::WAITING);
    row.clear_error_code();
    row.clear_error_text();
    save(store, Table::outbox, id, row);
  }
}

std::string sign_agreement(const Identity& self, const crypto::RelationshipId& relationship_id,
                           const crypto::Hash32& hash, crypto::Instant now) {
  crypto::ContactAgreement agreement;
  agreement.relationship_id = relationship_id;
  agreement.agreement_hash = hash;
  agreement.account_id = self.account_id();
  agreement.device_id = self.device.address().device_id;
  agreement.signed_at = now;
  return to_string(crypto::sign_contact_agreement(agreement, self.device.signing_key));
}

}  // namespace holdspace::client
