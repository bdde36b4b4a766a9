// A command as the bytes that Redis reads, and what its error replies mean for the caller. No I/O.
#pragma once

#include <string>
#include <string_view>

#include "storage/connection.hpp"
#include "storage/error.hpp"

namespace holdspace::storage {

// The command in the Redis protocol; parts may hold any bytes.
[[nodiscard]] std::string encode_command(const CommandParts& parts);

// `text` is an error reply, "WORD explanation".
[[nodiscard]] CommandError classify_error_reply(std::string_view text);

}  // namespace holdspace::storage
