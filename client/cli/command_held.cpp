// `held`, `leave` and `accounts`: what waits, what becomes of it, and a therapist who leaves.
#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <utility>

#include "client/cli/command.hpp"
#include "client/cli/display.hpp"
#include "client/cli/profile.hpp"
#include "client/cli/terminal.hpp"

namespace holdspace::cli {
namespace {

namespace asio = boost::asio;
using client::Failure;
using client::FailureKind;
using Json = nlohmann::ordered_json;

constexpr char kAccountIdWords[] = "an account id has 32 hexadecimal digits";

// Empty stays empty; nothing when it is not an id.
std::optional<std::string> account_bytes(const std::string& hex) {
  if (hex.empty()) return std::string();
  const auto id = parse_id(hex);
  if (!id) return std::nullopt;
  return client::to_string(*id);
}

void print(const Globals& globals, const client::LocalStore& store, const v1::HeldItem& item) {
  const auto id = client::to_hex(client::view(item.message_id()));
  const auto label = label_of(store, item.relationship_id());
  if (globals.output == Output::json) {
    Json row;
    row["message_id"] = id;
    row["with"] = label;
    row["relationship"] = client::to_hex(client::view(item.relationship_id()));
    row["lane"] = lane_word(item.lane());
    row["direction"] = direction_word(item.direction());
    row["accepted_at"] = format_utc(client::from_ms(item.accepted_at_ms()));
    row["promise"] = nullptr;
    if (item.has_promise_ms()) row["promise"] = format_utc(client::from_ms(item.promise_ms()));
    std::cout << row.dump() << '\n';
    return;
  }
  std::cout << id.substr(0, 8) << "  " << printable(label, "") << ", " << lane_word(item.lane())
            << ' ' << direction_word(item.direction()) << ", since "
            << format_time(viewer_zone(), client::from_ms(item.accepted_at_ms()));
  if (item.has_promise_ms())
    std::cout << ", promised for "
              << format_time(viewer_zone(), client::from_ms(item.promise_ms()));
  std::cout << '\n';
}

asio::awaitable<int> list(client::Client& device, Globals globals, std::string account) {
  auto asked = device.list_held(std::move(account));
  const auto items = co_await ask_once(device, std::move(asked));
  if (!items.has_value()) co_return fail(globals, items.error());
  for (const auto& item : *items) print(globals, device.store(), item);
  if (items->empty() && globals.output == Output::human) std::cout << "Nothing is held.\n";
  co_return kOk;
}

// The items that the beginnings of ids mean, each exactly one; all of them when none is given.
boost::system::result<std::vector<v1::HeldItem>, Failure> choose(
    const std::vector<v1::HeldItem>& items, const std::vector<std::string>& beginnings) {
  if (beginnings.empty()) return items;
  std::vector<v1::HeldItem> chosen;
  for (const auto& beginning : beginnings) {
    const auto matches = [&beginning](const v1::HeldItem& item) {
      return client::to_hex(client::view(item.message_id())).starts_with(beginning);
    };
    if (std::count_if(items.begin(), items.end(), matches) != 1)
      return Failure{
          FailureKind::bad_input, "not exactly one held message begins with " + beginning, {}};
    chosen.push_back(*std::find_if(items.begin(), items.end(), matches));
  }
  return chosen;
}

asio::awaitable<int> dispose(client::Client& device, Globals globals, v1::DisposeHeld what,
                             std::vector<std::string> beginnings) {
  const auto connected = co_await device.connect();
  if (!connected.has_value()) co_return fail(globals, connected.error());
  std::optional<Failure> failed;
  std::size_t disposed = 0;
  const auto items = co_await device.list_held(what.account_id());
  if (items.has_value()) {
    const auto chosen = choose(*items, beginnings);
    if (chosen.has_value()) {
      for (const auto& item : *chosen) *what.add_items() = item;
      const auto done = co_await device.dispose_held(std::move(what));
      if (done.has_value())
        disposed = *done;
      else
        failed = done.error();
    } else {
      failed = chosen.error();
    }
  } else {
    failed = items.error();
  }
  co_await device.disconnect();
  if (failed) co_return fail(globals, *failed);
  if (globals.output == Output::json)
    std::cout << Json{{"disposed", disposed}}.dump() << '\n';
  else
    std::cout << disposed << " held message(s) are settled.\n";
  co_return kOk;
}

asio::awaitable<int> go(client::Client& device, Globals globals, v1::Leave what) {
  const auto phase = what.phase();
  auto asked = device.leave(std::move(what));
  const auto left = co_await ask_once(device, std::move(asked));
  if (!left.has_value()) co_return fail(globals, left.error());
  if (globals.output == Output::json)
    std::cout << Json{{"relationships_ended", left->relationships_ended()}}.dump() << '\n';
  else if (phase == v1::Leave::FINISH)
    std::cout << "Done. Relationships ended: " << left->relationships_ended() << ".\n";
  else if (phase == v1::Leave::CANCEL)
    std::cout << "The leaving is cancelled; new messages are taken again.\n";
  else
    std::cout << "New messages are refused from now on. See `holdspace held list`, decide about "
                 "each, then `holdspace leave finish`.\n";
  co_return kOk;
}

std::string_view role_word(std::uint32_t role) {
  constexpr std::uint32_t kAuditor = 4;
  if (role == kAuditor) return "auditor";
  if (role >= 1 && role < kAuditor) return client::role_name(static_cast<crypto::Role>(role));
  return "unknown";
}

asio::awaitable<int> list_accounts(client::Client& device, Globals globals) {
  auto asked = device.accounts();
  const auto listed = co_await ask_once(device, std::move(asked));
  if (!listed.has_value()) co_return fail(globals, listed.error());
  for (const auto& account : listed->accounts()) {
    const auto id = client::to_hex(client::view(account.account_id()));
    if (globals.output == Output::json) {
      Json row;
      row["account_id"] = id;
      row["role"] = role_word(account.role());
      row["policy_version"] = account.policy_version();
      row["leaving"] = account.leaving();
      std::cout << row.dump() << '\n';
      continue;
    }
    std::cout << id << "  " << role_word(account.role());
    if (account.policy_version() != 0) std::cout << ", policy version " << account.policy_version();
    if (account.leaving()) std::cout << ", leaving";
    std::cout << '\n';
  }
  co_return kOk;
}

}  // namespace

int held_list(const Globals& globals, const std::string& account) {
  const auto bytes = account_bytes(account);
  if (!bytes) return fail_usage(globals, kAccountIdWords);
  return with_client(globals, {},
                     [&](client::Client& device) { return list(device, globals, *bytes); });
}

int held_dispose(const Globals& globals, const DisposeOptions& options) {
  const auto account = account_bytes(options.account);
  const auto cover = account_bytes(options.cover);
  if (!account || !cover) return fail_usage(globals, kAccountIdWords);
  if (options.messages.empty() != options.all)
    return fail_usage(globals, "name the messages as `holdspace held list` does, or say --all");
  v1::DisposeHeld what;
  what.set_account_id(*account);
  what.set_disposition(options.disposition);
  what.set_cover_account_id(*cover);
  return with_client(globals, {}, [&](client::Client& device) {
    return dispose(device, globals, what, options.messages);
  });
}

int leave(const Globals& globals, const LeaveOptions& options) {
  const auto account = account_bytes(options.account);
  const auto successor = account_bytes(options.successor);
  if (!account || !successor) return fail_usage(globals, kAccountIdWords);
  v1::Leave what;
  what.set_phase(options.phase);
  what.set_account_id(*account);
  what.set_successor_account_id(*successor);
  return with_client(globals, {},
                     [&](client::Client& device) { return go(device, globals, what); });
}

int accounts(const Globals& globals) {
  return with_client(globals, {},
                     [&](client::Client& device) { return list_accounts(device, globals); });
}

}  // namespace holdspace::cli
