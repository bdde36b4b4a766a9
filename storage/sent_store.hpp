// What is remembered of accepted messages for 65 days: when, in which relationship, lane and
// direction. Read only; queue_store.hpp accepts, held_store.hpp asks about a single message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "boundary/policy.hpp"
#include "boundary/time.hpp"
#include "storage/connection_pool.hpp"
#include "storage/error.hpp"
#include "storage/ids.hpp"

namespace holdspace::storage {

// Ours: a page keeps Redis busy for a few milliseconds, and fits any frame.
inline constexpr std::size_t kSentPerPage = 256;

// A place among the messages of one therapist's relationships, in order of acceptance.
struct SentPlace {
  boundary::Instant at{};
  std::uint32_t nth = 0;  // among those of that instant, from 1; 0: before all of them

  friend bool operator==(const SentPlace&, const SentPlace&) = default;
};

struct RememberedMessage {
  RelationshipId relationship;
  boundary::Lane lane = boundary::Lane::routine;
  boundary::Direction direction = boundary::Direction::to_therapist;
  boundary::Instant accepted_at{};
  SentPlace place;  // its instant is a later one where the store's clock was set back

  friend bool operator==(const RememberedMessage&, const RememberedMessage&) = default;
};

struct RememberedPage {
  std::vector<RememberedMessage> messages;  // oldest first; may be empty before the last page
  std::optional<SentPlace> next;            // for the next page; none: this was the last
};

enum class ListSentError : std::uint8_t {
  invalid,  // `most` is 0 or beyond kSentPerPage, or `after` is before 1970 or beyond every
            // calendar
  unavailable,
  uncertain,
  corrupt,
};

// One for each io thread.
class SentStore {
 public:
  explicit SentStore(ConnectionPool& pool) : pool_(pool) {}

  // The messages of the last 65 days that the therapist's and her clients' active devices had
  // accepted in her relationships, after `after` (none of it: from the oldest); also those that
  // were withdrawn or returned. At most `most` records are looked at, those of her clients' other
  // relationships among them. A revoked device is not remembered. Where the store's clock was set
  // back, a page may begin behind messages of that time. Unknown accounts have none.
  [[nodiscard]] Answer<RememberedPage, ListSentError> list_sent(PracticeId practice,
                                                                AccountId therapist,
                                                                SentPlace after, std::size_t most,
                                                                Deadline deadline);

 private:
  ConnectionPool& pool_;
};

}  // namespace holdspace::storage
