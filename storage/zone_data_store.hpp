// By which version of the time-zone database the promises of a practice stand, and the steps by
// which those of another version are renewed. Versions are names of releases ("2026b") and compare
// as strings. docs/boundary.md, "When a country moves its clocks".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "boundary/policy.hpp"
#include "boundary/time.hpp"
#include "storage/connection_pool.hpp"
#include "storage/error.hpp"
#include "storage/ids.hpp"
#include "storage/queue_store.hpp"
#include "storage/trail.hpp"

namespace holdspace::storage {

// Ours: names of releases have five letters.
inline constexpr std::size_t kZoneDataVersionMax = 16;
// Ours: accepting versions of what waits in one lane and direction; a lane has at most 1,000
// entries, and a policy is seldom changed more often than messages are written.
inline constexpr std::size_t kRenewedVersionsMax = 256;

struct ZoneDataState {
  std::string newest;    // that any gateway came with; empty, and `complete` too: none yet
  std::string complete;  // with which every promise was looked at
  // Messages accepted as held under another version than the newest; at the end of the last look.
  std::uint64_t strays = 0;
  std::uint64_t walked = 0;
  std::uint64_t moved = 0;  // promises moved since that end

  // Every promise is by `version`.
  [[nodiscard]] bool stands_by(const std::string& version) const {
    return newest == version && complete == version && strays == walked;
  }
};

// What messages that were accepted under one version of the policy are promised instead.
struct RenewedPromise {
  std::uint64_t accepted_version = 0;
  std::optional<boundary::Instant> promise;  // none: no opening in sight

  friend bool operator==(const RenewedPromise&, const RenewedPromise&) = default;
};

// One lane and direction of a relationship.
struct PromiseRenewal {
  std::string zone_data;  // the version by which the promises were computed
  RelationshipId relationship;
  boundary::Lane lane = boundary::Lane::routine;
  boundary::Direction direction = boundary::Direction::to_therapist;
  Validity validity;                     // of all the promises
  std::vector<RenewedPromise> promises;  // 1..kRenewedVersionsMax, a version once
  Trail trail;
};

enum class ZoneDataError : std::uint8_t {
  older,    // a gateway has come with a newer version: what this one computes is not wanted
  stale,    // renew: a fact of the validity or the clock is not as decided: decide again
  changed,  // complete: held messages came or promises moved since the state was read: look again
  quota,    // renew: the notices of an account are full
  invalid,  // a bound is broken
  unavailable,
  uncertain,
  corrupt,
};

// One for each io thread.
class ZoneDataStore {
 public:
  explicit ZoneDataStore(ConnectionPool& pool) : pool_(pool) {}

  // The state, in which `version` is the newest from now on if it is newer than all before. With
  // the first version the record begins: what was promised before counts as promised by it.
  [[nodiscard]] Answer<ZoneDataState, ZoneDataError> begin(PracticeId practice, std::string version,
                                                           Deadline deadline);

  // Promises something else to those held messages to which something else was promised, and leaves
  // the trail, in one step. Answers how many; with 0 nothing was written, the trail neither.
  [[nodiscard]] Answer<std::uint32_t, ZoneDataError> renew_promises(PracticeId practice,
                                                                    PromiseRenewal renewal,
                                                                    Deadline deadline);

  // Every promise was looked at: `seen` is what begin() answered before the look, with `moved` as
  // it is after it. False: another gateway was first, and nothing was written.
  [[nodiscard]] Answer<bool, ZoneDataError> complete(PracticeId practice, ZoneDataState seen,
                                                     std::string version, std::string audit,
                                                     Deadline deadline);

 private:
  ConnectionPool& pool_;
};

}  // namespace holdspace::storage
