// Which lanes and directions a change of a policy opens. boundary::widenings() says whether there
// are any, and stops when it has listed enough; a person wants to know of every lane. Pure; any
// thread. docs/boundary.md, section "A change of the policy".
#pragma once

#include <vector>

#include "boundary/change.hpp"
#include "boundary/gate.hpp"

namespace holdspace::client {

struct LaneWidening {
  boundary::Lane lane{};
  boundary::Direction direction{};
  boundary::Widenings widenings;  // of this lane and direction alone; not none()
};

// Empty when the change only narrows.
[[nodiscard]] std::vector<LaneWidening> lane_widenings(const boundary::Gate& before,
                                                       const boundary::Gate& after,
                                                       boundary::Instant from);

}  // namespace holdspace::client
