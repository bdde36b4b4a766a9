// `agreement`: the terms that both sides of a relationship sign.
#include <iostream>
#include <nlohmann/json.hpp>
#include <utility>

#include "client/cli/command.hpp"
#include "client/cli/profile.hpp"
#include "client/cli/terminal.hpp"

namespace holdspace::cli {
namespace {

namespace asio = boost::asio;

std::string hash_word(const std::string& hash) {
  return hash.empty() ? "none" : client::to_hex(client::view(hash));
}

void print(const Globals& globals, const Named& with, const v1::AgreementReply& reply) {
  const bool therapist = with.relationship.self_is_therapist();
  const auto& own = therapist ? reply.therapist_statement() : reply.client_statement();
  const auto& other = therapist ? reply.client_statement() : reply.therapist_statement();
  const bool in_force = !reply.wanted().empty() && reply.in_force() == reply.wanted();
  if (globals.output == Output::json) {
    nlohmann::ordered_json line;
    line["with"] = with.relationship.label();
    line["relationship"] = client::to_hex(with.id);
    line["in_force"] = nullptr;
    if (!reply.in_force().empty()) line["in_force"] = hash_word(reply.in_force());
    line["wanted"] = nullptr;
    if (!reply.wanted().empty()) line["wanted"] = hash_word(reply.wanted());
    line["up_to_date"] = in_force;
    line["statement_of_this_side"] = client::to_hex(client::view(own));
    line["statement_of_the_other_side"] = client::to_hex(client::view(other));
    std::cout << line.dump() << '\n';
    return;
  }
  std::cout << "With " << printable(with.relationship.label(), "") << '\n'
            << "In force      " << hash_word(reply.in_force()) << '\n'
            << "Terms wanted  " << hash_word(reply.wanted()) << '\n';
  if (in_force)
    std::cout << "Both sides have signed these terms.\n";
  else if (!reply.wanted().empty())
    std::cout << "These terms are in force once both sides have signed them: `holdspace agreement "
                 "sign`\n";
}

asio::awaitable<int> show(client::Client& device, Globals globals, Named with) {
  auto asked = device.fetch_agreement(with.id);
  const auto reply = co_await ask_once(device, std::move(asked));
  if (!reply.has_value()) co_return fail(globals, reply.error());
  print(globals, with, *reply);
  co_return kOk;
}

// Signs the terms that the therapist's policy has, unless they are in force; then what waited for
// that goes out.
asio::awaitable<int> sign(client::Client& device, Globals globals, Named with) {
  const auto connected = co_await device.connect();
  if (!connected.has_value()) co_return fail(globals, connected.error());
  auto reply = co_await device.fetch_agreement(with.id);
  if (reply.has_value() && reply->wanted() != reply->in_force()) {
    if (const auto wanted = client::parse_bytes<32>(reply->wanted()))
      reply = co_await device.sign_agreement(with.id, *wanted);
  }
  if (reply.has_value()) co_await device.flush();
  co_await device.disconnect();
  if (!reply.has_value()) co_return fail(globals, reply.error());
  print(globals, with, *reply);
  co_return kOk;
}

using Step = asio::awaitable<int> (*)(client::Client&, Globals, Named);
int run(const Globals& globals, const std::string& with, Step step) {
  return with_client(globals, {}, [&](client::Client& device) {
    auto found = find_relationship(device.store(), with);
    if (!found.has_value()) return fail_later(globals, found.error());
    return step(device, globals, std::move(*found));
  });
}

}  // namespace

int agreement_show(const Globals& globals, const std::string& with) {
  return run(globals, with, show);
}

int agreement_sign(const Globals& globals, const std::string& with) {
  return run(globals, with, sign);
}

}  // namespace holdspace::cli
