#include "crypto/record_entry.hpp"

#include "crypto/layout.hpp"

namespace holdspace::crypto {
namespace {

enum class EntryKind : std::uint8_t { message = 1, gap = 2, contact = 3, policy = 4 };

bool follows_rules(const MessageEntry& entry) {
  return (parse_env(entry.env) || parse_escalation_env(entry.env)) &&
         entry.content.size() <= kContentBytesMax && is_contact_status(entry.status) &&
         entry.attachments.size() <= kEntryAttachmentsMax;
}
bool follows_rules(const GapEntry& entry) {
  const auto reason = static_cast<std::uint8_t>(entry.reason);
  return reason >= 1 && reason <= 3 && entry.count != 0;
}
bool follows_rules(const ContactEntry& entry) {
  return is_contact_status(entry.contact.status);
}
bool follows_rules(const PolicyEntry& entry) {
  return !entry.document.empty() && entry.document.size() <= kEntryDocumentBytesMax;
}

void write(SecretWriter& out, const MessageEntry& entry) {
  out.u8(static_cast<std::uint8_t>(EntryKind::message));
  out.bytes(entry.env).prefixed(entry.content).instant(entry.stored_at);
  out.key(entry.sender_account_key).key(entry.sender_signing_key);
  out.u8(static_cast<std::uint8_t>(entry.status)).count(entry.attachments.size());
  for (const Hash64& attachment : entry.attachments) out.bytes(attachment);
}
void write(SecretWriter& out, const GapEntry& entry) {
  out.u8(static_cast<std::uint8_t>(EntryKind::gap)).u8(static_cast<std::uint8_t>(entry.reason));
  out.u64(entry.count).instant(entry.noticed_at);
}
void write(SecretWriter& out, const ContactEntry& entry) {
  out.u8(static_cast<std::uint8_t>(EntryKind::contact)).bytes(entry.contact.pin.account_id);
  out.key(entry.contact.pin.account_key);
  out.u8(static_cast<std::uint8_t>(entry.contact.status));
}
void write(SecretWriter& out, const PolicyEntry& entry) {
  out.u8(static_cast<std::uint8_t>(EntryKind::policy)).prefixed(entry.document);
}

MessageEntry read_message(Reader& in) {
  MessageEntry entry;
  entry.env = in.bytes<kEnvBytes>();
  const ByteView content = in.prefixed(kContentBytesMax);
  entry.content.assign(content.begin(), content.end());
  entry.stored_at = in.instant();
  entry.sender_account_key = in.key<AccountPublicKey>();
  entry.sender_signing_key = in.key<DeviceSigningPublicKey>();
  entry.status = static_cast<ContactStatus>(in.u8());
  entry.attachments.resize(in.count(kEntryAttachmentsMax));
  for (Hash64& attachment : entry.attachments) attachment = in.bytes<64>();
  return entry;
}
GapEntry read_gap(Reader& in) {
  GapEntry entry;
  entry.reason = static_cast<GapEntry::Reason>(in.u8());
  entry.count = in.u64();
  entry.noticed_at = in.instant();
  return entry;
}
ContactEntry read_contact(Reader& in) {
  ContactEntry entry;
  entry.contact.pin.account_id = in.bytes<16>();
  entry.contact.pin.account_key = in.key<AccountPublicKey>();
  entry.contact.status = static_cast<ContactStatus>(in.u8());
  return entry;
}
PolicyEntry read_policy(Reader& in) {
  const ByteView document = in.prefixed(kEntryDocumentBytesMax);
  return {ByteVector(document.begin(), document.end())};
}

template <class Entry>
std::optional<RecordEntry> finish(const Reader& in, Entry entry) {
  if (!in.finish() || !follows_rules(entry)) return std::nullopt;
  return entry;
}

}  // namespace

SecretBytes encode_entry(const RecordEntry& entry) {
  SecretWriter out;
  std::visit(
      [&](const auto& value) {
        require(follows_rules(value));
        write(out, value);
      },
      entry);
  return out.take();
}

std::optional<RecordEntry> parse_entry(ByteView bytes) {
  Reader in(bytes);
  const std::uint8_t kind = in.u8();
  if (kind == static_cast<std::uint8_t>(EntryKind::message)) return finish(in, read_message(in));
  if (kind == static_cast<std::uint8_t>(EntryKind::gap)) return finish(in, read_gap(in));
  if (kind == static_cast<std::uint8_t>(EntryKind::contact)) return finish(in, read_contact(in));
  if (kind == static_cast<std::uint8_t>(EntryKind::policy)) return finish(in, read_policy(in));
  return std::nullopt;
}

}  // namespace holdspace::crypto
