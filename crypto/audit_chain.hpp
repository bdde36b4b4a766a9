// A practice's ledger as a chain of hashes, the gateway's signature under its head, and the check
// that nothing before a signed head was changed. Pure: the caller reads the entries and checkpoints
// and keeps what was verified. docs/protocol.md section 2.1; what it does not show:
// docs/threat_model.md.
#pragma once

#include <vector>

#include "crypto/bytes.hpp"
#include "crypto/signing_key.hpp"

namespace holdspace::crypto {

// Ours: 32 MiB of heads; more entries than a large practice makes in ten years.
inline constexpr std::size_t kAuditUnattestedMax = std::size_t{1} << 20;

// h(n) from h(n - 1): H32(L("audit") || previous || number u64 || at_ms u64 || u32 length, record).
// h(0) is zeros. `at_ms` is hashed as the ledger says it and not judged.
[[nodiscard]] Hash32 audit_step(const Hash32& previous, std::uint64_t number, std::uint64_t at_ms,
                                ByteView record);

// The gateway's word on a ledger's length and head.
struct AuditCheckpoint {
  PracticeId practice_id{};
  std::uint64_t count = 0;  // entries 1..count
  std::uint64_t at_ms = 0;  // when it was signed, ms since 1970 UTC by the store's clock
  Hash32 head{};            // h(count)
};
// Signature "audit" over practice_id || count u64 || at_ms u64 || head.
[[nodiscard]] Signature sign_audit_checkpoint(const GatewayKey& key,
                                              const AuditCheckpoint& checkpoint);
[[nodiscard]] bool verify_audit_checkpoint(const GatewayPublicKey& pinned,
                                           const AuditCheckpoint& checkpoint,
                                           const Signature& signature);

struct AuditEntry {
  std::uint64_t number = 0;  // 1, 2, 3...
  std::uint64_t at_ms = 0;   // ms since 1970 UTC
  ByteView record;
};

// How far a ledger is verified. Kept by the auditor, it is where the next check begins; it is also
// what exposes a history that was exchanged since.
struct AuditMark {
  std::uint64_t count = 0;
  Hash32 head{};  // h(count)
  friend bool operator==(const AuditMark&, const AuditMark&) = default;
};

enum class AuditVerdict {
  ok,
  edited,         // an entry since verified() is not the one that the checkpoint was signed over;
                  // records that changed places under their old numbers are this, too, and so is
                  // a history that was exchanged before a mark that an auditor goes on from
  removed,        // a number is missing and later ones are there
  out_of_order,   // an entry stands behind a later one, or stands there twice
  truncated,      // the checkpoint counts fewer entries than one that was verified, or more than
                  // there are
  forked,         // another head for a count that was verified: two histories were signed
  bad_signature,  // the checkpoint is not by this gateway for this practice; it says nothing
};

// Feed the entries from verified().count + 1 on in the ledger's order, then check checkpoints,
// oldest first; more of both may follow. Only a check that answers ok moves verified(). Not for
// several threads at once.
class AuditVerifier {
 public:
  // `from`: what an earlier verifier of this practice had verified.
  AuditVerifier(PracticeId practice_id, GatewayPublicKey gateway_key, AuditMark from = {})
      : practice_id_(practice_id), gateway_key_(gateway_key), verified_(from) {}

  // `ok`, `removed` or `out_of_order`: of all entries so far. After a fault nothing more is taken
  // in, yet what is missing may still turn up in another place: the verdict is final when all
  // entries were fed. Asserts that unattested() is below kAuditUnattestedMax.
  AuditVerdict feed(const AuditEntry& entry);
  [[nodiscard]] AuditVerdict check(const AuditCheckpoint& checkpoint, const Signature& signature);

  [[nodiscard]] const AuditMark& verified() const { return verified_; }
  // Entries in an unbroken row. With a fault, the next number is where it is.
  [[nodiscard]] std::uint64_t count() const { return verified_.count + heads_.size(); }
  // Those of them that no checkpoint has covered: they can still be changed unseen.
  [[nodiscard]] std::uint64_t unattested() const { return heads_.size(); }

 private:
  PracticeId practice_id_;
  GatewayPublicKey gateway_key_;
  AuditMark verified_;
  std::vector<Hash32> heads_;  // of the entries after verified_
  AuditVerdict entries_ = AuditVerdict::ok;
};

}  // namespace holdspace::crypto
