// The secret halves of an EscalationSet, on a clinician's device. docs/protocol.md sections 2 and
// 14.
#pragma once

#include "crypto/escalation_set.hpp"
#include "crypto/keys.hpp"

namespace holdspace::crypto {

// Keep until erase_at(), also when another set has been made since; then erase it: what was sealed
// to it and never released can be opened by nobody from there on.
struct EscalationPrekey {
  std::uint32_t id = 0;
  DhKey<EscalationDhRole> dh_key;
  KemKey<EscalationKemRole> kem_key;
  Instant not_before{};
  Instant not_after{};

  [[nodiscard]] Instant erase_at() const { return not_after + kEscalationSecretGrace; }
};

struct NewEscalationPrekey {
  EscalationPrekey secret;
  ByteVector signed_set;  // EscalationSet, to upload after `secret` is durable
};
// Valid from `now` for 48 hours; make the next one after kEscalationSetRotation. `id` must not have
// been used by this device before; count up.
[[nodiscard]] NewEscalationPrekey make_escalation_prekey(const LocalDevice& device,
                                                         std::uint32_t id, Instant now);

// For the sealed store; parsing is empty for anything but this encoding.
[[nodiscard]] SecretBytes encode_escalation_prekey(const EscalationPrekey& key);
[[nodiscard]] std::optional<EscalationPrekey> parse_escalation_prekey(ByteView bytes);

}  // namespace holdspace::crypto
