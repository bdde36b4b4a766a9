// The next version of a policy, made on this device: what it starts from, what is put into it, and
// the signature under it. docs/boundary.md, docs/protocol.md section 2, type 5.
#pragma once

#include <boost/system/result.hpp>
#include <optional>
#include <string>

#include "client/identity.hpp"
#include "holdspace/v1/policy.pb.h"

namespace holdspace::client {

// The version after `policy`, as it is at `now`: openings and closures that are over are left out.
[[nodiscard]] v1::Policy next_version(const v1::Policy& policy, crypto::Instant now);

// Each with an id of its own.
void add_opening(v1::Policy& policy, v1::Opening opening);
void add_closure(v1::Policy& policy, v1::Closure closure);
// Ends every emergency closure; false when there is none.
bool lift_closures(v1::Policy& policy);

// The Signed statement of this device that `document` is its version of the owner's policy. Nothing
// when the bytes are not a policy with a version.
[[nodiscard]] std::optional<std::string> sign_policy_change(const Identity& self,
                                                            const crypto::AccountId& owner,
                                                            const std::string& document,
                                                            crypto::Instant now);

}  // namespace holdspace::client
