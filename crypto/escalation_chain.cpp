#include "crypto/escalation_chain.hpp"

#include "crypto/hash.hpp"
#include "crypto/layout.hpp"

namespace holdspace::crypto {

// The only maker of an EscalationChain.
struct ChainMaker {
  static EscalationChain make(std::vector<ChainStep> steps) {
    return EscalationChain(std::move(steps));
  }
};

namespace {

std::size_t step_of(const std::vector<ChainStep>& steps, const AccountId& account_id) {
  const auto at = std::find_if(steps.begin(), steps.end(), [&](const ChainStep& step) {
    return step.account_id == account_id;
  });
  return static_cast<std::size_t>(at - steps.begin());
}

}  // namespace

Hash32 chain_hash(std::span<const ChainStep> steps) {
  Writer out;
  for (const ChainStep& step : steps) out.bytes(step.account_id).u32(step.delay_s);
  return hash32({label("chain"), out.take()});
}

Instant EscalationChain::due(std::size_t step, Instant written_at) const {
  require(step < steps_.size());
  for (std::size_t i = 0; i < step; ++i) written_at += std::chrono::seconds{steps_[i].delay_s};
  return written_at;
}

Instant EscalationChain::ends(Instant written_at) const {
  return due(steps_.size() - 1, written_at) + std::chrono::seconds{steps_.back().delay_s};
}

boost::system::result<EscalationChain, ChainError> check_chain(std::vector<ChainStep> steps,
                                                               const Verified<Roster>& roster) {
  if (steps.size() < 2 || steps.size() > kEscalationStepsMax) return ChainError::wrong_length;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].delay_s == 0 || steps[i].delay_s > kEscalationDelayMaxS) {
      return ChainError::bad_delay;
    }
    if (step_of(steps, steps[i].account_id) != i) return ChainError::repeated;
    if (i > 0 && !roster_pin(roster, steps[i].account_id)) return ChainError::not_rostered;
  }
  if (steps.back().account_id != roster->duty_account) return ChainError::no_duty_end;
  return ChainMaker::make(std::move(steps));
}

ReleaseVerdict judge_release(const EscalationChain& chain, const Env& env, Instant written_at,
                             Instant now) {
  if (env.chain_hash != chain.hash()) return ReleaseVerdict::other_chain;
  const std::size_t step = step_of(chain.steps(), env.recipient.account_id);
  if (step == chain.steps().size() || step != env.step) return ReleaseVerdict::other_step;
  return now < chain.due(step, written_at) ? ReleaseVerdict::early : ReleaseVerdict::due;
}

EscalationStatus escalation_status(const EscalationChain& chain, const MessageId& message_id,
                                   Instant written_at, std::span<const EscalationAck> acks,
                                   Instant now) {
  for (const EscalationAck& ack : acks) {
    const bool in_chain = step_of(chain.steps(), ack.by) < chain.steps().size();
    if (in_chain && ack.message_id == message_id) {
      return {EscalationStatus::Kind::acknowledged, ack.by};
    }
  }
  const bool over = now >= chain.ends(written_at);
  return {over ? EscalationStatus::Kind::unanswered : EscalationStatus::Kind::waiting, {}};
}

}  // namespace holdspace::crypto
