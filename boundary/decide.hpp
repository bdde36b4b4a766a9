// The one entry: may this message pass now? The ladder of rules reads from top to bottom in
// decide.cpp. Not a clock and not a store: `now` is the store's clock as the caller knows it.
// docs/boundary.md, "The ladder".
#pragma once

#include <optional>

#include "boundary/gate.hpp"
#include "boundary/policy.hpp"
#include "boundary/relationship.hpp"
#include "boundary/verdict.hpp"

namespace holdspace::boundary {

// What the rules need to know about one message. Nothing of its content.
struct Facts {
  Lane lane = Lane::routine;
  Direction direction = Direction::to_therapist;
  RelationshipState state = RelationshipState::active;
  Moment moment = Moment::accept;
  bool same_account = false;  // a copy for another device of its own author: always passes
};

// Pure: the same arguments give the same verdict. Any thread.
[[nodiscard]] Verdict decide(const Gate& gate, const Facts& facts, Instant now);

// The next instant after `now` at which the outcome for these facts turns from release_now to hold
// or back. None when nothing changes within kHorizon or the facts alone decide. Jumps from change
// to change; any thread.
[[nodiscard]] std::optional<Instant> next_change(const Gate& gate, const Facts& facts, Instant now);

}  // namespace holdspace::boundary
