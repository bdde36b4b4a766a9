// Policies: versions 1, 2, ... that never change once stored. A therapist owns hers, a client the
// own hours, the practice a default that binds nobody. Documents and what is noted about them are
// opaque bytes here; the caller has validated them. docs/boundary.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/connection_pool.hpp"
#include "storage/error.hpp"
#include "storage/ids.hpp"
#include "storage/trail.hpp"

namespace holdspace::storage {

// Ours: more than a frame of 96 KiB can carry.
inline constexpr std::size_t kPolicyBytesMax = 128 * 1024;
// Ours: ids, instants, a reason and a signature.
inline constexpr std::size_t kPolicyMetaMax = 512;
// Specification (frame.proto): one page of versions.
inline constexpr std::size_t kPolicyVersionsMax = 200;

struct StoredPolicy {
  std::uint64_t version = 0;  // 0: none was applied yet, and the rest is empty
  std::string document;
  std::string meta;  // who made this version when and why
};

struct PolicyVersion {
  std::uint64_t version = 0;
  std::string meta;
};

struct PolicyChange {
  std::uint64_t based_on = 0;
  std::string document;  // 1..kPolicyBytesMax bytes
  std::string meta;      // at most kPolicyMetaMax bytes
  // HeldPage::held_count on which kept and renewed promises were computed; none: there is nothing
  // to keep.
  std::optional<std::uint64_t> held_count;
  Trail trail;
};

// A version that waits for its owner's signature.
struct PolicyProposal {
  std::uint64_t based_on = 0;
  std::string document;  // 1..kPolicyBytesMax bytes
  std::string meta;      // at most kPolicyMetaMax bytes

  friend bool operator==(const PolicyProposal&, const PolicyProposal&) = default;
};

enum class FetchPolicyError : std::uint8_t {
  not_found,  // the account owns no policies (an admin, or unknown), or has no such version
  unavailable,
  uncertain,
  corrupt,
};

enum class ApplyPolicyError : std::uint8_t {
  not_found,     // the account owns no policies (an admin, or unknown)
  stale_policy,  // `based_on` is not the current version
  changed,       // a message was accepted as held since held_count was read: compute again
  quota,         // the notices of an account are full
  invalid,       // a bound is broken
  unavailable,
  uncertain,
  corrupt,
};

enum class ProposalError : std::uint8_t {
  not_found,     // the account owns no policies; fetch and reject: none waits
  stale_policy,  // propose: `based_on` is not the current version
  quota,         // the notices of an account are full
  invalid,       // a bound is broken
  unavailable,
  uncertain,
  corrupt,
};

// One for each io thread. `owner`: a therapist, a client, or none for the practice's default.
class PolicyStore {
 public:
  explicit PolicyStore(ConnectionPool& pool) : pool_(pool) {}

  // The current version. Changes nothing. A party gets it by RelationshipStore::facts().
  [[nodiscard]] Answer<StoredPolicy, FetchPolicyError> fetch_policy(PracticeId practice,
                                                                    AccountId owner,
                                                                    Deadline deadline);

  // An earlier version, 1 or more. Changes nothing.
  [[nodiscard]] Answer<StoredPolicy, FetchPolicyError> fetch_policy_version(PracticeId practice,
                                                                            AccountId owner,
                                                                            std::uint64_t version,
                                                                            Deadline deadline);

  // The newest kPolicyVersionsMax below `before` (0: of all), newest first. Changes nothing.
  [[nodiscard]] Answer<std::vector<PolicyVersion>, FetchPolicyError> list_policy_versions(
      PracticeId practice, AccountId owner, std::uint64_t before, Deadline deadline);

  // Makes the document version based_on + 1 and answers that number; the document may carry it. A
  // proposal that waits is done with. Of a client: every relationship's hours_version moves along.
  // Sent again after `uncertain`, the same document on the same base is accepted as done.
  [[nodiscard]] Answer<std::uint64_t, ApplyPolicyError> apply_policy(PracticeId practice,
                                                                     AccountId owner,
                                                                     PolicyChange change,
                                                                     Deadline deadline);

  // Puts a version before its owner, in place of one that waits already.
  [[nodiscard]] Answer<void, ProposalError> propose_policy(PracticeId practice, AccountId owner,
                                                           PolicyProposal proposal, Trail trail,
                                                           Deadline deadline);

  // Changes nothing.
  [[nodiscard]] Answer<PolicyProposal, ProposalError> fetch_proposal(PracticeId practice,
                                                                     AccountId owner,
                                                                     Deadline deadline);

  [[nodiscard]] Answer<void, ProposalError> reject_proposal(PracticeId practice, AccountId owner,
                                                            Trail trail, Deadline deadline);

 private:
  ConnectionPool& pool_;
};

}  // namespace holdspace::storage
