#include "client/seal.hpp"

#include "client/content.hpp"
#include "crypto/session.hpp"

namespace holdspace::client {
namespace {

using boost::system::result;

// One account whose devices get copies.
struct Audience {
  AccountDevices devices;
  records::Peer peer;
  crypto::RelationshipId relationship_in_env{};  // zeros between devices of one account
};

result<Audience, SealNeed> find_audience(const LocalStore& store, const crypto::AccountId& account,
                                         const crypto::RelationshipId& relationship_in_env) {
  auto peer = load<records::Peer>(store, Table::peer, account);
  if (!peer) return SealNeed{SealGap::devices, account, {}};
  auto devices = held_devices(account, *peer);
  if (!devices) return SealNeed{SealGap::devices, account, {}};
  return Audience{std::move(*devices), std::move(*peer), relationship_in_env};
}

result<std::vector<Audience>, SealNeed> find_audiences(const LocalStore& store,
                                                       const Identity& self,
                                                       const crypto::RelationshipId& id,
                                                       const records::Relationship& relationship) {
  const auto peer_id = parse_bytes<16>(relationship.peer_account_id());
  if (!peer_id) return SealNeed{SealGap::no_peer_yet, {}, {}};
  std::vector<Audience> audiences;
  auto peer = find_audience(store, *peer_id, id);
  if (!peer.has_value()) return peer.error();
  audiences.push_back(std::move(*peer));
  if (self.device.list->active.size() > 1) {
    auto own = find_audience(store, self.account_id(), {});
    if (!own.has_value()) return own.error();
    audiences.push_back(std::move(*own));
  }
  return audiences;
}

crypto::PeerSessions load_sessions(const LocalStore& store, const crypto::DeviceAddress& self,
                                   const crypto::DeviceAddress& peer) {
  const auto state = store.get(Table::session, session_id(peer));
  if (!state) return {self, peer};
  auto sessions = crypto::PeerSessions::parse(*state);
  if (!sessions) throw StoreFailure("a session of the local store is damaged");
  return std::move(*sessions);
}

// A session to begin. The first one is with the invite's secret until the peer has proved that it
// holds it too; a further one proves that it continues the one that is there.
result<crypto::PeerSessions, SealGap> begin_session(const LocalStore& store, const Identity& self,
                                                    Audience& audience,
                                                    const crypto::TrustedDevice& device,
                                                    const v1::DevicePrekeys& fetched,
                                                    const crypto::PeerSessions& sessions,
                                                    crypto::Instant now) {
  auto set = crypto::verify_prekey_set(view(fetched.prekey_set()), device.verified_cert());
  if (!set.has_value()) return SealGap::bad_prekeys;
  crypto::PeerPrekeys prekeys{device, std::move(*set), std::nullopt};
  if (!fetched.one_time_key().empty()) {
    auto key = crypto::verify_one_time_key(view(fetched.one_time_key()), device.verified_cert());
    if (!key.has_value()) return SealGap::bad_prekeys;
    prekeys.one_time_key = std::move(*key);
  }
  crypto::Psk psk;
  if (!audience.peer.invite_id().empty()) {
    if (const auto invite = load_invite_secret(store, view(audience.peer.invite_id())))
      psk = invite->psk();
  }
  const auto device_id = device.cert().device_id;
  const auto newest = newest_prekeys(audience.peer, device_id);
  auto begun = sessions.can_seal() ? sessions.renew(self.device, prekeys, newest, now)
                                   : sessions.initiate(self.device, prekeys, psk, newest, now);
  if (!begun.has_value()) return SealGap::bad_prekeys;
  remember_prekeys(audience.peer, device_id, prekeys.prekeys->created_at);
  return std::move(*begun);
}

v1::Direct to_wire(const crypto::Direct& direct) {
  v1::Direct out;
  out.set_env(to_string(direct.env));
  out.set_hs(to_string(direct.hs));
  out.set_eh(to_string(direct.eh));
  out.set_body(to_string(direct.body));
  return out;
}

struct Sealing {
  LocalStore& store;
  const Identity& self;
  const records::OutboxRow& row;
  const FetchedPrekeys& prekeys;
  const std::string& content;
  crypto::Hash32 agreement_hash;
  crypto::Instant now;
};

result<void, SealNeed> seal_for(const Sealing& work, Audience& audience, v1::Send& send) {
  const auto me = work.self.device.address();
  SealNeed missing{SealGap::prekeys, audience.devices.pin.account_id, {}};
  crypto::Facts facts;
  facts.lane = static_cast<crypto::Lane>(work.row.lane());
  facts.content_class =
      work.row.control() != 0 ? crypto::ContentClass::control : crypto::ContentClass::content;
  facts.message_id = *parse_bytes<16>(work.row.message_id());
  facts.relationship_id = audience.relationship_in_env;
  // Between devices of one account ENV names no relationship, and so no terms.
  if (audience.relationship_in_env != crypto::RelationshipId{})
    facts.agreement_hash = work.agreement_hash;

  for (const auto& device : audience.devices.devices) {
    const auto address = device.address();
    if (address == me) continue;
    auto sessions = load_sessions(work.store, me, address);
    auto sealed = sessions.seal(facts, view(work.content));
    // No session yet, one that is used up, or one that the peer's envelopes do not open on.
    if (!sealed.has_value() || work.row.new_session_with() == session_id(address)) {
      const auto fetched = work.prekeys.find({address.account_id, address.device_id});
      if (fetched == work.prekeys.end()) {
        missing.devices.push_back(address.device_id);
        continue;
      }
      auto begun = begin_session(work.store, work.self, audience, device, fetched->second, sessions,
                                 work.now);
      if (begun.has_value())
        sealed = begun->seal(facts, view(work.content));
      else if (!sealed.has_value())
        return SealNeed{begun.error(), address.account_id, {address.device_id}};
    }
    if (!sealed.has_value())
      return SealNeed{SealGap::session_dead, address.account_id, {address.device_id}};
    work.store.put(Table::session, session_id(address), sealed->state());
    *send.add_copies() = to_wire(sealed->direct_for_outbox());
  }
  if (!missing.devices.empty()) return missing;
  save(work.store, Table::peer, audience.devices.pin.account_id, audience.peer);
  return result<void, SealNeed>();
}

}  // namespace

std::string session_id(const crypto::DeviceAddress& device) {
  return to_string(device.account_id) + encode_u32(device.device_id);
}

result<void, SealNeed> seal_row(LocalStore& store, const Identity& self, records::OutboxRow& row,
                                const FetchedPrekeys& prekeys, crypto::Instant now) {
  const auto relationship_id = parse_bytes<16>(row.relationship_id());
  const auto relationship =
      load<records::Relationship>(store, Table::relationship, row.relationship_id());
  if (!relationship_id || !relationship) return SealNeed{SealGap::unknown_relationship, {}, {}};
  auto audiences = find_audiences(store, self, *relationship_id, *relationship);
  if (!audiences.has_value()) return audiences.error();
  v1::Content content;
  if (!content.ParseFromString(row.content()))
    throw StoreFailure("a message of the outbox is damaged");
  content.clear_addressed();
  for (const auto& audience : *audiences) {
    for (const auto& device : audience.devices.devices) {
      if (device.address() == self.device.address()) continue;
      auto* addressed = content.add_addressed();
      addressed->set_account_id(to_string(device.address().account_id));
      addressed->set_device_id(device.address().device_id);
    }
  }
  const auto bytes = content.SerializeAsString();
  v1::Send send;
  send.set_message_id(row.message_id());
  send.set_relationship_id(row.relationship_id());
  send.set_lane(to_wire(static_cast<crypto::Lane>(row.lane())));
  const auto agreement_hash =
      parse_bytes<32>(relationship->agreement_hash()).value_or(crypto::Hash32{});
  const Sealing work{store, self, row, prekeys, bytes, agreement_hash, now};
  for (auto& audience : *audiences) {
    const auto sealed = seal_for(work, audience, send);
    if (!sealed.has_value()) return sealed.error();
  }
  if (send.ByteSizeLong() > kSendBytesMax) return SealNeed{SealGap::too_large, {}, {}};
  row.set_send(send.SerializeAsString());
  row.set_agreement_hash(relationship->agreement_hash());
  row.set_sealed_to(audiences->front().peer.account_key());
  return result<void, SealNeed>();
}

}  // namespace holdspace::client
