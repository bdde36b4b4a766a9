// The contact agreement in words, generated from the very document that the gate runs: first what
// the two bind themselves to (Policy::terms), then the hours at present, which are not bound. In
// English; contains no name of anybody, no name of an exception, and nothing of a journey.
// Not the signatures: the hash over binding_text() is made where there is cryptography.
// docs/boundary.md, section "The agreement".
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "boundary/policy.hpp"

namespace holdspace::boundary {

enum class TextStyle : std::uint8_t {
  standard,
  easy_read,  // short sentences of one idea, each on a line after the id of a symbol: "[clock] ..."
};

// What both sign, in the standard style: one paragraph on each line, ending with a line feed. The
// same terms give the same bytes, in whatever order their lists are; other terms give other bytes;
// nothing else in the policy has a part in it. Its first line counts the wording: another wording
// is another agreement. Pure; any thread.
[[nodiscard]] std::string binding_text(const Policy& policy);

// The binding part in one style and, after an empty line, the hours at present: windows (those of
// `relationship` where it has its own), dated exceptions, emergency closures and limits. Overrides
// are left out, because they are over within days. `policy` must be valid. Pure; any thread.
[[nodiscard]] std::string agreement_text(
    const Policy& policy, TextStyle style,
    const std::optional<RelationshipId>& relationship = std::nullopt);

}  // namespace holdspace::boundary
