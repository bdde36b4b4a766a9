// The audit ledger over lua/audit.lua.
#include "storage/audit_store.hpp"

#include "storage/redis_keys.hpp"
#include "storage/store_call.hpp"

namespace holdspace::storage {

Answer<AuditPage, FetchAuditError> AuditStore::fetch_audit(PracticeId practice, std::uint64_t from,
                                                           std::size_t most, Deadline deadline) {
  if (from < 1 || from > kNumberMax / 2 || most < 1 || most > kAuditPerFetch) {
    co_return FetchAuditError::invalid;
  }
  const keys::Practice names(practice);
  FunctionCall call("hs_fetch_audit");
  call.key(names.audit()).key(names.audit_checkpoint());
  call.arg(std::to_string(from)).arg(std::to_string(most));
  const auto told = co_await tell(pool_.any(), std::move(call), deadline);
  if (!told) co_return to_error<FetchAuditError>(told.error());
  if (!told->is_ok()) co_return FetchAuditError::corrupt;
  Fields fields(told->fields);
  AuditPage page;
  page.count = fields.number();
  Fields signed_word(fields.list());
  if (!signed_word.at_end()) {
    AuditCheckpoint checkpoint;
    checkpoint.count = signed_word.number();
    checkpoint.at = signed_word.instant();
    checkpoint.head = signed_word.exactly<32>(signed_word.text());
    checkpoint.signature = signed_word.exactly<64>(signed_word.text());
    page.checkpoint = checkpoint;
  }
  while (fields.well() && !fields.at_end()) {
    AuditEntry entry;
    entry.number = from + page.entries.size();
    entry.at = fields.instant();
    entry.record = fields.text();
    page.entries.push_back(std::move(entry));
  }
  if (!fields.well() || !signed_word.well()) co_return FetchAuditError::corrupt;
  co_return page;
}

Answer<void, SetCheckpointError> AuditStore::set_checkpoint(PracticeId practice,
                                                            std::uint64_t follows,
                                                            AuditCheckpoint checkpoint,
                                                            Deadline deadline) {
  if (checkpoint.count > kNumberMax) co_return SetCheckpointError::invalid;
  const keys::Practice names(practice);
  FunctionCall call("hs_set_checkpoint");
  call.key(names.audit()).key(names.audit_checkpoint());
  call.arg(std::to_string(follows)).arg(std::to_string(checkpoint.count));
  call.number(checkpoint.at.time_since_epoch().count());
  call.arg({checkpoint.head.begin(), checkpoint.head.end()});
  call.arg({checkpoint.signature.begin(), checkpoint.signature.end()});
  const auto told = co_await tell(pool_.any(), std::move(call), deadline);
  if (!told) co_return to_error<SetCheckpointError>(told.error());
  if (!told->is_ok()) {
    co_return refusal<SetCheckpointError>(told->word, {{"stale", SetCheckpointError::stale},
                                                       {"invalid", SetCheckpointError::invalid}});
  }
  co_return boost::system::result<void, SetCheckpointError>{};
}

}  // namespace holdspace::storage
