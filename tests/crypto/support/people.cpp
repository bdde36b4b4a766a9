#include "tests/crypto/support/people.hpp"

#include <cstdlib>

namespace holdspace::crypto::testing {
namespace {

// For results that a test's own set-up must have.
template <class Result>
auto take(Result result) {
  if (!result) std::abort();
  return std::move(*result);
}

Person with_prekeys(AccountKey account_key, LocalDevice device, std::uint32_t one_time_keys) {
  NewPrekeys prekeys = make_prekeys(device, 1, kNow);
  const ListRef list = device.trusted.list();
  auto made = make_one_time_keys(device, 1, one_time_keys, kNow);
  Person person{std::move(account_key),
                std::move(device),
                std::move(prekeys.secrets),
                std::move(prekeys.signed_set),
                {},
                {},
                {list},
                {},
                {}};
  for (NewOneTimeKey& key : made) {
    const std::uint32_t id = key.secret.id;
    person.one_time_keys.emplace(id, std::move(key.secret));
    person.signed_one_time_keys.emplace(id, std::move(key.signed_key));
  }
  return person;
}

}  // namespace

Pin Person::pin() const {
  return {address().account_id, account_key.public_key()};
}

Person make_person(std::uint32_t one_time_keys) {
  Enrolment enrolment = enrol(Platform::native, kNow);
  return with_prekeys(std::move(enrolment.account_key), std::move(enrolment.device), one_time_keys);
}

Person make_sibling(Person& first) {
  auto signing_key = DeviceSigningKey::generate();
  auto dh_key = DeviceDhKey::generate();
  DeviceCert cert = first.device.trusted.cert();
  cert.device_id = 2;
  cert.signing_key = signing_key.public_key();
  cert.dh_key = dh_key.public_key();
  const ByteVector cert_bytes = sign_device_cert(cert, first.account_key, signing_key);
  DeviceList list = next_device_list(first.device.list, kNow);
  list.active.push_back({2, statement_hash(StatementType::device_cert, encode_body(cert))});
  const ByteVector list_bytes = sign_device_list(list, first.account_key);

  first.device = take(assemble_local_device(
      first.pin(), first.device.signing_key.clone(), first.device.dh_key.clone(),
      first.device.trusted.verified_cert().signed_bytes(), list_bytes));
  first.own_lists.push_back(first.device.trusted.list());
  auto device = take(assemble_local_device(first.pin(), std::move(signing_key), std::move(dh_key),
                                           cert_bytes, list_bytes));
  return with_prekeys(first.account_key.clone(), std::move(device), 2);
}

PeerPrekeys fetch_prekeys(const Person& of, Kem kem) {
  const auto& cert_bytes = of.device.trusted.verified_cert().signed_bytes();
  const auto cert = take(verify_device_cert(cert_bytes, of.pin()));
  const auto list = take(verify_device_list(of.device.list.signed_bytes(), of.pin()));
  PeerPrekeys fetched{take(trust_device(cert, list)),
                      take(verify_prekey_set(of.signed_prekeys, cert)), std::nullopt};
  if (kem == Kem::one_time) {
    const std::uint32_t id = of.one_time_keys.begin()->first;
    fetched.one_time_key = take(verify_one_time_key(of.signed_one_time_keys.at(id), cert));
  }
  return fetched;
}

End::End(Person& self, const Person& peer)
    : self_(self), peer_(peer), sessions_(self.address(), peer.address()) {}

bool End::start(Kem kem, const Psk& psk) {
  auto next = sessions_.initiate(self_.device, fetch_prekeys(peer_, kem), psk, std::nullopt, kNow);
  if (!next) return false;
  sessions_ = std::move(*next);
  return true;
}

std::optional<InitiateError> End::renew(Kem kem, Instant now) {
  auto next = sessions_.renew(self_.device, fetch_prekeys(peer_, kem), std::nullopt, now);
  if (!next) return next.error();
  sessions_ = std::move(*next);
  return std::nullopt;
}

Direct End::send(std::string_view text, const Facts& facts) {
  auto outgoing = take(sessions_.seal(facts, view_of(text)));
  sessions_ = take(PeerSessions::parse(outgoing.state()));
  return std::move(outgoing).after_durable_write().direct;
}

boost::system::result<Incoming, OpenFailure> End::try_open(const Direct& direct,
                                                           Instant now) const {
  const auto env = parse_env(direct.env);
  const auto handshake = parse_handshake(direct.hs);
  if (!env || !handshake || sessions_.holds(env->session_id)) return sessions_.open(direct, now);
  const auto key = self_.one_time_keys.find(handshake->kem_id);
  const auto invite = self_.invites.find(handshake->psk_id);
  const bool one_time =
      handshake->kem_kind == KemKind::one_time && key != self_.one_time_keys.end();
  const TrustedDevice peer = peer_.trusted();
  const Responder responder{self_.device,
                            self_.own_lists,
                            peer,
                            self_.prekeys,
                            one_time ? &key->second : nullptr,
                            invite == self_.invites.end() ? nullptr : &invite->second,
                            self_.replay_tags};
  return sessions_.open_first(direct, responder, now);
}

End::Received End::receive(const Direct& direct, Instant now) {
  auto incoming = try_open(direct, now);
  if (!incoming) return {{}, incoming.error(), 0, std::nullopt};
  Received received{text_of(incoming->content()), std::nullopt, incoming->lost_messages(),
                    incoming->spent_invite()};
  if (const auto id = incoming->spent_one_time_key()) self_.one_time_keys.erase(*id);
  if (const auto tag = incoming->last_resort_tag()) self_.replay_tags.push_back(*tag);
  if (const auto id = incoming->spent_invite()) self_.invites.erase(*id);
  sessions_ = take(PeerSessions::parse(incoming->state()));
  return received;
}

ByteView view_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string text_of(ByteView bytes) {
  return {bytes.begin(), bytes.end()};
}

std::string hex_of(ByteView bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const std::uint8_t byte : bytes) {
    hex.push_back(kDigits[byte >> 4]);
    hex.push_back(kDigits[byte & 15]);
  }
  return hex;
}

ByteVector from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) std::abort();
  ByteVector bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const std::string pair(hex.substr(i, 2));
    bytes.push_back(static_cast<std::uint8_t>(std::stoul(pair, nullptr, 16)));
  }
  return bytes;
}

}  // namespace holdspace::crypto::testing
