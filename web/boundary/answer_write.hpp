// What the module answers, as bytes of holdspace.web.v1.Answer (calls.proto).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "boundary/policy.hpp"
#include "boundary/time.hpp"
#include "boundary/verdict.hpp"

namespace holdspace::web {

// The bytes of an Answer; none when the memory of the module is full.
using Answer = std::optional<std::vector<std::uint8_t>>;

// The first thing that is wrong with what was asked; the fields of Fault.
struct Fault {
  std::string field;
  std::string rule;
  std::string other;
  std::string words;
};

struct Change {
  boundary::Instant at;
  boundary::Outcome outcome;
};

[[nodiscard]] Answer write_nothing_wrong();
[[nodiscard]] Answer write_fault(const Fault& fault);

// `policy`: the therapist's, for the zone that is shown.
[[nodiscard]] Answer write_preview(const boundary::Verdict& verdict, const boundary::Policy& policy,
                                   const std::vector<boundary::Instant>& next_changes);
[[nodiscard]] Answer write_changes(const std::vector<Change>& changes,
                                   boundary::Instant followed_until);

}  // namespace holdspace::web
