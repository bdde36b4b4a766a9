// `status`, `devices` and `outbox`: how this device stands.
#include <iostream>
#include <nlohmann/json.hpp>

#include "client/cli/command.hpp"
#include "client/cli/display.hpp"
#include "client/cli/message_state.hpp"
#include "client/cli/profile.hpp"
#include "client/cli/terminal.hpp"
#include "client/content.hpp"
#include "client/outbox.hpp"

namespace holdspace::cli {
namespace {

namespace asio = boost::asio;
using client::records::OutboxRow;
using Json = nlohmann::ordered_json;

Json outbox_rows(const client::LocalStore& store, bool uncertain_only) {
  auto rows = Json::array();
  client::each<OutboxRow>(
      store, client::Table::outbox, [&](std::string_view, const OutboxRow& row) {
        const bool certain = client::has_answer(row) && row.withdrawal() == client::records::NONE;
        if (uncertain_only && certain) return true;
        Json line;
        line["message_id"] = client::to_hex(client::view(row.message_id()));
        line["to"] = label_of(store, row.relationship_id());
        line["lane"] = client::lane_name(static_cast<crypto::Lane>(row.lane()));
        line["state"] = state_word(row);
        line["written_at"] = format_utc(client::from_ms(row.created_at_ms()));
        line["text"] = describe_state(row, viewer_zone());
        rows.push_back(std::move(line));
        return true;
      });
  return rows;
}

Json relationship_rows(const client::LocalStore& store, const v1::Relationships& listed) {
  auto rows = Json::array();
  for (const auto& relationship : listed.relationships()) {
    Json line;
    line["label"] = label_of(store, relationship.relationship_id());
    line["relationship"] = client::to_hex(client::view(relationship.relationship_id()));
    line["state"] = state_word(relationship.state());
    line["you_are"] = relationship.self_is_therapist() ? "therapist" : "client";
    line["policy_version"] = relationship.policy_version();
    rows.push_back(std::move(line));
  }
  return rows;
}

// Relationships that this device knows, when the gateway cannot be asked.
Json known_relationships(const client::LocalStore& store) {
  auto rows = Json::array();
  client::each<client::records::Relationship>(
      store, client::Table::relationship, [&rows](std::string_view id, const auto& known) {
        Json line;
        line["label"] = known.label();
        line["relationship"] = client::to_hex(client::view(id));
        line["state"] = known.peer_account_id().empty() ? "invited" : "known";
        line["you_are"] = known.self_is_therapist() ? "therapist" : "client";
        rows.push_back(std::move(line));
        return true;
      });
  return rows;
}

void print_status(const Json& status) {
  std::cout << "Role          " << status["role"].get<std::string>() << '\n'
            << "Account       " << status["account_id"].get<std::string>() << ", device "
            << status["device_id"] << '\n'
            << "Gateway       " << status["address"].get<std::string>() << " - "
            << status["connection"].get<std::string>() << '\n';
  if (status.contains("clock_skew_ms"))
    std::cout << "Clock         this machine's differs from the service's by "
              << status["clock_skew_ms"].get<std::int64_t>() / 1000 << " s\n";
  if (status.contains("queued"))
    std::cout << "To collect    " << status["queued"] << " waiting for `holdspace inbox`\n"
              << "Keys          " << status["one_time_keys"] << " one-time keys published\n";
  std::cout << "Outbox        " << status["outbox"].size() << " without a final answer\n";
  for (const auto& row : status["outbox"])
    std::cout << "              to " << printable(row["to"].get<std::string>(), "") << ": "
              << row["text"].get<std::string>() << '\n';
  std::cout << "Relationships " << status["relationships"].size() << '\n';
  for (const auto& row : status["relationships"])
    std::cout << "              " << printable(row["label"].get<std::string>(), "") << " - "
              << row["state"].get<std::string>() << " ("
              << row["relationship"].get<std::string>().substr(0, 8) << ")\n";
}

asio::awaitable<int> report_status(client::Client& device, Globals globals) {
  const auto connected = co_await device.connect();
  const auto& self = device.identity();
  Json status;
  status["role"] = client::role_name(self.role);
  status["account_id"] = client::to_hex(self.account_id());
  status["device_id"] = self.device.address().device_id;
  status["invited_by"] = self.profile.inviter_name();
  status["address"] = self.profile.address();
  status["connected"] = connected.has_value();
  status["connection"] = connected.has_value() ? "connected" : connected.error().text;
  status["relationships"] = known_relationships(device.store());
  if (connected.has_value()) {
    const auto& login = *device.logged_in();
    const auto skew = login.clock_skew;
    if (skew > client::kClockSkewReported || skew < -client::kClockSkewReported)
      status["clock_skew_ms"] = skew.count();
    status["queued"] = login.welcome.queued();
    status["one_time_keys"] = device.one_time_keys();
    status["store_epoch"] = client::to_hex(client::view(login.welcome.store_epoch()));
    const auto listed = co_await device.relationships();
    if (listed.has_value()) status["relationships"] = relationship_rows(device.store(), *listed);
  }
  status["outbox"] = outbox_rows(device.store(), true);
  co_await device.disconnect();
  if (globals.output == Output::json)
    std::cout << status.dump() << '\n';
  else
    print_status(status);
  co_return connected.has_value() ? kOk : kFailure;
}

asio::awaitable<int> list_devices(client::Client& device, Globals globals) {
  const auto connected = co_await device.connect();
  if (!connected.has_value()) co_return fail(globals, connected.error());
  const auto own = co_await device.devices(device.identity().account_id());
  co_await device.disconnect();
  if (!own.has_value()) co_return fail(globals, own.error());
  Json answer;
  answer["account_id"] = client::to_hex(device.identity().account_id());
  answer["epoch"] = own->list->epoch;
  answer["valid_until"] = format_utc(own->list->valid_until);
  answer["devices"] = Json::array();
  for (const auto& one : own->devices) {
    Json line;
    line["device_id"] = one.cert().device_id;
    line["platform"] = one.cert().platform == crypto::Platform::native ? "native" : "browser";
    line["created_at"] = format_utc(one.cert().created_at);
    line["this_device"] = one.address() == device.identity().device.address();
    answer["devices"].push_back(line);
    if (globals.output == Output::human)
      std::cout << "Device " << one.cert().device_id << "  " << line["platform"].get<std::string>()
                << "  since " << format_time(viewer_zone(), one.cert().created_at)
                << (line["this_device"] ? "  (this device)" : "") << '\n';
  }
  if (globals.output == Output::json) std::cout << answer.dump() << '\n';
  co_return kOk;
}

// The exit code says whether anything is uncertain, whatever is shown.
int print_outbox(const Globals& globals, const client::LocalStore& store, bool all) {
  const bool certain = outbox_rows(store, true).empty();
  const auto rows = outbox_rows(store, !all);
  if (globals.output == Output::json) {
    for (const auto& row : rows) std::cout << row.dump() << '\n';
  } else {
    for (const auto& row : rows)
      std::cout << row["message_id"].get<std::string>().substr(0, 8) << "  to "
                << printable(row["to"].get<std::string>(), "") << ", written "
                << row["written_at"].get<std::string>() << ": " << row["text"].get<std::string>()
                << '\n';
    if (certain) std::cout << "Every message has its final answer.\n";
  }
  return certain ? kOk : kNotConfirmed;
}

asio::awaitable<int> send_again(client::Client& device, Globals globals) {
  const auto connected = co_await device.connect();
  if (!connected.has_value()) co_return fail(globals, connected.error());
  co_await device.flush();
  co_await device.disconnect();
  co_return print_outbox(globals, device.store(), false);
}

}  // namespace

int status(const Globals& globals) {
  return with_client(globals, {},
                     [&](client::Client& device) { return report_status(device, globals); });
}

int devices(const Globals& globals) {
  return with_client(globals, {},
                     [&](client::Client& device) { return list_devices(device, globals); });
}

int outbox_list(const Globals& globals, bool all) {
  const auto store = open_profile(globals);
  if (!store.has_value()) return fail(globals, store.error());
  return print_outbox(globals, **store, all);
}

int outbox_retry(const Globals& globals) {
  return with_client(globals, {},
                     [&](client::Client& device) { return send_again(device, globals); });
}

}  // namespace holdspace::cli
