// `audit verify`: whether the practice's ledger is the one that was signed.
#include <iostream>
#include <nlohmann/json.hpp>

#include "client/cli/command.hpp"
#include "client/cli/profile.hpp"

namespace holdspace::cli {
namespace {

namespace asio = boost::asio;
using crypto::AuditVerdict;

std::string_view verdict_word(AuditVerdict verdict) {
  switch (verdict) {
    case AuditVerdict::ok:
      return "ok";
    case AuditVerdict::edited:
      return "edited";
    case AuditVerdict::removed:
      return "removed";
    case AuditVerdict::out_of_order:
      return "out_of_order";
    case AuditVerdict::truncated:
      return "truncated";
    case AuditVerdict::forked:
      return "forked";
    case AuditVerdict::bad_signature:
      return "bad_signature";
  }
  return "unknown";
}

std::string_view describe(AuditVerdict verdict) {
  switch (verdict) {
    case AuditVerdict::ok:
      return "The ledger holds.";
    case AuditVerdict::edited:
      return "An entry that was not verified before is not the one that was signed.";
    case AuditVerdict::removed:
      return "An entry is missing.";
    case AuditVerdict::out_of_order:
      return "Entries stand in another order than they were made in.";
    case AuditVerdict::truncated:
      return "Entries at the end are missing.";
    case AuditVerdict::forked:
      return "Two different ledgers were signed.";
    case AuditVerdict::bad_signature:
      return "The signature under the ledger is not the gateway's.";
  }
  return "";
}

asio::awaitable<int> verify(client::Client& device, Globals globals) {
  auto asked = device.verify_audit();
  const auto report = co_await ask_once(device, std::move(asked));
  if (!report.has_value()) co_return fail(globals, report.error());
  const bool holds = report->verdict == AuditVerdict::ok;
  if (globals.output == Output::json) {
    nlohmann::ordered_json line;
    line["verdict"] = verdict_word(report->verdict);
    line["entries"] = report->entries;
    line["verified"] = report->verified;
    line["looked_at"] = report->looked_at;
    std::cout << line.dump() << '\n';
  } else {
    std::cout << describe(report->verdict) << ' ' << report->entries << " entries in a row, "
              << report->verified << " of them under the gateway's signature.\n";
    if (!holds)
      std::cout << "Keep this device as it is, and tell the practice: it remembers what was "
                   "verified before.\n";
  }
  co_return holds ? kOk : kFailure;
}

}  // namespace

int audit_verify(const Globals& globals) {
  return with_client(globals, {}, [&](client::Client& device) { return verify(device, globals); });
}

}  // namespace holdspace::cli
