// The golden vectors of the gate: who asks what of which policy, and the verdict. One public file
// for every program that has a gate or shows its answers. Policies are canonical Protobuf JSON, as
// in a policy file; instants are RFC 3339 in UTC; names are those of docs/boundary.md.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "boundary/decide.hpp"
#include "boundary/gate.hpp"

namespace holdspace::client::testing {

inline constexpr char kBoundaryVectorsFile[] = "boundary.json";

// The whole file as it should be, by the gate of this program.
[[nodiscard]] std::string make_boundary_vectors();

// Reads the file's policies through the conversions of policy files. Throws on a bad one.
[[nodiscard]] std::vector<boundary::Gate> gates_of(const nlohmann::json& file);

// What a row asks, as read from it. Throws on a malformed row.
[[nodiscard]] boundary::Facts facts_of(const nlohmann::json& row);
[[nodiscard]] boundary::Instant instant_of(const nlohmann::json& row);

// The row's answer, to be compared with its member "verdict".
[[nodiscard]] nlohmann::ordered_json answer(const std::vector<boundary::Gate>& gates,
                                            const nlohmann::json& row);

}  // namespace holdspace::client::testing
