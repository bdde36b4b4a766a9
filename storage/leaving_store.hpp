// A therapist leaves the practice: begin, dispose of what is held (HeldStore), finish. While she is
// leaving, each of her relationships says so in its facts, and the gate refuses what is new.
#pragma once

#include <cstdint>

#include "storage/connection_pool.hpp"
#include "storage/error.hpp"
#include "storage/ids.hpp"
#include "storage/trail.hpp"

namespace holdspace::storage {

enum class SetLeavingError : std::uint8_t {
  not_found,  // the account is not a therapist of the practice
  quota,      // the notices of an account are full
  invalid,    // a bound is broken
  unavailable,
  uncertain,
  corrupt,
};

enum class FinishLeavingError : std::uint8_t {
  not_found,    // the account is not a therapist of the practice
  not_leaving,  // it was not begun, or was cancelled
  items_left,   // held messages without a disposition; FinishLeavingFault has the count
  quota,        // the notices of an account are full
  invalid,      // a bound is broken
  unavailable,
  uncertain,
  corrupt,
};

struct FinishLeavingFault {
  FinishLeavingError error{};
  std::uint64_t items = 0;  // items_left
};

// One for each io thread.
class LeavingStore {
 public:
  explicit LeavingStore(ConnectionPool& pool) : pool_(pool) {}

  // Begins or cancels. Again: done already, and not recorded twice.
  [[nodiscard]] Answer<void, SetLeavingError> set_leaving(PracticeId practice, AccountId therapist,
                                                          bool leaving, Trail trail,
                                                          Deadline deadline);

  // Ends every relationship that lives, when nothing in them is held any more, in either direction.
  // Answers how many have ended. Again: 0.
  [[nodiscard]] Answer<std::uint32_t, FinishLeavingFault> finish_leaving(PracticeId practice,
                                                                         AccountId therapist,
                                                                         Trail trail,
                                                                         Deadline deadline);

 private:
  ConnectionPool& pool_;
};

}  // namespace holdspace::storage
