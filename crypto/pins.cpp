#include "crypto/pins.hpp"

namespace holdspace::crypto {
namespace {

bool is_role(Role role) {
  switch (role) {
    case Role::admin:
    case Role::therapist:
    case Role::client:
    case Role::auditor:
      return true;
  }
  return false;  // a byte that is no role
}

bool follows_rules(const Pins& pins) {
  const auto not_ascending = [](const Contact& a, const Contact& b) {
    return a.pin.account_id >= b.pin.account_id;
  };
  const auto& contacts = pins.contacts;
  return is_role(pins.role) && contacts.size() <= kContactsMax &&
         pins.heads.size() <= kHeadsBytesMax && pins.rest.size() <= kPinsRestBytesMax &&
         std::adjacent_find(contacts.begin(), contacts.end(), not_ascending) == contacts.end() &&
         std::all_of(contacts.begin(), contacts.end(),
                     [](const Contact& contact) { return is_contact_status(contact.status); });
}

}  // namespace

void write_pins(SecretWriter& out, const Pins& pins) {
  require(follows_rules(pins));
  out.bytes(pins.practice_id).u8(static_cast<std::uint8_t>(pins.role));
  out.key(pins.organisation_key).key(pins.gateway_key).key(pins.log_key);
  out.count(pins.contacts.size());
  for (const Contact& contact : pins.contacts) {
    out.bytes(contact.pin.account_id).key(contact.pin.account_key);
    out.u8(static_cast<std::uint8_t>(contact.status));
  }
  out.prefixed(pins.heads).prefixed(pins.rest);
}

Pins read_pins(Reader& in) {
  Pins pins;
  pins.practice_id = in.bytes<16>();
  pins.role = static_cast<Role>(in.u8());
  pins.organisation_key = in.key<OrganisationPublicKey>();
  pins.gateway_key = in.key<GatewayPublicKey>();
  pins.log_key = in.key<LogPublicKey>();
  pins.contacts.resize(in.count(kContactsMax));
  for (Contact& contact : pins.contacts) {
    contact.pin.account_id = in.bytes<16>();
    contact.pin.account_key = in.key<AccountPublicKey>();
    contact.status = static_cast<ContactStatus>(in.u8());
  }
  const ByteView heads = in.prefixed(kHeadsBytesMax);
  pins.heads.assign(heads.begin(), heads.end());
  const ByteView rest = in.prefixed(kPinsRestBytesMax);
  pins.rest.assign(rest.begin(), rest.end());
  if (!follows_rules(pins)) in.fail();
  return pins;
}

}  // namespace holdspace::crypto
