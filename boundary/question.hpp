// What a gate is asked, and the small values in its answers that are not a verdict.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "boundary/policy.hpp"
#include "boundary/time.hpp"

namespace holdspace::boundary {

// Which messages a gate is asked about. The urgent lane has no gate: never ask for it.
struct Question {
  Lane lane = Lane::routine;
  Direction direction = Direction::to_therapist;
  // None: no windows and openings of its own.
  std::optional<RelationshipId> relationship_id = std::nullopt;
  // None: a message accepted now, which no kept promise is about.
  std::optional<std::uint64_t> accepted_version = std::nullopt;
};

// A colleague who is named while the gate is closed for long.
struct Cover {
  AccountId account_id{};
  std::optional<Instant> until;  // end of that closing; none: not known yet

  friend bool operator==(const Cover&, const Cover&) = default;
};

// A weekly window that has no minute on one date, because the clocks jump over it.
struct EmptyWindow {
  std::size_t window = 0;  // index in Policy::windows, or in the windows of the entry below
  // Index in Policy::relationship_rules; none: Policy::windows.
  std::optional<std::size_t> relationship_rules = std::nullopt;
  LocalDate date{};

  friend bool operator==(const EmptyWindow&, const EmptyWindow&) = default;
};

}  // namespace holdspace::boundary
