// What the writer and the reader of a record file agree on behind the preamble: records, each a
// u32 length and bytes, cut into chunks of a secretstream. Room-internal. docs/protocol.md section
// 12.4.
#pragma once

#include "crypto/hash.hpp"
#include "crypto/record_export.hpp"

namespace holdspace::crypto {

// First byte of the last record, where entries have their kind.
inline constexpr std::uint8_t kTrailerKind = 255;
inline constexpr std::size_t kTrailerBytesMax =
    1 + 4 + 32 * kRecordEntriesMax + 3 * (4 + kStatementBytesMax);

// L("exp/chunk") || H32(preamble): a chunk belongs to one file.
[[nodiscard]] inline ByteVector record_associated(ByteView preamble) {
  ByteVector out = label("exp/chunk");
  const Hash32 file = hash32({preamble});
  out.insert(out.end(), file.begin(), file.end());
  return out;
}

// A record export holds what was said; a history also what one's own next device needs.
[[nodiscard]] inline bool belongs(RecordPurpose purpose, const RecordEntry& entry) {
  return purpose == RecordPurpose::history || std::holds_alternative<MessageEntry>(entry) ||
         std::holds_alternative<GapEntry>(entry);
}

[[nodiscard]] inline TreeHash record_root(const std::vector<TreeHash>& leaves) {
  MerkleTree tree;
  for (const TreeHash& leaf : leaves) tree.append(leaf);
  return tree.root();
}

}  // namespace holdspace::crypto
