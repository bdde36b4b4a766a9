// Which terms a therapist's policy asks both sides to sign. Pure; any thread. The text and what it
// binds: boundary/agreement.hpp.
#pragma once

#include <optional>

#include "boundary/policy.hpp"
#include "storage/relationship_store.hpp"

namespace holdspace::gateway {

// The hash of its binding text; none when the policy states no terms.
[[nodiscard]] std::optional<storage::AgreementHash> wanted_terms(const boundary::Policy& policy);

}  // namespace holdspace::gateway
