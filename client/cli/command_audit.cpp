// `audit`: whether the practice's ledger is the one that was signed, and what it says of promises
// that a new time-zone database has moved.
#include <iostream>
#include <nlohmann/json.hpp>

#include "client/cli/command.hpp"
#include "client/cli/display.hpp"
#include "client/cli/profile.hpp"
#include "client/wire_bytes.hpp"

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

using Move = v1::ZoneDataChange::Move;

void print(const Globals& globals, const client::ZoneDataEntry& entry, const Move& move) {
  const auto& change = entry.record.zone_data();
  const auto relationship = client::to_hex(client::view(entry.record.object_id()));
  const auto before = client::from_ms(move.promise_before_ms());
  const bool opens = move.promise_after_ms() != 0;
  const auto after = client::from_ms(move.promise_after_ms());
  if (globals.output == Output::human) {
    std::cout << relationship << ", " << lane_word(change.lane()) << ' '
              << direction_word(change.direction()) << ": " << move.messages()
              << (move.messages() == 1 ? " message" : " messages") << " from "
              << format_time(viewer_zone(), before) << " to "
              << (opens ? format_time(viewer_zone(), after) : "no opening in sight") << '\n';
    return;
  }
  nlohmann::ordered_json line;
  line["number"] = entry.number;
  line["at"] = format_utc(client::from_ms(entry.at_ms));
  line["relationship"] = relationship;
  line["lane"] = lane_word(change.lane());
  line["direction"] = direction_word(change.direction());
  line["accepted_version"] = move.accepted_version();
  line["messages"] = move.messages();
  line["promise_before"] = format_utc(before);
  line["promise_after"] = nullptr;
  if (opens) line["promise_after"] = format_utc(after);
  line["tzdb_before"] = change.before();
  line["tzdb_after"] = change.after();
  std::cout << line.dump() << '\n';
}

// The entry of the practice ends the list of its relationships.
void print_practice(const Globals& globals, const client::ZoneDataEntry& entry) {
  const auto& change = entry.record.zone_data();
  if (globals.output == Output::human) {
    std::cout << "Time-zone database " << change.before() << " to " << change.after() << ", "
              << format_time(viewer_zone(), client::from_ms(entry.at_ms)) << ": " << change.moved()
              << " in all.\n";
    return;
  }
  nlohmann::ordered_json line;
  line["number"] = entry.number;
  line["at"] = format_utc(client::from_ms(entry.at_ms));
  line["moved"] = change.moved();
  line["tzdb_before"] = change.before();
  line["tzdb_after"] = change.after();
  std::cout << line.dump() << '\n';
}

asio::awaitable<int> list_moved(client::Client& device, Globals globals) {
  auto asked = device.zone_data_changes();
  const auto entries = co_await ask_once(device, std::move(asked));
  if (!entries.has_value()) co_return fail(globals, entries.error());
  for (const auto& entry : *entries) {
    for (const auto& move : entry.record.zone_data().moves()) print(globals, entry, move);
    if (entry.record.zone_data().moves().empty()) print_practice(globals, entry);
  }
  if (entries->empty() && globals.output == Output::human)
    std::cout << "No promise was moved by a new time-zone database.\n";
  co_return kOk;
}

}  // namespace

int audit_moved(const Globals& globals) {
  return with_client(globals, {},
                     [&](client::Client& device) { return list_moved(device, globals); });
}

int audit_verify(const Globals& globals) {
  return with_client(globals, {}, [&](client::Client& device) { return verify(device, globals); });
}

}  // namespace holdspace::cli
