// RFC 6962: its own example tree, published roots, and every proof of every tree of up to 17
// leaves.
#include <gtest/gtest.h>

#include "crypto/merkle_tree.hpp"
#include "tests/crypto/support/people.hpp"

namespace holdspace::crypto {
namespace {

using testing::from_hex;
using testing::hex_of;

MerkleTree tree_of(std::size_t size) {
  MerkleTree tree;
  for (std::size_t i = 0; i < size; ++i) {
    const auto byte = static_cast<std::uint8_t>(i);
    tree.append(leaf_hash({&byte, 1}));
  }
  return tree;
}

TreeHash leaf_at(std::size_t index) {
  const auto byte = static_cast<std::uint8_t>(index);
  return leaf_hash({&byte, 1});
}

// MTH of RFC 6962 section 2.1, by its recursive definition.
TreeHash root_by_definition(std::size_t begin, std::size_t end) {
  if (end - begin == 1) return leaf_at(begin);
  std::size_t left = 1;
  while (left * 2 < end - begin) left *= 2;
  return node_hash(root_by_definition(begin, begin + left), root_by_definition(begin + left, end));
}

// The inputs and roots that Certificate Transparency implementations test with.
TEST(MerkleTree, roots_are_the_published_ones) {
  const char* const leaves[] = {"",
                                "00",
                                "10",
                                "2021",
                                "3031",
                                "40414243",
                                "5051525354555657",
                                "606162636465666768696a6b6c6d6e6f"};
  const char* const roots[] = {"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                               "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                               "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                               "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                               "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                               "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                               "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                               "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                               "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  MerkleTree tree;
  EXPECT_EQ(hex_of(tree.root()), roots[0]);
  for (std::size_t i = 0; i < std::size(leaves); ++i) {
    tree.append(leaf_hash(from_hex(leaves[i])));
    EXPECT_EQ(hex_of(tree.root()), roots[i + 1]) << i;
  }
}

// RFC 6962 section 2.1.3: the tree of seven leaves, with the names that stand there.
TEST(MerkleTree, proofs_of_the_example_are_those_of_the_rfc) {
  const MerkleTree tree = tree_of(7);
  const TreeHash a = leaf_at(0), b = leaf_at(1), c = leaf_at(2), d = leaf_at(3), e = leaf_at(4),
                 f = leaf_at(5), j = leaf_at(6);
  const TreeHash g = node_hash(a, b), h = node_hash(c, d), i = node_hash(e, f);
  const TreeHash k = node_hash(g, h), l = node_hash(i, j);
  EXPECT_EQ(tree.root(), node_hash(k, l));
  EXPECT_EQ(tree.inclusion(0, 7), (MerkleProof{b, h, l}));
  EXPECT_EQ(tree.inclusion(3, 7), (MerkleProof{c, g, l}));
  EXPECT_EQ(tree.inclusion(4, 7), (MerkleProof{f, j, k}));
  EXPECT_EQ(tree.inclusion(6, 7), (MerkleProof{i, k}));
  EXPECT_EQ(tree.consistency(3, 7), (MerkleProof{c, d, g, l}));
  EXPECT_EQ(tree.consistency(4, 7), (MerkleProof{l}));
  EXPECT_EQ(tree.consistency(6, 7), (MerkleProof{i, j, k}));
}

// Every one-bit change of a hash, one hash fewer and one more.
template <class Verify>
void refuses_every_other_proof(const MerkleProof& good, Verify verify) {
  ASSERT_TRUE(verify(good));
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (std::size_t byte = 0; byte < 32; ++byte) {
      for (const std::uint8_t flip : Bytes<2>{0x01, 0x80}) {
        MerkleProof changed = good;
        changed[i][byte] ^= flip;
        ASSERT_FALSE(verify(changed)) << "hash " << i << " byte " << byte;
      }
    }
    MerkleProof shorter = good;
    shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(i));
    ASSERT_FALSE(verify(shorter)) << "without hash " << i;
  }
  for (const TreeHash& more : {TreeHash{}, good.empty() ? TreeHash{} : good.back()}) {
    MerkleProof longer = good;
    longer.push_back(more);
    ASSERT_FALSE(verify(longer));
  }
}

TEST(MerkleTree, every_inclusion_proof_of_small_trees_holds_and_no_changed_one_does) {
  const MerkleTree tree = tree_of(17);
  for (std::size_t size = 1; size <= 17; ++size) {
    const TreeHash root = tree.root(size);
    ASSERT_EQ(root, root_by_definition(0, size));
    for (std::size_t index = 0; index < size; ++index) {
      const MerkleProof proof = tree.inclusion(index, size);
      refuses_every_other_proof(proof, [&](const MerkleProof& other) {
        return verify_inclusion(leaf_at(index), index, size, root, other);
      });
      for (std::size_t wrong = 0; wrong <= size; ++wrong) {
        if (wrong == index) continue;
        ASSERT_FALSE(verify_inclusion(leaf_at(wrong), index, size, root, proof));
        ASSERT_FALSE(verify_inclusion(leaf_at(index), wrong, size, root, proof));
      }
    }
  }
  EXPECT_FALSE(verify_inclusion(leaf_at(0), 0, 0, tree.root(0), {}));
}

TEST(MerkleTree, every_consistency_proof_of_small_trees_holds_and_no_changed_one_does) {
  const MerkleTree tree = tree_of(17);
  for (std::size_t to = 0; to <= 17; ++to) {
    for (std::size_t from = 0; from <= to; ++from) {
      const MerkleProof proof = tree.consistency(from, to);
      ASSERT_LE(proof.size(), kProofHashesMax);
      refuses_every_other_proof(proof, [&](const MerkleProof& other) {
        return verify_consistency(from, tree.root(from), to, tree.root(to), other);
      });
      TreeHash other_root = tree.root(from);
      other_root[31] ^= 1;
      ASSERT_FALSE(verify_consistency(from, other_root, to, tree.root(to), proof));
      if (from != to) {
        ASSERT_FALSE(verify_consistency(to, tree.root(to), from, tree.root(from), proof));
      }
    }
  }
}

TEST(MerkleTree, sizes_beyond_the_bound_are_refused_before_any_work) {
  const TreeHash root = tree_of(1).root();
  EXPECT_FALSE(verify_inclusion(root, 0, kTreeLeavesMax + 1, root, {}));
  EXPECT_FALSE(verify_inclusion(root, UINT64_MAX - 1, UINT64_MAX, root, {}));
  EXPECT_FALSE(verify_consistency(1, root, UINT64_MAX, root, {}));
}

}  // namespace
}  // namespace holdspace::crypto
