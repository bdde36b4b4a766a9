// How one message of the history is printed, for people and for programs.
#pragma once

#include <string>

#include "client/cli/command.hpp"
#include "client/local_store.hpp"
#include "client/records.pb.h"

namespace holdspace::cli {

// Human: one paragraph that begins with time, direction and label. JSON: one line with
// "type":"message". An outgoing message carries the state of its outbox row while that is kept.
[[nodiscard]] std::string format_message(const Globals& globals, const client::LocalStore& store,
                                         std::uint64_t ordinal,
                                         const client::records::Message& message);

}  // namespace holdspace::cli
