// `agreement`: the terms that both sides of a relationship read and sign, and may take back.
#include <iostream>
#include <nlohmann/json.hpp>
#include <utility>

#include "client/agreement_terms.hpp"
#include "client/cli/command.hpp"
#include "client/cli/profile.hpp"
#include "client/cli/terminal.hpp"
#include "client/policy_file.hpp"

namespace holdspace::cli {
namespace {

namespace asio = boost::asio;
using boost::system::result;
using client::Failure;
using client::FailureKind;

std::string hash_word(const std::string& hash) {
  return hash.empty() ? "none" : client::to_hex(client::view(hash));
}

bool is_up_to_date(const v1::AgreementReply& reply) {
  return !reply.wanted().empty() && reply.in_force() == reply.wanted();
}

// What is shown, and how it stands with the signatures.
struct Agreement {
  client::ShownTerms shown;
  v1::AgreementReply reply;
};

void print_for_person(const Named& with, const Agreement& agreement) {
  const auto& reply = agreement.reply;
  std::cout << "With " << printable(with.relationship.label(), "") << '\n'
            << "In force      " << hash_word(reply.in_force()) << '\n'
            << "Terms wanted  " << hash_word(reply.wanted()) << '\n';
  if (is_up_to_date(reply))
    std::cout << "Both sides have signed these terms.\n";
  else if (!reply.wanted().empty())
    std::cout << "These terms are in force once both sides have signed them: `holdspace agreement "
                 "sign`\n";
}

// How it stands with the signatures, for programs.
nlohmann::ordered_json signature_line(const Named& with, const v1::AgreementReply& reply) {
  const bool therapist = with.relationship.self_is_therapist();
  const auto& own = therapist ? reply.therapist_statement() : reply.client_statement();
  const auto& other = therapist ? reply.client_statement() : reply.therapist_statement();
  nlohmann::ordered_json line;
  line["with"] = with.relationship.label();
  line["relationship"] = client::to_hex(with.id);
  line["in_force"] = nullptr;
  if (!reply.in_force().empty()) line["in_force"] = hash_word(reply.in_force());
  line["wanted"] = nullptr;
  if (!reply.wanted().empty()) line["wanted"] = hash_word(reply.wanted());
  line["up_to_date"] = is_up_to_date(reply);
  line["statement_of_this_side"] = client::to_hex(client::view(own));
  line["statement_of_the_other_side"] = client::to_hex(client::view(other));
  return line;
}

// The text of it was printed before, to a person.
void print(const Globals& globals, const Named& with, const Agreement& agreement) {
  if (globals.output == Output::human) return print_for_person(with, agreement);
  auto line = signature_line(with, agreement.reply);
  line["text"] = agreement.shown.text;
  line["hash_of_text"] = nullptr;
  if (agreement.shown.hash) line["hash_of_text"] = client::to_hex(*agreement.shown.hash);
  std::cout << line.dump() << '\n';
}

void print_text(const Globals& globals, const client::ShownTerms& shown) {
  if (globals.output == Output::human && !shown.text.empty()) std::cout << shown.text << '\n';
}

// Words the terms on this device, from the policy as this side sees it.
asio::awaitable<result<Agreement, Failure>> fetch(client::Client& device, Named with,
                                                  boundary::TextStyle style) {
  const auto connected = co_await device.connect();
  if (!connected.has_value()) co_return connected.error();
  v1::FetchPolicy question;
  if (!with.relationship.self_is_therapist())
    question.set_relationship_id(client::to_string(with.id));
  const auto held = co_await device.fetch_policy(std::move(question));
  auto reply = co_await device.fetch_agreement(with.id);
  co_await device.disconnect();
  if (!held.has_value()) co_return held.error();
  if (!reply.has_value()) co_return reply.error();
  Agreement agreement;
  agreement.reply = std::move(*reply);
  if (!held->has_policy()) co_return agreement;
  const auto gate = client::compile_policy_file(held->policy());
  if (!gate.has_value())
    co_return Failure{FailureKind::untrusted, "the policy in force: " + gate.error().text, {}};
  agreement.shown = client::show_terms(gate->policy(), style, with.id);
  co_return agreement;
}

asio::awaitable<int> show(client::Client& device, Globals globals, AgreementOptions options,
                          Named with) {
  const auto style = options.easy ? boundary::TextStyle::easy_read : boundary::TextStyle::standard;
  const auto agreement = co_await fetch(device, with, style);
  if (!agreement.has_value()) co_return fail(globals, agreement.error());
  print_text(globals, agreement->shown);
  print(globals, with, *agreement);
  co_return kOk;
}

asio::awaitable<result<v1::AgreementReply, Failure>> submit(client::Client& device, Named with,
                                                            crypto::Hash32 hash) {
  const auto connected = co_await device.connect();
  if (!connected.has_value()) co_return connected.error();
  auto reply = co_await device.sign_agreement(with.id, hash);
  if (reply.has_value()) co_await device.flush();
  co_await device.disconnect();
  co_return reply;
}

// Shows the terms that the therapist's policy has and signs them, unless they are in force; then
// what waited for that goes out. A person reads them without a connection: that may take long.
asio::awaitable<int> sign(client::Client& device, Globals globals, AgreementOptions options,
                          Named with) {
  auto agreement = co_await fetch(device, with, boundary::TextStyle::standard);
  if (!agreement.has_value()) co_return fail(globals, agreement.error());
  print_text(globals, agreement->shown);
  if (agreement->reply.wanted() != agreement->reply.in_force() &&
      !agreement->reply.wanted().empty()) {
    const auto hash = client::signable(agreement->shown, agreement->reply.wanted());
    if (!hash.has_value())
      co_return fail(globals,
                     {FailureKind::untrusted, std::string(client::describe(hash.error())), {}});
    const auto agreed = options.yes ? std::optional(true) : ask_yes("Sign these terms?");
    if (!agreed) co_return fail_usage(globals, "nothing was signed; without a terminal say --yes");
    if (!*agreed) co_return fail(globals, {FailureKind::bad_input, "nothing was signed", {}});
    auto reply = co_await submit(device, with, *hash);
    if (!reply.has_value()) co_return fail(globals, reply.error());
    agreement->reply = std::move(*reply);
  }
  print(globals, with, *agreement);
  co_return kOk;
}

asio::awaitable<int> take_back(client::Client& device, Globals globals, Named with) {
  auto asked = device.revoke_agreement(with.id);
  const auto reply = co_await ask_once(device, std::move(asked));
  if (!reply.has_value()) co_return fail(globals, reply.error());
  if (globals.output == Output::json)
    std::cout << signature_line(with, *reply).dump() << '\n';
  else
    std::cout << "With " << printable(with.relationship.label(), "")
              << ": your signature is taken back, and no terms are in force.\n";
  co_return kOk;
}

// Asks before there is a connection: a person may take long. Needs no policy, so that it works
// whatever became of the relationship.
asio::awaitable<int> revoke(client::Client& device, Globals globals, AgreementOptions options,
                            Named with) {
  const auto sure = options.yes ? std::optional(true)
                                : ask_yes(
                                      "Take your signature back? Until both have signed again, "
                                      "no message passes.");
  if (!sure) co_return fail_usage(globals, "nothing was changed; without a terminal say --yes");
  if (!*sure) co_return fail(globals, {FailureKind::bad_input, "nothing was changed", {}});
  co_return co_await take_back(device, globals, std::move(with));
}

using Step = asio::awaitable<int> (*)(client::Client&, Globals, AgreementOptions, Named);
int run(const Globals& globals, const AgreementOptions& options, Step step) {
  return with_client(globals, {}, [&](client::Client& device) {
    auto found = find_relationship(device.store(), options.with);
    if (!found.has_value()) return fail_later(globals, found.error());
    return step(device, globals, options, std::move(*found));
  });
}

}  // namespace

int agreement_show(const Globals& globals, const AgreementOptions& options) {
  return run(globals, options, show);
}

int agreement_sign(const Globals& globals, const AgreementOptions& options) {
  return run(globals, options, sign);
}

int agreement_revoke(const Globals& globals, const AgreementOptions& options) {
  return run(globals, options, revoke);
}

}  // namespace holdspace::cli
