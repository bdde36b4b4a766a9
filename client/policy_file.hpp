// A policy as a file (canonical Protobuf JSON of holdspace.v1.Policy) and the gate's answer from
// that file alone: the same rules as the gateway's, without a gateway. docs/boundary.md.
#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <string_view>

#include "boundary/decide.hpp"
#include "boundary/gate.hpp"
#include "boundary/time.hpp"
#include "holdspace/v1/frame.pb.h"
#include "holdspace/v1/policy.pb.h"

namespace holdspace::client {

// The gateway's bound for one frame; a longer file cannot be applied.
inline constexpr std::size_t kPolicyFileBytesMax = 512 * 1024;

// A person's line about what is wrong, naming the field where there is one.
struct PolicyFileError {
  std::string text;
};

[[nodiscard]] boost::system::result<v1::Policy, PolicyFileError> parse_policy_file(
    std::string_view json);
[[nodiscard]] std::string format_policy_file(const v1::Policy& policy);

// The document as the gate runs it. Checks every rule that a policy must meet.
[[nodiscard]] boost::system::result<boundary::Gate, PolicyFileError> compile_policy_file(
    const v1::Policy& policy);

// The gate's answer about one message at one instant, and when the gate turns next. `hours`: the
// client's own hours; null: none. An error of either document.
[[nodiscard]] boost::system::result<v1::PolicyPreview, PolicyFileError> preview_policy_file(
    const v1::Policy& policy, const v1::Policy* hours, const boundary::Facts& facts,
    boundary::Instant at);

// The same for a new message of an active relationship without rules or hours of its own. lane and
// direction must be set.
struct PolicyQuestion {
  v1::Lane lane = v1::ROUTINE;
  v1::Direction direction = v1::TO_THERAPIST;
  boundary::Instant at{};
};
[[nodiscard]] boost::system::result<v1::PolicyPreview, PolicyFileError> preview_policy_file(
    const v1::Policy& policy, const PolicyQuestion& question);

}  // namespace holdspace::client
