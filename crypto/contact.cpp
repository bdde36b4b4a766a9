#include "crypto/contact.hpp"

#include "crypto/hash.hpp"
#include "crypto/layout.hpp"

namespace holdspace::crypto {
namespace {

constexpr std::size_t kGroups = 6;
constexpr std::size_t kGroupBytes = 5;
constexpr std::size_t kGroupDigits = 5;

Hash64 fingerprint_hash(const Pin& pin) {
  return hash({label("fp"), pin.account_id, pin.account_key.bytes});
}

std::string thirty_digits(const Pin& pin) {
  const Hash64 whole = fingerprint_hash(pin);
  std::string digits;
  for (std::size_t group = 0; group < kGroups; ++group) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < kGroupBytes; ++i)
      value = value << 8 | whole[kGroupBytes * group + i];
    const std::string number = std::to_string(value % 100'000);
    digits += std::string(kGroupDigits - number.size(), '0') + number;
  }
  return digits;
}

}  // namespace

Contact confirm(const Contact& contact, const CheckedPin& checked) {
  if (checked.pin() != contact.pin) return contact;
  return {contact.pin, ContactStatus::confirmed};
}

std::optional<Contact> after_reset(const Contact& contact, const Verified<AccountReset>& reset) {
  if (Pin{reset->account_id, reset->old_key} != contact.pin) return std::nullopt;
  return Contact{{reset->account_id, reset->new_key}, ContactStatus::changed};
}

Contact change_seen(const Contact& contact) {
  if (contact.status != ContactStatus::changed) return contact;
  return {contact.pin, ContactStatus::changed_seen};
}

bool is_contact_status(ContactStatus status) {
  switch (status) {
    case ContactStatus::invited:
    case ContactStatus::confirmed:
    case ContactStatus::changed:
    case ContactStatus::changed_seen:
      return true;
  }
  return false;  // a byte that is no status
}

bool may_send(ContactStatus status, Lane lane) {
  return status != ContactStatus::changed || lane == Lane::urgent;
}

bool asks_for_check(ContactStatus status) {
  return status != ContactStatus::confirmed;
}

Hash32 account_fingerprint(const Pin& pin) {
  return hash32({label("fp"), pin.account_id, pin.account_key.bytes});
}

SafetyNumber::SafetyNumber(const Pin& self, const Pin& peer) : peer_(peer) {
  require(self.account_id != peer.account_id);
  digits_ = self.account_id < peer.account_id ? thirty_digits(self) + thirty_digits(peer)
                                              : thirty_digits(peer) + thirty_digits(self);
}

}  // namespace holdspace::crypto
