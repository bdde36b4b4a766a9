// The table for people and the JSON for programs, with the gateway's cost as a ratio to the floors
// of the same run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/bench/result.hpp"

namespace holdspace::bench {

// The processor time per unit of all floors together that ran the same workload; empty when none
// did.
[[nodiscard]] std::optional<double> floor_us(const std::vector<Result>& results,
                                             const std::string& workload);

[[nodiscard]] std::string table_of(const std::vector<Result>& results);

// One object: {"results": [...]}, a key of Result each; absent figures are left out.
[[nodiscard]] std::string json_of(const std::vector<Result>& results);

}  // namespace holdspace::bench
