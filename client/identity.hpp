// Who this device is: its keys, and what it pinned when it redeemed its invite. docs/protocol.md
// sections 2 and 3.2.
#pragma once

#include <string>
#include <vector>

#include "client/address.hpp"
#include "client/local_store.hpp"
#include "client/records.hpp"
#include "crypto/invite.hpp"
#include "crypto/keys.hpp"

namespace holdspace::client {

struct Identity {
  crypto::LocalDevice device;
  records::Profile profile;
  crypto::PracticeId practice_id{};
  crypto::GatewayPublicKey gateway_key;
  Address address;
  crypto::Role role = crypto::Role::client;

  [[nodiscard]] const crypto::AccountId& account_id() const {
    return device.trusted.cert().account_id;
  }
};

// Ids in table secret.
inline constexpr char kDeviceSecret[] = "device";
inline constexpr char kAccountSecret[] = "account_key";
inline constexpr char kOrganisationSecret[] = "organisation_key";
[[nodiscard]] std::string invite_secret_id(crypto::ByteView invite_id);

// Everything that redeeming an invite yields, in one transaction. The invite's own secret stays
// until it has served in a first handshake.
struct NewIdentity {
  const crypto::Enrolment& enrolment;
  const crypto::InviteSecret& invite;
  const crypto::InvitePacket& packet;
  Address address;
};
void save_new_identity(LocalStore& store, const NewIdentity& made);

// The inviter of an invite that this account uses: pinned as the packet names it, and known already
// or not. With a client's invite also the relationship, called `label` here; the invite's secret
// is kept until it has served in a first handshake, and not at all where a session exists. Inside
// the caller's transaction.
void save_inviter(LocalStore& store, const crypto::InviteSecret& invite,
                  const crypto::InvitePacket& packet, const std::string& label);

// Throws StoreFailure when the store holds none: enrolment did not finish.
[[nodiscard]] Identity load_identity(const LocalStore& store);

// This device with a newer list of its own account; also remembered in table own_list.
void save_device(LocalStore& store, const crypto::LocalDevice& device);

// Every list of the own account that this device knows.
[[nodiscard]] std::vector<crypto::ListRef> own_lists(const LocalStore& store);

// The secret of an invite that this device made or redeemed; nothing when it is not held any more.
[[nodiscard]] std::optional<crypto::InviteSecret> load_invite_secret(const LocalStore& store,
                                                                     crypto::ByteView invite_id);

// The own account key, to sign a new device list with.
[[nodiscard]] crypto::AccountKey load_account_key(const LocalStore& store);

// "admin", "therapist", "client" or "auditor".
[[nodiscard]] std::string_view role_name(crypto::Role role);

}  // namespace holdspace::client
