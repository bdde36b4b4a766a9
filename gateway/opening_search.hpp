// When did the gate open for what a device had sent into closed hours? Asked for the sender's
// Released notice, of the store's record of its promise. Pure, and blind to the recipient: neither
// its devices nor its queue have a part in the answer, so that the notice says nothing about them.
// docs/protocol.md section 11.
#pragma once

#include <cstdint>
#include <optional>

#include "boundary/decide.hpp"
#include "boundary/time.hpp"

namespace holdspace::gateway {

// The newest message of one device in one relationship and lane that was accepted as held.
struct HeldRecord {
  std::uint64_t version = 0;                 // of the therapist's policy, at acceptance
  std::optional<boundary::Instant> promise;  // as told; none: no opening was in sight
  boundary::Instant accepted_at{};
};

struct OpeningFound {
  enum class Kind : std::uint8_t {
    opened,  // at `at`
    waits,   // look again at `at`; none: only a change of the rules can open it
    never,   // the relationship was severed: nothing of it is released, and nothing is told
  };
  Kind kind = Kind::waits;
  std::optional<boundary::Instant> at{};

  friend bool operator==(const OpeningFound&, const OpeningFound&) = default;
};

// `gates` and `facts` (of a message to the recipient, Moment::release) are the newest ones;
// `changed_at` is when the newest of the gates' policies was made. The sender may come back long
// after the opening, so it is looked for in the past:
// - a promise that was due before the newest policy was made was kept under an earlier one, unless
//   the lane was paused then;
// - otherwise the first instant since acceptance, or since that policy, at which the gate is open.
[[nodiscard]] OpeningFound search_opening(const HeldRecord& record, const boundary::Gates& gates,
                                          boundary::Facts facts, boundary::Instant changed_at,
                                          boundary::Instant now);

}  // namespace holdspace::gateway
