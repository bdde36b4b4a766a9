// Notices to an account: kept until every active device has acknowledged them, for 90 days, or
// until room is needed and one device has. Written by the transitions that they tell of
// (trail.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "boundary/time.hpp"
#include "storage/connection_pool.hpp"
#include "storage/error.hpp"
#include "storage/ids.hpp"

namespace holdspace::storage {

// Specification: at most 1,000 are kept for an account. When no device has seen the oldest,
// whatever would add one is refused (`quota`), but for what safety demands: severing and revoking.
inline constexpr std::size_t kNoticesMax = 1'000;
// Ours: one frame of them.
inline constexpr std::size_t kNoticesPerFetch = 64;

struct Notice {
  std::uint64_t id = 0;  // 1, 2, ... for the account, without gaps
  boundary::Instant at{};
  std::string bytes;  // as in NewNotice
};

enum class FetchNoticesError : std::uint8_t {
  invalid,  // `most` is 0 or beyond kNoticesPerFetch
  unavailable,
  uncertain,
  corrupt,
};

enum class AckNoticesError : std::uint8_t {
  not_found,  // unknown or revoked device
  unavailable,
  uncertain,
  corrupt,
};

// One for each io thread.
class NoticeStore {
 public:
  explicit NoticeStore(ConnectionPool& pool) : pool_(pool) {}

  // The oldest `most` with ids beyond `after` that the device has not acknowledged, in order of id.
  // Changes nothing.
  [[nodiscard]] Answer<std::vector<Notice>, FetchNoticesError> fetch_notices(PracticeId practice,
                                                                             DeviceRef device,
                                                                             std::uint64_t after,
                                                                             std::size_t most,
                                                                             Deadline deadline);

  // The device has every notice up to `through` (more than there are: all of them). Idempotent.
  [[nodiscard]] Answer<void, AckNoticesError> ack_notices(PracticeId practice, DeviceRef device,
                                                          std::uint64_t through, Deadline deadline);

 private:
  ConnectionPool& pool_;
};

}  // namespace holdspace::storage
