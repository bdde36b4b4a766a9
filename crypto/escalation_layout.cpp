#include "crypto/escalation_layout.hpp"

namespace holdspace::crypto {
namespace {

constexpr std::size_t kCommitBytes = 32;

bool good_lengths(const EscalationEnvelope& envelope) {
  const auto whole = [](const EscalationWrap& wrap) {
    return wrap.wrap.size() == kEscalationWrapBytes;
  };
  return envelope.common.size() == kEnvBytes && envelope.commit.size() == kCommitBytes &&
         size_class_of_body(envelope.body.size()) && !envelope.wraps.empty() &&
         envelope.wraps.size() <= kEscalationWrapsMax &&
         std::all_of(envelope.wraps.begin(), envelope.wraps.end(), whole);
}

// Steps begin at 1 and leave none out; within a step one account, with ascending devices.
bool good_steps(const std::vector<EscalationLayout::Recipient>& recipients) {
  std::vector<AccountId> accounts;  // by step, from 1
  for (std::size_t i = 0; i < recipients.size(); ++i) {
    const auto& [step, device, id] = recipients[i];
    if (step == accounts.size() + 1) {
      const bool seen =
          std::find(accounts.begin(), accounts.end(), device.account_id) != accounts.end();
      if (seen || step >= kEscalationStepsMax) return false;
      accounts.push_back(device.account_id);
    } else if (step != accounts.size() || device.account_id != accounts.back() ||
               device.device_id <= recipients[i - 1].device.device_id) {
      return false;
    }
  }
  return true;
}

}  // namespace

ByteVector common_of(ByteView env) {
  ByteVector common(env.begin(), env.end());
  if (common.size() != kEnvBytes) return {};
  std::fill_n(common.begin() + 6, 2, std::uint8_t{0});         // step
  std::fill_n(common.begin() + 44, 20 + 16, std::uint8_t{0});  // recipient, session
  return common;
}

boost::system::result<EscalationLayout, EscalationLayoutError> check_layout(
    const EscalationEnvelope& envelope, const DeviceAddress& sender) {
  if (!good_lengths(envelope)) return EscalationLayoutError::wrong_length;
  EscalationLayout layout;
  for (const EscalationWrap& wrap : envelope.wraps) {
    const auto env = parse_escalation_env(wrap.env);
    if (!env || env->size_class != size_class_of_body(envelope.body.size())) {
      return EscalationLayoutError::bad_env;
    }
    if (common_of(wrap.env) != envelope.common) return EscalationLayoutError::common_differs;
    if (env->sender != sender) return EscalationLayoutError::other_sender;
    layout.message_id = env->message_id;
    layout.relationship_id = env->relationship_id;
    layout.agreement_hash = env->agreement_hash;
    layout.chain_hash = env->chain_hash;
    layout.recipients.push_back({env->step, env->recipient, wrap.escalation_id});
  }
  if (!good_steps(layout.recipients)) return EscalationLayoutError::wrong_steps;
  return layout;
}

}  // namespace holdspace::crypto
