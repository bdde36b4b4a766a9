// How instants and the wire's enumerators are put into words. Times are shown in the viewer's zone,
// which is always named.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "boundary/time.hpp"
#include "crypto/bytes.hpp"
#include "holdspace/v1/frame.pb.h"

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

// "30m", "24h", "3d": a number of minutes, hours or days of 24 hours, at least one; nothing for
// anything else.
[[nodiscard]] std::optional<std::chrono::minutes> parse_span(std::string_view text);
// The end of the day "2026-12-24" in `zone`: the first instant of the next one.
[[nodiscard]] std::optional<crypto::Instant> end_of_day(const boundary::Zone& zone,
                                                        std::string_view text);

// The viewer's zone, and the policy's when it is another.
[[nodiscard]] std::string both_zones(const std::string& zone_name, crypto::Instant at);

// The wire's enumerators as words: "held", "logistics", "to_client", "ended".
[[nodiscard]] std::string_view outcome_word(v1::Outcome outcome);
[[nodiscard]] std::string_view lane_word(v1::Lane lane);
[[nodiscard]] std::string_view direction_word(v1::Direction direction);
[[nodiscard]] std::string_view state_word(v1::RelationshipState state);

}  // namespace holdspace::cli
