// The audit ledger of a practice: what people changed, in order, numbered from 1 without gaps.
// Records are written by the transitions that they record (trail.hpp). The chain over them is not
// kept here: whoever sets a checkpoint has computed it. docs/operations.md, "Audit".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "boundary/time.hpp"
#include "storage/connection_pool.hpp"
#include "storage/error.hpp"
#include "storage/ids.hpp"

namespace holdspace::storage {

// Specification (frame.proto): one page.
inline constexpr std::size_t kAuditPerFetch = 200;

// The gateway's signed word about the first `count` records. Opaque here.
struct AuditCheckpoint {
  std::uint64_t count = 0;
  boundary::Instant at{};
  std::array<std::uint8_t, 32> head{};
  std::array<std::uint8_t, 64> signature{};

  friend bool operator==(const AuditCheckpoint&, const AuditCheckpoint&) = default;
};

struct AuditEntry {
  std::uint64_t number = 0;
  boundary::Instant at{};  // by the store's clock
  std::string record;
};

struct AuditPage {
  std::uint64_t count = 0;  // of all records
  std::optional<AuditCheckpoint> checkpoint;
  std::vector<AuditEntry> entries;  // in order of number
};

enum class FetchAuditError : std::uint8_t {
  invalid,  // `from` is 0, or `most` is 0 or beyond kAuditPerFetch
  unavailable,
  uncertain,
  corrupt,
};

enum class SetCheckpointError : std::uint8_t {
  stale,    // another checkpoint was set since; fetch and begin again from there
  invalid,  // it is not beyond the one that it follows, or beyond the ledger
  unavailable,
  uncertain,
  corrupt,
};

// One for each io thread.
class AuditStore {
 public:
  explicit AuditStore(ConnectionPool& pool) : pool_(pool) {}

  // Records `from`, from + 1, ...; fewer or none at the end. Changes nothing.
  [[nodiscard]] Answer<AuditPage, FetchAuditError> fetch_audit(PracticeId practice,
                                                               std::uint64_t from, std::size_t most,
                                                               Deadline deadline);

  // `follows`: the count of the checkpoint that it was computed from, 0 for none. The same again is
  // done already.
  [[nodiscard]] Answer<void, SetCheckpointError> set_checkpoint(PracticeId practice,
                                                                std::uint64_t follows,
                                                                AuditCheckpoint checkpoint,
                                                                Deadline deadline);

 private:
  ConnectionPool& pool_;
};

}  // namespace holdspace::storage
