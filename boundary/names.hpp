// One spelling for each enumerator: stable names for the wire, policy files and the command line,
// and sentences for people. docs/boundary.md lists them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "boundary/policy.hpp"
#include "boundary/relationship.hpp"
#include "boundary/validate.hpp"
#include "boundary/verdict.hpp"

namespace holdspace::boundary {

// The enumerator's own spelling ("to_therapist"); it never changes once released.
[[nodiscard]] std::string_view name(Lane lane);
[[nodiscard]] std::string_view name(Direction direction);
[[nodiscard]] std::string_view name(ExceptionKind kind);
[[nodiscard]] std::string_view name(RelationshipState state);
[[nodiscard]] std::string_view name(Outcome outcome);
[[nodiscard]] std::string_view name(Reason reason);
[[nodiscard]] std::string_view name(RuleKind kind);
[[nodiscard]] std::string_view name(PolicyRule rule);
[[nodiscard]] std::string_view name(OpeningReason reason);
[[nodiscard]] std::string_view name(UrgentReader reader);
[[nodiscard]] std::string_view name(LeapDay choice);
[[nodiscard]] std::string_view name(std::chrono::weekday day);  // "mon"; an invalid day is "?"

// The other way; nothing for any other text.
[[nodiscard]] std::optional<Lane> parse_lane(std::string_view text);
[[nodiscard]] std::optional<Direction> parse_direction(std::string_view text);
[[nodiscard]] std::optional<RelationshipState> parse_relationship_state(std::string_view text);
[[nodiscard]] std::optional<Reason> parse_reason(std::string_view text);
[[nodiscard]] std::optional<OpeningReason> parse_opening_reason(std::string_view text);
[[nodiscard]] std::optional<std::chrono::weekday> parse_weekday(std::string_view text);

// Minutes after midnight from "HH:MM", 00:00 to 24:00; "25:00" is nothing.
[[nodiscard]] std::optional<std::uint32_t> parse_time_of_day(std::string_view text);

// "mon 09:00-17:00"; across midnight "sat 22:00-06:00 next day".
[[nodiscard]] std::string format_window(const WeeklyWindow& window);

// "closed_exception:easter", "weekly:windows[3]", "weekly:relationship_windows[0]", "weekly".
[[nodiscard]] std::string format_rule(const Rule& rule);

// A sentence for a person. It never blames.
[[nodiscard]] std::string_view describe(Reason reason);
[[nodiscard]] std::string_view describe(PolicyRule rule);

// "windows[3].end_minute: the end must be later than the start".
[[nodiscard]] std::string describe(const PolicyError& error);

}  // namespace holdspace::boundary
