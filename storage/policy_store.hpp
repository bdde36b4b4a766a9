// Policies of therapists: versions 1, 2, ... that never change once stored. The document is opaque
// bytes here; the caller has validated it. docs/boundary.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "storage/connection_pool.hpp"
#include "storage/error.hpp"
#include "storage/ids.hpp"

namespace holdspace::storage {

// Ours: more than a frame of 96 KiB can carry.
inline constexpr std::size_t kPolicyBytesMax = 128 * 1024;

struct StoredPolicy {
  std::uint64_t version = 0;  // 0: none was applied yet, and document is empty
  std::string document;
};

enum class FetchPolicyError : std::uint8_t {
  not_found,  // the account is not a therapist of the practice
  unavailable,
  uncertain,
  corrupt,
};

enum class ApplyPolicyError : std::uint8_t {
  not_found,     // the account is not a therapist of the practice
  stale_policy,  // `based_on` is not the current version
  invalid,       // empty or over kPolicyBytesMax
  unavailable,
  uncertain,
  corrupt,
};

// One for each io thread.
class PolicyStore {
 public:
  explicit PolicyStore(ConnectionPool& pool) : pool_(pool) {}

  // The current version. Changes nothing. A client gets it by RelationshipStore::facts().
  [[nodiscard]] Answer<StoredPolicy, FetchPolicyError> fetch_policy(PracticeId practice,
                                                                    AccountId therapist,
                                                                    Deadline deadline);

  // Makes `document` version based_on + 1 and answers that number; the document may carry it. Sent
  // again after `uncertain`, the same document on the same base is accepted as done.
  [[nodiscard]] Answer<std::uint64_t, ApplyPolicyError> apply_policy(PracticeId practice,
                                                                     AccountId therapist,
                                                                     std::uint64_t based_on,
                                                                     std::string document,
                                                                     Deadline deadline);

 private:
  ConnectionPool& pool_;
};

}  // namespace holdspace::storage
