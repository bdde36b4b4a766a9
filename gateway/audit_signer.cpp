// See audit_signer.hpp.
#include "gateway/audit_signer.hpp"

#include <utility>
#include <vector>

#include "gateway/fields.hpp"

namespace holdspace::gateway {
namespace {

std::uint64_t to_ms(Instant at) {
  return static_cast<std::uint64_t>(at.time_since_epoch().count());
}

// Up to kCheckpointRecords records from the chain's end on, chained.
boost::asio::awaitable<std::pair<SignedAudit, AuditChain>> read_on(std::shared_ptr<Worker> worker,
                                                                   storage::PracticeId practice,
                                                                   AuditChain chain,
                                                                   std::uint64_t until) {
  while (chain.count < until) {
    const auto page = co_await worker->audit.fetch_audit(
        practice, chain.count + 1, storage::kAuditPerFetch, request_deadline());
    if (!page.has_value()) co_return std::pair{SignedAudit::unanswered, chain};
    const auto wanted = std::min<std::uint64_t>(until - chain.count, page->entries.size());
    const std::span<const storage::AuditEntry> entries(page->entries.data(), wanted);
    const auto longer = extend(chain, entries);
    if (!longer || entries.empty()) co_return std::pair{SignedAudit::distrusted, chain};
    chain = *longer;
  }
  co_return std::pair{SignedAudit::up_to_date, chain};
}

// One checkpoint, if there is something to cover.
boost::asio::awaitable<SignedAudit> sign_next(std::shared_ptr<Worker> worker,
                                              storage::PracticeId practice) {
  const auto& key = worker->gateway.key;
  const auto newest = co_await worker->audit.fetch_audit(practice, 1, 1, request_deadline());
  if (!newest.has_value()) co_return SignedAudit::unanswered;
  const auto before = trusted_chain(key.public_key(), practice, newest->checkpoint);
  if (!before || newest->count < before->count) co_return SignedAudit::distrusted;
  if (newest->count == before->count) co_return SignedAudit::up_to_date;

  const auto until = std::min(newest->count, before->count + kCheckpointRecords);
  const auto [outcome, chain] = co_await read_on(worker, practice, *before, until);
  if (outcome != SignedAudit::up_to_date) co_return outcome;
  const auto now = worker->store_now();
  if (!now) co_return SignedAudit::unanswered;
  const crypto::AuditCheckpoint signed_words{practice.bytes, chain.count, to_ms(*now), chain.head};
  storage::AuditCheckpoint checkpoint;
  checkpoint.count = chain.count;
  checkpoint.at = *now;
  checkpoint.head = chain.head;
  checkpoint.signature = crypto::sign_audit_checkpoint(key, signed_words);
  const auto set = co_await worker->audit.set_checkpoint(practice, before->count, checkpoint,
                                                         request_deadline());
  if (set.has_value()) {
    worker->gateway.metrics.checkpoint("signed");
    co_return chain.count == newest->count ? SignedAudit::up_to_date : SignedAudit::more;
  }
  switch (set.error()) {
    case storage::SetCheckpointError::stale:
      co_return SignedAudit::overtaken;
    case storage::SetCheckpointError::invalid:
      co_return SignedAudit::distrusted;
    case storage::SetCheckpointError::unavailable:
    case storage::SetCheckpointError::uncertain:
    case storage::SetCheckpointError::corrupt:
      break;
  }
  co_return SignedAudit::unanswered;
}

}  // namespace

std::optional<AuditChain> extend(AuditChain chain, std::span<const storage::AuditEntry> entries) {
  for (const auto& entry : entries) {
    if (entry.number != chain.count + 1) return std::nullopt;
    chain.head = crypto::audit_step(chain.head, entry.number, to_ms(entry.at), view(entry.record));
    chain.count = entry.number;
  }
  return chain;
}

std::optional<AuditChain> trusted_chain(const crypto::GatewayPublicKey& key,
                                        storage::PracticeId practice,
                                        const std::optional<storage::AuditCheckpoint>& stored) {
  if (!stored) return AuditChain{};
  const crypto::AuditCheckpoint words{practice.bytes, stored->count, to_ms(stored->at),
                                      stored->head};
  if (!crypto::verify_audit_checkpoint(key, words, stored->signature)) return std::nullopt;
  return AuditChain{stored->count, stored->head};
}

boost::asio::awaitable<SignedAudit> sign_audit(std::shared_ptr<Worker> worker,
                                               storage::PracticeId practice) {
  auto outcome = SignedAudit::more;
  for (int i = 0; i < kCheckpointsPerVisit && outcome == SignedAudit::more; ++i)
    outcome = co_await sign_next(worker, practice);
  if (outcome == SignedAudit::overtaken) worker->gateway.metrics.checkpoint("overtaken");
  if (outcome == SignedAudit::distrusted) {
    worker->gateway.metrics.checkpoint("failed");
    worker->gateway.log.event(Event::audit_distrusted,
                              {{"practice", worker->gateway.log.pseudonym(practice.bytes)}});
  }
  co_return outcome;
}

}  // namespace holdspace::gateway
