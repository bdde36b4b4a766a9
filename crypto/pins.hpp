// What a device relies on besides its own keys: the practice's keys and the contacts with their
// status. It goes to a linked device and into the recovery vault, sealed; never sessions, prekeys
// or device keys (docs/protocol.md section 4.5). docs/protocol.md sections 4.1, 4.4.
#pragma once

#include <vector>

#include "crypto/bytes.hpp"
#include "crypto/contact.hpp"
#include "crypto/invite.hpp"
#include "crypto/layout.hpp"
#include "crypto/public_keys.hpp"

namespace holdspace::crypto {

inline constexpr std::size_t kContactsMax = 1024;        // ours: a caseload of many years
inline constexpr std::size_t kHeadsBytesMax = 4096;      // ours: a few heads of 100 bytes
inline constexpr std::size_t kPinsRestBytesMax = 32768;  // ours: names and notes for the contacts
inline constexpr std::size_t kPinsBytesMax =
    16 + 1 + 3 * 32 + 4 + kContactsMax * 49 + 4 + kHeadsBytesMax + 4 + kPinsRestBytesMax;

struct Pins {
  PracticeId practice_id{};
  Role role = Role::client;
  OrganisationPublicKey organisation_key;  // zeros: none pinned
  GatewayPublicKey gateway_key;
  LogPublicKey log_key;           // zeros: the log does not run yet
  std::vector<Contact> contacts;  // ascending account_id, at most kContactsMax
  ByteVector heads;               // of the ledger and the like; opaque here, at most kHeadsBytesMax
  ByteVector rest;                // the client's own; opaque here, at most kPinsRestBytesMax
  friend bool operator==(const Pins&, const Pins&) = default;
};

// practice_id 16 | role u8 | OK 32 | GK 32 | LK 32 | contacts: u32 count, (account_id 16, AK 32,
// status u8) each | u32 length, heads | u32 length, rest. Writing asserts the rules above, reading
// fails the reader. Room-internal.
void write_pins(SecretWriter& out, const Pins& pins);
[[nodiscard]] Pins read_pins(Reader& in);

}  // namespace holdspace::crypto
