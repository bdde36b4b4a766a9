#include "crypto/merkle_tree.hpp"

#include <sodium.h>

#include <bit>

#include "crypto/layout.hpp"

namespace holdspace::crypto {
namespace {

TreeHash tagged_hash(std::uint8_t tag, ByteView first, ByteView second) {
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  crypto_hash_sha256_update(&state, &tag, 1);
  crypto_hash_sha256_update(&state, first.data(), first.size());
  crypto_hash_sha256_update(&state, second.data(), second.size());
  TreeHash out;
  crypto_hash_sha256_final(&state, out.data());
  return out;
}

// Where RFC 6962 divides a tree of `size` > 1 leaves: the largest power of two below size.
std::uint64_t split(std::uint64_t size) {
  return std::bit_floor(size - 1);
}

// Takes a proof's hashes in order; a proof that is too short gives zeros and is remembered.
class ProofReader {
 public:
  explicit ProofReader(std::span<const TreeHash> proof) : rest_(proof) {}
  TreeHash next() {
    if (rest_.empty()) {
      short_ = true;
      return {};
    }
    const TreeHash hash = rest_.front();
    rest_ = rest_.subspan(1);
    return hash;
  }
  [[nodiscard]] bool used_exactly() const { return !short_ && rest_.empty(); }

 private:
  std::span<const TreeHash> rest_;
  bool short_ = false;
};

TreeHash root_by_inclusion(const TreeHash& leaf, std::uint64_t index, std::uint64_t size,
                           ProofReader& proof) {
  if (size <= 1) return leaf;
  const std::uint64_t left = split(size);
  if (index < left) {
    const TreeHash own = root_by_inclusion(leaf, index, left, proof);
    return node_hash(own, proof.next());
  }
  const TreeHash own = root_by_inclusion(leaf, index - left, size - left, proof);
  return node_hash(proof.next(), own);
}

struct TwoRoots {
  TreeHash from;
  TreeHash to;
};

// RFC 6962's SUBPROOF, read backwards: the roots of the first `from` leaves and of all `to` leaves
// of one subtree. `known`: the subtree of the first `from` leaves is the whole old tree, whose root
// the verifier has.
TwoRoots roots_by_consistency(std::uint64_t from, std::uint64_t to, bool known,
                              const TreeHash& from_root, ProofReader& proof) {
  if (from == to) {
    const TreeHash root = known ? from_root : proof.next();
    return {root, root};
  }
  const std::uint64_t left = split(to);
  if (from <= left) {
    const TwoRoots own = roots_by_consistency(from, left, known, from_root, proof);
    return {own.from, node_hash(own.to, proof.next())};
  }
  const TwoRoots own = roots_by_consistency(from - left, to - left, false, from_root, proof);
  const TreeHash shared = proof.next();
  return {node_hash(shared, own.from), node_hash(shared, own.to)};
}

}  // namespace

TreeHash leaf_hash(ByteView leaf) {
  return tagged_hash(0, leaf, {});
}

TreeHash node_hash(const TreeHash& left, const TreeHash& right) {
  return tagged_hash(1, left, right);
}

void MerkleTree::append(const TreeHash& leaf) {
  require(size() < kTreeLeavesMax);
  TreeHash whole = leaf;
  for (std::size_t level = 0;; ++level) {
    if (levels_.size() == level) levels_.emplace_back();
    std::vector<TreeHash>& row = levels_[level];
    row.push_back(whole);
    if (row.size() % 2 != 0) return;
    whole = node_hash(row[row.size() - 2], row.back());
  }
}

TreeHash MerkleTree::range_hash(std::uint64_t begin, std::uint64_t end) const {
  require(begin <= end && end <= size());
  const std::uint64_t count = end - begin;
  if (count == 0) {
    TreeHash nothing;
    crypto_hash_sha256(nothing.data(), nullptr, 0);
    return nothing;
  }
  if (std::has_single_bit(count)) {
    // Ranges come from splits at powers of two, so this one begins at a multiple of its length.
    return levels_[static_cast<std::size_t>(std::countr_zero(count))]
                  [static_cast<std::size_t>(begin / count)];
  }
  const std::uint64_t middle = begin + split(count);
  return node_hash(range_hash(begin, middle), range_hash(middle, end));
}

MerkleProof MerkleTree::inclusion(std::uint64_t index, std::uint64_t size) const {
  require(index < size && size <= this->size());
  MerkleProof proof;
  std::uint64_t begin = 0;
  std::uint64_t end = size;
  while (end - begin > 1) {
    const std::uint64_t middle = begin + split(end - begin);
    const bool is_left = index < middle;
    proof.push_back(is_left ? range_hash(middle, end) : range_hash(begin, middle));
    (is_left ? end : begin) = middle;
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

MerkleProof MerkleTree::consistency(std::uint64_t from, std::uint64_t to) const {
  require(from <= to && to <= size());
  MerkleProof proof;
  if (from == 0 || from == to) return proof;
  std::uint64_t begin = 0;
  std::uint64_t end = to;
  // Down to the subtree that ends where the old tree ended.
  while (end != from) {
    const std::uint64_t middle = begin + split(end - begin);
    const bool is_left = from <= middle;
    proof.push_back(is_left ? range_hash(middle, end) : range_hash(begin, middle));
    (is_left ? end : begin) = middle;
  }
  // The old root itself is known to whoever checks.
  if (begin != 0) proof.push_back(range_hash(begin, end));
  std::reverse(proof.begin(), proof.end());
  return proof;
}

bool verify_inclusion(const TreeHash& leaf, std::uint64_t index, std::uint64_t size,
                      const TreeHash& root, std::span<const TreeHash> proof) {
  if (index >= size || size > kTreeLeavesMax) return false;
  ProofReader reader(proof);
  return root_by_inclusion(leaf, index, size, reader) == root && reader.used_exactly();
}

bool verify_consistency(std::uint64_t from, const TreeHash& from_root, std::uint64_t to,
                        const TreeHash& to_root, std::span<const TreeHash> proof) {
  if (from > to || to > kTreeLeavesMax) return false;
  if (from == 0) return proof.empty() && from_root == MerkleTree{}.root();
  ProofReader reader(proof);
  const TwoRoots roots = roots_by_consistency(from, to, true, from_root, reader);
  return roots.from == from_root && roots.to == to_root && reader.used_exactly();
}

}  // namespace holdspace::crypto
