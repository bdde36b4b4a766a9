#include "tests/client/two_devices.hpp"

#include <stdexcept>

#include "client/compose.hpp"
#include "client/content.hpp"
#include "crypto/random.hpp"

namespace holdspace::client {
namespace {

crypto::KeyFileKey test_key() {
  return {crypto::Secret<32>()};
}

std::unique_ptr<LocalStore> make_store(const std::filesystem::path& folder) {
  auto store = LocalStore::create(folder, test_key());
  if (!store.has_value()) throw std::runtime_error(describe(store.error(), folder));
  return std::move(*store);
}

crypto::InvitePacket packet_of(const crypto::Enrolment& inviter, crypto::InviteKind kind,
                               crypto::Role role) {
  crypto::InvitePacket packet;
  packet.kind = kind;
  packet.role = role;
  packet.practice_id.fill(7);
  packet.inviter =
      crypto::Inviter{{inviter.device.address().account_id, inviter.account_key.public_key()},
                      inviter.device.list.signed_bytes()};
  packet.display_name = kind == crypto::InviteKind::therapist_to_client ? "therapist" : "admin";
  return packet;
}

}  // namespace

v1::Devices TestDevice::devices() const {
  v1::Devices out;
  out.set_device_list(to_string(identity->device.list.signed_bytes()));
  out.add_certs(to_string(identity->device.trusted.verified_cert().signed_bytes()));
  return out;
}

v1::DevicePrekeys TestDevice::serve_prekeys() {
  v1::DevicePrekeys out;
  out.set_device_id(identity->device.address().device_id);
  out.set_prekey_set(prekey_set);
  if (!one_time_keys.empty()) {
    out.set_one_time_key(one_time_keys.front());
    one_time_keys.pop_front();
  }
  return out;
}

void TestDevice::publish_prekeys(std::size_t one_time_keys_count) {
  LocalStore::Transaction transaction(*store);
  const auto at = identity->device.trusted.cert().created_at;
  const auto id = static_cast<std::uint32_t>(store->next("prekey"));
  const auto made = crypto::make_prekeys(identity->device, id, at);
  store->put(Table::prekey, encode_u32(id), crypto::encode_prekey_pair(made.secrets));
  prekey_set = to_string(made.signed_set);
  for (const auto& key : crypto::make_one_time_keys(identity->device, 1, one_time_keys_count, at)) {
    store->put(Table::one_time_key, encode_u32(key.secret.id),
               crypto::encode_one_time_prekey(key.secret));
    one_time_keys.push_back(to_string(key.signed_key));
  }
  transaction.commit();
}

TwoDevices::TwoDevices() {
  crypto::init();
  const Address address{Scheme::tls, "localhost", 1};
  const auto admin = crypto::enrol(crypto::Platform::native, now);
  therapist.store = make_store(folder_.path() / "therapist");
  const auto therapist_keys = crypto::enrol(crypto::Platform::native, now);
  const auto staff_invite = crypto::InviteSecret::generate();
  save_new_identity(
      *therapist.store,
      {therapist_keys, staff_invite,
       packet_of(admin, crypto::InviteKind::admin_to_staff, crypto::Role::therapist), address});
  therapist.identity = load_identity(*therapist.store);

  relationship = crypto::random_array<16>();
  const auto invite = crypto::InviteSecret::generate();
  invite_id = invite.id();
  {
    LocalStore::Transaction transaction(*therapist.store);
    records::Invite made;
    made.set_role(3);
    made.set_relationship_id(to_string(relationship));
    save(*therapist.store, Table::invite, invite_id, made);
    therapist.store->put(Table::secret, invite_secret_id(invite_id), invite.expose().expose());
    records::Relationship known;
    known.set_self_is_therapist(true);
    known.set_label("client-1");
    save(*therapist.store, Table::relationship, relationship, known);
    transaction.commit();
  }
  client.store = make_store(folder_.path() / "client");
  const auto client_keys = crypto::enrol(crypto::Platform::native, now);
  auto packet =
      packet_of(therapist_keys, crypto::InviteKind::therapist_to_client, crypto::Role::client);
  packet.relationship_id = relationship;
  save_new_identity(*client.store, {client_keys, invite, packet, address});
  client.identity = load_identity(*client.store);
  therapist.publish_prekeys(2);
  client.publish_prekeys(2);
}

std::string TwoDevices::compose_only(TestDevice& from, const std::string& text) {
  LocalStore::Transaction transaction(*from.store);
  auto id = compose(*from.store, *from.identity, {relationship, crypto::Lane::routine, text}, now);
  transaction.commit();
  return id;
}

void TwoDevices::seal(TestDevice& from, TestDevice& to, const std::string& outbox_id) {
  FetchedPrekeys prekeys;
  for (int round = 0; round < 4; ++round) {
    SealNeed need;
    {
      LocalStore::Transaction transaction(*from.store);
      auto sealed_row = row(from, outbox_id);
      const auto sealed = seal_row(*from.store, *from.identity, sealed_row, prekeys, now);
      if (sealed.has_value()) {
        save(*from.store, Table::outbox, outbox_id, sealed_row);
        transaction.commit();
        return;
      }
      need = sealed.error();
    }
    const auto account = to.identity->account_id();
    if (need.gap == SealGap::prekeys) {
      prekeys[{account, 1}] = to.serve_prekeys();
    } else if (need.gap == SealGap::devices) {
      LocalStore::Transaction transaction(*from.store);
      auto peer = load<records::Peer>(*from.store, Table::peer, account).value_or(records::Peer());
      if (peer.account_key().empty()) peer.set_invite_id(to_string(invite_id));
      const auto pin = claimed_pin(to.devices());
      const auto devices = check_devices(*pin, to.devices(), peer.device_list());
      if (!devices.has_value()) throw std::runtime_error(std::string(describe(devices.error())));
      remember_devices(peer, *devices);
      save(*from.store, Table::peer, account, peer);
      transaction.commit();
    } else {
      throw std::runtime_error("sealing lacks something that cannot be fetched");
    }
  }
  throw std::runtime_error("sealing asks for ever");
}

records::OutboxRow TwoDevices::write(TestDevice& from, TestDevice& to, const std::string& text) {
  const auto id = compose_only(from, text);
  seal(from, to, id);
  return row(from, id);
}

records::OutboxRow TwoDevices::row(const TestDevice& device, const std::string& outbox_id) const {
  return load<records::OutboxRow>(*device.store, Table::outbox, std::string_view(outbox_id))
      .value();
}

v1::Delivered TwoDevices::delivery(TestDevice& to, const records::OutboxRow& sent) const {
  v1::Send send;
  if (!send.ParseFromString(sent.send()) || send.copies_size() != 1)
    throw std::runtime_error("not one sealed copy");
  v1::Delivered item;
  item.set_relationship_id(send.relationship_id());
  item.set_lane(send.lane());
  item.set_seq(++to.seq);
  *item.mutable_envelope() = send.copies(0);
  return item;
}

Opened TwoDevices::open(TestDevice& to, TestDevice& from, const v1::Delivered& item) {
  FetchedDevices fetched;
  for (int round = 0; round < 2; ++round) {
    LocalStore::Transaction transaction(*to.store);
    auto opened = open_delivered(*to.store, *to.identity, item, fetched, "epoch", now);
    if (opened.step != OpenStep::need_devices) {
      transaction.commit();
      return opened;
    }
    fetched[opened.account] = from.devices();
  }
  throw std::runtime_error("opening asks for devices twice");
}

std::vector<std::string> TwoDevices::incoming_texts(const TestDevice& device) const {
  std::vector<std::string> texts;
  each<records::Message>(*device.store, Table::message, [&texts](auto, const auto& message) {
    if (!message.outgoing()) texts.push_back(message.text());
    return true;
  });
  return texts;
}

records::Message TwoDevices::message(const TestDevice& device, std::uint64_t ordinal) const {
  return load<records::Message>(*device.store, Table::message,
                                std::string_view(encode_u64(ordinal)))
      .value();
}

void TwoDevices::tell_therapist_who_redeemed() {
  LocalStore::Transaction transaction(*therapist.store);
  auto known =
      load<records::Relationship>(*therapist.store, Table::relationship, relationship).value();
  known.set_peer_account_id(to_string(client.identity->account_id()));
  save(*therapist.store, Table::relationship, relationship, known);
  transaction.commit();
}

}  // namespace holdspace::client
