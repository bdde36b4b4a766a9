// What stands in a record export or a history transfer: messages as this device stored them, gaps,
// and for a history also contacts and policies. There is no kind for ratchet states, prekeys or
// device keys: those are never exported. docs/protocol.md sections 12.3 and 12.4.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "crypto/contact.hpp"
#include "crypto/env.hpp"
#include "crypto/verify.hpp"

namespace holdspace::crypto {

inline constexpr std::size_t kEntryAttachmentsMax = 16;             // ours
inline constexpr std::size_t kEntryDocumentBytesMax = 1024 * 1024;  // ours: the largest policy
inline constexpr std::size_t kEntryBytesMax = kEntryDocumentBytesMax + 4096;

// A message sent or received: ENV names both sides.
struct MessageEntry {
  Bytes<kEnvBytes> env{};
  ByteVector content;  // at most kContentBytesMax
  Instant stored_at{};
  AccountPublicKey sender_account_key;
  DeviceSigningPublicKey sender_signing_key;
  ContactStatus status = ContactStatus::invited;  // of the sender, when it was stored
  std::vector<Hash64> attachments;  // ciphertext_hash of each, at most kEntryAttachmentsMax
  friend bool operator==(const MessageEntry&, const MessageEntry&) = default;
};

// Messages that are known to be missing here.
struct GapEntry {
  enum class Reason : std::uint8_t {
    lost = 1,     // never arrived: the ratchet gave them up
    altered = 2,  // arrived changed
    erased = 3,   // kept no longer, by the practice's retention rule
  };
  Reason reason = Reason::lost;
  std::uint64_t count = 1;  // >= 1
  Instant noticed_at{};
  friend bool operator==(const GapEntry&, const GapEntry&) = default;
};

// History only.
struct ContactEntry {
  Contact contact;
  friend bool operator==(const ContactEntry&, const ContactEntry&) = default;
};
// History only: a policy as it was stored.
struct PolicyEntry {
  ByteVector document;  // 1..kEntryDocumentBytesMax
  friend bool operator==(const PolicyEntry&, const PolicyEntry&) = default;
};

using RecordEntry = std::variant<MessageEntry, GapEntry, ContactEntry, PolicyEntry>;

// kind u8 (1 message, 2 gap, 3 contact, 4 policy), then its fields in the order above. Asserts the
// ranges. One encoding for each value; parsing is empty for anything else.
[[nodiscard]] SecretBytes encode_entry(const RecordEntry& entry);
[[nodiscard]] std::optional<RecordEntry> parse_entry(ByteView bytes);

}  // namespace holdspace::crypto
