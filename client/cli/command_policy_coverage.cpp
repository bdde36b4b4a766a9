// `policy coverage`: when messages can pass in the time to come, and when they would be refused.
#include <iostream>
#include <nlohmann/json.hpp>
#include <utility>

#include "boundary/names.hpp"
#include "client/cli/command.hpp"
#include "client/cli/display.hpp"
#include "client/cli/policy_document.hpp"
#include "client/cli/policy_words.hpp"
#include "client/cli/profile.hpp"
#include "client/clock.hpp"
#include "client/policy_coverage.hpp"
#include "client/policy_file.hpp"

namespace holdspace::cli {
namespace {

namespace asio = boost::asio;
using client::Failure;
using client::FailureKind;
using Json = nlohmann::ordered_json;

std::string hours_of(std::chrono::milliseconds length) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(length).count();
  auto text = std::to_string(minutes / 60) + " h";
  if (minutes % 60 != 0) text += ' ' + std::to_string(minutes % 60) + " min";
  return text;
}

std::chrono::milliseconds open_time(const boundary::LaneCoverage& lane) {
  std::chrono::milliseconds sum{};
  for (const auto& opening : lane.openings) sum += opening.until - opening.from;
  return sum;
}

std::string span_words(const boundary::Interval& span) {
  return "from " + format_time(viewer_zone(), span.from) + " until " +
         format_time(viewer_zone(), span.until);
}

void print_lane(const boundary::LaneCoverage& lane) {
  std::cout << boundary::name(lane.question.lane) << ' ' << boundary::name(lane.question.direction)
            << '\n';
  if (lane.openings.empty()) {
    std::cout << "  Never open.\n";
  } else {
    std::cout << "  Open " << lane.openings.size()
              << (lane.openings.size() == 1 ? " time" : " times") << ", "
              << hours_of(open_time(lane)) << " in all; first " << span_words(lane.openings.front())
              << '\n';
    if (lane.longest_closure)
      std::cout << "  Longest closure: "
                << hours_of(lane.longest_closure->until - lane.longest_closure->from) << ", "
                << span_words(*lane.longest_closure) << '\n';
  }
  for (const auto& refusal : lane.refusals) {
    std::cout << "  Refused " << span_words(refusal.when) << ", ";
    if (refusal.cover_account_id)
      std::cout << "naming " << client::to_hex(*refusal.cover_account_id) << '\n';
    else
      std::cout << "naming nobody\n";
  }
}

void print_for_person(const boundary::Policy& policy, const boundary::Coverage& coverage) {
  std::cout << "New messages of an active relationship, " << span_words(coverage.within)
            << ". The longest wait is " << boundary::max_hold(policy).count()
            << " h; what would wait longer is refused.\n";
  for (const auto& lane : coverage.lanes) print_lane(lane);
  for (const auto& empty : coverage.empty_windows)
    std::cout << "The clocks jump over the window " << boundary::describe(empty, policy) << ".\n";
}

Json span_row(const boundary::Interval& span) {
  return {{"from", format_utc(span.from)}, {"until", format_utc(span.until)}};
}

Json lane_row(const boundary::LaneCoverage& lane) {
  Json row;
  row["lane"] = boundary::name(lane.question.lane);
  row["direction"] = boundary::name(lane.question.direction);
  row["open_minutes"] = std::chrono::duration_cast<std::chrono::minutes>(open_time(lane)).count();
  row["openings"] = Json::array();
  for (const auto& opening : lane.openings) row["openings"].push_back(span_row(opening));
  row["longest_closure"] = nullptr;
  if (lane.longest_closure) row["longest_closure"] = span_row(*lane.longest_closure);
  row["refusals"] = Json::array();
  for (const auto& refusal : lane.refusals) {
    auto span = span_row(refusal.when);
    span["cover"] = nullptr;
    if (refusal.cover_account_id) span["cover"] = client::to_hex(*refusal.cover_account_id);
    row["refusals"].push_back(std::move(span));
  }
  return row;
}

void print_json(const boundary::Policy& policy, const boundary::Coverage& coverage) {
  auto line = span_row(coverage.within);
  line["zone"] = policy.zone;
  line["policy_version"] = policy.version;
  line["max_hold_hours"] = boundary::max_hold(policy).count();
  line["lanes"] = Json::array();
  for (const auto& lane : coverage.lanes) line["lanes"].push_back(lane_row(lane));
  line["empty_windows"] = Json::array();
  for (const auto& empty : coverage.empty_windows)
    line["empty_windows"].push_back(boundary::describe(empty, policy));
  line["tzdb_version"] = boundary::tzdb_version();
  std::cout << line.dump() << '\n';
}

int report(const Globals& globals, const CoverageOptions& options, const std::string& what,
           const v1::Policy& policy, std::optional<boundary::RelationshipId> relationship_id) {
  const auto gate = client::compile_policy_file(policy);
  if (!gate.has_value())
    return fail(globals, {FailureKind::bad_input, what + ": " + gate.error().text, {}});
  client::CoverageQuestion question;
  question.from = client::now();
  question.days = std::chrono::days(options.days);
  question.lane = boundary::parse_lane(options.lane);
  question.direction = boundary::parse_direction(options.direction);
  question.relationship_id = relationship_id;
  const auto coverage = client::coverage_of(*gate, question);
  if (globals.output == Output::json)
    print_json(gate->policy(), coverage);
  else
    print_for_person(gate->policy(), coverage);
  return kOk;
}

asio::awaitable<int> report_in_force(client::Client& device, Globals globals,
                                     CoverageOptions options) {
  auto question = ask_about(device, options.owner);
  if (!question.has_value()) co_return fail(globals, question.error());
  const auto relationship_id = client::parse_bytes<16>(question->relationship_id());
  auto asked = device.fetch_policy(std::move(*question));
  const auto reply = co_await ask_once(device, std::move(asked));
  if (!reply.has_value()) co_return fail(globals, reply.error());
  if (!reply->has_policy())
    co_return fail(globals, {FailureKind::bad_input, "no policy was applied yet", {}});
  co_return report(globals, options, "the policy in force", reply->policy(), relationship_id);
}

}  // namespace

int policy_coverage(const Globals& globals, const CoverageOptions& options) {
  if (options.file.empty())
    return with_client(globals, {}, [&](client::Client& device) {
      return report_in_force(device, globals, options);
    });
  const auto& owner = options.owner;
  if (!owner.with.empty() || !owner.account.empty() || owner.of_practice)
    return fail_usage(globals, "a FILE is asked about without --with, --account and --default");
  const auto policy = read_policy(options.file);
  if (!policy.has_value()) return fail(globals, policy.error());
  return report(globals, options, options.file.string(), *policy, std::nullopt);
}

}  // namespace holdspace::cli
