// Keeps the checkpoint of a practice's ledger near its end: reads what came since, chains it on the
// last checkpoint, signs. Several gateways may do so at once; the store takes one.
// docs/operations.md, "Audit".
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "crypto/audit_chain.hpp"
#include "gateway/worker.hpp"
#include "storage/audit_store.hpp"

namespace holdspace::gateway {

// Specification: a checkpoint covers at most so many records beyond the one before.
inline constexpr std::size_t kCheckpointRecords = 1000;
// Checkpoints signed in one visit to a practice; what is left waits for the next.
inline constexpr int kCheckpointsPerVisit = 4;

// What is known of the chain after `count` records.
struct AuditChain {
  std::uint64_t count = 0;
  crypto::Hash32 head{};
};

// The chain with `entries` behind it. Nothing when they do not follow on it.
[[nodiscard]] std::optional<AuditChain> extend(AuditChain chain,
                                               std::span<const storage::AuditEntry> entries);

// The chain up to a stored checkpoint, if it is one of this gateway's key for this practice: what
// somebody else has put there is not built upon. None stored: the empty chain.
[[nodiscard]] std::optional<AuditChain> trusted_chain(
    const crypto::GatewayPublicKey& key, storage::PracticeId practice,
    const std::optional<storage::AuditCheckpoint>& stored);

enum class SignedAudit : std::uint8_t {
  up_to_date,  // every record is covered
  more,        // signed, and there are records beyond
  overtaken,   // another gateway was first: look again at the next visit
  distrusted,  // the stored chain is not ours: an operator must look
  unanswered,  // the store did not answer
};

// One visit.
[[nodiscard]] boost::asio::awaitable<SignedAudit> sign_audit(std::shared_ptr<Worker> worker,
                                                             storage::PracticeId practice);

}  // namespace holdspace::gateway
