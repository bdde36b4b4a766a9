// How instants, states and messages are put into words. Times are shown in the viewer's zone, which
// is always named.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "boundary/time.hpp"
#include "client/records.pb.h"
#include "crypto/bytes.hpp"

namespace holdspace::cli {

// The zone of the environment variable TZ, otherwise the machine's, otherwise UTC.
[[nodiscard]] const boundary::Zone& viewer_zone();

// "Mon 30 Mar 2026 04:00 (America/New_York)"
[[nodiscard]] std::string format_time(const boundary::Zone& zone, crypto::Instant at);

// "2026-03-30 04:00" in `zone`, or RFC 3339 in UTC with a final Z; nothing for anything else.
[[nodiscard]] std::optional<crypto::Instant> parse_time(const boundary::Zone& zone,
                                                        std::string_view text);

// "2026-03-30T08:00:00.000Z" for programs.
[[nodiscard]] std::string format_utc(crypto::Instant at);

// The one honest state of a sent message: "released", "held until ... - ...", "refused: ...", "not
// confirmed yet - ...".
[[nodiscard]] std::string describe_state(const client::records::OutboxRow& row,
                                         const boundary::Zone& zone);
// The same as one word: "released", "held", "refused", "not_confirmed", "waiting".
[[nodiscard]] std::string_view state_word(const client::records::OutboxRow& row);
// The exit code that goes with it.
[[nodiscard]] int exit_code(const client::records::OutboxRow& row);

}  // namespace holdspace::cli
