// Queues of devices: accepting an envelope, reading it when the gate allows, removing it when the
// device has it. The store functions check, in one step with their effect, that the facts on which
// the caller decided still hold. Not the decision: boundary/decide.hpp.
// docs/adr/0005-subqueues.md.
//
// A device's queue is sub-queues by relationship, lane and origin. Each numbers its entries 1, 2,
// ... in the order of acceptance (seq) and is read in that order. A withdrawn or returned entry
// leaves no gap: those behind it, which nobody has read yet, move up.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "boundary/policy.hpp"
#include "boundary/relationship.hpp"
#include "boundary/time.hpp"
#include "boundary/verdict.hpp"
#include "storage/connected_devices.hpp"
#include "storage/relationship_store.hpp"

namespace holdspace::storage {

// Specification: at most 16 copies of a message, 64 acks in a call, 1,000 entries or 32 MiB in a
// sub-queue; duplicates are known for 65 days (30 of the outbox, 35 beyond a receipt).
inline constexpr std::size_t kCopiesMax = 16;
inline constexpr std::size_t kAcksMax = 64;
inline constexpr std::uint64_t kQueueEntriesMax = 1'000;
inline constexpr std::uint64_t kQueueBytesMax = std::uint64_t{32} << 20U;
// The largest serialised Direct is 69,5xx bytes; ours, rounded up.
inline constexpr std::size_t kEnvelopeBytesMax = 72 * 1024;
// Ours: a verdict names at most 64 losing rules of at most 80 bytes.
inline constexpr std::size_t kVerdictBytesMax = 8 * 1024;
inline constexpr std::size_t kReadEntriesMax = 64;
// Every version that a policy can have; beyond it numbers are not exact in the store functions.
inline constexpr std::uint64_t kAnyVersion = (std::uint64_t{1} << 53U) - 1;

// On which facts and for which span of time a decision was made; the store checks all of it.
struct Validity {
  AccountId therapist;         // of the relationship
  std::uint64_t revision = 0;  // of the relationship: state, pauses, end, agreement
  std::uint64_t policy_version = 0;
  std::uint64_t hours_version = 0;  // of the client's own hours
  boundary::Interval span;          // half-open, by the store's clock
};

// The gate was shut when the message was offered.
struct HeldUntil {
  std::optional<boundary::Instant> promise;  // as told to the sender; none: no opening in sight
};

struct Copy {
  DeviceRef recipient;
  std::string envelope;            // a serialised Direct, 1..kEnvelopeBytesMax bytes
  std::uint32_t one_time_key = 0;  // the id that an initial message quotes, with burn = true
  bool burns_one_time_key = false;
};

struct QueueLimits {
  std::uint64_t entries = kQueueEntriesMax;
  std::uint64_t bytes = kQueueBytesMax;
};

struct AcceptRequest {
  PracticeId practice;
  DeviceRef sender;
  SessionId session;  // of the sender's login
  RelationshipId relationship;
  AccountId peer;  // the other party
  boundary::Lane lane = boundary::Lane::routine;
  MessageId message;
  std::array<std::uint8_t, 32> send_hash{};  // over everything that the sender sent
  Validity validity;
  std::string verdict;  // serialised, 1..kVerdictBytesMax bytes; told again to a duplicate
  std::optional<HeldUntil> held;  // none: the verdict is to release
  std::string zone_data;          // version of the time-zone database that `held` was computed with
  std::vector<Copy> copies;       // 1..kCopiesMax
  QueueLimits limits;
};

// Where one copy went.
struct QueuedCopy {
  DeviceRef recipient;
  std::uint64_t seq = 0;
  std::optional<GatewayId> gateway;  // which to hint, when the device is connected
};

struct Accepted {
  boundary::Instant at{};  // by the store's clock; never told to the recipient
  std::string verdict;     // of the first acceptance
  bool duplicate = false;
  // Held, and the sender's first in this relationship, lane and closed period (the span that ends
  // at the promise). Never for a duplicate.
  bool first_in_closed_period = false;
  std::vector<QueuedCopy> copies;  // in the order of the request; empty for a duplicate
};

enum class AcceptError : std::uint8_t {
  displaced,  // the session is not the sender device's newest, or the device was revoked
  not_found,  // unknown relationship, or the sender is not a party to it
  conflict,   // the device's message id was accepted with another hash; the first stays
  stale,      // a fact of the validity or the clock is not as decided: decide again
  mismatch,   // the copies are not the exact device set; AcceptFault says how
  quota,      // a recipient device's sub-queue is full; AcceptFault has the count
  invalid,    // a bound above is broken
  unavailable,
  uncertain,
  corrupt,
};

struct DeviceSetMismatch {
  std::vector<DeviceRef> missing;  // active and not addressed
  std::vector<DeviceRef>
      extra;  // addressed: unknown, twice, of a third account, or the sender's own
  std::vector<DeviceRef> stale;  // addressed and revoked
  std::uint64_t peer_epoch = 0;
  std::uint64_t own_epoch = 0;
};

struct AcceptFault {
  AcceptError error{};
  DeviceSetMismatch mismatch;  // mismatch
  std::uint64_t queued = 0;    // quota: entries in the full sub-queue
};

enum class Origin : std::uint8_t {
  peer,  // from the other party; gated
  own,   // a copy from another device of the same account; never gated
};

struct SubQueue {
  RelationshipId relationship;
  boundary::Lane lane = boundary::Lane::routine;
  Origin origin = Origin::peer;

  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 means the zero that `default` compares to
  friend auto operator<=>(const SubQueue&, const SubQueue&) = default;
};

// A sub-queue with entries in it, and what is needed to judge its gate.
struct PendingQueue {
  SubQueue queue;
  std::uint64_t count = 0;      // at least 1
  std::uint64_t first_seq = 0;  // of the oldest entry
  RelationshipFacts facts;
  std::uint64_t first_version = 0;  // of the policy under which the oldest entry was accepted
};

struct ReadRequest {
  PracticeId practice;
  DeviceRef device;
  SessionId session;
  SubQueue queue;
  std::uint64_t after_seq = 0;        // entries with greater seq; 0: from the start
  std::size_t entries_max = 16;       // 1..kReadEntriesMax
  std::size_t bytes_max = 90 * 1024;  // of envelopes; the first entry comes in any case
  Validity validity;                  // Origin::own: not looked at
  // Entries accepted under a later version of the policy, and all behind them, stay where they are.
  // Origin::own: not looked at.
  std::uint64_t accepted_through = kAnyVersion;
};

struct QueueEntry {
  std::uint64_t seq = 0;
  std::string envelope;
};

struct QueuePage {
  std::vector<QueueEntry> entries;  // in seq order
  // Under which version the next entry was accepted, when accepted_through kept it back. It has a
  // verdict of its own.
  std::optional<std::uint64_t> kept_back_version;
};

enum class ReadError : std::uint8_t {
  displaced,  // the session is not the device's newest, or the device was revoked
  stale,      // a fact of the validity or the clock is not as decided: decide again
  invalid,    // a bound above is broken
  unavailable,
  uncertain,
  corrupt,
};

struct AckItem {
  SubQueue queue;
  std::uint64_t seq = 0;
};

enum class AckError : std::uint8_t {
  invalid,  // no item, or more than kAcksMax
  unavailable,
  uncertain,
  corrupt,
};

// One for each io thread. accept() calls of one sender may be pipelined: they are run in order.
class QueueStore {
 public:
  explicit QueueStore(ConnectionPool& pool) : pool_(pool) {}

  // Stores every copy and remembers the message, or stores nothing. The checks, in this order:
  // session, relationship, duplicate, decision still valid, device set, quota. When it answers, the
  // entries are as durable as the server's settings say (check_durability()).
  [[nodiscard]] Answer<Accepted, AcceptFault> accept(AcceptRequest request, Deadline deadline);

  // The device's sub-queues that have entries, whether or not the gate is open.
  [[nodiscard]] Answer<std::vector<PendingQueue>, CommandError> pending(PracticeId practice,
                                                                        DeviceRef device,
                                                                        Deadline deadline);

  // Entries in seq order, while the gate is open as decided. An entry stays until it is acked; one
  // that was held can no longer be withdrawn once it was read.
  [[nodiscard]] Answer<QueuePage, ReadError> read(ReadRequest request, Deadline deadline);

  // Removes entries; unknown ones are passed over. Answers how many it removed. Any session of the
  // device may say so, an older one too: the device has them.
  [[nodiscard]] Answer<std::uint32_t, AckError> ack(PracticeId practice, DeviceRef device,
                                                    std::vector<AckItem> items, Deadline deadline);

 private:
  ConnectionPool& pool_;
};

}  // namespace holdspace::storage
