// What an agreed pause of a lane does to the messages that wait there: whose promise moves, and to
// when. Pure. docs/boundary.md, "While it is held".
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "boundary/decide.hpp"
#include "storage/held_store.hpp"

namespace holdspace::gateway {

// To every waiting message of one direction that was accepted under `through_version` or an earlier
// version.
struct MovedPromise {
  boundary::Direction direction = boundary::Direction::to_therapist;
  std::uint64_t through_version = 0;
  std::optional<boundary::Instant> promise;  // none: no opening in sight
  std::string reason;
};

// Those among `held`, all of one relationship and lane, that would wait for longer than their
// senders were told. `facts_of` gives the facts of a message of that direction, with the pause. In
// the order in which they must be read: of one direction the later versions first, because each is
// about the earlier ones too.
[[nodiscard]] std::vector<MovedPromise> moved_promises(
    std::span<const storage::HeldMessage> held, const boundary::Gates& gates,
    const std::function<boundary::Facts(boundary::Direction)>& facts_of, boundary::Instant now);

}  // namespace holdspace::gateway
