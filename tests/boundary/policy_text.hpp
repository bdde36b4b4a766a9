// Short spellings for test rows: instants, dates, windows and whole policies from text a person can
// read aloud. Not a policy format: a malformed row throws and fails its test.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "boundary/gate.hpp"
#include "boundary/names.hpp"
#include "boundary/policy.hpp"
#include "boundary/time.hpp"
#include "boundary/verdict.hpp"

namespace holdspace::boundary::testing {

template <typename T>
T must(const std::optional<T>& value, std::string_view text) {
  if (!value) {
    throw std::invalid_argument("malformed test row: " + std::string(text));
  }
  return *value;
}

// "2026-03-30T08:00Z"
inline Instant at(std::string_view text) {
  return must(parse_instant(text), text);
}

inline Interval between(std::string_view from, std::string_view until) {
  return {at(from), at(until)};
}

inline LocalDate day(std::string_view text) {
  return must(parse_date(text), text);
}

inline Zone zone(std::string_view name) {
  const auto found = Zone::locate(name);
  return must(found.has_value() ? std::optional(*found) : std::nullopt, name);
}

// "mon 09:00-17:00"; an end at or before the start is on the next day.
inline WeeklyWindow window(std::string_view text, Lane lane = Lane::routine,
                           Direction direction = Direction::to_therapist) {
  const auto start = must(parse_time_of_day(text.substr(4, 5)), text);
  const auto end = must(parse_time_of_day(text.substr(10, 5)), text);
  return {lane, direction, must(parse_weekday(text.substr(0, 3)), text), start,
          end > start ? end : end + kMinutesPerDay};
}

// Routine windows to the therapist, which is what most rows are about.
inline Policy policy(std::string zone_name, std::initializer_list<std::string_view> windows) {
  Policy made{.version = 7, .zone = std::move(zone_name), .windows = {}, .exceptions = {}};
  for (const std::string_view text : windows) {
    made.windows.push_back(window(text));
  }
  return made;
}

inline Policy london_office() {
  return policy("Europe/London", {"mon 09:00-17:00", "tue 09:00-17:00", "wed 09:00-17:00",
                                  "thu 09:00-17:00", "fri 09:00-17:00"});
}

// Whole days [from, until) for every lane and both directions; shape the copy for anything else.
inline DatedException exception(std::string id, ExceptionKind kind, std::string_view from,
                                std::string_view until, std::string lifts = {}) {
  return {.id = std::move(id),
          .kind = kind,
          .from_date = day(from),
          .until_date = day(until),
          .part = std::nullopt,
          .lanes = {},
          .directions = {},
          .lifts = std::move(lifts)};
}

inline DatedException on_hours(DatedException whole, std::string_view start, std::string_view end) {
  whole.part = DayPart{must(parse_time_of_day(start), start), must(parse_time_of_day(end), end)};
  return whole;
}

inline Gate gate(const Policy& source) {
  auto compiled = Gate::compile(source);
  if (compiled.has_error()) {
    throw std::invalid_argument("policy of a test row: " + describe(compiled.error()));
  }
  return *std::move(compiled);
}

// 16 times the same byte: an id of a relationship or an account.
inline std::array<std::uint8_t, 16> id_of(std::uint8_t byte) {
  std::array<std::uint8_t, 16> id{};
  id.fill(byte);
  return id;
}

inline Closure closure(std::string id, std::string_view from, std::string_view until) {
  return {std::move(id), at(from), until.empty() ? std::nullopt : std::optional(at(until)),
          std::nullopt};
}

// For every relationship and any message, routine to the therapist; shape the copy for the rest.
inline Opening opening(std::string id, std::string_view from, std::string_view until) {
  Opening made;
  made.id = std::move(id);
  made.from = at(from);
  made.until = at(until);
  made.reason = OpeningReason::agreed_with_client;
  return made;
}

// "hold closed_exception closed_exception:away > weekly:windows[1]": outcome, reason, winner >
// losers.
inline std::string summary(const Verdict& verdict) {
  std::string line = std::string(name(verdict.outcome)) + " " + std::string(name(verdict.reason)) +
                     " " + format_rule(verdict.rule);
  for (const Rule& loser : verdict.losing) {
    line += " > " + format_rule(loser);
  }
  return line;
}

// Intervals in UTC, one line each: what a row's expectation and a failure show.
inline std::string text(const Interval& interval) {
  return format_instant(interval.from) + "/" + format_instant(interval.until);
}

inline std::string text(const std::optional<Instant>& at) {
  return at ? format_instant(*at) : "never";
}

inline std::vector<std::string> lines(const std::vector<Interval>& intervals) {
  std::vector<std::string> texts;
  for (const Interval& interval : intervals) {
    texts.push_back(text(interval));
  }
  return texts;
}

}  // namespace holdspace::boundary::testing
