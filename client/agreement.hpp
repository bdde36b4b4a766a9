// Contact agreements as this device believes them: what the gateway says is in force counts only
// with the signatures of both sides' devices under it. docs/protocol.md section 2, type 6.
#pragma once

#include <boost/system/result.hpp>
#include <optional>
#include <string>

#include "client/identity.hpp"
#include "client/people.hpp"

namespace holdspace::client {

enum class AgreementError : std::uint8_t {
  not_signed_by_self,  // no statement by a listed device of the own account for that hash
  not_signed_by_peer,  // none by a listed device of the other side
};
[[nodiscard]] std::string_view describe(AgreementError error);

// The hash in force that both sides have signed; none: the gateway says that none is. `own` and
// `peer`: their checked devices.
[[nodiscard]] boost::system::result<std::optional<crypto::Hash32>, AgreementError> agreed_hash(
    const v1::AgreementReply& reply, const crypto::RelationshipId& relationship_id,
    bool self_is_therapist, const AccountDevices& own, const AccountDevices& peer);

// Messages of the relationship are sealed under `hash` (none: zeros). What waits for a signature
// and was sealed under another one waits to be sent again. Inside a transaction.
void keep_agreement(LocalStore& store, const std::string& relationship_id,
                    const std::optional<crypto::Hash32>& hash);

// The Signed statement of this device.
[[nodiscard]] std::string sign_agreement(const Identity& self,
                                         const crypto::RelationshipId& relationship_id,
                                         const crypto::Hash32& hash, crypto::Instant now);

}  // namespace holdspace::client
