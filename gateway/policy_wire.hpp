// Between the wire's policy and verdict messages and the values of boundary/. Shapes only: the
// rules of a policy are boundary::validate's. docs/boundary.md, "The policy".
#pragma once

#include <boost/system/result.hpp>
#include <string>

#include "boundary/decide.hpp"
#include "boundary/policy.hpp"
#include "boundary/verdict.hpp"
#include "holdspace/v1/policy.pb.h"

namespace holdspace::gateway {

struct PolicyFieldFault {
  std::string field;  // path in the policy: "exceptions[2].from_date"
};

// A fault when a required enumerator is not set, an id has another length than 16 bytes, a date is
// none, an instant is beyond every calendar, or one half of a day part is missing. Enumerators that
// are not known here were refused with the frame.
[[nodiscard]] boost::system::result<boundary::Policy, PolicyFieldFault> to_policy(
    const v1::Policy& wire);

// For the openings that the gateway adds to a document itself.
[[nodiscard]] v1::Opening to_wire(const boundary::Opening& opening);

[[nodiscard]] v1::Verdict to_wire(const boundary::Verdict& verdict, const boundary::Gate& gate);

// LANE_UNSPECIFIED and DIRECTION_UNSPECIFIED must have been refused before (asserted).
[[nodiscard]] boundary::Lane to_lane(v1::Lane lane);
[[nodiscard]] v1::Lane to_wire(boundary::Lane lane);
[[nodiscard]] boundary::Direction to_direction(v1::Direction direction);
[[nodiscard]] v1::Direction to_wire(boundary::Direction direction);

}  // namespace holdspace::gateway
