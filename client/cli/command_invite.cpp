// `invite`: a code for one person.
#include <iostream>
#include <nlohmann/json.hpp>
#include <utility>

#include "client/cli/command.hpp"
#include "client/cli/display.hpp"
#include "client/cli/profile.hpp"

namespace holdspace::cli {
namespace {

namespace asio = boost::asio;

asio::awaitable<int> make_invite(client::Client& device, Globals globals, InviteOptions options) {
  const auto connected = co_await device.connect();
  if (!connected.has_value()) co_return fail(globals, connected.error());
  // Named: GCC 12 destroys a braced temporary inside a co_await expression twice.
  client::InviteRequest request{options.role, options.name, options.from};
  const auto made = co_await device.invite(std::move(request));
  co_await device.disconnect();
  if (!made.has_value()) co_return fail(globals, made.error());
  const std::string code(made->code.begin(), made->code.end());
  if (globals.output == Output::json) {
    nlohmann::ordered_json line;
    line["code"] = code;
    line["role"] = client::role_name(options.role);
    line["label"] = made->label;
    if (options.role == crypto::Role::client)
      line["relationship"] = client::to_hex(made->relationship_id);
    line["expires_at"] = format_utc(made->expires_at);
    std::cout << line.dump() << '\n';
  } else {
    std::cout << code << '\n';
    std::cerr << "For " << made->label << ", once, until "
              << format_time(viewer_zone(), made->expires_at)
              << ". Give it in the room or on paper; whoever has it can use it.\n";
  }
  co_return kOk;
}

}  // namespace

int invite(const Globals& globals, const InviteOptions& options) {
  return with_client(globals, {},
                     [&](client::Client& device) { return make_invite(device, globals, options); });
}

}  // namespace holdspace::cli
