// Policies to begin with, for five ways of working. Proposals only: their owner edits and signs.
// Not an enforcement: nothing in the gate knows a template. docs/boundary.md, section "Templates".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "boundary/policy.hpp"

namespace holdspace::boundary {

enum class PolicyTemplate : std::uint8_t {
  therapy,         // office hours on weekdays; answers reach the client by day
  coaching,        // wide hours on weekdays, no urgent lane
  dbt,             // short contact on every day; a lane can be paused by agreement
  adolescent,      // after school and not at night; no lane can be paused
  group_practice,  // long hours shared among colleagues, who are on call for each other
};

// A valid policy of version 0 whose wall is in `zone`, without holidays: they differ from country
// to country. `zone` must be in the time-zone database, else the policy is refused when it is
// saved. No lane is shut for longer than the policy's max_hold. Pure; any thread.
[[nodiscard]] Policy make_policy(PolicyTemplate kind, std::string zone);

// The enumerator's own spelling, and back; nothing for any other text.
[[nodiscard]] std::string_view name(PolicyTemplate kind);
[[nodiscard]] std::optional<PolicyTemplate> parse_policy_template(std::string_view text);

// A sentence for a person who chooses.
[[nodiscard]] std::string_view describe(PolicyTemplate kind);

}  // namespace holdspace::boundary
