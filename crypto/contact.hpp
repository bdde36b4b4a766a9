// One person as this side knows them, and how sure it is of their account key: how people check it
// (fingerprint, QR, safety number; the short string is crypto/short_string.hpp) and what follows
// when it changes. Pure values: no storage, no clock. docs/protocol.md sections 3.4, 3.5.
//
//   invited --confirm--> confirmed --after_reset--> changed --change_seen--> changed_seen
//   --confirm--> confirmed
#pragma once

#include <string>

#include "crypto/bytes.hpp"
#include "crypto/env.hpp"
#include "crypto/verify.hpp"

namespace holdspace::crypto {

enum class ContactStatus : std::uint8_t {
  invited = 1,       // an invite's secret proved the key; people have not compared it yet
  confirmed = 2,     // people compared it
  changed = 3,       // the practice vouched for another key, and the person has not seen that yet
  changed_seen = 4,  // the person has seen it; people have not compared the key yet
};

// False for a byte that is no status.
[[nodiscard]] bool is_contact_status(ContactStatus status);

struct Contact {
  Pin pin;
  ContactStatus status = ContactStatus::invited;
  friend bool operator==(const Contact&, const Contact&) = default;
};

// A pin that people compared, by one of the three ways. Nothing else makes one, so a "verified"
// that comes from a server cannot be written down.
class CheckedPin {
 public:
  [[nodiscard]] const Pin& pin() const { return pin_; }

 private:
  friend class ConfirmQr;
  friend class SafetyNumber;
  friend class ShortString;
  explicit CheckedPin(const Pin& pin) : pin_(pin) {}
  Pin pin_;
};

// Confirmed, if the pin that was compared is the one that is held; else `contact` as it was.
[[nodiscard]] Contact confirm(const Contact& contact, const CheckedPin& checked);

// The contact with the key that the reset names, status changed. Empty when `contact` is not the
// one that `reset` was verified for. Erase every session with devices of the old key in the same
// step, start again with the account's lists at epoch 1, and never send anything again by itself.
[[nodiscard]] std::optional<Contact> after_reset(const Contact& contact,
                                                 const Verified<AccountReset>& reset);

// The person was shown the warning and has said so. Other statuses stay as they are.
[[nodiscard]] Contact change_seen(const Contact& contact);

// Whether a message may be sealed now. False only while a change is unseen, and never for urgent:
// nothing urgent waits for a check.
[[nodiscard]] bool may_send(ContactStatus status, Lane lane);

// Whether the screen asks for the check at the next session.
[[nodiscard]] bool asks_for_check(ContactStatus status);

// fp = H32(L("fp") || account_id || AK).
[[nodiscard]] Hash32 account_fingerprint(const Pin& pin);

// 60 digits that are the same on both sides, to be compared by eye or read aloud.
class SafetyNumber {
 public:
  // Of two accounts with different ids.
  SafetyNumber(const Pin& self, const Pin& peer);
  // 60 ASCII digits: 30 of the lower account id, then 30 of the other; show them in groups of 5.
  // The 30 are the first six 5-byte big-endian numbers of H(L("fp") || account_id || AK), each mod
  // 100000.
  [[nodiscard]] const std::string& digits() const { return digits_; }
  // To be called when the people have said that both screens show the same.
  [[nodiscard]] CheckedPin people_say_same() const { return CheckedPin(peer_); }

 private:
  Pin peer_;
  std::string digits_;
};

}  // namespace holdspace::crypto
