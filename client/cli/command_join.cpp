// `join`: a client who has an account takes up another therapist's invite.
#include <iostream>
#include <nlohmann/json.hpp>
#include <utility>

#include "client/cli/command.hpp"
#include "client/cli/profile.hpp"
#include "client/cli/terminal.hpp"

namespace holdspace::cli {
namespace {

namespace asio = boost::asio;

asio::awaitable<int> join_by(client::Client& device, Globals globals, JoinOptions options) {
  auto asked = device.join({options.code, options.name});
  const auto joined = co_await ask_once(device, std::move(asked));
  if (!joined.has_value()) co_return fail(globals, joined.error());
  if (globals.output == Output::json) {
    nlohmann::ordered_json line;
    line["joined"] = true;
    line["label"] = joined->label;
    line["relationship"] = client::to_hex(joined->relationship_id);
    std::cout << line.dump() << '\n';
  } else {
    const auto label = printable(joined->label, "");
    std::cout << "You can write to " << label << ": holdspace send --to " << label << " \"...\"\n";
  }
  co_return kOk;
}

}  // namespace

int join(const Globals& globals, const JoinOptions& options) {
  const auto secret = crypto::parse_invite_code(options.code);
  if (!secret.has_value()) return fail(globals, client::describe(secret.error()));
  return with_client(globals, {},
                     [&](client::Client& device) { return join_by(device, globals, options); });
}

}  // namespace holdspace::cli
