#include "crypto/audit_chain.hpp"

#include "crypto/hash.hpp"
#include "crypto/layout.hpp"

namespace holdspace::crypto {
namespace {

constexpr char kCheckpointName[] = "audit";

ByteVector checkpoint_body(const AuditCheckpoint& checkpoint) {
  return Writer{}
      .bytes(checkpoint.practice_id)
      .u64(checkpoint.count)
      .u64(checkpoint.at_ms)
      .bytes(checkpoint.head)
      .take();
}

}  // namespace

Hash32 audit_step(const Hash32& previous, std::uint64_t number, std::uint64_t at_ms,
                  ByteView record) {
  const ByteVector fixed = Writer{}.u64(number).u64(at_ms).count(record.size()).take();
  return hash32({label("audit"), previous, fixed, record});
}

Signature sign_audit_checkpoint(const GatewayKey& key, const AuditCheckpoint& checkpoint) {
  return key.sign(kCheckpointName, checkpoint_body(checkpoint));
}

bool verify_audit_checkpoint(const GatewayPublicKey& pinned, const AuditCheckpoint& checkpoint,
                             const Signature& signature) {
  return verify_signature(pinned, kCheckpointName, checkpoint_body(checkpoint), signature);
}

AuditVerdict AuditVerifier::feed(const AuditEntry& entry) {
  const std::uint64_t next = count() + 1;
  const bool whole = entries_ == AuditVerdict::ok;
  if (entry.number == next && whole) {
    require(heads_.size() < kAuditUnattestedMax);
    const Hash32& previous = heads_.empty() ? verified_.head : heads_.back();
    heads_.push_back(audit_step(previous, entry.number, entry.at_ms, entry.record));
  } else if (entry.number == next) {
    entries_ = AuditVerdict::out_of_order;  // the missing one, behind later ones
  } else if (whole) {
    entries_ = entry.number > next ? AuditVerdict::removed : AuditVerdict::out_of_order;
  }
  return entries_;
}

AuditVerdict AuditVerifier::check(const AuditCheckpoint& checkpoint, const Signature& signature) {
  if (checkpoint.practice_id != practice_id_ ||
      !verify_audit_checkpoint(gateway_key_, checkpoint, signature)) {
    return AuditVerdict::bad_signature;
  }
  if (checkpoint.count < verified_.count) return AuditVerdict::truncated;
  if (checkpoint.count == verified_.count) {
    return checkpoint.head == verified_.head ? AuditVerdict::ok : AuditVerdict::forked;
  }
  if (checkpoint.count > count()) {
    return entries_ == AuditVerdict::ok ? AuditVerdict::truncated : entries_;
  }
  const auto reached = static_cast<std::ptrdiff_t>(checkpoint.count - verified_.count);
  const auto end = heads_.begin() + reached;
  if (*std::prev(end) != checkpoint.head) return AuditVerdict::edited;
  verified_ = {checkpoint.count, checkpoint.head};
  heads_.erase(heads_.begin(), end);
  return AuditVerdict::ok;
}

}  // namespace holdspace::crypto
