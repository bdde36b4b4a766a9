// `policy show|versions|preview`: what is in force, and what it does.
#include <iostream>
#include <nlohmann/json.hpp>

#include "boundary/names.hpp"
#include "client/cli/command.hpp"
#include "client/cli/display.hpp"
#include "client/cli/policy_document.hpp"
#include "client/cli/policy_gaps.hpp"
#include "client/cli/policy_words.hpp"
#include "client/cli/profile.hpp"
#include "client/clock.hpp"
#include "client/content.hpp"
#include "client/policy_file.hpp"
#include "client/policy_values.hpp"

namespace holdspace::cli {
namespace {

namespace asio = boost::asio;
using client::FailureKind;

asio::awaitable<int> show(client::Client& device, Globals globals, PolicyShowOptions options) {
  auto question = ask_about(device, options.owner);
  if (!question.has_value()) co_return fail(globals, question.error());
  question->set_version(options.version);
  auto asked = device.fetch_policy(std::move(*question));
  const auto reply = co_await ask_once(device, std::move(asked));
  if (!reply.has_value()) co_return fail(globals, reply.error());
  co_return print_policy(globals, *reply,
                         "No policy was applied yet, so no message can be taken. Write one and use "
                         "`holdspace policy apply FILE`.");
}

asio::awaitable<int> versions(client::Client& device, Globals globals, PolicyOwner owner) {
  const auto question = ask_about(device, owner);
  if (!question.has_value()) co_return fail(globals, question.error());
  auto asked = device.policy_versions(question->account_id());
  const auto reply = co_await ask_once(device, std::move(asked));
  if (!reply.has_value()) co_return fail(globals, reply.error());
  for (const auto& line : reply->lines()) {
    const auto made_at = client::from_ms(line.meta().made_at_ms());
    if (globals.output == Output::human) {
      std::cout << "Version " << line.version() << "  " << format_time(viewer_zone(), made_at)
                << "  " << reason_word(line.meta().reason())
                << (line.meta().statement().empty() ? "" : "  signed by its owner") << '\n';
      continue;
    }
    nlohmann::ordered_json row;
    row["version"] = line.version();
    row["made_at"] = format_utc(made_at);
    row["reason"] = reason_word(line.meta().reason());
    row["author"] = client::to_hex(client::view(line.meta().author_account_id()));
    row["signed"] = !line.meta().statement().empty();
    std::cout << row.dump() << '\n';
  }
  co_return kOk;
}

// To a person; programs get all that the gateway says. Ours.
constexpr int kChangesShownMax = 3;

void print_for_person(const v1::PolicyPreview& preview, crypto::Instant at) {
  const auto& verdict = preview.verdict();
  std::cout << "At " << both_zones(verdict.zone(), at) << " a message would be "
            << outcome_word(verdict.outcome());
  if (verdict.has_promise_ms())
    std::cout << " until " << both_zones(verdict.zone(), client::from_ms(verdict.promise_ms()));
  std::cout << ".\n";
  const auto reason = boundary::parse_reason(verdict.reason());
  std::cout << "  Why: " << (reason ? boundary::describe(*reason) : verdict.reason()) << '\n';
  if (!verdict.cover_account_id().empty()) {
    std::cout << "  Meanwhile: " << client::to_hex(client::view(verdict.cover_account_id()));
    if (verdict.cover_until_ms() != 0)
      std::cout << ", until "
                << both_zones(verdict.zone(), client::from_ms(verdict.cover_until_ms()));
    std::cout << '\n';
  }
  std::cout << "  Rule that won: " << verdict.rule() << '\n';
  for (const auto& losing : verdict.losing_rules())
    std::cout << "  Rule that lost: " << losing << '\n';
  for (int i = 0; i < preview.next_changes_ms_size() && i < kChangesShownMax; ++i)
    std::cout << "  The gate turns: "
              << both_zones(verdict.zone(), client::from_ms(preview.next_changes_ms(i))) << '\n';
  std::cout << "  Policy version " << verdict.policy_version() << ", time-zone database "
            << preview.tzdb_version() << '\n';
}

void print(const Globals& globals, const v1::PolicyPreview& preview, crypto::Instant at) {
  if (globals.output == Output::human) return print_for_person(preview, at);
  const auto& verdict = preview.verdict();
  nlohmann::ordered_json line;
  line["at"] = format_utc(at);
  line["outcome"] = outcome_word(verdict.outcome());
  line["reason"] = verdict.reason();
  line["rule"] = verdict.rule();
  line["losing_rules"] = nlohmann::ordered_json::array();
  for (const auto& losing : verdict.losing_rules()) line["losing_rules"].push_back(losing);
  if (verdict.has_promise_ms()) {
    line["promise"] = format_utc(client::from_ms(verdict.promise_ms()));
    line["promise_ms"] = verdict.promise_ms();
  }
  if (!verdict.cover_account_id().empty()) {
    line["cover"] = client::to_hex(client::view(verdict.cover_account_id()));
    line["cover_until"] = nullptr;
    if (verdict.cover_until_ms() != 0)
      line["cover_until"] = format_utc(client::from_ms(verdict.cover_until_ms()));
  }
  line["valid_from"] = format_utc(client::from_ms(verdict.valid_from_ms()));
  line["valid_until"] = format_utc(client::from_ms(verdict.valid_until_ms()));
  line["zone"] = verdict.zone();
  line["policy_version"] = verdict.policy_version();
  line["next_changes"] = nlohmann::ordered_json::array();
  for (const auto change : preview.next_changes_ms())
    line["next_changes"].push_back(format_utc(client::from_ms(change)));
  line["tzdb_version"] = preview.tzdb_version();
  std::cout << line.dump() << '\n';
}

struct Question {
  v1::Lane lane{};
  v1::Direction direction{};
  std::optional<crypto::Instant> at;  // none: now
};

asio::awaitable<int> ask_gateway(client::Client& device, Globals globals, PolicyOwner owner,
                                 Question question) {
  const auto about = ask_about(device, owner);
  if (!about.has_value()) co_return fail(globals, about.error());
  v1::PreviewPolicy frame;
  frame.set_relationship_id(about->relationship_id());
  frame.set_lane(question.lane);
  frame.set_direction(question.direction);
  frame.set_at_ms(question.at ? client::to_ms(*question.at) : 0);
  auto asked = device.preview_policy(std::move(frame));
  const auto preview = co_await ask_once(device, std::move(asked));
  if (!preview.has_value()) co_return fail(globals, preview.error());
  print(globals, *preview, question.at.value_or(client::now()));
  co_return kOk;
}

int preview_offline(const Globals& globals, const PreviewOptions& options,
                    const Question& question) {
  const auto policy = read_policy(options.file);
  if (!policy.has_value()) return fail(globals, policy.error());
  std::optional<v1::Policy> hours;
  if (!options.hours.empty()) {
    auto read = read_policy(options.hours);
    if (!read.has_value()) return fail(globals, read.error());
    hours = std::move(*read);
  }
  boundary::Facts facts;
  facts.lane = client::to_lane(question.lane);
  facts.direction = client::to_direction(question.direction);
  const auto at = question.at.value_or(client::now());
  const auto preview = client::preview_policy_file(*policy, hours ? &*hours : nullptr, facts, at);
  if (!preview.has_value())
    return fail(globals,
                {FailureKind::bad_input, options.file.string() + ": " + preview.error().text, {}});
  warn(globals, {{}, {}, gaps_from_now(*policy).skipped_windows});
  print(globals, *preview, at);
  return kOk;
}

}  // namespace

int policy_show(const Globals& globals, const PolicyShowOptions& options) {
  return with_client(globals, {},
                     [&](client::Client& device) { return show(device, globals, options); });
}

int policy_versions(const Globals& globals, const PolicyOwner& owner) {
  return with_client(globals, {},
                     [&](client::Client& device) { return versions(device, globals, owner); });
}

int policy_preview(const Globals& globals, const PreviewOptions& options) {
  Question question;
  question.lane = client::to_wire(options.lane);
  question.direction = options.direction == "to_client" ? v1::TO_CLIENT : v1::TO_THERAPIST;
  if (!options.at.empty()) {
    question.at = parse_time(viewer_zone(), options.at);
    if (!question.at)
      return fail_usage(globals, "--at is \"YYYY-MM-DD HH:MM\" in your zone (" +
                                     std::string(viewer_zone().name()) + "), or YYYY-MM-DDTHH:MMZ");
  }
  if (options.file.empty())
    return with_client(globals, {}, [&](client::Client& device) {
      return ask_gateway(device, globals, {options.with, {}, false}, question);
    });
  return preview_offline(globals, options, question);
}

}  // namespace holdspace::cli
