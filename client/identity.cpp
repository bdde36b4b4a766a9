#include "client/identity.hpp"

namespace holdspace::client {
namespace {

constexpr char kSelf[] = "self";

crypto::ByteView expose(std::span<const std::uint8_t> secret) {
  return secret;
}

bool has_session(const LocalStore& store, const std::string& account_id) {
  bool found = false;
  store.scan(Table::session, account_id, [&found](std::string_view, const crypto::SecretBytes&) {
    found = true;
    return false;
  });
  return found;
}

}  // namespace

std::string invite_secret_id(crypto::ByteView invite_id) {
  return "invite:" + to_string(invite_id);
}

std::string_view role_name(crypto::Role role) {
  switch (role) {
    case crypto::Role::admin:
      return "admin";
    case crypto::Role::therapist:
      return "therapist";
    case crypto::Role::client:
      return "client";
    case crypto::Role::auditor:
      return "auditor";
  }
  return "?";
}

void save_new_identity(LocalStore& store, const NewIdentity& made) {
  const auto& packet = made.packet;
  records::Profile profile;
  profile.set_practice_id(to_string(packet.practice_id));
  profile.set_role(static_cast<std::uint32_t>(packet.role));
  profile.set_address(format_address(made.address));
  profile.set_gateway_key(to_string(packet.gateway_key.bytes));
  profile.set_organisation_key(to_string(packet.organisation_key.bytes));
  profile.set_inviter_name(packet.display_name);

  LocalStore::Transaction transaction(store);
  if (packet.kind == crypto::InviteKind::operator_to_admin) {
    const auto organisation = crypto::OrganisationKey::generate();
    profile.set_organisation_key(to_string(organisation.public_key().bytes));
    store.put(Table::secret, kOrganisationSecret, expose(organisation.expose_seed().expose()));
  }
  save(store, Table::profile, kSelf, profile);
  store.put(Table::secret, kAccountSecret,
            expose(made.enrolment.account_key.expose_seed().expose()));
  save_device(store, made.enrolment.device);
  if (packet.inviter) save_inviter(store, made.invite, packet, packet.display_name);
  transaction.commit();
}

void save_inviter(LocalStore& store, const crypto::InviteSecret& invite,
                  const crypto::InvitePacket& packet, const std::string& label) {
  const auto& inviter = packet.inviter.value();
  const auto account = to_string(inviter.pin.account_id);
  auto peer = load<records::Peer>(store, Table::peer, account).value_or(records::Peer());
  peer.set_account_key(to_string(inviter.pin.account_key.bytes));
  peer.set_pinned(true);
  // A list that was verified since is newer than the packet's, or the same.
  if (peer.device_list().empty()) peer.set_device_list(to_string(inviter.device_list));
  if (packet.kind == crypto::InviteKind::therapist_to_client) {
    if (!has_session(store, account)) {
      peer.set_invite_id(to_string(invite.id()));
      store.put(Table::secret, invite_secret_id(invite.id()), expose(invite.expose().expose()));
    }
    records::Relationship relationship;
    relationship.set_peer_account_id(account);
    relationship.set_label(label);
    relationship.set_ordinal(store.next("relationship"));
    save(store, Table::relationship, packet.relationship_id, relationship);
  }
  save(store, Table::peer, account, peer);
}

Identity load_identity(const LocalStore& store) {
  auto profile = load<records::Profile>(store, Table::profile, std::string_view(kSelf));
  const auto device_bytes = store.get(Table::secret, kDeviceSecret);
  if (!profile || !device_bytes) throw StoreFailure("the profile holds no device; enroll again");
  auto device = crypto::parse_local_device(*device_bytes);
  const auto practice = parse_bytes<16>(profile->practice_id());
  const auto gateway = parse_bytes<32>(profile->gateway_key());
  auto address = parse_address(profile->address());
  if (!device || !practice || !gateway || !address.has_value())
    throw StoreFailure("the profile's own record is not readable by this version");
  const auto role = static_cast<crypto::Role>(profile->role());
  return {std::move(*device), std::move(*profile), *practice,
          {*gateway},         std::move(*address), role};
}

void save_device(LocalStore& store, const crypto::LocalDevice& device) {
  store.put(Table::secret, kDeviceSecret, crypto::encode_local_device(device));
  store.put(Table::own_list, encode_u64(device.list->epoch), device.list.hash());
}

std::vector<crypto::ListRef> own_lists(const LocalStore& store) {
  std::vector<crypto::ListRef> lists;
  store.scan(Table::own_list, {}, [&lists](std::string_view id, const crypto::SecretBytes& hash) {
    if (const auto bytes = crypto::to_bytes<32>(hash)) lists.push_back({decode_u64(id), *bytes});
    return true;
  });
  return lists;
}

std::optional<crypto::InviteSecret> load_invite_secret(const LocalStore& store,
                                                       crypto::ByteView invite_id) {
  const auto bytes = store.get(Table::secret, invite_secret_id(invite_id));
  if (!bytes || bytes->size() != crypto::kInviteSecretBytes) return std::nullopt;
  return crypto::InviteSecret::from_bytes(crypto::Secret<crypto::kInviteSecretBytes>(
      std::span<const std::uint8_t, crypto::kInviteSecretBytes>(*bytes)));
}

crypto::AccountKey load_account_key(const LocalStore& store) {
  const auto seed = store.get(Table::secret, kAccountSecret);
  if (!seed || seed->size() != 32) throw StoreFailure("the profile holds no account key");
  return crypto::AccountKey::from_seed(
      crypto::Secret<32>(std::span<const std::uint8_t, 32>(*seed)));
}

}  // namespace holdspace::client
