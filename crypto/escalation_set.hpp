// A clinician's device offers keys that urgent messages are sealed to before anybody knows who will
// have to read them: EPX and EPK, valid for 48 hours. Statement only; the secret halves are in
// crypto/escalation_prekey.hpp. docs/protocol.md sections 2 and 14.
#pragma once

#include "crypto/statement.hpp"
#include "crypto/verify.hpp"

namespace holdspace::crypto {

inline constexpr auto kEscalationSetLife = std::chrono::hours{48};      // specification, section 2
inline constexpr auto kEscalationSetRotation = std::chrono::hours{24};  // specification, section 2
// Specification, section 2: how long after not_after the secrets still open what was sealed.
inline constexpr auto kEscalationSecretGrace = std::chrono::hours{72};

struct EscalationSet {
  AccountId account_id{};
  DeviceId device_id = 0;           // >= 1
  std::uint32_t escalation_id = 0;  // ep_id, never used twice by one device
  EscalationDhPublicKey dh_key;     // EPX
  EscalationKemPublicKey kem_key;   // EPK
  Instant not_before{};
  Instant not_after{};  // in (not_before, not_before + 48 h]
  friend bool operator==(const EscalationSet&, const EscalationSet&) = default;
};

// Asserts the ranges above.
[[nodiscard]] ByteVector encode_body(const EscalationSet& set);
[[nodiscard]] StatementResult<EscalationSet> parse_escalation_set(ByteView body);
[[nodiscard]] ByteVector sign_escalation_set(const EscalationSet& set, const DeviceSigningKey& key);

// Signed by the device of `cert`, which the set must name as its own.
[[nodiscard]] StatementResult<Verified<EscalationSet>> verify_escalation_set(
    ByteView bytes, const Verified<DeviceCert>& cert);

}  // namespace holdspace::crypto
