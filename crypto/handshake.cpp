// Both sides of the handshake end in derive(): the same transcript over the same secrets.
// docs/protocol.md section 7.
#include "crypto/handshake.hpp"

#include "crypto/hash.hpp"
#include "crypto/kdf.hpp"
#include "crypto/layout.hpp"

namespace holdspace::crypto {
namespace {

// The recipient's public keys as the transcript takes them.
struct RecipientKeys {
  const DeviceCert& cert;
  const SignedPrekeyPublicKey& signed_prekey;
  const Bytes<kKemPublicBytes>& kem_key;
};

// The five secrets in the order of the specification.
struct SharedSecrets {
  std::optional<Secret<32>> identity_to_prekey;
  std::optional<Secret<32>> ephemeral_to_identity;
  std::optional<Secret<32>> ephemeral_to_prekey;
  std::optional<Secret<32>> kem;
};

std::optional<HandshakeKeys> derive(ByteView hs, const RecipientKeys& recipient,
                                    const SharedSecrets& shared, const Psk& psk) {
  if (!shared.identity_to_prekey || !shared.ephemeral_to_identity || !shared.ephemeral_to_prekey ||
      !shared.kem) {
    return std::nullopt;
  }
  HandshakeKeys keys;
  keys.transcript =
      hash({label("hs/th"), hs, recipient.cert.account_key.bytes, recipient.cert.signing_key.bytes,
            recipient.cert.dh_key.bytes, recipient.signed_prekey.bytes, recipient.kem_key});
  const SecretBytes input = SecretWriter{}
                                .secret(*shared.identity_to_prekey)
                                .secret(*shared.ephemeral_to_identity)
                                .secret(*shared.ephemeral_to_prekey)
                                .secret(*shared.kem)
                                .secret(psk.key)
                                .take();
  const Secret<32> prk = hkdf_extract(hash32({label("hs/salt")}), input);
  const Secret<128> all = hkdf_expand<128>(prk, "hs/keys", keys.transcript);
  keys.root_key = key_at(all, 0);
  keys.initiator_header = key_at(all, 1);
  keys.responder_header = key_at(all, 2);
  keys.continuity = key_at(all, 3);
  const Hash64 id = hash({label("sid"), keys.transcript});
  std::copy_n(id.begin(), keys.session_id.size(), keys.session_id.begin());
  return keys;
}

std::optional<InitiateError> refuse(const LocalDevice& self, const PeerPrekeys& peer,
                                    std::optional<Instant> newest_seen, Instant now) {
  const PrekeySet& set = *peer.prekeys;
  const DeviceAddress to = peer.device.address();
  if (DeviceAddress{set.account_id, set.device_id} != to || to == self.address()) {
    return InitiateError::other_device;
  }
  if (peer.one_time_key) {
    const OneTimeKey& key = **peer.one_time_key;
    if (DeviceAddress{key.account_id, key.device_id} != to) return InitiateError::other_device;
  }
  const auto& suites = peer.device.cert().suites;
  if (std::find(suites.begin(), suites.end(), kSuite) == suites.end()) {
    return InitiateError::no_common_suite;
  }
  if (now >= set.expires_at) return InitiateError::prekeys_expired;
  if (newest_seen && set.created_at < *newest_seen) return InitiateError::prekeys_superseded;
  if (set.created_at > now + kPrekeyFutureTolerance) return InitiateError::prekeys_from_future;
  return std::nullopt;
}

std::optional<RespondError> refuse(const Handshake& handshake, const Responder& responder,
                                   Instant now) {
  const DeviceAddress to{handshake.to_account, handshake.to_device};
  const DeviceAddress from{handshake.from_account, handshake.from_device};
  if (to != responder.self.address()) return RespondError::not_for_us;
  const auto& own = responder.own_lists;
  if (std::find(own.begin(), own.end(), handshake.to_list) == own.end()) {
    return RespondError::unknown_own_list;
  }
  const DeviceCert& cert = responder.peer.cert();
  if (from != responder.peer.address() || handshake.from_account_key != cert.account_key ||
      handshake.from_signing_key != cert.signing_key || handshake.from_dh_key != cert.dh_key) {
    return RespondError::wrong_peer;
  }
  const ListRef& known = responder.peer.list();
  if (handshake.from_list.epoch > known.epoch) return RespondError::peer_list_newer;
  if (handshake.from_list.epoch == known.epoch && handshake.from_list.hash != known.hash) {
    return RespondError::peer_list_forked;
  }
  const bool one_time = handshake.kem_kind == KemKind::one_time;
  const std::uint32_t kem_id = !one_time                ? responder.prekeys.last_resort.id
                               : responder.one_time_key ? responder.one_time_key->id
                                                        : ~handshake.kem_id;
  if (handshake.signed_prekey_id != responder.prekeys.signed_prekey.id ||
      handshake.kem_id != kem_id) {
    return RespondError::unknown_prekey;
  }
  if (now >= responder.prekeys.expires_at) return RespondError::prekey_expired;
  const auto& tags = responder.replay_tags;
  if (!one_time && std::find(tags.begin(), tags.end(), replay_tag(handshake)) != tags.end()) {
    return RespondError::replayed;
  }
  const PskKind held = responder.psk ? responder.psk->kind : PskKind::none;
  if (handshake.psk_kind != held || (responder.psk && handshake.psk_id != responder.psk->id)) {
    return RespondError::wrong_psk;
  }
  return std::nullopt;
}

}  // namespace

boost::system::result<Initiated, InitiateError> initiate_handshake(
    const LocalDevice& self, const PeerPrekeys& peer, const Psk& psk,
    std::optional<Instant> newest_seen, Instant now) {
  if (const auto error = refuse(self, peer, newest_seen, now)) return *error;
  const PrekeySet& set = *peer.prekeys;
  const Bytes<kKemPublicBytes>& kem_key =
      peer.one_time_key ? (*peer.one_time_key)->key.bytes : set.last_resort_key.bytes;
  const auto ephemeral = DhKey<RatchetRole>::generate();
  auto encapsulated = xwing_encapsulate(kem_key);
  if (!encapsulated) return InitiateError::bad_key;

  Handshake handshake;
  handshake.from_account = self.address().account_id;
  handshake.from_device = self.address().device_id;
  handshake.from_account_key = self.trusted.cert().account_key;
  handshake.from_signing_key = self.trusted.cert().signing_key;
  handshake.from_dh_key = self.trusted.cert().dh_key;
  handshake.from_list = self.trusted.list();
  handshake.to_account = set.account_id;
  handshake.to_device = set.device_id;
  handshake.to_list = peer.device.list();
  handshake.signed_prekey_id = set.signed_prekey_id;
  handshake.kem_kind = peer.one_time_key ? KemKind::one_time : KemKind::last_resort;
  handshake.kem_id = peer.one_time_key ? (*peer.one_time_key)->one_time_key_id : set.last_resort_id;
  handshake.ephemeral_key = ephemeral.public_key().bytes;
  handshake.ciphertext = encapsulated->ciphertext;
  handshake.psk_kind = psk.kind;
  handshake.psk_id = psk.id;

  const auto bytes = encode_handshake(handshake);
  const SharedSecrets shared{
      self.dh_key.agree(set.signed_prekey.bytes), ephemeral.agree(peer.device.cert().dh_key.bytes),
      ephemeral.agree(set.signed_prekey.bytes), std::move(encapsulated->shared)};
  auto keys = derive(bytes, {peer.device.cert(), set.signed_prekey, kem_key}, shared, psk);
  if (!keys) return InitiateError::bad_key;
  return Initiated{bytes, std::move(*keys)};
}

boost::system::result<HandshakeKeys, RespondError> respond_handshake(const Handshake& handshake,
                                                                     const Responder& responder,
                                                                     Instant now) {
  if (const auto error = refuse(handshake, responder, now)) return *error;
  const bool one_time = handshake.kem_kind == KemKind::one_time;
  const SignedPrekey& prekey = responder.prekeys.signed_prekey;
  const LastResortPrekey& last_resort = responder.prekeys.last_resort;
  const Bytes<kKemPublicBytes>& kem_key = one_time ? responder.one_time_key->key.public_key().bytes
                                                   : last_resort.key.public_key().bytes;
  const SharedSecrets shared{prekey.key.agree(handshake.from_dh_key.bytes),
                             responder.self.dh_key.agree(handshake.ephemeral_key),
                             prekey.key.agree(handshake.ephemeral_key),
                             one_time
                                 ? responder.one_time_key->key.decapsulate(handshake.ciphertext)
                                 : last_resort.key.decapsulate(handshake.ciphertext)};
  const Psk none;
  auto keys = derive(encode_handshake(handshake),
                     {responder.self.trusted.cert(), prekey.key.public_key(), kem_key}, shared,
                     responder.psk ? *responder.psk : none);
  if (!keys) return RespondError::bad_key;
  return std::move(*keys);
}

}  // namespace holdspace::crypto
