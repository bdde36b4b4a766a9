// What must be true before the gateway listens, and the one line that says what is not.
// docs/operations.md, "Starting".
#pragma once

#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "gateway/config.hpp"
#include "storage/connection_pool.hpp"
#include "storage/store_server.hpp"

namespace holdspace::gateway {

// Start-up failed; what() is one line for the operator.
class StartError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The store may be starting at the same time; longer than that and somebody should look.
inline constexpr std::chrono::seconds kStoreWait{10};

// Reads and checks the file and what it names. Throws StartError.
[[nodiscard]] Config read_config(const std::filesystem::path& file);

// Reads the time-zone database as a whole. Throws StartError when there is none.
void require_time_zones();

// Waits for the store, refuses one that keeps less than `mode` promises, loads the store functions,
// and answers the epoch. Throws StartError. Runs an io_context of its own until it is done.
[[nodiscard]] storage::StoreEpoch open_store(const Config& config);

}  // namespace holdspace::gateway
