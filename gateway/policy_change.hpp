// What a new version must be and what is told of it: what a client's hours may contain, what a
// signature must say, what only the gateway writes, who learns of it. Pure. docs/boundary.md, "Who
// may do what".
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "boundary/time.hpp"
#include "crypto/verify.hpp"
#include "gateway/promise_plan.hpp"
#include "holdspace/v1/frame.pb.h"

namespace holdspace::gateway {

// The field that does not belong into hours of a client's own: they shut and open what reaches the
// client, weekly or on dates, on a wall that may travel, and nothing else.
[[nodiscard]] std::optional<std::string> fault_of_hours(const v1::Policy& document);

// The field that no author may write: a kept promise is the gateway's word.
[[nodiscard]] std::optional<std::string> fault_of_openings(const v1::Policy& document);

// The statement of the asking device about exactly this document. Errors: SIGNATURE_NEEDED when
// there is none, INVALID_ARGUMENT when it says something else or is not by that device.
[[nodiscard]] boost::system::result<void, v1::Error> check_statement(
    const std::string& statement, const crypto::Verified<crypto::DeviceCert>& cert,
    storage::AccountId owner, std::uint64_t version, const std::string& document);

// Whether `after` has an override that `before` has not. A signed one goes into the audit ledger by
// itself.
[[nodiscard]] bool opens_gate(const v1::Policy& before, const v1::Policy& after);

// To each client to whom another version of the therapist's policy looks different.
[[nodiscard]] std::vector<AccountNotice> hours_notices(
    const v1::Policy& before, const v1::Policy& after,
    std::span<const storage::RelationshipFacts> relationships, boundary::Instant now);

}  // namespace holdspace::gateway
