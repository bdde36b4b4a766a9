// The bodies of people: each has one list of rules that the writer asserts and the parser enforces,
// so that what one side can sign the other can read, and nothing else.
#include "crypto/layout.hpp"
#include "crypto/statement.hpp"
#include "crypto/statement_checks.hpp"

namespace holdspace::crypto {
namespace {

bool follows_rules(const DeviceCert& cert) {
  const bool platform = cert.platform == Platform::native || cert.platform == Platform::browser;
  return cert.device_id != 0 && platform && !cert.suites.empty() &&
         cert.suites.size() <= kSuitesMax &&
         strictly_ascending(cert.suites, [](std::uint16_t suite) { return suite; });
}

bool follows_rules(const DeviceList& list) {
  const auto active_id = [](const ActiveDevice& device) { return device.device_id; };
  const auto revoked_id = [](const RevokedDevice& device) { return device.device_id; };
  if (list.epoch == 0 || (list.epoch == 1) != (list.prev_hash == Hash32{})) return false;
  if (!within(list.issued_at, list.valid_until, kDeviceListLife)) return false;
  if (list.active.size() > kActiveDevicesMax || list.revoked.size() > kRevokedDevicesMax) {
    return false;
  }
  if (!strictly_ascending(list.active, active_id) ||
      !strictly_ascending(list.revoked, revoked_id)) {
    return false;
  }
  for (const ActiveDevice& device : list.active) {
    if (device.device_id == 0) return false;
    const auto same = [&](const RevokedDevice& gone) { return gone.device_id == device.device_id; };
    if (std::any_of(list.revoked.begin(), list.revoked.end(), same)) return false;
  }
  return std::all_of(list.revoked.begin(), list.revoked.end(), [](const RevokedDevice& device) {
    const auto reason = static_cast<std::uint8_t>(device.reason);
    return device.device_id != 0 && reason >= 1 && reason <= 3;
  });
}

bool follows_rules(const PrekeySet& set) {
  return set.device_id != 0 && within(set.created_at, set.expires_at, kPrekeyLife);
}

bool follows_rules(const OneTimeKey& key) {
  return key.device_id != 0;
}

bool follows_rules(const PolicyChange& change) {
  return change.version != 0 && change.device_id != 0;
}

bool follows_rules(const ContactAgreement& agreement) {
  return agreement.device_id != 0;
}

bool follows_rules(const AccountReset& reset) {
  return reset.old_key != reset.new_key;
}

template <class Body>
StatementResult<Body> finish(const Reader& reader, Body body) {
  if (!reader.finish() || !follows_rules(body)) return StatementError::malformed;
  return body;
}

}  // namespace

ByteVector encode_body(const DeviceCert& cert) {
  require(follows_rules(cert));
  Writer out;
  out.bytes(cert.account_id).u32(cert.device_id);
  out.key(cert.account_key).key(cert.signing_key).key(cert.dh_key);
  out.u8(static_cast<std::uint8_t>(cert.platform)).count(cert.suites.size());
  for (const std::uint16_t suite : cert.suites) out.u16(suite);
  return out.instant(cert.created_at).take();
}

StatementResult<DeviceCert> parse_device_cert(ByteView body) {
  Reader in(body);
  DeviceCert cert;
  cert.account_id = in.bytes<16>();
  cert.device_id = in.u32();
  cert.account_key = in.key<AccountPublicKey>();
  cert.signing_key = in.key<DeviceSigningPublicKey>();
  cert.dh_key = in.key<DeviceDhPublicKey>();
  cert.platform = static_cast<Platform>(in.u8());
  cert.suites.resize(in.count(kSuitesMax));
  for (std::uint16_t& suite : cert.suites) suite = in.u16();
  cert.created_at = in.instant();
  return finish(in, std::move(cert));
}

ByteVector encode_body(const DeviceList& list) {
  require(follows_rules(list));
  Writer out;
  out.bytes(list.account_id).key(list.account_key).u64(list.epoch).bytes(list.prev_hash);
  out.instant(list.issued_at).instant(list.valid_until).count(list.active.size());
  for (const ActiveDevice& device : list.active) out.u32(device.device_id).bytes(device.cert_hash);
  out.count(list.revoked.size());
  for (const RevokedDevice& device : list.revoked) {
    out.u32(device.device_id).instant(device.at).u8(static_cast<std::uint8_t>(device.reason));
  }
  return out.take();
}

StatementResult<DeviceList> parse_device_list(ByteView body) {
  Reader in(body);
  DeviceList list;
  list.account_id = in.bytes<16>();
  list.account_key = in.key<AccountPublicKey>();
  list.epoch = in.u64();
  list.prev_hash = in.bytes<32>();
  list.issued_at = in.instant();
  list.valid_until = in.instant();
  list.active.resize(in.count(kActiveDevicesMax));
  for (ActiveDevice& device : list.active) {
    device.device_id = in.u32();
    device.cert_hash = in.bytes<32>();
  }
  list.revoked.resize(in.count(kRevokedDevicesMax));
  for (RevokedDevice& device : list.revoked) {
    device.device_id = in.u32();
    device.at = in.instant();
    device.reason = static_cast<RevokeReason>(in.u8());
  }
  return finish(in, std::move(list));
}

ByteVector encode_body(const PrekeySet& set) {
  require(follows_rules(set));
  Writer out;
  out.bytes(set.account_id).u32(set.device_id);
  out.u32(set.signed_prekey_id).key(set.signed_prekey);
  out.u32(set.last_resort_id).key(set.last_resort_key);
  return out.instant(set.created_at).instant(set.expires_at).take();
}

StatementResult<PrekeySet> parse_prekey_set(ByteView body) {
  Reader in(body);
  PrekeySet set;
  set.account_id = in.bytes<16>();
  set.device_id = in.u32();
  set.signed_prekey_id = in.u32();
  set.signed_prekey = in.key<SignedPrekeyPublicKey>();
  set.last_resort_id = in.u32();
  set.last_resort_key = in.key<LastResortPublicKey>();
  set.created_at = in.instant();
  set.expires_at = in.instant();
  return finish(in, set);
}

ByteVector encode_body(const OneTimeKey& key) {
  require(follows_rules(key));
  Writer out;
  out.bytes(key.account_id).u32(key.device_id).u32(key.one_time_key_id).key(key.key);
  return out.instant(key.created_at).take();
}

StatementResult<OneTimeKey> parse_one_time_key(ByteView body) {
  Reader in(body);
  OneTimeKey key;
  key.account_id = in.bytes<16>();
  key.device_id = in.u32();
  key.one_time_key_id = in.u32();
  key.key = in.key<OneTimePublicKey>();
  key.created_at = in.instant();
  return finish(in, key);
}

ByteVector encode_body(const PolicyChange& change) {
  require(follows_rules(change));
  Writer out;
  out.bytes(change.owner).u64(change.version).bytes(change.document_hash);
  return out.bytes(change.account_id).u32(change.device_id).instant(change.at).take();
}

StatementResult<PolicyChange> parse_policy_change(ByteView body) {
  Reader in(body);
  PolicyChange change;
  change.owner = in.bytes<16>();
  change.version = in.u64();
  change.document_hash = in.bytes<32>();
  change.account_id = in.bytes<16>();
  change.device_id = in.u32();
  change.at = in.instant();
  return finish(in, change);
}

ByteVector encode_body(const ContactAgreement& agreement) {
  require(follows_rules(agreement));
  Writer out;
  out.bytes(agreement.relationship_id).bytes(agreement.agreement_hash);
  out.bytes(agreement.account_id).u32(agreement.device_id);
  return out.instant(agreement.signed_at).take();
}

StatementResult<ContactAgreement> parse_contact_agreement(ByteView body) {
  Reader in(body);
  ContactAgreement agreement;
  agreement.relationship_id = in.bytes<16>();
  agreement.agreement_hash = in.bytes<32>();
  agreement.account_id = in.bytes<16>();
  agreement.device_id = in.u32();
  agreement.signed_at = in.instant();
  return finish(in, agreement);
}

ByteVector encode_body(const AccountReset& reset) {
  require(follows_rules(reset));
  Writer out;
  out.bytes(reset.account_id).key(reset.old_key).key(reset.new_key);
  return out.instant(reset.at).take();
}

StatementResult<AccountReset> parse_account_reset(ByteView body) {
  Reader in(body);
  AccountReset reset;
  reset.account_id = in.bytes<16>();
  reset.old_key = in.key<AccountPublicKey>();
  reset.new_key = in.key<AccountPublicKey>();
  reset.at = in.instant();
  return finish(in, reset);
}

}  // namespace holdspace::crypto
