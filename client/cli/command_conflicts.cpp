// `conflicts`: the admin's list of pairs who may not have a relationship.
#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <utility>

#include "client/cli/command.hpp"
#include "client/cli/profile.hpp"

namespace holdspace::cli {
namespace {

namespace asio = boost::asio;
using boost::system::result;
using client::Failure;
using client::FailureKind;
using Json = nlohmann::ordered_json;

// frame.proto: at most so many accounts are listed. In a larger practice an id may be right
// although it is not among them.
constexpr int kAccountsListedMax = 1024;

std::string hex(const std::string& bytes) {
  return client::to_hex(client::view(bytes));
}

void print(const Globals& globals, const v1::Conflict& pair) {
  if (globals.output == Output::json)
    std::cout
        << Json{{"account_a", hex(pair.account_a())}, {"account_b", hex(pair.account_b())}}.dump()
        << '\n';
  else
    std::cout << hex(pair.account_a()) << "  " << hex(pair.account_b()) << '\n';
}

asio::awaitable<int> list(client::Client& device, Globals globals) {
  auto asked = device.conflicts();
  const auto listed = co_await ask_once(device, std::move(asked));
  if (!listed.has_value()) co_return fail(globals, listed.error());
  for (const auto& pair : listed->pairs()) print(globals, pair);
  if (listed->pairs().empty() && globals.output == Output::human)
    std::cout << "No pair is listed.\n";
  co_return kOk;
}

// The first of the two that is no account of the practice: a mistyped id would protect nobody.
const std::string* unknown_of(const v1::Accounts& known, const v1::SetConflict& change) {
  if (known.accounts_size() >= kAccountsListedMax) return nullptr;
  for (const auto* id : {&change.account_a(), &change.account_b()}) {
    const auto same = [id](const auto& account) { return account.account_id() == *id; };
    if (std::none_of(known.accounts().begin(), known.accounts().end(), same)) return id;
  }
  return nullptr;
}

// Of a connected device.
asio::awaitable<result<v1::Conflicts, Failure>> submit(client::Client& device,
                                                       v1::SetConflict change) {
  if (change.listed()) {
    const auto known = co_await device.accounts();
    if (!known.has_value()) co_return known.error();
    if (const auto* id = unknown_of(*known, change))
      co_return Failure{FailureKind::bad_input, hex(*id) + " is no account of the practice", {}};
  }
  co_return co_await device.set_conflict(std::move(change));
}

asio::awaitable<int> set(client::Client& device, Globals globals, v1::SetConflict change) {
  const bool listed = change.listed();
  auto asked = submit(device, std::move(change));
  const auto pairs = co_await ask_once(device, std::move(asked));
  if (!pairs.has_value()) co_return fail(globals, pairs.error());
  if (globals.output == Output::json)
    std::cout << Json{{"listed", listed}, {"pairs", pairs->pairs_size()}}.dump() << '\n';
  else if (listed)
    std::cout << "Listed: neither can join the other any more. A relationship that they have "
                 "already goes on.\n";
  else
    std::cout << "Not listed any more.\n";
  co_return kOk;
}

}  // namespace

int conflicts_list(const Globals& globals) {
  return with_client(globals, {}, [&](client::Client& device) { return list(device, globals); });
}

int conflicts_set(const Globals& globals, const ConflictOptions& options) {
  const auto a = parse_id(options.account_a);
  const auto b = parse_id(options.account_b);
  if (!a || !b) return fail_usage(globals, "an account id has 32 hexadecimal digits");
  if (*a == *b) return fail_usage(globals, "that is one account, not two");
  v1::SetConflict change;
  change.set_account_a(client::to_string(*a));
  change.set_account_b(client::to_string(*b));
  change.set_listed(options.listed);
  return with_client(globals, {},
                     [&](client::Client& device) { return set(device, globals, change); });
}

}  // namespace holdspace::cli
