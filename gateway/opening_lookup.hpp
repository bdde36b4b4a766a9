// Asks the store for the versions that opening_search.hpp needs, and searches. Nearly always
// nothing was changed since acceptance, and the newest version from memory is enough.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>

#include "gateway/opening_search.hpp"
#include "gateway/worker.hpp"

namespace holdspace::gateway {

// Versions of each side that are looked at, the newest first: more changes than one promise sees.
// An opening under an older one is then told as the first under those.
inline constexpr std::size_t kVersionsSearched = 16;

// What waits in one relationship, lane and direction.
struct HeldWay {
  storage::RelationshipFacts facts;  // as the store says now
  boundary::Lane lane = boundary::Lane::routine;
  boundary::Direction direction = boundary::Direction::to_therapist;
};

// Nothing when the store did not answer or its clock is not to be relied on.
[[nodiscard]] boost::asio::awaitable<std::optional<OpeningFound>> look_up_opening(
    std::shared_ptr<Worker> worker, storage::PracticeId practice, HeldWay way, HeldRecord record);

}  // namespace holdspace::gateway
