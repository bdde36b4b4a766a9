// Questions to the gateway about people and their keys. What comes back about keys is checked
// before it is remembered.
#include <utility>

#include "client/client.hpp"
#include "client/clock.hpp"
#include "crypto/random.hpp"

namespace holdspace::client {

namespace asio = boost::asio;
using boost::system::result;

asio::awaitable<Client::Answer> Client::ask(v1::ClientFrame frame) {
  if (!is_connected()) co_return Failure{FailureKind::unreachable, "not connected", {}};
  const auto connection = connection_;
  auto answer = co_await connection->request(std::move(frame));
  if (!answer.has_value())
    co_return Failure{FailureKind::not_answered, "the gateway did not answer; try again", {}};
  if (answer->has_error()) co_return refused(answer->error());
  co_return std::move(*answer);
}

asio::awaitable<result<v1::Devices, Failure>> Client::fetch_devices(crypto::AccountId account_id) {
  v1::ClientFrame frame;
  frame.mutable_fetch_devices()->set_account_id(to_string(account_id));
  auto answer = co_await ask(std::move(frame));
  if (!answer.has_value()) co_return answer.error();
  co_return std::move(*answer->mutable_devices());
}

// An account that nobody has pinned may be sealed to only under the secret of the invite that it
// redeemed: then only the invited person can read it, whatever key the gateway names.
std::optional<crypto::Pin> Client::pin_for(const crypto::AccountId& account_id,
                                           const v1::Devices& fetched, records::Peer& peer) const {
  if (account_id == identity_.account_id()) {
    peer.set_pinned(true);
    return crypto::Pin{account_id, identity_.device.trusted.cert().account_key};
  }
  if (const auto key = parse_bytes<32>(peer.account_key())) return crypto::Pin{account_id, {*key}};
  std::string invite_id;
  each<records::Relationship>(*store_, Table::relationship, [&](auto id, const auto& relationship) {
    if (relationship.peer_account_id() != to_string(account_id)) return true;
    each<records::Invite>(*store_, Table::invite, [&](auto invite, const auto& made) {
      if (made.relationship_id() == id && !made.spent()) invite_id = invite;
      return invite_id.empty();
    });
    return invite_id.empty();
  });
  const auto pin = claimed_pin(fetched);
  if (invite_id.empty() || !pin || pin->account_id != account_id) return std::nullopt;
  peer.set_invite_id(invite_id);
  return pin;
}

asio::awaitable<result<AccountDevices, Failure>> Client::devices(crypto::AccountId account_id) {
  const auto fetched = co_await fetch_devices(account_id);
  if (!fetched.has_value()) co_return fetched.error();
  auto peer = load<records::Peer>(*store_, Table::peer, account_id).value_or(records::Peer());
  const auto pin = pin_for(account_id, *fetched, peer);
  if (!pin) co_return Failure{FailureKind::untrusted, "nothing proves whose account this is", {}};
  auto checked = check_devices(*pin, *fetched, peer.device_list());
  if (!checked.has_value())
    co_return Failure{FailureKind::untrusted, std::string(describe(checked.error())), {}};
  remember_devices(peer, *checked);
  LocalStore::Transaction transaction(*store_);
  save(*store_, Table::peer, account_id, peer);
  for (const auto& revoked : checked->list->revoked)
    store_->erase(Table::session, session_id({account_id, revoked.device_id}));
  transaction.commit();
  co_return std::move(*checked);
}

asio::awaitable<result<v1::Relationships, Failure>> Client::relationships() {
  v1::ListRelationships question;
  auto answer = co_await exchange(std::move(question), &v1::ClientFrame::mutable_list_relationships,
                                  &v1::ServerFrame::mutable_relationships);
  if (!answer.has_value()) co_return answer.error();
  std::vector<crypto::RelationshipId> agreed_otherwise;
  {
    LocalStore::Transaction transaction(*store_);
    for (const auto& listed : answer->relationships()) {
      auto known =
          load<records::Relationship>(*store_, Table::relationship, listed.relationship_id());
      // Only those that this device has an invite for: the gateway's word makes no relationship.
      const auto id = parse_bytes<16>(listed.relationship_id());
      if (!known || !id || listed.peer_account_id().empty()) continue;
      if (known->agreement_hash() != listed.agreement_hash()) agreed_otherwise.push_back(*id);
      if (!known->peer_account_id().empty()) continue;
      known->set_peer_account_id(listed.peer_account_id());
      save(*store_, Table::relationship, listed.relationship_id(), *known);
    }
    transaction.commit();
  }
  for (const auto& id : agreed_otherwise) {
    const auto fetched = co_await fetch_agreement(id);
    if (!fetched.has_value()) note("agreement: " + fetched.error().text);
  }
  co_return answer;
}

std::string Client::unused_label(const std::string& wanted, crypto::Role role) const {
  std::set<std::string> used;
  each<records::Relationship>(*store_, Table::relationship, [&used](auto, const auto& known) {
    used.insert(known.label());
    return true;
  });
  each<records::Invite>(*store_, Table::invite, [&used](auto, const auto& made) {
    used.insert(made.label());
    return true;
  });
  if (!wanted.empty()) return used.contains(wanted) ? std::string() : wanted;
  for (std::size_t number = 1;; ++number) {
    auto label = std::string(role_name(role)) + "-" + std::to_string(number);
    if (!used.contains(label)) return label;
  }
}

asio::awaitable<result<Invitation, Failure>> Client::invite(InviteRequest request) {
  const bool for_client = request.role == crypto::Role::client;
  if (request.label.size() > kLabelBytesMax || request.display_name.size() > kLabelBytesMax)
    co_return Failure{FailureKind::bad_input, "a name is at most 100 bytes", {}};
  const auto label = unused_label(request.label, request.role);
  if (label.empty())
    co_return Failure{FailureKind::bad_input, "there is somebody of that name already", {}};

  auto secret = crypto::InviteSecret::generate();
  crypto::InvitePacket packet;
  packet.kind =
      for_client ? crypto::InviteKind::therapist_to_client : crypto::InviteKind::admin_to_staff;
  packet.practice_id = identity_.practice_id;
  packet.role = request.role;
  if (for_client) packet.relationship_id = crypto::random_array<16>();
  const auto& own_list = identity_.device.list;
  packet.inviter =
      crypto::Inviter{{identity_.account_id(), own_list->account_key}, own_list.signed_bytes()};
  packet.organisation_key.bytes =
      parse_bytes<32>(identity_.profile.organisation_key()).value_or(crypto::Bytes<32>{});
  packet.gateway_key = identity_.gateway_key;
  packet.display_name =
      request.display_name.empty() ? std::string(role_name(identity_.role)) : request.display_name;
  packet.expires_at = now() + kInviteValidity;

  // Durable before the gateway knows of it: an invite that could be redeemed and not recognised
  // would be lost.
  records::Invite record;
  record.set_role(static_cast<std::uint32_t>(request.role));
  record.set_label(label);
  record.set_expires_at_ms(to_ms(packet.expires_at));
  {
    LocalStore::Transaction transaction(*store_);
    if (for_client) {
      record.set_relationship_id(to_string(packet.relationship_id));
      records::Relationship relationship;
      relationship.set_self_is_therapist(true);
      relationship.set_label(label);
      relationship.set_ordinal(store_->next("relationship"));
      save(*store_, Table::relationship, packet.relationship_id, relationship);
    }
    save(*store_, Table::invite, secret.id(), record);
    store_->put(Table::secret, invite_secret_id(secret.id()), secret.expose().expose());
    transaction.commit();
  }
  v1::ClientFrame frame;
  auto& create = *frame.mutable_create_invite();
  create.set_invite_id(to_string(secret.id()));
  create.set_claim_key(to_string(secret.claim_key().public_key().bytes));
  create.set_packet(to_string(crypto::seal_invite_packet(secret, identity_.address.host, packet)));
  create.set_role(static_cast<std::uint32_t>(request.role));
  if (for_client) create.set_relationship_id(to_string(packet.relationship_id));
  create.set_expires_at_ms(to_ms(packet.expires_at));
  const auto answer = co_await ask(std::move(frame));
  if (!answer.has_value()) {
    // After a definite refusal nobody can redeem it; without an answer the code is not shown, so
    // nobody can either.
    LocalStore::Transaction transaction(*store_);
    store_->erase(Table::invite, to_string(secret.id()));
    store_->erase(Table::secret, invite_secret_id(secret.id()));
    if (for_client) store_->erase(Table::relationship, to_string(packet.relationship_id));
    transaction.commit();
    co_return answer.error();
  }
  co_return Invitation{secret.code(), label, packet.relationship_id, packet.expires_at};
}

}  // namespace holdspace::client
