// Relationships: one therapist, one client, a state. Made by InviteStore; read here. What a state
// allows is boundary/relationship.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "boundary/relationship.hpp"
#include "storage/connection_pool.hpp"
#include "storage/error.hpp"
#include "storage/ids.hpp"

namespace holdspace::storage {

struct RelationshipFacts {
  RelationshipId id;
  AccountId therapist;
  AccountId client;  // none while invited
  boundary::RelationshipState state = boundary::RelationshipState::invited;
  std::uint64_t policy_version = 0;  // of the therapist; 0: none was applied yet

  friend bool operator==(const RelationshipFacts&, const RelationshipFacts&) = default;
};

struct RelationshipPolicy {
  RelationshipFacts facts;
  // The therapist's current policy; not given when its version is the one that the caller knows,
  // nor at version 0.
  std::optional<std::string> document;
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

// One for each io thread. Nothing here changes the store.
class RelationshipStore {
 public:
  explicit RelationshipStore(ConnectionPool& pool) : pool_(pool) {}

  // What a send, a preview or a policy request of a party needs. `known_version` is the version of
  // the therapist's policy that the caller has in memory (0: none).
  [[nodiscard]] Answer<RelationshipPolicy, RelationshipError> facts(PracticeId practice,
                                                                    RelationshipId relationship,
                                                                    AccountId asker,
                                                                    std::uint64_t known_version,
                                                                    Deadline deadline);

  // Every relationship of the account (at most kRelationshipsMax), by id.
  [[nodiscard]] Answer<std::vector<RelationshipFacts>, ListRelationshipsError> list_relationships(
      PracticeId practice, AccountId account, Deadline deadline);

 private:
  ConnectionPool& pool_;
};

}  // namespace holdspace::storage
