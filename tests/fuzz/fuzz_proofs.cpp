// Inclusion and consistency proofs for any sizes: no proof but the genuine one is believed, and a
// view of the log changes only when it accepts.
#include <fuzzer/FuzzedDataProvider.h>

#include <cstdlib>

#include "crypto/log_view.hpp"
#include "tests/crypto/support/people.hpp"
#include "tests/crypto/support/seeded_random.hpp"

namespace holdspace::crypto {
namespace {

constexpr std::uint64_t kLeaves = 40;

struct World {
  World() {
    testing::seed_random(1);
    for (std::uint8_t i = 0; i < kLeaves; ++i) tree.append(leaf_hash({&i, 1}));
  }
  [[nodiscard]] Verified<TreeHead> head(std::uint64_t size) const {
    static const LogKey key = LogKey::generate();
    const TreeHead head{{}, size, tree.root(size), testing::kNow};
    return *verify_tree_head(sign_tree_head(head, key), key.public_key(), {});
  }
  MerkleTree tree;
};

MerkleProof changed(FuzzedDataProvider& data, MerkleProof proof) {
  proof.resize(data.ConsumeIntegralInRange<std::size_t>(0, proof.size() + 2));
  for (int i = data.ConsumeIntegralInRange<int>(0, 3); i > 0 && !proof.empty(); --i) {
    TreeHash& hash = proof[data.ConsumeIntegralInRange<std::size_t>(0, proof.size() - 1)];
    hash[data.ConsumeIntegralInRange<std::size_t>(0, 31)] = data.ConsumeIntegral<std::uint8_t>();
  }
  return proof;
}

void check(bool holds) {
  if (!holds) std::abort();
}

void run(const std::uint8_t* input, std::size_t size) {
  static const World world;
  FuzzedDataProvider data(input, size);
  const auto to = data.ConsumeIntegralInRange<std::uint64_t>(1, kLeaves);
  const auto from = data.ConsumeIntegralInRange<std::uint64_t>(0, to);
  const auto index = data.ConsumeIntegralInRange<std::uint64_t>(0, to - 1);
  const auto byte = static_cast<std::uint8_t>(index);
  const TreeHash leaf = leaf_hash({&byte, 1});
  const TreeHash root = world.tree.root(to);

  const MerkleProof inclusion = world.tree.inclusion(index, to);
  const MerkleProof other_inclusion = changed(data, inclusion);
  check(verify_inclusion(leaf, index, to, root, other_inclusion) == (other_inclusion == inclusion));
  const MerkleProof consistency = world.tree.consistency(from, to);
  const MerkleProof other_consistency = changed(data, consistency);
  check(verify_consistency(from, world.tree.root(from), to, root, other_consistency) ==
        (other_consistency == consistency));

  LogView view(world.head(from));
  const LogVerdict verdict = view.advance(world.head(to), other_consistency);
  check((view.head()->size == to) == (verdict == LogVerdict::accepted) || from == to);
  check(view.evidence().has_value() == (verdict == LogVerdict::bad_proof));
  (void)verify_inclusion(leaf, data.ConsumeIntegral<std::uint64_t>(),
                         data.ConsumeIntegral<std::uint64_t>(), root, other_inclusion);
  (void)verify_consistency(data.ConsumeIntegral<std::uint64_t>(), root,
                           data.ConsumeIntegral<std::uint64_t>(), root, other_consistency);
}

}  // namespace
}  // namespace holdspace::crypto

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  holdspace::crypto::run(data, size);
  return 0;
}
