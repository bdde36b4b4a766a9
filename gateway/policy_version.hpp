// One stored version of a policy: the document as its author signed it, and beside it the promises
// of earlier versions that it keeps. What the store has as opaque bytes. docs/boundary.md, "A
// change of the policy".
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "boundary/gate.hpp"
#include "holdspace/v1/policy.pb.h"

namespace holdspace::gateway {

// Any thread.
using GatePtr = std::shared_ptr<const boundary::Gate>;

// `document`: a serialised Policy, kept byte for byte because it is what was signed.
[[nodiscard]] std::string encode_version(std::string document,
                                         std::span<const boundary::Opening> kept);

// Nothing for bytes that encode_version() did not make.
[[nodiscard]] std::optional<v1::PolicyVersion> parse_version(const std::string& bytes);

// The document and the kept promises as one policy, which says that it is version `version`. Null
// when it is none: it was checked before it was stored, so that is a fault to look at.
[[nodiscard]] GatePtr compile_version(const std::string& bytes, std::uint64_t version);

// Version 0, before any policy: every gate is shut.
[[nodiscard]] GatePtr compile_no_policy();

}  // namespace holdspace::gateway
