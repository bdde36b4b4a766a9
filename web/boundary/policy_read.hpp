// From the wire to the values of boundary/, as client/policy_read.cpp does it natively. Shapes
// only: the rules of a policy are boundary::validate's.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <span>
#include <string>

#include "boundary/decide.hpp"
#include "boundary/policy.hpp"
#include "web/boundary/calls.pb.h"

namespace holdspace::web {

// The gateway's bound for one frame; a longer document is stored nowhere.
inline constexpr std::size_t kPolicyBytesMax = 512 * 1024;

struct FieldFault {
  std::string field;  // its path: "exceptions[2].from_date"; empty: the bytes are no such message
};

// `document`: a serialised holdspace.v1.Policy. A fault when it is longer than kPolicyBytesMax, a
// required enumerator is not set or unknown, an id has another length than 16 bytes, a date is
// none, an instant is beyond every calendar, or one half of a day part is missing.
[[nodiscard]] boost::system::result<boundary::Policy, FieldFault> read_policy(
    std::span<const std::uint8_t> document);

[[nodiscard]] boost::system::result<boundary::Facts, FieldFault> read_facts(
    const holdspace_web_v1_Facts& wire);

// `field`: its path, for the fault. Less than 2^48 ms on either side of 1970.
[[nodiscard]] boost::system::result<boundary::Instant, FieldFault> read_instant(
    std::int64_t ms, const std::string& field);

}  // namespace holdspace::web
