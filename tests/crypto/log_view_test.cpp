// Tree heads, and a device's judgement of them: forks, rewinds and bad proofs are told apart from
// an honest log, whatever order heads come in.
#include "crypto/log_view.hpp"

#include <gtest/gtest.h>

#include <random>

#include "crypto/hash.hpp"
#include "crypto/layout.hpp"
#include "crypto/random.hpp"
#include "tests/crypto/support/error_of.hpp"
#include "tests/crypto/support/people.hpp"

namespace holdspace::crypto {
namespace {

using testing::error_of;
using testing::kNow;
using namespace std::chrono_literals;

// A log that also remembers what stands in it.
class Log {
 public:
  void append(std::uint8_t body) {
    bodies_.push_back(body);
    tree_.append(leaf(bodies_.size() - 1));
  }
  [[nodiscard]] Verified<TreeHead> head(std::uint64_t size, Instant time = kNow) const {
    const TreeHead head{kId, size, tree_.root(size), time};
    return *verify_tree_head(sign_tree_head(head, key()), key().public_key(), kId);
  }
  [[nodiscard]] Verified<TreeHead> head() const { return head(tree_.size()); }
  [[nodiscard]] const MerkleTree& tree() const { return tree_; }
  [[nodiscard]] std::uint64_t size() const { return tree_.size(); }
  [[nodiscard]] const std::vector<std::uint8_t>& bodies() const { return bodies_; }

  static const LogKey& key() {
    static const LogKey instance = LogKey::generate();
    return instance;
  }
  static constexpr LogId kId{7};

 private:
  [[nodiscard]] TreeHash leaf(std::size_t index) const {
    return log_leaf(LogEntryType::device_list, {}, {&bodies_[index], 1});
  }
  std::vector<std::uint8_t> bodies_;
  MerkleTree tree_;
};

Log log_of(std::size_t size, std::uint8_t last = 0) {
  Log log;
  for (std::size_t i = 1; i < size; ++i) log.append(static_cast<std::uint8_t>(i));
  if (size > 0) log.append(last);
  return log;
}

TEST(TreeHead, is_believed_from_the_pinned_log_key_alone) {
  const TreeHead head{Log::kId, 3, log_of(3).tree().root(), kNow};
  const ByteVector bytes = sign_tree_head(head, Log::key());
  const auto verified = verify_tree_head(bytes, Log::key().public_key(), Log::kId);
  ASSERT_TRUE(verified.has_value());
  EXPECT_EQ(**verified, head);
  EXPECT_EQ(encode_body(head).size(), 64U);
  EXPECT_EQ(error_of(verify_tree_head(bytes, LogKey::generate().public_key(), Log::kId)),
            StatementError::bad_signature);
  EXPECT_EQ(error_of(verify_tree_head(bytes, Log::key().public_key(), LogId{})),
            StatementError::wrong_signer);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (const std::uint8_t flip : Bytes<2>{0x01, 0x80}) {
      ByteVector changed = bytes;
      changed[i] ^= flip;
      ASSERT_FALSE(verify_tree_head(changed, Log::key().public_key(), Log::kId)) << i;
    }
  }
  ByteVector huge = encode_body(head);
  huge[16] = 1;
  EXPECT_EQ(error_of(parse_tree_head(huge)), StatementError::malformed);
}

TEST(LogLeaf, hides_its_body_and_binds_type_and_nonce) {
  const ByteVector body{1, 2, 3};
  const LeafNonce nonce{9};
  const ByteVector by_hand = Writer{}.u16(17).bytes(hash32({nonce, body})).take();
  const TreeHash leaf = log_leaf(LogEntryType::roster, nonce, body);
  EXPECT_EQ(leaf, leaf_hash(by_hand));
  EXPECT_NE(leaf, log_leaf(LogEntryType::device_list, nonce, body));
  EXPECT_NE(leaf, log_leaf(LogEntryType::roster, {}, body));
}

TEST(LogView, moves_on_with_an_honest_log) {
  const Log log = log_of(20);
  LogView view(log.head(0));
  for (const std::uint64_t size : {1U, 1U, 2U, 7U, 8U, 20U}) {
    const auto proof = log.tree().consistency(view.head()->size, size);
    EXPECT_EQ(view.advance(log.head(size), proof), LogVerdict::accepted) << size;
    EXPECT_EQ(view.head()->size, size);
  }
  EXPECT_EQ(view.advance(log.head(20, kNow + 1h), {}), LogVerdict::accepted);
  EXPECT_EQ(view.head()->time, kNow + 1h);
  EXPECT_TRUE(
      view.includes(LogEntryType::device_list, {}, ByteVector{4}, 3, log.tree().inclusion(3, 20)));
  EXPECT_FALSE(
      view.includes(LogEntryType::device_list, {}, ByteVector{5}, 3, log.tree().inclusion(3, 20)));
  EXPECT_FALSE(
      view.includes(LogEntryType::roster, {}, ByteVector{4}, 3, log.tree().inclusion(3, 20)));
}

TEST(LogView, server_that_shows_less_than_before_is_rewound_and_changes_nothing) {
  const Log log = log_of(9);
  LogView view(log.head(9));
  EXPECT_EQ(view.advance(log.head(8), log.tree().consistency(8, 9)), LogVerdict::rewound);
  EXPECT_EQ(view.advance(log.head(9, kNow - 1ms), {}), LogVerdict::rewound);
  EXPECT_EQ(view.head()->size, 9U);
  EXPECT_FALSE(view.evidence().has_value());
  LogView earlier(log.head(5));
  EXPECT_EQ(earlier.advance(log.head(9, kNow - 1ms), log.tree().consistency(5, 9)),
            LogVerdict::rewound);
  EXPECT_EQ(earlier.head()->size, 5U);
}

TEST(LogView, another_root_for_the_same_size_is_a_fork_and_both_heads_are_kept) {
  const Log log = log_of(9);
  const Log other = log_of(9, 99);
  LogView view(log.head());
  EXPECT_EQ(view.advance(other.head(), {}), LogVerdict::fork);
  ASSERT_TRUE(view.evidence().has_value());
  EXPECT_EQ(view.evidence()->held, log.head().signed_bytes());
  EXPECT_EQ(view.evidence()->shown, other.head().signed_bytes());
  EXPECT_EQ(view.advance(log.head(), {}), LogVerdict::stopped);
  EXPECT_EQ(view.compare(log.head(), {}), LogVerdict::stopped);
}

TEST(LogView, larger_head_that_the_proof_does_not_join_is_a_bad_proof) {
  const Log log = log_of(9);
  Log other = log_of(5, 99);
  for (std::uint8_t i = 5; i < 9; ++i) other.append(i);
  LogView view(log.head(5));
  EXPECT_EQ(view.advance(other.head(), other.tree().consistency(5, 9)), LogVerdict::bad_proof);
  EXPECT_TRUE(view.evidence().has_value());
  EXPECT_EQ(view.head()->size, 5U);
  LogView honest(log.head(5));
  MerkleProof changed = log.tree().consistency(5, 9);
  changed[1][0] ^= 1;
  EXPECT_EQ(honest.advance(log.head(9), changed), LogVerdict::bad_proof);
}

TEST(LogView, another_persons_older_head_is_compared_and_does_not_move_the_view) {
  const Log log = log_of(9);
  LogView view(log.head(9));
  EXPECT_EQ(view.compare(log.head(4), log.tree().consistency(4, 9)), LogVerdict::accepted);
  EXPECT_EQ(view.head()->size, 9U);
  const Log other = log_of(4, 99);
  EXPECT_EQ(view.compare(other.head(), log.tree().consistency(4, 9)), LogVerdict::bad_proof);
  LogView behind(log.head(4));
  EXPECT_EQ(behind.compare(log.head(9), log.tree().consistency(4, 9)), LogVerdict::accepted);
  EXPECT_EQ(behind.head()->size, 9U);
}

TEST(LogView, head_that_is_too_old_or_from_the_future_is_not_fresh) {
  const LogView view(log_of(1).head());
  EXPECT_EQ(view.freshness(kNow), Freshness::fresh);
  EXPECT_EQ(view.freshness(kNow + 2h), Freshness::fresh);
  EXPECT_EQ(view.freshness(kNow + 2h + 1ms), Freshness::stale);
  EXPECT_EQ(view.freshness(kNow - 5min), Freshness::fresh);
  EXPECT_EQ(view.freshness(kNow - 5min - 1ms), Freshness::ahead);
  EXPECT_FALSE(inclusion_overdue(kNow, kNow + 24h));
  EXPECT_TRUE(inclusion_overdue(kNow, kNow + 24h + 1ms));
}

TEST(LogView, survives_the_store_with_its_evidence) {
  const auto& key = Log::key().public_key();
  LogView view(log_of(9).head());
  const auto parsed = LogView::parse(view.encode(), key, Log::kId);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->encode(), view.encode());
  (void)view.advance(log_of(9, 99).head(), {});
  auto stopped = LogView::parse(view.encode(), key, Log::kId);
  ASSERT_TRUE(stopped.has_value());
  EXPECT_EQ(stopped->evidence(), view.evidence());
  EXPECT_EQ(stopped->advance(log_of(9).head(), {}), LogVerdict::stopped);
  const ByteVector stored = view.encode();
  for (std::size_t size = 0; size < stored.size(); ++size) {
    ASSERT_FALSE(LogView::parse(ByteView(stored).first(size), key, Log::kId).has_value());
  }
}

// Property 12: the server shows two sides two histories; whatever it changed, the first exchange of
// heads shows it, and honest ones never raise an alarm.
TEST(LogView, every_changed_removed_or_reordered_leaf_is_caught_by_one_exchange_of_heads) {
  std::mt19937 draw(20261125);
  const auto below = [&](std::size_t end) { return draw() % end; };
  for (int round = 0; round < 400; ++round) {
    const std::size_t shared = below(12);
    std::vector<std::uint8_t> history;
    for (std::size_t i = 0; i < shared + 2 + below(12); ++i) {
      history.push_back(static_cast<std::uint8_t>(i));
    }
    auto other = history;
    const std::size_t at = below(other.size() - 1);
    const auto kind = below(3);
    if (kind == 0) other[at] = 200;
    if (kind == 1) other.erase(other.begin() + static_cast<std::ptrdiff_t>(at));
    if (kind == 2) std::swap(other[at], other[at + 1]);
    for (std::size_t i = below(4); i > 0; --i) other.push_back(201);
    Log honest;
    Log forked;
    for (const std::uint8_t body : history) honest.append(body);
    for (const std::uint8_t body : other) forked.append(body);

    LogView a(honest.head());
    const std::uint64_t size = below(honest.size() + 1);
    ASSERT_EQ(a.compare(honest.head(size), honest.tree().consistency(size, honest.size())),
              LogVerdict::accepted);
    // The server chooses whichever proof suits it.
    const std::uint64_t low = std::min(honest.size(), forked.size());
    for (const Log* prover : {&honest, &forked}) {
      LogView copy = a;
      const auto proof = prover->tree().consistency(std::min(low, prover->size()), prover->size());
      const LogVerdict verdict = copy.compare(forked.head(), proof);
      ASSERT_TRUE(verdict == LogVerdict::fork || verdict == LogVerdict::bad_proof) << round;
      ASSERT_TRUE(copy.evidence().has_value());
    }
  }
}

}  // namespace
}  // namespace holdspace::crypto
