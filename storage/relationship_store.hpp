// Relationships: one therapist, one client, a state. Made by InviteStore; read and moved along
// here. What a state allows is boundary/relationship.hpp; who may change it is the caller's to
// check.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "boundary/relationship.hpp"
#include "boundary/time.hpp"
#include "storage/connection_pool.hpp"
#include "storage/error.hpp"
#include "storage/ids.hpp"
#include "storage/trail.hpp"

namespace holdspace::storage {

// Specification (frame.proto): a sealed reason is at most 1,024 bytes.
inline constexpr std::size_t kPauseReasonMax = 1'024;

// H32 of the binding text of a contact agreement.
using AgreementHash = std::array<std::uint8_t, 32>;

// An agreed rest of one lane: what is written meanwhile is held.
struct LanePause {
  boundary::Interval span;    // half-open, UTC
  std::string sealed_reason;  // opaque, at most kPauseReasonMax bytes

  friend bool operator==(const LanePause&, const LanePause&) = default;
};

struct RelationshipFacts {
  RelationshipId id;
  AccountId therapist;
  AccountId client;  // none while invited
  boundary::RelationshipState state = boundary::RelationshipState::invited;
  std::uint64_t policy_version = 0;          // of the therapist; 0: none was applied yet
  std::uint64_t revision = 0;                // counts every change of what follows and of the state
  std::optional<boundary::Instant> ends_at;  // ending: from then on as ended
  std::optional<LanePause> routine_pause;    // may lie in the past
  std::optional<LanePause> logistics_pause;
  std::optional<AgreementHash> agreement;  // the terms that both sides signed
  std::uint64_t hours_version = 0;         // of the client's own hours; 0: none; not in `revision`
  bool therapist_leaving = false;          // she takes no new messages: LeavingStore
  // One side revoked what was in force, and the two have not signed again.
  bool agreement_revoked = false;

  friend bool operator==(const RelationshipFacts&, const RelationshipFacts&) = default;
};

// What a caller has in memory; 0: none.
struct KnownVersions {
  std::uint64_t policy = 0;
  std::uint64_t hours = 0;
};

struct RelationshipPolicy {
  RelationshipFacts facts;
  // The therapist's current policy and the client's current hours; not given when the version is
  // the one that the caller knows, nor at version 0.
  std::optional<std::string> document;
  std::optional<std::string> hours_document;
};

enum class RelationshipError : std::uint8_t {
  not_found,  // unknown, or the asking account is not a party to it: one answer
  unavailable,
  uncertain,
  corrupt,
};

enum class ListRelationshipsError : std::uint8_t {
  not_found,  // no such account
  unavailable,
  uncertain,
  corrupt,
};

// A state with everything that goes with it; what is not given is cleared.
struct RelationshipChange {
  RelationshipId relationship;
  std::uint64_t revision = 0;  // that the asker saw
  boundary::RelationshipState state = boundary::RelationshipState::active;
  std::optional<boundary::Instant> ends_at;  // with `ending`, and only then
  std::optional<LanePause> routine_pause;
  std::optional<LanePause> logistics_pause;
  // HeldPage::held_count of the therapist on which the notices were computed; none: they do not
  // depend on what is held.
  std::optional<std::uint64_t> held_count;
  ReturnForm returned;  // `severed`: to the senders of what nobody has collected
  Trail trail;
};

struct RelationshipChanged {
  std::uint64_t revision = 0;
  std::uint32_t returned = 0;  // messages that went back
};

enum class SetRelationshipError : std::uint8_t {
  not_found,
  stale,     // `revision` is not the current one
  unlawful,  // the state does not follow on the present one
  changed,   // a message was accepted as held since held_count was read: compute again
  quota,     // the notices of an account are full; never for `severed`
  invalid,   // a bound is broken, an empty pause, ends_at without `ending` or the reverse
  unavailable,
  uncertain,
  corrupt,
};

// One for each io thread.
class RelationshipStore {
 public:
  explicit RelationshipStore(ConnectionPool& pool) : pool_(pool) {}

  // What a send, a preview or a policy request of a party needs. `asker`: none for whoever may see
  // every relationship.
  [[nodiscard]] Answer<RelationshipPolicy, RelationshipError> facts(PracticeId practice,
                                                                    RelationshipId relationship,
                                                                    AccountId asker,
                                                                    KnownVersions known,
                                                                    Deadline deadline);

  // Every relationship of the account (at most kRelationshipsMax), by id.
  [[nodiscard]] Answer<std::vector<RelationshipFacts>, ListRelationshipsError> list_relationships(
      PracticeId practice, AccountId account, Deadline deadline);

  // Moves a relationship along: active <-> paused, active and paused -> ending, all three -> ended
  // or severed, ended -> severed, which is final. The same state with other pauses or another end
  // is lawful. `severed` takes back in the same step everything that waits between the two. The
  // same change again is done already.
  [[nodiscard]] Answer<RelationshipChanged, SetRelationshipError> set_relationship(
      PracticeId practice, RelationshipChange change, Deadline deadline);

 private:
  ConnectionPool& pool_;
};

}  // namespace holdspace::storage
