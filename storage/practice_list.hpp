// The practices of a store, walked page by page: what is to be done for a practice is done whether
// or not somebody is connected. Not what they hold, and not whether they exist: a practice is
// listed before it is made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "storage/connection_pool.hpp"
#include "storage/error.hpp"
#include "storage/ids.hpp"

namespace holdspace::storage {

// Ours: some 6 MB, and far more than one store serves.
inline constexpr std::size_t kPracticesMax = 65'536;

enum class ListPracticeError : std::uint8_t {
  quota,  // kPracticesMax are listed
  unavailable,
  uncertain,
  corrupt,
};

// One for each io thread.
class PracticeList {
 public:
  explicit PracticeList(ConnectionPool& pool) : pool_(pool) {}

  // Answers whether it was not listed before. Again: nothing is written.
  [[nodiscard]] Answer<bool, ListPracticeError> list_practice(PracticeId practice,
                                                              Deadline deadline);

  // The one that was listed for nothing.
  [[nodiscard]] Answer<void, CommandError> strike_practice(PracticeId practice, Deadline deadline);

  // The next ones in their order after `after` (none: from the first), at most `most`. Changes
  // nothing.
  [[nodiscard]] Answer<std::vector<PracticeId>, CommandError> next_practices(PracticeId after,
                                                                             std::size_t most,
                                                                             Deadline deadline);

 private:
  ConnectionPool& pool_;
};

}  // namespace holdspace::storage
