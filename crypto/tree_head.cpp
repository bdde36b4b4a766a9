#include "crypto/tree_head.hpp"

#include "crypto/hash.hpp"
#include "crypto/layout.hpp"
#include "crypto/statement_checks.hpp"

namespace holdspace::crypto {

TreeHash log_leaf(LogEntryType type, const LeafNonce& nonce, ByteView body) {
  const Hash32 hidden = hash32({nonce, body});
  return leaf_hash(Writer{}.u16(static_cast<std::uint16_t>(type)).bytes(hidden).take());
}

ByteVector encode_body(const TreeHead& head) {
  require(head.size <= kTreeLeavesMax);
  return Writer{}.bytes(head.log_id).u64(head.size).bytes(head.root).instant(head.time).take();
}

StatementResult<TreeHead> parse_tree_head(ByteView body) {
  Reader in(body);
  TreeHead head;
  head.log_id = in.bytes<16>();
  head.size = in.u64();
  head.root = in.bytes<32>();
  head.time = in.instant();
  if (!in.finish() || head.size > kTreeLeavesMax) return StatementError::malformed;
  return head;
}

ByteVector sign_tree_head(const TreeHead& head, const LogKey& key) {
  return sign_body(StatementType::tree_head, encode_body(head), key);
}

StatementResult<Verified<TreeHead>> verify_tree_head(ByteView bytes, const LogPublicKey& pinned,
                                                     const LogId& log_id) {
  return verify_by_key(bytes, StatementType::tree_head, &parse_tree_head, pinned,
                       [&](const TreeHead& head) { return head.log_id == log_id; });
}

}  // namespace holdspace::crypto
