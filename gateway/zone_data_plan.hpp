// What another version of the time-zone database does to the messages of one relationship that
// wait: whose promise moved, to when, what they are told and what the ledger says. Pure.
// docs/boundary.md, "When a country moves its clocks".
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gateway/policy_snapshot.hpp"
#include "storage/held_store.hpp"
#include "storage/zone_data_store.hpp"

namespace holdspace::gateway {

// The version by which this process computes promises, "2026b"; empty when the database does not
// say: such a gateway renews nothing.
[[nodiscard]] std::string zone_data_version();

// Messages that were accepted under one version of the policy.
struct MovedVersion {
  std::uint64_t accepted_version = 0;
  boundary::Instant before{};  // the earliest that any of them was promised
  std::optional<boundary::Instant> after;
  std::uint32_t messages = 0;

  friend bool operator==(const MovedVersion&, const MovedVersion&) = default;
};

// Of one lane and direction.
struct PromiseShift {
  boundary::Lane lane = boundary::Lane::routine;
  boundary::Direction direction = boundary::Direction::to_therapist;
  std::vector<MovedVersion> moves;  // at least one, the latest version first
  // To the sender, in the order in which they must be read: the later versions first, because each
  // notice is about the earlier ones too.
  std::vector<storage::NewNotice> notices;
  boundary::Interval span;  // in which all of it stands, by the store's clock
};

// Those whose computed promise is another than the one that was told. `waiting`: held messages of
// one relationship for which the gate has not opened since they were accepted. A message that was
// told of no opening was promised nothing, so nothing of it moves.
[[nodiscard]] std::vector<PromiseShift> plan_shifts(const PolicySnapshot& way,
                                                    std::span<const storage::HeldMessage> waiting,
                                                    boundary::Instant now);

// From which version of the database to which.
struct ZoneDataStep {
  std::string before;
  std::string after;
};

// What is stored, and left in the ledger, of a shift.
[[nodiscard]] storage::PromiseRenewal renewal_of(const PolicySnapshot& way, PromiseShift shift,
                                                 const ZoneDataStep& step);

// The record of a practice of which every promise was looked at; `moved` messages have another one.
[[nodiscard]] std::string practice_record(storage::PracticeId practice, const ZoneDataStep& step,
                                          std::uint64_t moved);

inline constexpr std::size_t kMovesRecorded = 8;  // stated on the wire

}  // namespace holdspace::gateway
