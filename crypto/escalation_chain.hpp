// Who may read an urgent message, in which order and from when on; and the pure decisions that hang
// on it: whether a release came too early, and what the sender may be shown. The chain's hash is in
// every ENV of the message. docs/protocol.md section 14.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "crypto/env.hpp"
#include "crypto/roster.hpp"

namespace holdspace::crypto {

// Ours: the own therapist and seven more; nobody in a crisis should wait for a longer chain.
inline constexpr std::size_t kEscalationStepsMax = 8;
// Ours: a step that takes a day is not an answer to something urgent.
inline constexpr std::uint32_t kEscalationDelayMaxS = 24 * 60 * 60;

struct ChainStep {
  AccountId account_id{};
  std::uint32_t delay_s = 0;  // how long this step has to acknowledge, 1..kEscalationDelayMaxS
  friend bool operator==(const ChainStep&, const ChainStep&) = default;
};

// H32(L("chain") || for each step: account_id 16 || delay u32).
[[nodiscard]] Hash32 chain_hash(std::span<const ChainStep> steps);

enum class ChainError {
  wrong_length,  // fewer than 2 steps or more than kEscalationStepsMax
  bad_delay,     // a delay of 0 or above kEscalationDelayMaxS
  repeated,      // an account stands in two steps
  not_rostered,  // a step after the own therapist's is not in the roster
  no_duty_end,   // the last step is not the roster's duty account: the chain could end nowhere
};

// A chain that may be sealed to. Step 0 is the own therapist, who gets ordinary ratchet copies;
// steps from 1 on get the sealed envelope.
class EscalationChain {
 public:
  [[nodiscard]] const std::vector<ChainStep>& steps() const { return steps_; }
  [[nodiscard]] const Hash32& hash() const { return hash_; }
  // The earliest instant at which the step may read: written_at plus the delays of the steps before
  // it. `step` is below steps().size().
  [[nodiscard]] Instant due(std::size_t step, Instant written_at) const;
  // When the last step's delay is over too: from here on the sender is shown the local crisis
  // numbers, without asking the server.
  [[nodiscard]] Instant ends(Instant written_at) const;

 private:
  friend struct ChainMaker;
  explicit EscalationChain(std::vector<ChainStep> steps)
      : steps_(std::move(steps)), hash_(chain_hash(steps_)) {}
  std::vector<ChainStep> steps_;
  Hash32 hash_;
};

[[nodiscard]] boost::system::result<EscalationChain, ChainError> check_chain(
    std::vector<ChainStep> steps, const Verified<Roster>& roster);

enum class ReleaseVerdict {
  due,          // the content's time and the chain's delays say that this step may read
  early,        // released before its time: show it to the reader and tell the sender
  other_chain,  // the chain that the reader knows is another than the one that was sealed to
  other_step,   // the account does not stand at this step of the chain
};
// `env` and `written_at` as they were opened (both authenticated by the sender); `now` is the
// reader's clock.
[[nodiscard]] ReleaseVerdict judge_release(const EscalationChain& chain, const Env& env,
                                           Instant written_at, Instant now);

// "This account's device has acknowledged this message": made only from the content of a session
// message that opened (crypto/session.hpp) with a device of `by`. What the server says is never an
// acknowledgement.
struct EscalationAck {
  AccountId by{};
  MessageId message_id{};
};

struct EscalationStatus {
  enum class Kind {
    waiting,       // nobody has acknowledged, and the chain still runs
    acknowledged,  // `by` has
    unanswered,    // nobody has, and the chain's time is over: show the crisis numbers
  };
  Kind kind = Kind::waiting;
  std::optional<AccountId> by;
};
// Acknowledgements of other messages and of accounts outside the chain count for nothing. The first
// that counts is the one shown.
[[nodiscard]] EscalationStatus escalation_status(const EscalationChain& chain,
                                                 const MessageId& message_id, Instant written_at,
                                                 std::span<const EscalationAck> acks, Instant now);

}  // namespace holdspace::crypto
