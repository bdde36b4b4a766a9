// The name of each statement in its labels: sig/<name> and st/<name>. Room-internal.
// docs/protocol.md section 2.
#pragma once

#include <string_view>

#include "crypto/statement.hpp"

namespace holdspace::crypto {

[[nodiscard]] std::string_view statement_name(StatementType type);

}  // namespace holdspace::crypto
