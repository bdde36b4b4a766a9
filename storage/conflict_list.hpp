// Pairs of people of a practice who may not have a relationship, because they know each other
// otherwise. InviteStore asks it when somebody joins; a relationship that exists is not touched.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "storage/connection_pool.hpp"
#include "storage/error.hpp"
#include "storage/ids.hpp"

namespace holdspace::storage {

// Ours: one reply lists them all.
inline constexpr std::size_t kConflictsMax = 4'096;

using AccountPair = std::pair<AccountId, AccountId>;  // the smaller id first

enum class SetConflictError : std::uint8_t {
  quota,    // kConflictsMax pairs are listed
  invalid,  // the two are one account, or the audit record is over its bound
  unavailable,
  uncertain,
  corrupt,
};

// One for each io thread.
class ConflictList {
 public:
  explicit ConflictList(ConnectionPool& pool) : pool_(pool) {}

  // The order of the two means nothing. Again: done already, and not recorded twice.
  [[nodiscard]] Answer<void, SetConflictError> set_conflict(PracticeId practice, AccountId a,
                                                            AccountId b, bool listed,
                                                            std::string audit, Deadline deadline);

  // All pairs, in order. Changes nothing.
  [[nodiscard]] Answer<std::vector<AccountPair>, CommandError> list_conflicts(PracticeId practice,
                                                                              Deadline deadline);

 private:
  ConnectionPool& pool_;
};

}  // namespace holdspace::storage
