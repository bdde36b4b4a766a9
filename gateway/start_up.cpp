// See start_up.hpp.
#include "gateway/start_up.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <utility>

#include "boundary/time.hpp"
#include "crypto/random.hpp"
#include "gateway/clock.hpp"

namespace holdspace::gateway {
namespace {

struct Opened {
  std::string problem;  // empty: none
  storage::StoreEpoch epoch{};
};

boost::asio::awaitable<Opened> prepare(storage::ConnectionPool& pool,
                                       storage::DurabilityMode mode) {
  auto& connection = pool.any();
  const auto deadline = monotonic_now() + kStoreWait;
  Opened opened;
  const auto durable = co_await storage::check_durability(connection, mode, deadline);
  if (!durable.has_value()) {
    const bool weak = durable.error().error == storage::DurabilityError::too_weak;
    opened.problem = weak ? "store.durability: " + durable.error().text
                          : "store.redis_socket: no answer from Redis";
    co_return opened;
  }
  const auto loaded = co_await storage::load_library(connection, deadline);
  const auto proposal = crypto::random_array<16>();
  const auto epoch = co_await storage::store_epoch(connection, proposal, deadline);
  if (!loaded.has_value() || !epoch.has_value())
    opened.problem = "store.redis_socket: Redis does not take the store functions";
  else
    opened.epoch = *epoch;
  co_return opened;
}

}  // namespace

Config read_config(const std::filesystem::path& file) {
  auto config = load_config(file);
  if (!config.has_value()) {
    const auto& error = config.error();
    throw StartError(file.string() + ": " + (error.field.empty() ? "" : error.field + " ") +
                     error.text);
  }
  const auto files = check_files(*config);
  if (!files.has_value())
    throw StartError(file.string() + ": " + files.error().field + " " + files.error().text);
  return std::move(*config);
}

void require_time_zones() {
  try {
    boundary::read_time_zones();
    if (boundary::Zone::locate("Europe/London").has_value()) return;
  } catch (const std::runtime_error&) {
    // The same answer for no database and for an empty one.
  }
  throw StartError("no time-zone database: install the package tzdata, or see HOLDSPACE_ZONEINFO");
}

storage::StoreEpoch open_store(const Config& config) {
  boost::asio::io_context io;
  storage::ConnectionPool pool(io.get_executor(), config.redis_socket.string(), 1);
  auto result =
      boost::asio::co_spawn(io, prepare(pool, config.durability), boost::asio::use_future);
  while (result.wait_for(std::chrono::seconds(0)) != std::future_status::ready) io.run_one();
  auto opened = result.get();
  if (!opened.problem.empty()) throw StartError(opened.problem);
  return opened.epoch;
}

}  // namespace holdspace::gateway
