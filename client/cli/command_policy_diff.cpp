// `policy diff`: in what two policies differ, and whether the second one widens the owner's hours.
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "boundary/change.hpp"
#include "boundary/names.hpp"
#include "client/cli/command.hpp"
#include "client/cli/display.hpp"
#include "client/cli/policy_document.hpp"
#include "client/cli/policy_words.hpp"
#include "client/cli/profile.hpp"
#include "client/clock.hpp"
#include "client/policy_file.hpp"
#include "client/policy_widening.hpp"

namespace holdspace::cli {
namespace {

namespace asio = boost::asio;
using boost::system::result;
using client::Failure;
using client::FailureKind;
using Json = nlohmann::ordered_json;

Failure bad_input(std::string text) {
  return {FailureKind::bad_input, std::move(text), {}};
}

// Words that are a version's number; none: they name a file.
std::optional<std::uint64_t> version_in(const std::string& words) {
  constexpr std::size_t kDigitsMax = 18;  // fits 64 bits
  const bool is_number = !words.empty() && words.size() <= kDigitsMax &&
                         words.find_first_not_of("0123456789") == std::string::npos;
  return is_number ? std::optional<std::uint64_t>(std::stoull(words)) : std::nullopt;
}

result<boundary::Gate, Failure> compile(const std::string& words, const v1::Policy& policy) {
  auto gate = client::compile_policy_file(policy);
  if (!gate.has_value()) return bad_input(words + ": " + gate.error().text);
  return std::move(*gate);
}

void print_for_person(const std::vector<boundary::PolicyChange>& changes,
                      const std::vector<client::LaneWidening>& lanes) {
  if (changes.empty()) {
    std::cout << "The two say the same.\n";
    return;
  }
  for (const auto& change : changes) std::cout << boundary::describe(change) << '\n';
  if (lanes.empty()) {
    std::cout << "Nothing is opened that was shut, so it needs no signature of its owner.\n";
    return;
  }
  std::cout << "It opens what was shut, so it needs its owner's signature:\n";
  for (const auto& lane : lanes) {
    std::cout << "  " << boundary::name(lane.lane) << ' ' << boundary::name(lane.direction);
    const auto& found = lane.widenings.found;
    if (!found.empty())
      std::cout << ": first from " << format_time(viewer_zone(), found.front().when.from)
                << " until " << format_time(viewer_zone(), found.front().when.until);
    if (found.size() > 1 || lane.widenings.more) std::cout << ", and at other times";
    std::cout << '\n';
  }
}

Json widening_row(const boundary::Widening& widening) {
  Json row;
  row["relationship"] = nullptr;
  if (widening.question.relationship_id)
    row["relationship"] = client::to_hex(*widening.question.relationship_id);
  row["from"] = format_utc(widening.when.from);
  row["until"] = format_utc(widening.when.until);
  return row;
}

Json lane_row(const client::LaneWidening& lane) {
  Json row;
  row["lane"] = boundary::name(lane.lane);
  row["direction"] = boundary::name(lane.direction);
  row["times"] = Json::array();
  for (const auto& widening : lane.widenings.found) row["times"].push_back(widening_row(widening));
  row["more"] = lane.widenings.more;
  return row;
}

void print_json(const std::vector<boundary::PolicyChange>& changes,
                const std::vector<client::LaneWidening>& lanes) {
  Json line;
  line["changes"] = Json::array();
  for (const auto& change : changes) {
    Json row;
    row["subject"] = boundary::name(change.subject);
    row["verb"] = boundary::name(change.verb);
    row["item"] = change.item;
    row["before"] = change.before;
    row["after"] = change.after;
    row["text"] = boundary::describe(change);
    line["changes"].push_back(std::move(row));
  }
  line["widens"] = !lanes.empty();
  line["lanes"] = Json::array();
  for (const auto& lane : lanes) line["lanes"].push_back(lane_row(lane));
  std::cout << line.dump() << '\n';
}

int compare(const Globals& globals, const DiffOptions& options, const v1::Policy& before,
            const v1::Policy& after) {
  const auto from = compile(options.before, before);
  if (!from.has_value()) return fail(globals, from.error());
  const auto to = compile(options.after, after);
  if (!to.has_value()) return fail(globals, to.error());
  const auto changes = boundary::diff(from->policy(), to->policy());
  const auto lanes = client::lane_widenings(*from, *to, client::now());
  if (globals.output == Output::json)
    print_json(changes, lanes);
  else
    print_for_person(changes, lanes);
  return kOk;
}

// The policy that `words` mean, from its file or over the connection.
asio::awaitable<result<v1::Policy, Failure>> take(client::Client& device, v1::FetchPolicy whose,
                                                  std::string words) {
  const auto version = version_in(words);
  if (!version) co_return read_policy(words);
  whose.set_version(*version);
  const auto reply = co_await device.fetch_policy(std::move(whose));
  if (!reply.has_value()) co_return reply.error();
  if (!reply->has_policy() || (*version != 0 && reply->policy().version() != *version))
    co_return bad_input("there is no version " + words);
  co_return reply->policy();
}

asio::awaitable<int> diff(client::Client& device, Globals globals, DiffOptions options) {
  const auto whose = ask_about(device, options.owner);
  if (!whose.has_value()) co_return fail(globals, whose.error());
  const auto connected = co_await device.connect();
  if (!connected.has_value()) co_return fail(globals, connected.error());
  const auto before = co_await take(device, *whose, options.before);
  const auto after = co_await take(device, *whose, options.after);
  co_await device.disconnect();
  if (!before.has_value()) co_return fail(globals, before.error());
  if (!after.has_value()) co_return fail(globals, after.error());
  co_return compare(globals, options, *before, *after);
}

}  // namespace

int policy_diff(const Globals& globals, const DiffOptions& options) {
  if (version_in(options.before) || version_in(options.after))
    return with_client(globals, {},
                       [&](client::Client& device) { return diff(device, globals, options); });
  const auto before = read_policy(options.before);
  if (!before.has_value()) return fail(globals, before.error());
  const auto after = read_policy(options.after);
  if (!after.has_value()) return fail(globals, after.error());
  return compare(globals, options, *before, *after);
}

}  // namespace holdspace::cli
