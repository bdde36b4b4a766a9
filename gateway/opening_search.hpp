// When did the gate open for what a device had sent into closed hours? Asked for the sender's
// Released notice, of the store's record of its promise. Pure, and blind to the recipient: neither
// its devices nor its queue have a part in the answer, so that the notice says nothing about them.
// docs/protocol.md section 11.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "boundary/decide.hpp"
#include "boundary/time.hpp"

namespace holdspace::gateway {

// The newest message of one device in one relationship and lane that was accepted as held.
struct HeldRecord {
  std::uint64_t version = 0;  // of the therapist's policy, at acceptance
  boundary::Instant accepted_at{};
};

// One version of somebody's policy, in force from `from` until the next one.
struct VersionSince {
  boundary::Instant from{};
  std::shared_ptr<const boundary::Gate> gate;
};

// A time in which neither side's policy changed: from `from` until the next era.
struct Era {
  boundary::Instant from{};
  std::shared_ptr<const boundary::Gate> therapist;
  std::shared_ptr<const boundary::Gate> client;  // null: no hours of the client's own

  [[nodiscard]] boundary::Gates gates() const { return {*therapist, client.get()}; }
};

// Both sides' versions, each ascending by `from`, as one row of eras. It begins with the
// therapist's first; `client` may be empty.
[[nodiscard]] std::vector<Era> eras_of(std::span<const VersionSince> therapist,
                                       std::span<const VersionSince> client);

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

// The first instant since acceptance at which the gate was or will be open, each instant judged by
// the version that was in force then: the sender may come back long after the opening, and after
// other changes. `eras`: at least one, ascending. `facts`: of a message to the recipient,
// Moment::release, as they are at `now`.
[[nodiscard]] OpeningFound search_opening(const HeldRecord& record, std::span<const Era> eras,
                                          boundary::Facts facts, boundary::Instant now);

}  // namespace holdspace::gateway
