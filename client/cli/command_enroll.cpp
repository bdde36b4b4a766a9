// `practice init` and `enroll`: redeem an invite code and become an account with this device.
#include <boost/asio/io_context.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "client/cli/command.hpp"
#include "client/cli/profile.hpp"
#include "client/cli/terminal.hpp"

namespace holdspace::cli {
namespace {

namespace asio = boost::asio;
using client::FailureKind;

constexpr char kTrustFileName[] = "gateway.pem";
constexpr std::size_t kTrustFileBytesMax = 256 * 1024;

// Redeems, logs in once so that prekeys are published, and leaves.
asio::awaitable<int> redeem(asio::any_io_executor executor, Globals globals,
                            client::EnrollRequest request, std::string trust) {
  auto enrolled = co_await client::enroll(std::move(request));
  if (!enrolled.has_value()) co_return fail(globals, enrolled.error());
  if (!trust.empty() && !write_private_file(globals.home / kTrustFileName, trust))
    co_return fail(globals, {FailureKind::bad_input, "the profile's folder cannot be written", {}});

  client::Client device(executor, std::move(*enrolled), {});
  const auto connected = co_await device.connect();
  const auto& self = device.identity();
  const auto role = client::role_name(self.role);
  if (globals.output == Output::json) {
    nlohmann::ordered_json line;
    line["enrolled"] = true;
    line["role"] = role;
    line["account_id"] = client::to_hex(self.account_id());
    line["device_id"] = self.device.address().device_id;
    line["invited_by"] = self.profile.inviter_name();
    line["home"] = globals.home.string();
    line["keys_published"] = connected.has_value();
    std::cout << line.dump() << '\n';
  } else {
    const auto* article = role == "admin" || role == "auditor" ? "an " : "a ";
    std::cout << "This device is enrolled as " << article << role << ", invited by "
              << printable(self.profile.inviter_name(), "")
              << ". Profile: " << globals.home.string() << '\n';
    if (!connected.has_value())
      std::cerr << "holdspace: its keys are not published yet (" << connected.error().text
                << "); run `holdspace status`\n";
  }
  co_await device.disconnect();
  co_return kOk;
}

int enroll_as(const Globals& globals, const EnrollOptions& options,
              std::vector<crypto::Role> roles) {
  const auto address = client::parse_address(options.url);
  if (!address.has_value())
    return fail_usage(globals, std::string(client::describe(address.error())));
  std::string trust;
  if (!options.ca.empty()) {
    auto read = read_file(options.ca, kTrustFileBytesMax);
    if (!read) return fail_usage(globals, options.ca.string() + " cannot be read");
    trust = std::move(*read);
  }
  const auto there = client::LocalStore::lock_kind(globals.home);
  if (there.has_value() || there.error() != client::StoreError::missing)
    return fail(
        globals,
        {FailureKind::bad_input, client::describe(client::StoreError::exists, globals.home), {}});
  auto unlock = new_unlock(globals, options);
  if (!unlock.has_value()) return fail(globals, unlock.error());
  client::EnrollRequest request{globals.home, std::move(*unlock),  options.code,
                                *address,     options.ca.string(), std::move(roles)};
  asio::io_context io(1);
  return run_to_end(io, redeem(io.get_executor(), globals, std::move(request), std::move(trust)));
}

}  // namespace

int practice_init(const Globals& globals, const EnrollOptions& options) {
  return enroll_as(globals, options, {crypto::Role::admin});
}

int enroll(const Globals& globals, const EnrollOptions& options) {
  return enroll_as(globals, options,
                   {crypto::Role::therapist, crypto::Role::client, crypto::Role::auditor});
}

}  // namespace holdspace::cli
