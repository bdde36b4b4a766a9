// Between a policy on the wire (and in a file) and the values of boundary/. Shapes only: the rules
// of a policy are boundary::validate's. docs/boundary.md, "The policy".
#pragma once

#include <boost/system/result.hpp>
#include <string>

#include "boundary/policy.hpp"
#include "boundary/verdict.hpp"
#include "holdspace/v1/policy.pb.h"

namespace holdspace::client {

struct PolicyFieldFault {
  std::string field;  // path in the file: "exceptions[2].fromDate"
};

// A fault when a required enumerator is not set or unknown, an id has another length than 16 bytes,
// a date is none, an instant is beyond every calendar, or one half of a day part is missing.
[[nodiscard]] boost::system::result<boundary::Policy, PolicyFieldFault> to_policy(
    const v1::Policy& wire);

// The whole document; for a valid policy to_policy() gives the same value back.
[[nodiscard]] v1::Policy to_wire(const boundary::Policy& policy);

// `policy`: the therapist's, for the zone that is shown.
[[nodiscard]] v1::Verdict to_wire(const boundary::Verdict& verdict, const boundary::Policy& policy);

// LANE_UNSPECIFIED and unknown lanes are routine, unknown directions to the therapist: for
// questions that were checked before.
[[nodiscard]] boundary::Lane to_lane(v1::Lane lane);
[[nodiscard]] boundary::Direction to_direction(v1::Direction direction);

}  // namespace holdspace::client
