// `policy compare`: which messages of the last 65 days would have been treated differently.
#include <iostream>
#include <nlohmann/json.hpp>
#include <utility>

#include "boundary/names.hpp"
#include "client/cli/command.hpp"
#include "client/cli/display.hpp"
#include "client/cli/policy_document.hpp"
#include "client/cli/policy_words.hpp"
#include "client/cli/profile.hpp"
#include "client/cli/terminal.hpp"

namespace holdspace::cli {
namespace {

namespace asio = boost::asio;

// Pages of one comparison. Ours: at 200 differences each, more than anybody reads.
constexpr int kPagesMax = 200;

std::string treatment(const v1::Verdict& verdict) {
  std::string words(outcome_word(verdict.outcome()));
  if (verdict.has_promise_ms())
    words += " until " + format_time(viewer_zone(), client::from_ms(verdict.promise_ms()));
  const auto reason = boundary::parse_reason(verdict.reason());
  return words + " (" + (reason ? std::string(boundary::describe(*reason)) : verdict.reason()) +
         ")";
}

nlohmann::ordered_json verdict_row(const v1::Verdict& verdict) {
  nlohmann::ordered_json row;
  row["outcome"] = outcome_word(verdict.outcome());
  row["reason"] = verdict.reason();
  row["rule"] = verdict.rule();
  if (verdict.has_promise_ms()) row["promise"] = format_utc(client::from_ms(verdict.promise_ms()));
  return row;
}

void print(const Globals& globals, const client::LocalStore& store,
           const v1::ComparedMessage& message) {
  const auto at = client::from_ms(message.accepted_at_ms());
  const auto label = label_of(store, message.relationship_id());
  if (globals.output == Output::json) {
    nlohmann::ordered_json row;
    row["with"] = label;
    row["relationship"] = client::to_hex(client::view(message.relationship_id()));
    row["lane"] = lane_word(message.lane());
    row["direction"] = direction_word(message.direction());
    row["accepted_at"] = format_utc(at);
    row["before"] = verdict_row(message.before());
    row["after"] = verdict_row(message.after());
    std::cout << row.dump() << '\n';
    return;
  }
  std::cout << format_time(viewer_zone(), at) << "  " << printable(label, "") << ", "
            << lane_word(message.lane()) << ' ' << direction_word(message.direction()) << "\n    "
            << treatment(message.before()) << "\n    -> " << treatment(message.after()) << '\n';
}

asio::awaitable<int> compare(client::Client& device, Globals globals, v1::ComparePolicy question) {
  const auto connected = co_await device.connect();
  if (!connected.has_value()) co_return fail(globals, connected.error());
  std::uint64_t looked_at = 0;
  std::uint64_t differ = 0;
  for (int page = 0; page < kPagesMax; ++page) {
    const auto answer = co_await device.compare_policy(question);
    if (!answer.has_value()) {
      co_await device.disconnect();
      co_return fail(globals, answer.error());
    }
    for (const auto& message : answer->messages()) print(globals, device.store(), message);
    looked_at += answer->looked_at();
    differ += static_cast<std::uint64_t>(answer->messages_size());
    if (answer->next() == 0) break;
    question.set_after(answer->next());
  }
  co_await device.disconnect();
  if (globals.output == Output::human)
    std::cout << differ << " of " << looked_at
              << " messages of the last 65 days would have been treated differently.\n";
  co_return kOk;
}

}  // namespace

int policy_compare(const Globals& globals, const CompareOptions& options) {
  v1::ComparePolicy question;
  question.set_version(options.version);
  if (!options.file.empty()) {
    auto policy = read_policy(options.file);
    if (!policy.has_value()) return fail(globals, policy.error());
    *question.mutable_policy() = std::move(*policy);
  } else if (options.version == 0) {
    return fail_usage(globals, "say what to compare: a FILE, or --version N with what is in force");
  }
  return with_client(globals, {}, [&](client::Client& device) {
    const auto whose = ask_about(device, options.owner);
    if (!whose.has_value()) return fail_later(globals, whose.error());
    question.set_account_id(whose->account_id());
    return compare(device, globals, question);
  });
}

}  // namespace holdspace::cli
