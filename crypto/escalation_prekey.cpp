#include "crypto/escalation_prekey.hpp"

#include "crypto/layout.hpp"

namespace holdspace::crypto {
namespace {

constexpr std::uint8_t kEscalationPrekeyVersion = 1;

}  // namespace

NewEscalationPrekey make_escalation_prekey(const LocalDevice& device, std::uint32_t id,
                                           Instant now) {
  EscalationPrekey secret{id, DhKey<EscalationDhRole>::generate(),
                          KemKey<EscalationKemRole>::generate(), now, now + kEscalationSetLife};
  EscalationSet set;
  set.account_id = device.address().account_id;
  set.device_id = device.address().device_id;
  set.escalation_id = id;
  set.dh_key = secret.dh_key.public_key();
  set.kem_key = secret.kem_key.public_key();
  set.not_before = secret.not_before;
  set.not_after = secret.not_after;
  return {std::move(secret), sign_escalation_set(set, device.signing_key)};
}

SecretBytes encode_escalation_prekey(const EscalationPrekey& key) {
  return SecretWriter{}
      .u8(kEscalationPrekeyVersion)
      .u32(key.id)
      .secret(key.dh_key.expose_secret())
      .secret(key.kem_key.expose_seed())
      .instant(key.not_before)
      .instant(key.not_after)
      .take();
}

std::optional<EscalationPrekey> parse_escalation_prekey(ByteView bytes) {
  Reader in(bytes);
  if (in.u8() != kEscalationPrekeyVersion) return std::nullopt;
  const std::uint32_t id = in.u32();
  Secret<32> dh_secret = in.secret<32>();
  Secret<32> kem_seed = in.secret<32>();
  const Instant not_before = in.instant();
  const Instant not_after = in.instant();
  if (!in.finish()) return std::nullopt;
  return EscalationPrekey{id, DhKey<EscalationDhRole>::from_secret(std::move(dh_secret)),
                          KemKey<EscalationKemRole>::from_seed(std::move(kem_seed)), not_before,
                          not_after};
}

}  // namespace holdspace::crypto
