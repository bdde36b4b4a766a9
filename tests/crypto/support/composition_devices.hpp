// The part of the composition vectors that is about a person's devices and contacts; see
// composition.hpp.
#pragma once

#include <nlohmann/json.hpp>

namespace holdspace::crypto::testing {

// Fingerprints, safety number, QR texts and a short string between two accounts.
[[nodiscard]] nlohmann::ordered_json make_confirm_vectors();
// One linking from the QR code to the package, with all draws.
[[nodiscard]] nlohmann::ordered_json make_link_vectors();
// A recovery code with its vault, the restored device's claim, and a reset by the practice.
[[nodiscard]] nlohmann::ordered_json make_recovery_vectors();

}  // namespace holdspace::crypto::testing
