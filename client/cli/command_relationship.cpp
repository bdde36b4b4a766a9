// `relationship` and `lane`: moving a relationship along its states, and resting a lane of it.
#include <iostream>
#include <nlohmann/json.hpp>
#include <utility>

#include "client/cli/command.hpp"
#include "client/cli/display.hpp"
#include "client/cli/policy_words.hpp"
#include "client/cli/profile.hpp"
#include "client/cli/terminal.hpp"
#include "client/clock.hpp"
#include "client/content.hpp"

namespace holdspace::cli {
namespace {

namespace asio = boost::asio;
using Json = nlohmann::ordered_json;

Json relationship_row(const client::LocalStore& store, const v1::Relationship& one) {
  Json row;
  row["label"] = label_of(store, one.relationship_id());
  row["relationship"] = client::to_hex(client::view(one.relationship_id()));
  row["state"] = state_word(one.state());
  row["you_are"] = one.self_is_therapist() ? "therapist" : "client";
  if (one.ends_at_ms() != 0) row["ends_at"] = format_utc(client::from_ms(one.ends_at_ms()));
  row["policy_version"] = one.policy_version();
  row["agreement"] = nullptr;
  if (!one.agreement_hash().empty())
    row["agreement"] = client::to_hex(client::view(one.agreement_hash()));
  row["pauses"] = Json::array();
  for (const auto& pause : one.pauses()) {
    Json rest;
    rest["lane"] = lane_word(pause.lane());
    rest["until"] = format_utc(client::from_ms(pause.until_ms()));
    row["pauses"].push_back(std::move(rest));
  }
  return row;
}

void print(const Globals& globals, const client::LocalStore& store, const v1::Relationship& one) {
  if (globals.output == Output::json) {
    std::cout << relationship_row(store, one).dump() << '\n';
    return;
  }
  std::cout << printable(label_of(store, one.relationship_id()), "") << " - "
            << state_word(one.state());
  if (one.ends_at_ms() != 0)
    std::cout << " until " << format_time(viewer_zone(), client::from_ms(one.ends_at_ms()));
  std::cout << " (" << client::to_hex(client::view(one.relationship_id())).substr(0, 8) << ")\n";
  for (const auto& pause : one.pauses())
    std::cout << "    " << lane_word(pause.lane()) << " rests until "
              << format_time(viewer_zone(), client::from_ms(pause.until_ms())) << '\n';
}

asio::awaitable<int> list(client::Client& device, Globals globals) {
  auto asked = device.relationships();
  const auto listed = co_await ask_once(device, std::move(asked));
  if (!listed.has_value()) co_return fail(globals, listed.error());
  for (const auto& one : listed->relationships()) print(globals, device.store(), one);
  if (listed->relationships().empty() && globals.output == Output::human)
    std::cout << "No relationship yet.\n";
  co_return kOk;
}

asio::awaitable<int> change(client::Client& device, Globals globals, v1::ChangeRelationship what) {
  const bool severs = what.change() == v1::ChangeRelationship::SEVER;
  auto asked = device.change_relationship(std::move(what));
  const auto changed = co_await ask_once(device, std::move(asked));
  if (!changed.has_value()) co_return fail(globals, changed.error());
  print(globals, device.store(), *changed);
  if (severs && globals.output == Output::human)
    std::cout << "What was held goes back to its sender.\n";
  co_return kOk;
}

asio::awaitable<int> rest(client::Client& device, Globals globals, v1::PauseLane what) {
  auto asked = device.pause_lane(std::move(what));
  const auto changed = co_await ask_once(device, std::move(asked));
  if (!changed.has_value()) co_return fail(globals, changed.error());
  print(globals, device.store(), *changed);
  co_return kOk;
}

// A label, or for an admin the id of a relationship of two others.
boost::system::result<std::string, client::Failure> which(const client::Client& device,
                                                          const client::LocalStore& store,
                                                          const std::string& with) {
  if (device.identity().role == crypto::Role::admin) {
    if (const auto id = parse_id(with)) return client::to_string(*id);
  }
  const auto found = find_relationship(store, with);
  if (!found.has_value()) return found.error();
  return client::to_string(found->id);
}

}  // namespace

int relationship_list(const Globals& globals) {
  return with_client(globals, {}, [&](client::Client& device) { return list(device, globals); });
}

int relationship_change(const Globals& globals, const RelationshipChange& options) {
  v1::ChangeRelationship what;
  what.set_change(options.change);
  if (!options.on.empty()) {
    const auto ends_at = end_of_day(viewer_zone(), options.on);
    if (!ends_at) return fail_usage(globals, "--on is a date, YYYY-MM-DD: the last day of contact");
    what.set_change(v1::ChangeRelationship::END_ON);
    what.set_ends_at_ms(client::to_ms(*ends_at));
  }
  if (!options.successor.empty()) {
    const auto successor = parse_id(options.successor);
    if (!successor) return fail_usage(globals, "an account id has 32 hexadecimal digits");
    what.set_successor_account_id(client::to_string(*successor));
  }
  return with_client(globals, {}, [&](client::Client& device) {
    const auto id = which(device, device.store(), options.with);
    if (!id.has_value()) return fail_later(globals, id.error());
    what.set_relationship_id(*id);
    return change(device, globals, what);
  });
}

int lane_pause(const Globals& globals, const LanePauseOptions& options) {
  if (options.lane == crypto::Lane::urgent)
    return fail_usage(globals, "the urgent lane never rests");
  v1::PauseLane what;
  what.set_lane(client::to_wire(options.lane));
  if (!options.resume) {
    const auto until = end_of(options.span, client::now());
    if (!until)
      return fail_usage(globals, "say --for 24h, or --until \"YYYY-MM-DD HH:MM\" in your zone");
    what.set_until_ms(client::to_ms(*until));
  }
  return with_client(globals, {}, [&](client::Client& device) {
    const auto with = find_relationship(device.store(), options.with);
    if (!with.has_value()) return fail_later(globals, with.error());
    what.set_relationship_id(client::to_string(with->id));
    return rest(device, globals, what);
  });
}

}  // namespace holdspace::cli
