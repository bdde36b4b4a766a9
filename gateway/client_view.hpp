// What a client is told of the therapist's rules: when and what kind of rule, never why. The one
// place that says what stays behind; every answer to a client that carries a verdict or a policy
// passes here. docs/boundary.md, "What a client is told".
#pragma once

#include "boundary/policy.hpp"
#include "holdspace/v1/policy.pb.h"

namespace holdspace::gateway {

// Outcome, reason, promise, validity and a cover that is named for this very message stay. Of the
// rule that won its kind stays, of the losers nothing; a journey shows as the weekly windows.
[[nodiscard]] v1::Verdict client_view(v1::Verdict verdict);

// The document as far as it is about this relationship: its weekly windows; the exceptions and
// closures that are not over at `now`, with numbers for names and without covers; limits and terms.
// Travel, other relationships' windows and overrides stay behind. Still a valid policy.
[[nodiscard]] v1::Policy client_view(const v1::Policy& policy,
                                     const boundary::RelationshipId& relationship,
                                     boundary::Instant now);

}  // namespace holdspace::gateway
