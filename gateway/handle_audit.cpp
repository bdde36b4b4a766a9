// FetchAudit: the ledger, for the auditor and nobody else. docs/operations.md, "Audit".
#include <utility>

#include "gateway/fields.hpp"
#include "gateway/handlers.hpp"
#include "gateway/reply_error.hpp"

namespace holdspace::gateway {
namespace {

// Ours: far beyond any ledger, below what the store counts exactly.
constexpr std::uint64_t kNumberMax = std::uint64_t{1} << 40;

v1::AuditCheckpoint to_wire(const storage::AuditCheckpoint& checkpoint) {
  v1::AuditCheckpoint wire;
  wire.set_count(checkpoint.count);
  wire.set_at_ms(checkpoint.at.time_since_epoch().count());
  wire.set_head(to_string(checkpoint.head));
  wire.set_signature(to_string(checkpoint.signature));
  return wire;
}

}  // namespace

Handled handle_fetch_audit(SessionPtr session, v1::ClientFrame frame) {
  const auto worker = session->worker();
  const auto& who = session->identity();
  const auto id = frame.request_id();
  const auto& wire = frame.fetch_audit();
  Fields fields;
  fields.require(wire.from() > 0 && wire.from() < kNumberMax, "fetch_audit.from");
  fields.require(wire.count() > 0 && wire.count() <= storage::kAuditPerFetch, "fetch_audit.count");
  if (fields.wrong()) co_return session->reply(id, invalid_field(*fields.wrong()));

  const StoreTimer timer(worker->gateway.metrics);
  const auto page = co_await worker->audit.fetch_audit(who.practice, wire.from(), wire.count(),
                                                       request_deadline());
  if (!page.has_value()) co_return session->reply(id, to_error(page.error()));
  v1::ServerFrame reply;
  auto& out = *reply.mutable_audit_page();
  for (const auto& entry : page->entries) {
    auto& line = *out.add_entries();
    line.set_number(entry.number);
    line.set_at_ms(entry.at.time_since_epoch().count());
    line.set_record(entry.record);
  }
  if (page->checkpoint) *out.mutable_checkpoint() = to_wire(*page->checkpoint);
  session->reply(id, std::move(reply));
}

}  // namespace holdspace::gateway
