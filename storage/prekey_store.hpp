// Prekeys of devices: one signed set, and one-time keys that are handed out once. Bytes are opaque
// here; the caller has checked signatures. docs/protocol.md section 6.
#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "storage/connection_pool.hpp"
#include "storage/error.hpp"
#include "storage/ids.hpp"

namespace holdspace::storage {

// Specification: at most 100 one-time keys that nobody has reserved, 50 in a call; a reservation
// stands for 24 h; 6 fetches, and one more each 10 min, for each requesting and target device.
inline constexpr std::size_t kOneTimeKeysMax = 100;
inline constexpr std::size_t kOneTimeKeysPerCall = 50;
inline constexpr std::chrono::hours kReservation{24};
inline constexpr std::uint32_t kFetchBurst = 6;
inline constexpr std::chrono::minutes kFetchRefill{10};
// Ours: a signed X-Wing key is 1.4 KB, a signed set 1.5 KB.
inline constexpr std::size_t kPrekeyBytesMax = 4'096;

struct OneTimeKey {
  std::uint32_t id = 0;
  std::string signed_key;  // 1..kPrekeyBytesMax bytes
};

struct PrekeyStatus {
  std::string prekey_set;           // empty: none was published
  std::uint32_t one_time_keys = 0;  // that nobody has reserved
};

struct DevicePrekeys {
  std::uint32_t device = 0;
  std::string prekey_set;          // empty: none was published
  std::uint32_t one_time_key = 0;  // its id; meaningless without signed_key
  std::string signed_key;          // empty: exhausted, use the last-resort key of the set
};

enum class PublishPrekeysError : std::uint8_t {
  not_found,  // unknown or revoked device
  invalid,    // a bound is broken
  unavailable,
  uncertain,
  corrupt,
};

enum class FetchPrekeysError : std::uint8_t {
  not_found,     // unknown account, or no living relationship between the two accounts
  rate_limited,  // the bucket of one of the pairs is empty; nothing was handed out
  invalid,       // no device, or more than 8
  unavailable,
  uncertain,
  corrupt,
};

struct FetchPrekeysFault {
  FetchPrekeysError error{};
  std::chrono::milliseconds retry_after{0};  // rate_limited: until every pair has a token
};

// One for each io thread.
class PrekeyStore {
 public:
  explicit PrekeyStore(ConnectionPool& pool) : pool_(pool) {}

  // Replaces the set unless `prekey_set` is empty, and adds keys. A key whose id is stored is
  // ignored, and so are keys beyond kOneTimeKeysMax. Answers how many nobody has reserved.
  [[nodiscard]] Answer<std::uint32_t, PublishPrekeysError> publish_prekeys(
      PracticeId practice, DeviceRef device, std::string prekey_set, std::vector<OneTimeKey> keys,
      Deadline deadline);

  // Changes nothing.
  [[nodiscard]] Answer<PrekeyStatus, PublishPrekeysError> prekey_status(PracticeId practice,
                                                                        DeviceRef device,
                                                                        Deadline deadline);

  // Keys of `target`'s devices, for its own account or one in a relationship with it that is
  // active, paused or ending. Devices that are not active are left out of the answer. A pair of
  // devices has at most one one-time key out: again within kReservation it is the same one, later
  // another, and the first is deleted. QueueStore::accept() deletes the key that an initial message
  // quotes.
  [[nodiscard]] Answer<std::vector<DevicePrekeys>, FetchPrekeysFault> fetch_prekeys(
      PracticeId practice, DeviceRef asker, AccountId target, std::vector<std::uint32_t> devices,
      Deadline deadline);

 private:
  ConnectionPool& pool_;
};

}  // namespace holdspace::storage
