#include "crypto/layout.hpp"
#include "crypto/record_stream.hpp"

namespace holdspace::crypto {

RecordWriter::RecordWriter(const RecordKey& key)
    : purpose_(key.purpose),
      associated_(record_associated(key.preamble)),
      stream_(key.key, key.header) {}

ByteVector RecordWriter::append(ByteView record) {
  const ByteVector length = Writer{}.count(record.size()).take();
  pending_.insert(pending_.end(), length.begin(), length.end());
  pending_.insert(pending_.end(), record.begin(), record.end());
  ByteVector out;
  std::size_t at = 0;
  // A whole last chunk stays: whether it is the last is not known yet.
  for (; pending_.size() - at > kStreamPlainBytes; at += kStreamPlainBytes) {
    const ByteVector chunk =
        stream_.seal(associated_, ByteView(pending_).subspan(at, kStreamPlainBytes), false);
    out.insert(out.end(), chunk.begin(), chunk.end());
  }
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(at));
  return out;
}

ByteVector RecordWriter::add(const RecordEntry& entry) {
  require(leaves_.size() < kRecordEntriesMax && belongs(purpose_, entry));
  const SecretBytes record = encode_entry(entry);
  leaves_.push_back(leaf_hash(record));
  return append(record);
}

RecordWriter::Finished RecordWriter::finish(const LocalDevice& exporter,
                                            const RecordFacts& facts) && {
  RecordExport header;
  header.account_id = exporter.address().account_id;
  header.device_id = exporter.address().device_id;
  header.purpose = purpose_;
  header.relationship_id = facts.relationship_id;
  header.from = facts.from;
  header.until = facts.until;
  header.count = leaves_.size();
  header.root = record_root(leaves_);
  header.previous = facts.previous;
  header.log_size = facts.log_size;
  header.log_root = facts.log_root;
  header.made_at = facts.made_at;

  Writer trailer;
  trailer.u8(kTrailerKind).count(leaves_.size());
  for (const TreeHash& leaf : leaves_) trailer.bytes(leaf);
  trailer.prefixed(exporter.trusted.verified_cert().signed_bytes());
  trailer.prefixed(exporter.list.signed_bytes());
  trailer.prefixed(sign_record_export(header, exporter.signing_key));
  Finished finished{append(trailer.take()),
                    statement_hash(StatementType::record_export, encode_body(header))};
  const ByteVector last = stream_.seal(associated_, pending_, true);
  finished.rest.insert(finished.rest.end(), last.begin(), last.end());
  return finished;
}

}  // namespace holdspace::crypto
