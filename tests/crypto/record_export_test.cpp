// Exports and histories: written and read in chunks, every fault named with its entry, and locked
// in three ways.
#include "crypto/record_export.hpp"

#include <gtest/gtest.h>

#include "crypto/layout.hpp"
#include "crypto/record_stream.hpp"
#include "tests/crypto/support/error_of.hpp"
#include "tests/crypto/support/people.hpp"

namespace holdspace::crypto {
namespace {

using testing::error_of;
using testing::kNow;
using Kind = RecordFault::Kind;
using namespace std::chrono_literals;

const testing::Person& therapist() {
  static const testing::Person instance = testing::make_person(0);
  return instance;
}
const testing::Person& client() {
  static const testing::Person instance = testing::make_person(0);
  return instance;
}

RecordKey clone(const RecordKey& key) {
  return {key.purpose, key.preamble, key.key.clone(), key.header};
}

MessageEntry message(std::size_t number, std::size_t bytes = 100) {
  Env env;
  env.message_id[15] = static_cast<std::uint8_t>(number);
  env.sender = client().address();
  env.recipient = therapist().address();
  MessageEntry entry;
  entry.env = encode_env(env);
  entry.content.assign(bytes, static_cast<std::uint8_t>(number));
  entry.stored_at = kNow + std::chrono::minutes{number};
  entry.sender_account_key = client().account_key.public_key();
  entry.sender_signing_key = client().device.signing_key.public_key();
  entry.status = ContactStatus::confirmed;
  if (number % 3 == 0) entry.attachments = {Hash64{}, Hash64{1}};
  return entry;
}

std::vector<RecordEntry> entries_of(std::size_t count, std::size_t bytes = 100) {
  std::vector<RecordEntry> entries;
  for (std::size_t i = 0; i < count; ++i) {
    if (i % 5 == 4) entries.push_back(GapEntry{GapEntry::Reason::lost, i, kNow});
    if (i % 5 != 4) entries.push_back(message(i, bytes));
  }
  return entries;
}

RecordFacts facts() {
  RecordFacts facts;
  facts.relationship_id.fill(0x42);
  facts.from = kNow;
  facts.until = kNow + 24h;
  facts.made_at = kNow + 25h;
  return facts;
}

struct File {
  RecordKey key;
  ByteVector body;  // behind the preamble
  Hash32 hash{};
};

RecordKey recovery_key(RecordPurpose purpose = RecordPurpose::record_export) {
  return *lock_records(purpose, RecoveryRecordsKey{random_secret<32>()});
}

File write_file(const std::vector<RecordEntry>& entries, RecordKey key,
                const RecordFacts& chosen = facts()) {
  RecordWriter writer(key);
  File file{std::move(key), {}, {}};
  const auto put = [&](const ByteVector& bytes) {
    file.body.insert(file.body.end(), bytes.begin(), bytes.end());
  };
  for (const RecordEntry& entry : entries) put(writer.add(entry));
  const auto finished = std::move(writer).finish(therapist().device, chosen);
  put(finished.rest);
  file.hash = finished.hash;
  return file;
}

struct Read {
  std::vector<RecordEntry> entries;
  std::optional<VerifiedRecord> record;
  std::optional<RecordFault> fault;
};

Read read_file(const RecordKey& key, ByteView body, const Pin& pin = therapist().pin()) {
  RecordReader reader(key);
  Read read;
  while (!body.empty()) {
    const ByteView chunk = body.first(std::min(body.size(), kStreamChunkBytes));
    body = body.subspan(chunk.size());
    auto opened = reader.open(chunk);
    if (!opened) {
      read.fault = opened.error();
      return read;
    }
    for (RecordEntry& entry : *opened) read.entries.push_back(std::move(entry));
  }
  auto finished = reader.finish(pin);
  if (finished) read.record = std::move(*finished);
  if (!finished) read.fault = finished.error();
  return read;
}

TEST(RecordExport, comes_back_entry_by_entry_and_is_verified_as_a_whole) {
  for (const std::size_t count : {0U, 1U, 12U, 90U}) {
    const auto entries = entries_of(count, 6000);
    const File file = write_file(entries, recovery_key());
    const Read read = read_file(file.key, file.body);
    ASSERT_FALSE(read.fault.has_value()) << count;
    EXPECT_EQ(read.entries, entries);
    ASSERT_TRUE(read.record.has_value());
    EXPECT_EQ((*read.record)->count, count);
    EXPECT_EQ((*read.record)->relationship_id, facts().relationship_id);
    EXPECT_EQ(read.record->hash(), file.hash);
    EXPECT_EQ(read.record->exporter().address(), therapist().address());
  }
}

TEST(RecordExport, file_that_ends_on_a_whole_chunk_is_read) {
  bool exactly_one_chunk = false;
  for (std::size_t bytes = 64'300; bytes < 64'600; ++bytes) {
    const File file = write_file({message(1, bytes), GapEntry{}}, recovery_key());
    exactly_one_chunk = exactly_one_chunk || file.body.size() == kStreamChunkBytes;
    ASSERT_FALSE(read_file(file.key, file.body).fault.has_value()) << bytes;
  }
  EXPECT_TRUE(exactly_one_chunk);
}

TEST(RecordExport, every_changed_byte_of_a_file_is_refused) {
  const File file = write_file(entries_of(3), recovery_key());
  ByteVector body = file.body;
  for (std::size_t i = 0; i < body.size(); ++i) {
    for (const std::uint8_t flip : Bytes<2>{0x01, 0x80}) {
      body[i] ^= flip;
      const Read read = read_file(file.key, body);
      ASSERT_TRUE(read.fault.has_value() && read.fault->kind == Kind::altered) << i;
      ASSERT_TRUE(read.entries.empty());
      body[i] ^= flip;
    }
  }
}

TEST(RecordExport, every_changed_byte_of_a_preamble_is_refused) {
  const RecoveryRecordsKey recovery{random_secret<32>()};
  const RecordKey locked = *lock_records(RecordPurpose::record_export, recovery);
  const File file = write_file(entries_of(1), clone(locked));
  ByteVector preamble = locked.preamble;
  for (std::size_t i = 0; i < preamble.size(); ++i) {
    for (const std::uint8_t flip : Bytes<2>{0x01, 0x80}) {
      preamble[i] ^= flip;
      const auto unlocked = unlock_records(preamble, recovery);
      ASSERT_TRUE(!unlocked || read_file(*unlocked, file.body).fault.has_value()) << i;
      preamble[i] ^= flip;
    }
  }
  EXPECT_FALSE(read_file(*unlock_records(preamble, recovery), file.body).fault.has_value());
}

TEST(RecordExport, cut_extended_and_rearranged_files_are_told_apart) {
  const File file = write_file(entries_of(40, 6000), recovery_key());
  ASSERT_GT(file.body.size(), 3 * kStreamChunkBytes);
  const ByteView body = file.body;
  const Read cut = read_file(file.key, body.first(2 * kStreamChunkBytes));
  ASSERT_TRUE(cut.fault.has_value());
  EXPECT_EQ(*cut.fault, (RecordFault{Kind::truncated, cut.entries.size() + 1}));
  EXPECT_GT(cut.entries.size(), 10U);
  const Read inside = read_file(file.key, body.first(2 * kStreamChunkBytes + 100));
  EXPECT_EQ(*inside.fault, (RecordFault{Kind::altered, cut.entries.size() + 1}));
  EXPECT_EQ(read_file(file.key, {}).fault, (RecordFault{Kind::truncated, 1}));

  for (std::size_t by = 1; by <= 64; ++by) {
    ByteVector longer = file.body;
    longer.resize(longer.size() + by);
    EXPECT_TRUE(read_file(file.key, longer).fault.has_value());
  }
  RecordReader reader(file.key);
  for (ByteView rest = body; !rest.empty();) {
    const ByteView chunk = rest.first(std::min(rest.size(), kStreamChunkBytes));
    ASSERT_TRUE(reader.open(chunk).has_value());
    rest = rest.subspan(chunk.size());
  }
  EXPECT_EQ(error_of(reader.open(body.first(kStreamChunkBytes))), (RecordFault{Kind::extended, 0}));

  ByteVector moved = file.body;
  std::swap_ranges(moved.begin(), moved.begin() + kStreamChunkBytes,
                   moved.begin() + kStreamChunkBytes);
  EXPECT_EQ(read_file(file.key, moved).fault, (RecordFault{Kind::altered, 1}));
  const File other = write_file(entries_of(40, 6000), recovery_key());
  EXPECT_EQ(read_file(file.key, other.body).fault, (RecordFault{Kind::altered, 1}));
}

// Whoever has the key can seal a file anew, but not sign it.
struct Forgery {
  std::vector<RecordEntry> entries = entries_of(6);
  std::vector<TreeHash> leaves;
  RecordExport header;
  ByteVector cert = therapist().device.trusted.verified_cert().signed_bytes();
  ByteVector list = therapist().device.list.signed_bytes();
  bool trailer = true;
  bool after_trailer = false;

  Forgery() {
    for (const RecordEntry& entry : entries) leaves.push_back(leaf_hash(encode_entry(entry)));
    header.account_id = therapist().address().account_id;
    header.device_id = therapist().address().device_id;
    header.from = kNow;
    header.until = kNow + 24h;
    header.count = entries.size();
    header.root = record_root(leaves);
  }

  [[nodiscard]] Read read(const DeviceSigningKey& signer = therapist().device.signing_key,
                          const Pin& pin = therapist().pin()) const {
    const RecordKey key = recovery_key();
    Writer plain;
    for (const RecordEntry& entry : entries) plain.prefixed(encode_entry(entry));
    Writer end;
    end.u8(kTrailerKind).count(leaves.size());
    for (const TreeHash& leaf : leaves) end.bytes(leaf);
    end.prefixed(cert).prefixed(list).prefixed(sign_record_export(header, signer));
    if (trailer) plain.prefixed(end.take());
    if (after_trailer) plain.prefixed(encode_entry(GapEntry{}));
    StreamState stream(key.key, key.header);
    return read_file(key, stream.seal(record_associated(key.preamble), plain.take(), true), pin);
  }
};

TEST(RecordExport, first_entry_that_is_not_the_signed_one_is_named) {
  Forgery forged;
  EXPECT_TRUE(forged.read().record.has_value());
  std::get<MessageEntry>(forged.entries[2]).content[0] ^= 1;
  EXPECT_EQ(forged.read().fault, (RecordFault{Kind::wrong_entry, 3}));
  forged = {};
  std::swap(forged.entries[3], forged.entries[5]);
  EXPECT_EQ(forged.read().fault, (RecordFault{Kind::wrong_entry, 4}));
  forged = {};
  forged.entries[4] = GapEntry{GapEntry::Reason::erased, 9, kNow};
  EXPECT_EQ(forged.read().fault, (RecordFault{Kind::wrong_entry, 5}));
}

TEST(RecordExport, list_of_entries_that_is_not_the_signed_one_is_refused) {
  Forgery forged;
  std::get<MessageEntry>(forged.entries[2]).content[0] ^= 1;
  forged.leaves[2] = leaf_hash(encode_entry(forged.entries[2]));
  EXPECT_EQ(forged.read().fault, (RecordFault{Kind::wrong_root, 0}));
  forged = {};
  forged.entries.pop_back();
  EXPECT_EQ(forged.read().fault, (RecordFault{Kind::malformed, 6}));
  forged.leaves.pop_back();
  EXPECT_EQ(forged.read().fault, (RecordFault{Kind::wrong_root, 0}));
  forged = {};
  forged.header.count += 1;
  EXPECT_EQ(forged.read().fault, (RecordFault{Kind::wrong_root, 0}));
}

TEST(RecordExport, end_of_the_file_is_where_it_was_signed) {
  Forgery forged;
  forged.trailer = false;
  EXPECT_EQ(forged.read().fault, (RecordFault{Kind::malformed, 7}));
  forged = {};
  forged.after_trailer = true;
  EXPECT_EQ(forged.read().fault, (RecordFault{Kind::extended, 0}));
  forged = {};
  forged.entries.push_back(ContactEntry{{client().pin(), ContactStatus::confirmed}});
  EXPECT_EQ(forged.read().fault, (RecordFault{Kind::malformed, 7}));
}

TEST(RecordExport, only_a_listed_device_of_the_pinned_account_signs) {
  const RecordFault not_signed{Kind::not_signed, 0};
  Forgery forged;
  EXPECT_EQ(forged.read(DeviceSigningKey::generate()).fault, not_signed);
  EXPECT_EQ(forged.read(therapist().device.signing_key, client().pin()).fault, not_signed);
  forged.header.purpose = RecordPurpose::history;
  EXPECT_EQ(forged.read().fault, not_signed);
  forged = {};
  forged.header.device_id += 1;
  EXPECT_EQ(forged.read().fault, not_signed);
  forged = {};
  DeviceList revoking = next_device_list(therapist().device.list, kNow);
  revoking.active.clear();
  revoking.revoked.push_back({1, kNow, RevokeReason::lost});
  forged.list = sign_device_list(revoking, therapist().account_key);
  EXPECT_EQ(forged.read().fault, not_signed);
}

TEST(RecordExport, exports_are_a_chain) {
  const File first = write_file(entries_of(2), recovery_key());
  const auto record = read_file(first.key, first.body).record;
  RecordFacts next = facts();
  next.from = facts().until;
  next.until = next.from + 1h;
  next.previous = first.hash;
  const auto outcome = [&](const RecordFacts& chosen) {
    const File file = write_file({}, recovery_key(), chosen);
    return error_of(check_record_chain(*record, *read_file(file.key, file.body).record));
  };
  EXPECT_EQ(outcome(next), std::nullopt);
  RecordFacts other = next;
  other.previous[0] ^= 1;
  EXPECT_EQ(outcome(other), RecordChainError::not_next);
  other = next;
  other.from -= 1ms;
  EXPECT_EQ(outcome(other), RecordChainError::overlaps);
  other = next;
  other.relationship_id[0] ^= 1;
  EXPECT_EQ(outcome(other), RecordChainError::other_subject);
}

TEST(RecordHistory, carries_contacts_and_policies_too) {
  auto entries = entries_of(3);
  entries.push_back(ContactEntry{{client().pin(), ContactStatus::changed_seen}});
  entries.push_back(PolicyEntry{ByteVector(70'000, 5)});
  const File file = write_file(entries, recovery_key(RecordPurpose::history));
  const Read read = read_file(file.key, file.body);
  ASSERT_TRUE(read.record.has_value());
  EXPECT_EQ(read.entries, entries);
  RecordWriter writer(recovery_key());
  EXPECT_THROW((void)writer.add(entries[3]), std::logic_error);
  EXPECT_THROW((void)writer.add(entries[4]), std::logic_error);
}

TEST(RecordEntry, has_one_encoding) {
  const RecordEntry all[] = {message(3), GapEntry{GapEntry::Reason::altered, 2, kNow},
                             ContactEntry{{client().pin(), ContactStatus::changed_seen}},
                             PolicyEntry{ByteVector(3)}};
  for (const RecordEntry& entry : all) {
    const SecretBytes bytes = encode_entry(entry);
    ASSERT_EQ(parse_entry(bytes), entry);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      ASSERT_FALSE(parse_entry(ByteView(bytes).first(size)).has_value());
    }
    SecretBytes changed = bytes;
    changed.push_back(0);
    EXPECT_FALSE(parse_entry(changed).has_value());
    changed = bytes;
    changed[0] = 5;
    EXPECT_FALSE(parse_entry(changed).has_value());
  }
  EXPECT_THROW((void)encode_entry(GapEntry{GapEntry::Reason::lost, 0, kNow}), std::logic_error);
  EXPECT_THROW((void)encode_entry(PolicyEntry{}), std::logic_error);
  EXPECT_THROW((void)encode_entry(message(1, kContentBytesMax + 1)), std::logic_error);
}

}  // namespace
}  // namespace holdspace::crypto
