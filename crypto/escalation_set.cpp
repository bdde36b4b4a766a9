#include "crypto/escalation_set.hpp"

#include "crypto/layout.hpp"
#include "crypto/statement_checks.hpp"

namespace holdspace::crypto {
namespace {

bool follows_rules(const EscalationSet& set) {
  return set.device_id != 0 && within(set.not_before, set.not_after, kEscalationSetLife);
}

}  // namespace

ByteVector encode_body(const EscalationSet& set) {
  require(follows_rules(set));
  Writer out;
  out.bytes(set.account_id).u32(set.device_id).u32(set.escalation_id);
  out.key(set.dh_key).key(set.kem_key);
  return out.instant(set.not_before).instant(set.not_after).take();
}

StatementResult<EscalationSet> parse_escalation_set(ByteView body) {
  Reader in(body);
  EscalationSet set;
  set.account_id = in.bytes<16>();
  set.device_id = in.u32();
  set.escalation_id = in.u32();
  set.dh_key = in.key<EscalationDhPublicKey>();
  set.kem_key = in.key<EscalationKemPublicKey>();
  set.not_before = in.instant();
  set.not_after = in.instant();
  if (!in.finish() || !follows_rules(set)) return StatementError::malformed;
  return set;
}

ByteVector sign_escalation_set(const EscalationSet& set, const DeviceSigningKey& key) {
  return sign_body(StatementType::escalation_set, encode_body(set), key);
}

StatementResult<Verified<EscalationSet>> verify_escalation_set(ByteView bytes,
                                                               const Verified<DeviceCert>& cert) {
  return verify_by_device(bytes, StatementType::escalation_set, &parse_escalation_set, *cert);
}

}  // namespace holdspace::crypto
