#include "crypto/log_view.hpp"

#include "crypto/layout.hpp"

namespace holdspace::crypto {
namespace {

constexpr std::uint8_t kLogViewVersion = 1;

}  // namespace

LogVerdict LogView::stop(LogVerdict verdict, const Verified<TreeHead>& shown) {
  evidence_ = ForkEvidence{head_.signed_bytes(), shown.signed_bytes()};
  return verdict;
}

LogVerdict LogView::advance(const Verified<TreeHead>& next, std::span<const TreeHash> proof) {
  if (evidence_) return LogVerdict::stopped;
  if (next->size < head_->size) return LogVerdict::rewound;
  const LogVerdict verdict = compare(next, proof);
  // A repeat of the held head is no news and no harm; a later one cannot be older.
  if (verdict == LogVerdict::accepted && next->time < head_->time) return LogVerdict::rewound;
  return verdict;
}

LogVerdict LogView::compare(const Verified<TreeHead>& theirs, std::span<const TreeHash> proof) {
  if (evidence_) return LogVerdict::stopped;
  if (theirs->size == head_->size) {
    if (theirs->root != head_->root) return stop(LogVerdict::fork, theirs);
  } else {
    const bool newer = theirs->size > head_->size;
    const TreeHead& smaller = newer ? *head_ : *theirs;
    const TreeHead& larger = newer ? *theirs : *head_;
    if (!verify_consistency(smaller.size, smaller.root, larger.size, larger.root, proof)) {
      return stop(LogVerdict::bad_proof, theirs);
    }
    if (larger.time < smaller.time) return LogVerdict::rewound;
  }
  if (theirs->size >= head_->size && theirs->time >= head_->time) head_ = theirs;
  return LogVerdict::accepted;
}

bool LogView::includes(LogEntryType type, const LeafNonce& nonce, ByteView body,
                       std::uint64_t index, std::span<const TreeHash> proof) const {
  return verify_inclusion(log_leaf(type, nonce, body), index, head_->size, head_->root, proof);
}

Freshness LogView::freshness(Instant now) const {
  if (head_->time > now + kHeadAhead) return Freshness::ahead;
  return now - head_->time > kHeadFresh ? Freshness::stale : Freshness::fresh;
}

ByteVector LogView::encode() const {
  Writer out;
  out.u8(kLogViewVersion).prefixed(head_.signed_bytes()).u8(evidence_ ? 1 : 0);
  if (evidence_) out.prefixed(evidence_->held).prefixed(evidence_->shown);
  return out.take();
}

std::optional<LogView> LogView::parse(ByteView bytes, const LogPublicKey& pinned,
                                      const LogId& log_id) {
  Reader in(bytes);
  const std::uint8_t version = in.u8();
  const ByteView head_bytes = in.prefixed(kStatementBytesMax);
  const std::uint8_t stopped = in.u8();
  ForkEvidence evidence;
  if (stopped == 1) {
    for (ByteVector* side : {&evidence.held, &evidence.shown}) {
      const ByteView view = in.prefixed(kStatementBytesMax);
      side->assign(view.begin(), view.end());
    }
  }
  if (!in.finish() || version != kLogViewVersion || stopped > 1) return std::nullopt;
  auto head = verify_tree_head(head_bytes, pinned, log_id);
  if (!head) return std::nullopt;
  LogView view(std::move(*head));
  if (stopped == 1) view.evidence_ = std::move(evidence);
  return view;
}

bool inclusion_overdue(Instant promised_at, Instant now) {
  return now - promised_at > kInclusionDue;
}

}  // namespace holdspace::crypto
