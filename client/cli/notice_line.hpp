// How one notice of the service is printed, for people and for programs.
#pragma once

#include <string>

#include "client/cli/command.hpp"
#include "client/local_store.hpp"

namespace holdspace::cli {

// Human: one line that begins with the time. JSON: one line with "type":"notice" and its kind.
[[nodiscard]] std::string format_notice(const Globals& globals, const client::LocalStore& store,
                                        const v1::Notice& notice);

}  // namespace holdspace::cli
