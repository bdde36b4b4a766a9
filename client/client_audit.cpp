// Reading the practice's ledger and checking that it holds. The check itself is
// crypto/audit_chain.hpp; this feeds it and remembers how far it came.
#include <utility>

#include "client/client.hpp"

namespace holdspace::client {
namespace {

namespace asio = boost::asio;
using boost::system::result;

constexpr std::uint32_t kAuditPageMax = 200;  // the wire's bound
constexpr char kMark[] = "mark";

crypto::AuditMark load_mark(const LocalStore& store) {
  const auto known = load<records::AuditMark>(store, Table::audit, std::string_view(kMark));
  if (!known) return {};
  return {known->count(), parse_bytes<32>(known->head()).value_or(crypto::Hash32{})};
}

void save_mark(LocalStore& store, const crypto::AuditMark& mark) {
  records::AuditMark record;
  record.set_count(mark.count);
  record.set_head(to_string(mark.head));
  LocalStore::Transaction transaction(store);
  save(store, Table::audit, std::string_view(kMark), record);
  transaction.commit();
}

struct Signed {
  crypto::AuditCheckpoint checkpoint;
  crypto::Signature signature;
};

// Zeros where a field is not of its length: such a checkpoint does not verify.
Signed to_checkpoint(const v1::AuditCheckpoint& wire, const crypto::PracticeId& practice_id) {
  Signed out;
  out.checkpoint.practice_id = practice_id;
  out.checkpoint.count = wire.count();
  out.checkpoint.at_ms = static_cast<std::uint64_t>(wire.at_ms());
  out.checkpoint.head = parse_bytes<32>(wire.head()).value_or(crypto::Hash32{});
  out.signature = parse_bytes<64>(wire.signature()).value_or(crypto::Signature{});
  return out;
}

}  // namespace

asio::awaitable<result<AuditReport, Failure>> Client::verify_audit() {
  const auto mark = load_mark(*store_);
  crypto::AuditVerifier verifier(identity_.practice_id, identity_.gateway_key, mark);
  AuditReport report;
  report.verdict = crypto::AuditVerdict::ok;
  std::optional<Signed> newest;
  auto next = mark.count + 1;
  while (true) {
    if (verifier.unattested() + kAuditPageMax > crypto::kAuditUnattestedMax)
      co_return Failure{
          FailureKind::untrusted, "too many entries of the ledger without a signature", {}};
    v1::FetchAudit question;
    question.set_from(next);
    question.set_count(kAuditPageMax);
    const auto page = co_await exchange(std::move(question), &v1::ClientFrame::mutable_fetch_audit,
                                        &v1::ServerFrame::mutable_audit_page);
    if (!page.has_value()) co_return page.error();
    if (page->has_checkpoint()) newest = to_checkpoint(page->checkpoint(), identity_.practice_id);
    for (const auto& entry : page->entries()) {
      report.verdict = verifier.feed(
          {entry.number(), static_cast<std::uint64_t>(entry.at_ms()), view(entry.record())});
      ++report.looked_at;
    }
    if (page->entries().empty()) break;
    next += static_cast<std::uint64_t>(page->entries_size());
  }
  if (report.verdict == crypto::AuditVerdict::ok && newest)
    report.verdict = verifier.check(newest->checkpoint, newest->signature);
  report.entries = verifier.count();
  report.verified = verifier.verified().count;
  if (report.verdict == crypto::AuditVerdict::ok && verifier.verified() != mark)
    save_mark(*store_, verifier.verified());
  co_return report;
}

asio::awaitable<result<std::vector<ZoneDataEntry>, Failure>> Client::zone_data_changes() {
  std::vector<ZoneDataEntry> found;
  for (std::uint64_t next = 1; found.size() < kZoneDataEntriesMax;) {
    v1::FetchAudit question;
    question.set_from(next);
    question.set_count(kAuditPageMax);
    const auto page = co_await exchange(std::move(question), &v1::ClientFrame::mutable_fetch_audit,
                                        &v1::ServerFrame::mutable_audit_page);
    if (!page.has_value()) co_return page.error();
    if (page->entries().empty()) break;
    next += static_cast<std::uint64_t>(page->entries_size());
    for (const auto& entry : page->entries()) {
      ZoneDataEntry read{entry.number(), entry.at_ms(), {}};
      if (!read.record.ParseFromString(entry.record())) continue;  // verify_audit() finds it
      if (read.record.action() == v1::AuditRecord::TIME_ZONE_DATA_CHANGED)
        found.push_back(std::move(read));
    }
  }
  co_return found;
}

}  // namespace holdspace::client
