// An export of a relationship's record, or a history for one's own next device: written and read
// entry by entry, in bounded memory but for 32 bytes per entry. docs/protocol.md sections 12.3 and
// 12.4. It proves what the exporter's device recorded, not that a client wrote it: messages are not
// signed.
//
// Writing: lock_records() for a key, write its preamble, then whatever RecordWriter gives out.
// Reading: unlock_records(), then the file behind the preamble in chunks of kStreamChunkBytes (the
// last one shorter) through RecordReader::open, which gives the entries as they come. Nothing of
// them is to be relied on before finish() has answered with a VerifiedRecord: whoever shows entries
// earlier says that they are not verified yet.
#pragma once

#include <vector>

#include "crypto/keys.hpp"
#include "crypto/merkle_tree.hpp"
#include "crypto/record_entry.hpp"
#include "crypto/record_lock.hpp"

namespace holdspace::crypto {

// Ours: 8 MiB of hashes; a hundred messages a day for seven years.
inline constexpr std::uint64_t kRecordEntriesMax = std::uint64_t{1} << 18;

// The signed header.
struct RecordExport {
  AccountId account_id{};  // the exporter's
  DeviceId device_id = 0;  // the exporter's, >= 1
  RecordPurpose purpose = RecordPurpose::record_export;
  RelationshipId relationship_id{};  // zeros in a history of all relationships
  Instant from{};                    // what the exporter says is covered: [from, until)
  Instant until{};                   // later than from
  std::uint64_t count = 0;           // entries, at most kRecordEntriesMax
  TreeHash root{};                   // RFC 6962 root over leaf_hash(entry)
  Hash32 previous{};                 // statement hash of the export before; zeros in the first
  std::uint64_t log_size = 0;        // newest tree head that the device had verified; zeros without
  TreeHash log_root{};
  Instant made_at{};
  friend bool operator==(const RecordExport&, const RecordExport&) = default;
};

// Asserts the ranges above. The statement hash of the body is what goes into the log.
[[nodiscard]] ByteVector encode_body(const RecordExport& header);
[[nodiscard]] StatementResult<RecordExport> parse_record_export(ByteView body);
[[nodiscard]] ByteVector sign_record_export(const RecordExport& header,
                                            const DeviceSigningKey& key);
[[nodiscard]] StatementResult<Verified<RecordExport>> verify_record_export(
    ByteView bytes, const Verified<DeviceCert>& cert);

// What the exporter chooses of the header.
struct RecordFacts {
  RelationshipId relationship_id{};
  Instant from{};
  Instant until{};
  Hash32 previous{};
  std::uint64_t log_size = 0;
  TreeHash log_root{};
  Instant made_at{};
};

class RecordWriter {
 public:
  // Write key.preamble first.
  explicit RecordWriter(const RecordKey& key);
  // Bytes to append to the file: none, or whole chunks. Asserts the entry's ranges, that fewer than
  // kRecordEntriesMax were added, and that a record export holds messages and gaps alone.
  [[nodiscard]] ByteVector add(const RecordEntry& entry);
  struct Finished {
    ByteVector rest;  // to append: the end of the file
    Hash32 hash{};    // for the log, and `previous` of the next export
  };
  [[nodiscard]] Finished finish(const LocalDevice& exporter, const RecordFacts& facts) &&;

 private:
  [[nodiscard]] ByteVector append(ByteView record);
  RecordPurpose purpose_;
  ByteVector associated_;
  StreamState stream_;
  SecretBytes pending_;  // less than a chunk
  std::vector<TreeHash> leaves_;
};

struct RecordFault {
  enum class Kind {
    altered,      // a chunk does not open at its place: changed, moved, or of another file
    truncated,    // the file ends before its last chunk
    extended,     // something follows the last chunk or the header
    malformed,    // opens, and is no entry or end of this version
    wrong_entry,  // an entry is not the one that was signed
    wrong_root,   // the list of entries at the end is not the one that was signed
    not_signed,   // certificate, list or header do not verify under the exporter's pin, or the
                  // device is revoked there
  };
  Kind kind = Kind::altered;
  // The first entry, from 1, that cannot be relied on; 0 when no single one is at fault.
  std::uint64_t entry = 0;
  friend bool operator==(const RecordFault&, const RecordFault&) = default;
};

// A whole file whose every entry is the signed one.
class VerifiedRecord {
 public:
  [[nodiscard]] const RecordExport& operator*() const { return *header_; }
  [[nodiscard]] const RecordExport* operator->() const { return &*header_; }
  [[nodiscard]] const Hash32& hash() const { return header_.hash(); }
  [[nodiscard]] const TrustedDevice& exporter() const { return exporter_; }

 private:
  friend class RecordReader;
  VerifiedRecord(Verified<RecordExport> header, TrustedDevice exporter)
      : header_(std::move(header)), exporter_(std::move(exporter)) {}
  Verified<RecordExport> header_;
  TrustedDevice exporter_;
};

class RecordReader {
 public:
  explicit RecordReader(const RecordKey& key);
  // The next chunk; after a fault every call gives that fault.
  [[nodiscard]] boost::system::result<std::vector<RecordEntry>, RecordFault> open(ByteView chunk);
  // After the last chunk. `exporter`: the exporter's account as the reader has pinned it.
  [[nodiscard]] boost::system::result<VerifiedRecord, RecordFault> finish(const Pin& exporter);

 private:
  struct Trailer {
    std::vector<TreeHash> leaves;
    ByteVector cert;
    ByteVector list;
    ByteVector header;
  };
  [[nodiscard]] RecordFault fail(RecordFault::Kind kind, std::uint64_t entry);
  [[nodiscard]] std::optional<RecordFault::Kind> take_record(ByteView record,
                                                             std::vector<RecordEntry>& out);
  [[nodiscard]] bool parse_trailer(ByteView record);
  [[nodiscard]] std::uint64_t next_entry() const { return leaves_.size() + 1; }
  RecordPurpose purpose_;
  ByteVector associated_;
  StreamState stream_;
  SecretBytes pending_;  // the beginning of a record that is not whole yet
  std::vector<TreeHash> leaves_;
  std::optional<Trailer> trailer_;
  bool last_seen_ = false;
  std::optional<RecordFault> fault_;
};

enum class RecordChainError {
  other_subject,  // of another account, relationship or purpose
  not_next,       // names another predecessor: an export between them is missing, or was replaced
  overlaps,       // begins before the one before ends
};
// Whether `next` continues `before`.
[[nodiscard]] boost::system::result<void, RecordChainError> check_record_chain(
    const VerifiedRecord& before, const VerifiedRecord& next);

}  // namespace holdspace::crypto
