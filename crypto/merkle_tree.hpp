// The hash tree behind the tamper-evident log: RFC 6962 section 2.1 with SHA-256. Makes roots and
// proofs, and checks proofs; what a root is worth is decided in crypto/tree_head.hpp and
// crypto/log_view.hpp. Pure; a tree may be used by one thread at a time. docs/protocol.md section
// 13.
#pragma once

#include <span>
#include <vector>

#include "crypto/bytes.hpp"

namespace holdspace::crypto {

// Ours: 64 bytes of memory for each leaf, 256 MiB in all; a deployment of a thousand practices
// makes fewer statements in ten years.
inline constexpr std::uint64_t kTreeLeavesMax = std::uint64_t{1} << 22;
// No proof between sizes up to kTreeLeavesMax is longer.
inline constexpr std::size_t kProofHashesMax = 23;

using TreeHash = Bytes<32>;  // SHA-256
using MerkleProof = std::vector<TreeHash>;

// SHA-256(0x00 || leaf) and SHA-256(0x01 || left || right).
[[nodiscard]] TreeHash leaf_hash(ByteView leaf);
[[nodiscard]] TreeHash node_hash(const TreeHash& left, const TreeHash& right);

// Grows at its right end only. A server that restarts appends the leaf hashes that it stored.
class MerkleTree {
 public:
  // Asserts that size() is below kTreeLeavesMax.
  void append(const TreeHash& leaf);
  [[nodiscard]] std::uint64_t size() const { return levels_.empty() ? 0 : levels_[0].size(); }
  // Of the first `size` leaves, at most size(); of none: SHA-256 of nothing.
  [[nodiscard]] TreeHash root(std::uint64_t size) const { return range_hash(0, size); }
  [[nodiscard]] TreeHash root() const { return root(size()); }
  // That the leaf at `index` (from 0) is in the first `size`; index < size <= size().
  [[nodiscard]] MerkleProof inclusion(std::uint64_t index, std::uint64_t size) const;
  // That the first `from` leaves are where they were among the first `to`; from <= to <= size().
  // Empty when from is 0 or equals to.
  [[nodiscard]] MerkleProof consistency(std::uint64_t from, std::uint64_t to) const;

 private:
  [[nodiscard]] TreeHash range_hash(std::uint64_t begin, std::uint64_t end) const;
  // levels_[k][i]: hash of the complete subtree over leaves [i * 2^k, (i + 1) * 2^k).
  std::vector<std::vector<TreeHash>> levels_;
};

// False for a proof of another length than the sizes ask for, too. `index` is from 0.
[[nodiscard]] bool verify_inclusion(const TreeHash& leaf, std::uint64_t index, std::uint64_t size,
                                    const TreeHash& root, std::span<const TreeHash> proof);
// Whether the tree of `from` leaves is the beginning of the tree of `to` leaves. An empty tree is
// the beginning of each; a tree of the same size only with the same root.
[[nodiscard]] bool verify_consistency(std::uint64_t from, const TreeHash& from_root,
                                      std::uint64_t to, const TreeHash& to_root,
                                      std::span<const TreeHash> proof);

}  // namespace holdspace::crypto
