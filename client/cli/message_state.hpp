// The state of a sent message, for people, for programs and for scripts: what its outbox row says.
#pragma once

#include <string>
#include <string_view>

#include "boundary/time.hpp"
#include "client/records.pb.h"
#include "holdspace/v1/frame.pb.h"

namespace holdspace::cli {

// The one honest state of a sent message: "released", "held until ... - ...", "refused: ...", "not
// confirmed yet - ...", "withdrawn", "returned: ...".
[[nodiscard]] std::string describe_state(const client::records::OutboxRow& row,
                                         const boundary::Zone& zone);
// The same as one word: "released", "held", "refused", "unsigned", "withdrawn", "returned",
// "not_confirmed", "waiting".
[[nodiscard]] std::string_view state_word(const client::records::OutboxRow& row);
// Why a message came back, in words, and as one word: "covered".
[[nodiscard]] std::string_view returned_words(v1::Returned::Why why);
[[nodiscard]] std::string returned_name(v1::Returned::Why why);
// One friendly line for the first message that waits in a closed period: when it opens, and the
// usual time to an answer when one is stated.
[[nodiscard]] std::string closed_notice(const client::records::OutboxRow& row,
                                        const boundary::Zone& zone);
// The exit code that goes with the state.
[[nodiscard]] int exit_code(const client::records::OutboxRow& row);

}  // namespace holdspace::cli
