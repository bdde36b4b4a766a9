#include "crypto/layout.hpp"
#include "crypto/record_stream.hpp"

namespace holdspace::crypto {

using Kind = RecordFault::Kind;

RecordReader::RecordReader(const RecordKey& key)
    : purpose_(key.purpose),
      associated_(record_associated(key.preamble)),
      stream_(key.key, key.header) {}

RecordFault RecordReader::fail(Kind kind, std::uint64_t entry) {
  fault_ = RecordFault{kind, entry};
  return *fault_;
}

bool RecordReader::parse_trailer(ByteView record) {
  Reader in(record.subspan(1));
  Trailer trailer;
  // Exactly as many as came: bounds what a file can make us keep.
  const std::size_t count = in.count(leaves_.size());
  if (count != leaves_.size()) return false;
  trailer.leaves.resize(count);
  for (TreeHash& leaf : trailer.leaves) leaf = in.bytes<32>();
  for (ByteVector* part : {&trailer.cert, &trailer.list, &trailer.header}) {
    const ByteView view = in.prefixed(kStatementBytesMax);
    part->assign(view.begin(), view.end());
  }
  if (!in.finish()) return false;
  trailer_ = std::move(trailer);
  return true;
}

std::optional<Kind> RecordReader::take_record(ByteView record, std::vector<RecordEntry>& out) {
  if (trailer_) return Kind::extended;
  if (!record.empty() && record[0] == kTrailerKind) {
    return parse_trailer(record) ? std::nullopt : std::optional(Kind::malformed);
  }
  auto entry = parse_entry(record);
  if (!entry || !belongs(purpose_, *entry) || leaves_.size() == kRecordEntriesMax) {
    return Kind::malformed;
  }
  leaves_.push_back(leaf_hash(record));
  out.push_back(std::move(*entry));
  return std::nullopt;
}

boost::system::result<std::vector<RecordEntry>, RecordFault> RecordReader::open(ByteView chunk) {
  if (fault_) return *fault_;
  if (last_seen_) return fail(Kind::extended, 0);
  const auto opened = stream_.open(associated_, chunk);
  const bool whole = chunk.size() == kStreamChunkBytes;
  if (!opened || (!opened->last && !whole) || chunk.size() > kStreamChunkBytes) {
    return fail(Kind::altered, next_entry());
  }
  last_seen_ = opened->last;
  pending_.insert(pending_.end(), opened->plain.begin(), opened->plain.end());

  std::vector<RecordEntry> entries;
  std::size_t at = 0;
  while (pending_.size() - at >= 4) {
    const ByteView rest = ByteView(pending_).subspan(at);
    const std::size_t length = Reader(rest).u32();
    const bool trailer = rest.size() > 4 && rest[4] == kTrailerKind;
    if (length > (trailer ? kTrailerBytesMax : kEntryBytesMax)) {
      return fail(Kind::malformed, next_entry());
    }
    if (rest.size() - 4 < length) break;
    const auto fault = take_record(rest.subspan(4, length), entries);
    if (fault) return fail(*fault, trailer_ ? 0 : next_entry());
    at += 4 + length;
  }
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(at));
  if (last_seen_ && (!pending_.empty() || !trailer_)) return fail(Kind::malformed, next_entry());
  return entries;
}

boost::system::result<VerifiedRecord, RecordFault> RecordReader::finish(const Pin& exporter) {
  if (fault_) return *fault_;
  if (!last_seen_) return fail(Kind::truncated, next_entry());
  const auto cert = verify_device_cert(trailer_->cert, exporter);
  const auto list = verify_device_list(trailer_->list, exporter);
  if (!cert || !list) return fail(Kind::not_signed, 0);
  auto device = trust_device(*cert, *list);
  auto header = verify_record_export(trailer_->header, *cert);
  if (!device || !header || (*header)->purpose != purpose_) return fail(Kind::not_signed, 0);
  // The list of hashes is the signed one, so it tells which entry is not.
  if ((*header)->count != trailer_->leaves.size() ||
      (*header)->root != record_root(trailer_->leaves)) {
    return fail(Kind::wrong_root, 0);
  }
  const auto differs = std::mismatch(leaves_.begin(), leaves_.end(), trailer_->leaves.begin());
  if (differs.first != leaves_.end()) {
    const auto index = static_cast<std::uint64_t>(differs.first - leaves_.begin());
    return fail(Kind::wrong_entry, index + 1);
  }
  return VerifiedRecord(std::move(*header), std::move(*device));
}

}  // namespace holdspace::crypto
