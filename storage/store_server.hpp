// Facts about the Redis server as a whole: its clock, its history, its promise to keep data, and
// the library of store functions. Not the records: each noun has a header of its own.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "boundary/time.hpp"
#include "storage/connection.hpp"
#include "storage/error.hpp"

namespace holdspace::storage {

// 16 random bytes: another value than before means that history may have been rolled back.
using StoreEpoch = std::array<std::uint8_t, 16>;

// What the settings of the server must keep. docs/operations.md, "Durability".
enum class DurabilityMode : std::uint8_t {
  durable,  // append-only file, fsync before each answer
  relaxed,  // append-only file; the last seconds may be lost in a crash
};

enum class DurabilityError : std::uint8_t {
  too_weak,     // the settings promise less than the mode; `DurabilityFault::text` names the one
  unavailable,  // as CommandError; nothing is known
  uncertain,
  corrupt,
};

struct DurabilityFault {
  DurabilityError error{};
  std::string text;  // for the operator; names the setting, what it is and what it must be
};

// The store's clock (Redis TIME), ms since 1970 UTC. Errors: those of CommandError. No effect.
[[nodiscard]] Answer<boundary::Instant, CommandError> server_time(Connection& connection,
                                                                  Deadline deadline);

// The store's epoch. The first gateway of a store sets it to `proposal` (random bytes); everybody
// else gets what is there.
[[nodiscard]] Answer<StoreEpoch, CommandError> store_epoch(Connection& connection,
                                                           StoreEpoch proposal, Deadline deadline);

// Compares appendonly, appendfsync, no-appendfsync-on-rewrite and maxmemory-policy with `mode`. At
// the start, and again each minute: settings can be changed while Redis runs.
[[nodiscard]] Answer<void, DurabilityFault> check_durability(Connection& connection,
                                                             DurabilityMode mode,
                                                             Deadline deadline);

// Makes the server run the store functions that this program was built with; does nothing when it
// does already. Idempotent; at each start, and again after the server was replaced by an empty one.
[[nodiscard]] Answer<void, CommandError> load_library(Connection& connection, Deadline deadline);

// The source that load_library() loads, and the hash (16 hex digits) by which it is recognised.
[[nodiscard]] std::string_view library_source();
[[nodiscard]] std::string_view library_hash();

}  // namespace holdspace::storage
