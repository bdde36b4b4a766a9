#include "storage/store_server.hpp"

#include <array>
#include <charconv>
#include <cstring>
#include <map>
#include <optional>
#include <utility>

#include "storage/redis_keys.hpp"
#include "storage/store_call.hpp"

namespace holdspace::storage {

namespace {

// What each setting must be. An empty alternative is not allowed.
struct Demand {
  const char* setting;
  std::array<std::string_view, 2> durable;
  std::array<std::string_view, 2> relaxed;
};

constexpr std::array<Demand, 4> kDemands = {{
    {"appendonly", {"yes", ""}, {"yes", ""}},
    {"appendfsync", {"always", ""}, {"everysec", "always"}},
    {"no-appendfsync-on-rewrite", {"no", ""}, {"no", "yes"}},
    {"maxmemory-policy", {"noeviction", ""}, {"noeviction", ""}},
}};

// The first setting that is too weak, in words.
std::optional<std::string> find_weakness(const std::map<std::string, std::string>& settings,
                                         DurabilityMode mode) {
  for (const Demand& demand : kDemands) {
    const auto found = settings.find(demand.setting);
    const std::string is = found == settings.end() ? "unknown" : found->second;
    const auto& allowed = mode == DurabilityMode::durable ? demand.durable : demand.relaxed;
    if (!is.empty() && (is == allowed[0] || is == allowed[1])) continue;
    std::string text = std::string("Redis setting ") + demand.setting + " is " + is +
                       " and must be " + std::string(allowed[0]);
    if (!allowed[1].empty()) text += " or " + std::string(allowed[1]);
    return text;
  }
  return std::nullopt;
}

}  // namespace

Answer<boundary::Instant, CommandError> server_time(Connection& connection, Deadline deadline) {
  CommandParts command{"TIME"};
  const auto reply = co_await connection.command(std::move(command), deadline);
  if (!reply) co_return reply.error();
  Fields fields(reply->elements);
  const std::uint64_t seconds = fields.number();
  const std::uint64_t microseconds = fields.number();
  if (!fields.well() || !fields.at_end() || seconds > kNumberMax / 1000) {
    co_return CommandError::corrupt;
  }
  co_return boundary::Instant(
      std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000 + microseconds / 1000)));
}

Answer<StoreEpoch, CommandError> store_epoch(Connection& connection, StoreEpoch proposal,
                                             Deadline deadline) {
  CommandParts command{"SET", std::string(keys::kStoreEpoch),
                       std::string(proposal.begin(), proposal.end()), "NX", "GET"};
  const auto reply = co_await connection.command(std::move(command), deadline);
  if (!reply) co_return reply.error();
  if (reply->kind == Reply::Kind::nil) co_return proposal;
  StoreEpoch epoch{};
  if (reply->kind != Reply::Kind::string || reply->text.size() != epoch.size()) {
    co_return CommandError::corrupt;
  }
  std::memcpy(epoch.data(), reply->text.data(), epoch.size());
  co_return epoch;
}

Answer<void, DurabilityFault> check_durability(Connection& connection, DurabilityMode mode,
                                               Deadline deadline) {
  CommandParts command{"CONFIG", "GET"};
  for (const Demand& demand : kDemands) command.emplace_back(demand.setting);
  const auto reply = co_await connection.command(std::move(command), deadline);
  if (!reply) {
    co_return DurabilityFault{to_error<DurabilityError>(reply.error()),
                              "the settings of Redis cannot be read"};
  }
  std::map<std::string, std::string> settings;
  Fields fields(reply->elements);
  while (fields.well() && !fields.at_end()) {
    std::string name = fields.text();
    settings[std::move(name)] = fields.text();
  }
  if (!fields.well()) {
    co_return DurabilityFault{DurabilityError::corrupt, "the settings of Redis cannot be read"};
  }
  if (auto weakness = find_weakness(settings, mode)) {
    co_return DurabilityFault{DurabilityError::too_weak, std::move(*weakness)};
  }
  co_return boost::system::result<void, DurabilityFault>{};
}

Answer<void, CommandError> load_library(Connection& connection, Deadline deadline) {
  FunctionCall which("holdspace_library");
  const auto told = co_await tell(connection, std::move(which), deadline);
  if (told && told->is_ok() && told->fields.size() == 1 &&
      told->fields.front().text == library_hash()) {
    co_return boost::system::result<void, CommandError>{};
  }
  // Also after an error: a server without the library answers with one.
  CommandParts load{"FUNCTION", "LOAD", "REPLACE", std::string(library_source())};
  const auto reply = co_await connection.command(std::move(load), deadline);
  if (!reply) co_return reply.error();
  co_return boost::system::result<void, CommandError>{};
}

}  // namespace holdspace::storage
