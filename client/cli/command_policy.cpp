// `policy show|apply|preview`.
#include <iostream>
#include <nlohmann/json.hpp>

#include "boundary/names.hpp"
#include "client/cli/command.hpp"
#include "client/cli/display.hpp"
#include "client/cli/policy_document.hpp"
#include "client/cli/profile.hpp"
#include "client/cli/terminal.hpp"
#include "client/clock.hpp"
#include "client/content.hpp"
#include "client/policy_file.hpp"

namespace holdspace::cli {
namespace {

namespace asio = boost::asio;
using client::Failure;
using client::FailureKind;

// Whose policy: a therapist's own without a name; a client's of the named or the only relationship.
boost::system::result<std::string, Failure> whose(client::Client& device, const std::string& with) {
  if (with.empty() && device.identity().role != crypto::Role::client) return std::string();
  auto found = find_relationship(device.store(), with);
  if (!found.has_value()) return found.error();
  return client::to_string(found->id);
}

asio::awaitable<int> show(client::Client& device, Globals globals, std::string with) {
  const auto relationship = whose(device, with);
  if (!relationship.has_value()) co_return fail(globals, relationship.error());
  const auto connected = co_await device.connect();
  if (!connected.has_value()) co_return fail(globals, connected.error());
  const auto reply = co_await device.fetch_policy(*relationship);
  co_await device.disconnect();
  if (!reply.has_value()) co_return fail(globals, reply.error());
  if (globals.output == Output::json) {
    nlohmann::ordered_json line;
    line["policy"] = nullptr;
    if (reply->has_policy())
      line["policy"] = nlohmann::ordered_json::parse(client::format_policy_file(reply->policy()));
    line["tzdb_version"] = reply->tzdb_version();
    std::cout << line.dump() << '\n';
  } else if (reply->has_policy()) {
    std::cout << client::format_policy_file(reply->policy());
  } else {
    std::cout << "No policy was applied yet, so no message can be taken. Write one and use "
                 "`holdspace policy apply FILE`.\n";
  }
  co_return kOk;
}

// A file that says no version is made from the policy in force.
asio::awaitable<int> apply(client::Client& device, Globals globals, v1::Policy policy) {
  const auto connected = co_await device.connect();
  if (!connected.has_value()) co_return fail(globals, connected.error());
  if (policy.version() == 0) {
    const std::string own;
    const auto held = co_await device.fetch_policy(own);
    if (!held.has_value()) {
      co_await device.disconnect();
      co_return fail(globals, held.error());
    }
    policy.set_version(held->policy().version());
  }
  const auto version = co_await device.apply_policy(std::move(policy));
  co_await device.disconnect();
  if (!version.has_value()) co_return fail(globals, version.error());
  if (globals.output == Output::json)
    std::cout << nlohmann::ordered_json{{"version", *version}}.dump() << '\n';
  else
    std::cout << "The policy is in force, as version " << *version << ".\n";
  co_return kOk;
}

std::string_view outcome_word(v1::Outcome outcome) {
  switch (outcome) {
    case v1::RELEASED:
      return "released";
    case v1::HELD:
      return "held";
    case v1::REFUSAL:
      return "refused";
    case v1::OUTCOME_UNSPECIFIED:
    case v1::Outcome_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::Outcome_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return "unknown";
}

std::string both_zones(const std::string& zone_name, crypto::Instant at) {
  auto text = format_time(viewer_zone(), at);
  const auto zone = boundary::Zone::locate(zone_name);
  if (zone.has_value() && zone->name() != viewer_zone().name())
    text += " = " + format_time(*zone, at);
  return text;
}

void print_for_person(const v1::PolicyPreview& preview, crypto::Instant at) {
  const auto& verdict = preview.verdict();
  std::cout << "At " << both_zones(verdict.zone(), at) << " a message would be "
            << outcome_word(verdict.outcome());
  if (verdict.has_promise_ms())
    std::cout << " until " << both_zones(verdict.zone(), client::from_ms(verdict.promise_ms()));
  std::cout << ".\n";
  const auto reason = boundary::parse_reason(verdict.reason());
  std::cout << "  Why: " << (reason ? boundary::describe(*reason) : verdict.reason()) << " (rule "
            << verdict.rule() << ")\n";
  for (const auto& losing : verdict.losing_rules())
    std::cout << "  Weaker rule that also applied: " << losing << '\n';
  for (const auto change : preview.next_changes_ms())
    std::cout << "  The gate turns: " << both_zones(verdict.zone(), client::from_ms(change))
              << '\n';
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

asio::awaitable<int> ask_gateway(client::Client& device, Globals globals, std::string with,
                                 Question question) {
  const auto relationship = whose(device, with);
  if (!relationship.has_value()) co_return fail(globals, relationship.error());
  const auto connected = co_await device.connect();
  if (!connected.has_value()) co_return fail(globals, connected.error());
  v1::PreviewPolicy frame;
  frame.set_relationship_id(*relationship);
  frame.set_lane(question.lane);
  frame.set_direction(question.direction);
  frame.set_at_ms(question.at ? client::to_ms(*question.at) : 0);
  const auto preview = co_await device.preview_policy(std::move(frame));
  co_await device.disconnect();
  if (!preview.has_value()) co_return fail(globals, preview.error());
  print(globals, *preview, question.at.value_or(client::now()));
  co_return kOk;
}

}  // namespace

int policy_show(const Globals& globals, const std::string& with) {
  return with_client(globals, {},
                     [&](client::Client& device) { return show(device, globals, with); });
}

int policy_apply(const Globals& globals, const std::filesystem::path& file) {
  const auto policy = read_policy(file);
  if (!policy.has_value()) return fail(globals, policy.error());
  // The gateway would refuse it as well; here the field is named without a connection.
  const auto checked =
      client::preview_policy_file(*policy, {v1::ROUTINE, v1::TO_THERAPIST, client::now()});
  if (!checked.has_value())
    return fail(globals, {FailureKind::bad_input, file.string() + ": " + checked.error().text, {}});
  return with_client(globals, {},
                     [&](client::Client& device) { return apply(device, globals, *policy); });
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
      return ask_gateway(device, globals, options.with, question);
    });
  const auto policy = read_policy(options.file);
  if (!policy.has_value()) return fail(globals, policy.error());
  const auto at = question.at.value_or(client::now());
  const auto preview =
      client::preview_policy_file(*policy, {question.lane, question.direction, at});
  if (!preview.has_value())
    return fail(globals,
                {FailureKind::bad_input, options.file.string() + ": " + preview.error().text, {}});
  print(globals, *preview, at);
  return kOk;
}

}  // namespace holdspace::cli
