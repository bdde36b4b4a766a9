// What a person is told, before a policy is saved, of the times in which clients' messages would be
// refused and of windows that the clocks jump over. When that takes an explicit word:
// docs/boundary.md, section "Coverage".
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "client/cli/command.hpp"
#include "client/policy_coverage.hpp"
#include "holdspace/v1/policy.pb.h"

namespace holdspace::cli {

// From now on. None for a policy that breaks a rule: the gateway says which.
[[nodiscard]] client::Gaps gaps_from_now(const v1::Policy& policy);

// On standard error, in the viewer's zone; nothing for programs, which get refusals_row().
void warn(const Globals& globals, const client::Gaps& gaps);

// One entry for each gap: lane, from, until, by "the_week" or "a_closing".
[[nodiscard]] nlohmann::ordered_json refusals_row(const client::Gaps& gaps);

// Why the policy may not be saved yet: a closing makes gaps and nobody has said --accept-refusals.
[[nodiscard]] std::optional<std::string> missing_word(const client::Gaps& gaps, bool accepted);

}  // namespace holdspace::cli
