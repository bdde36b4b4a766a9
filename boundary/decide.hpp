// The one entry: may this message pass now? The ladder of rules reads from top to bottom in
// decide.cpp. Not a clock and not a store: `now` is the store's clock as the caller knows it.
// docs/boundary.md, "The ladder".
#pragma once

#include <cstdint>
#include <optional>

#include "boundary/gate.hpp"
#include "boundary/policy.hpp"
#include "boundary/relationship.hpp"
#include "boundary/verdict.hpp"

namespace holdspace::boundary {

// The gates on one relationship's way. Both must outlive the call.
struct Gates {
  const Gate& therapist;
  const Gate* client = nullptr;  // the client's own hours; null: none
};

// What the rules need to know about one message. Nothing of its content.
struct Facts {
  Lane lane = Lane::routine;
  Direction direction = Direction::to_therapist;
  RelationshipState state = RelationshipState::active;
  Moment moment = Moment::accept;
  bool same_account = false;  // a copy for another device of its own author: always passes
  // Selects the relationship's own windows and openings; none: those for every relationship.
  std::optional<RelationshipId> relationship_id = std::nullopt;
  // Moment::release: the therapist's version under which the message was accepted; none: as if it
  // were accepted now. Moment::accept: not looked at.
  std::optional<std::uint64_t> accepted_version = std::nullopt;
  LanePauses pauses{};
  // State `ending`: from this instant on a new message is treated as in `ended`; none: not set.
  std::optional<Instant> ends_at = std::nullopt;
};

// Pure: the same arguments give the same verdict. Any thread.
[[nodiscard]] Verdict decide(const Gates& gates, const Facts& facts, Instant now);

// The next instant after `now` at which the outcome for these facts is another one: release_now,
// hold or (Moment::accept) refuse. None when nothing changes within kHorizon or the facts alone
// decide. Jumps from change to change; any thread.
[[nodiscard]] std::optional<Instant> next_change(const Gates& gates, const Facts& facts,
                                                 Instant now);

}  // namespace holdspace::boundary
