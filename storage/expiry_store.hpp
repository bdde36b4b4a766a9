// What no device has collected for too long after its release. Whether the gate has been open for
// so long is the caller's to decide, by boundary/decide.hpp; the store keeps the list of where to
// look and removes nothing before its earliest time. Nothing here has a clock of its own.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "boundary/time.hpp"
#include "storage/connection_pool.hpp"
#include "storage/error.hpp"
#include "storage/ids.hpp"
#include "storage/queue_store.hpp"
#include "storage/relationship_store.hpp"
#include "storage/trail.hpp"

namespace holdspace::storage {

// Specification: 30 days after its release. Nothing goes sooner than this after its acceptance, nor
// after the promise that its sender was told.
inline constexpr std::chrono::hours kCollectWithin{24 * 30};
// Ours: what one look handles, so that it stays far below a deadline.
inline constexpr std::size_t kDueMax = 32;
inline constexpr std::size_t kExpiringEntries = 64;

struct ExpiringEntry {
  std::uint64_t seq = 0;
  boundary::Instant accepted_at{};
  std::optional<boundary::Instant> promise;  // held: as told; none when no opening was in sight
  bool held = false;                         // accepted into a shut gate
  std::uint64_t policy_version = 0;          // under which it was accepted
};

// A sub-queue that may hold something too old.
struct DueQueue {
  DeviceRef device;  // the recipient
  SubQueue queue;
  RelationshipFacts facts;
  std::vector<ExpiringEntry> oldest;  // 1..kExpiringEntries, in seq order
};

struct ExpiryRequest {
  PracticeId practice;
  DeviceRef device;
  SubQueue queue;
  std::uint64_t first_seq = 0;     // of the oldest entry, as listed
  std::uint64_t through_seq = 0;   // entries up to here go; 0: none, only look again later
  boundary::Instant look_again{};  // when what is left is already past its earliest time
  ReturnForm returned;             // to the senders of messages of which nothing is left
  Trail trail;                     // its notices are given in any case; the audit if something went
};

struct Expired {
  std::uint32_t entries = 0;   // went
  std::uint32_t messages = 0;  // of those, messages that went back: no device had collected them
};

enum class ExpireError : std::uint8_t {
  changed,  // acked, removed or handled by another gateway since it was listed
  early,    // an entry is not past its earliest time
  quota,    // the notices of an account are full: try again later
  invalid,  // a bound is broken
  unavailable,
  uncertain,
  corrupt,
};

// One for each io thread.
class ExpiryStore {
 public:
  explicit ExpiryStore(ConnectionPool& pool) : pool_(pool) {}

  // The sub-queues of a practice at which it is time to look, at most kDueMax, the earliest first.
  [[nodiscard]] Answer<std::vector<DueQueue>, CommandError> list_due(PracticeId practice,
                                                                     Deadline deadline);

  // Handles one of them: of several gateways that do so at once exactly one gets an answer, the
  // others `changed`. Removed entries leave a gap in seq, of which the recipient should be told.
  [[nodiscard]] Answer<Expired, ExpireError> expire(ExpiryRequest request, Deadline deadline);

 private:
  ConnectionPool& pool_;
};

}  // namespace holdspace::storage
