// What one device has seen of the log, and its judgement of each further head: does it belong to
// the same history. Heads come from the server at each connect and, inside encrypted messages, from
// other people, so a server that shows two histories must also keep the two sides from writing to
// each other. Pure; the caller fetches proofs and stores encode(). docs/protocol.md section 13.
//
// After fork or bad_proof the view is stopped: show both people the evidence, go on with urgent
// messages and stop routine ones. Only a person lifts that, by beginning a new view.
#pragma once

#include <optional>

#include "crypto/tree_head.hpp"

namespace holdspace::crypto {

inline constexpr auto kHeadEvery = std::chrono::hours{1};  // specification, section 13
// Ours: an hour between heads, and one for a log that was restarted.
inline constexpr auto kHeadFresh = 2 * kHeadEvery;
inline constexpr auto kHeadAhead = std::chrono::minutes{5};  // specification, section 5: clock skew
// Specification, section 13: a statement that the gateway has promised to log is proven by then.
inline constexpr auto kInclusionDue = std::chrono::hours{24};

enum class LogVerdict {
  accepted,   // of the same history; head() is the newest of the two
  fork,       // the same size with another root: two histories were signed
  bad_proof,  // a larger and a smaller head, and the proof does not join them: a fork, or a server
              // that cannot prove that it is none
  rewound,    // the server offers less than it showed before, or a later head that is dated earlier
  stopped,    // a fork or bad proof was found before: nothing is judged any more
};

enum class Freshness {
  fresh,
  stale,  // older than kHeadFresh: the server withholds newer heads, or the log is down
  ahead,  // dated more than kHeadAhead in the future: a clock is wrong
};

// The two heads, as they were signed; anybody with LK can check them.
struct ForkEvidence {
  ByteVector held;
  ByteVector shown;
  friend bool operator==(const ForkEvidence&, const ForkEvidence&) = default;
};

class LogView {
 public:
  // Begins with the head of an invite's packet, or the first that this device saw.
  explicit LogView(Verified<TreeHead> first) : head_(std::move(first)) {}

  // The server's newest head at a connect, with its proof from head().size on. A smaller one is
  // rewound and changes nothing.
  LogVerdict advance(const Verified<TreeHead>& next, std::span<const TreeHash> proof);
  // Another person's head, which may be older or newer than head(); the server is asked for the
  // proof from the smaller to the larger size. An honest older head is accepted and head() stays.
  LogVerdict compare(const Verified<TreeHead>& theirs, std::span<const TreeHash> proof);

  [[nodiscard]] const Verified<TreeHead>& head() const { return head_; }
  [[nodiscard]] const std::optional<ForkEvidence>& evidence() const { return evidence_; }

  // Whether a logged statement is in head(). `index` is from 0.
  [[nodiscard]] bool includes(LogEntryType type, const LeafNonce& nonce, ByteView body,
                              std::uint64_t index, std::span<const TreeHash> proof) const;
  [[nodiscard]] Freshness freshness(Instant now) const;

  // For the sealed store. Parsing is empty for anything but this encoding, and when the head does
  // not verify.
  [[nodiscard]] ByteVector encode() const;
  [[nodiscard]] static std::optional<LogView> parse(ByteView bytes, const LogPublicKey& pinned,
                                                    const LogId& log_id);

 private:
  LogVerdict stop(LogVerdict verdict, const Verified<TreeHead>& shown);
  Verified<TreeHead> head_;
  std::optional<ForkEvidence> evidence_;
};

// Whether a statement that the gateway promised to log at `promised_at`, and that is not proven
// yet, is overdue: from then on it is not relied upon.
[[nodiscard]] bool inclusion_overdue(Instant promised_at, Instant now);

}  // namespace holdspace::crypto
