// What the log says of itself, and what a leaf of it is. A tree head is a statement by the log key
// LK, which lives in a process of its own; whether two heads belong to one history is
// crypto/log_view.hpp's to judge. docs/protocol.md section 13.
#pragma once

#include "crypto/merkle_tree.hpp"
#include "crypto/statement.hpp"
#include "crypto/verify.hpp"

namespace holdspace::crypto {

using LogId = Bytes<16>;      // random, drawn when the log begins; stays when LK is succeeded
using LeafNonce = Bytes<16>;  // random, one for each leaf

// What is logged. A statement goes under its own type number, with its whole Signed bytes as body.
enum class LogEntryType : std::uint16_t {
  device_list = 2,
  policy_change = 5,
  roster = 17,
  record_export = 19,
  escalation_outcome = 257,  // body: what became of an escalation, as its own page says
  web_bundle = 258,          // body: hash of the web client's bundle
};

// The leaf's hash: leaf_hash(type u16 || H32(nonce 16 || body)). A mirror that has neither nonce
// nor body learns counts and times alone.
[[nodiscard]] TreeHash log_leaf(LogEntryType type, const LeafNonce& nonce, ByteView body);

struct TreeHead {
  LogId log_id{};
  std::uint64_t size = 0;  // leaves, at most kTreeLeavesMax
  TreeHash root{};
  Instant time{};  // when it was signed
  friend bool operator==(const TreeHead&, const TreeHead&) = default;
};

// log_id 16 | size u64 | root 32 | time u64: 64 bytes. Asserts the range of size.
[[nodiscard]] ByteVector encode_body(const TreeHead& head);
[[nodiscard]] StatementResult<TreeHead> parse_tree_head(ByteView body);
[[nodiscard]] ByteVector sign_tree_head(const TreeHead& head, const LogKey& key);
// wrong_signer: of another log.
[[nodiscard]] StatementResult<Verified<TreeHead>> verify_tree_head(ByteView bytes,
                                                                   const LogPublicKey& pinned,
                                                                   const LogId& log_id);

}  // namespace holdspace::crypto
