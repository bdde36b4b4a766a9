#include "boundary/way.hpp"

#include <algorithm>
#include <chrono>

namespace holdspace::boundary {

using std::chrono::milliseconds;

Way::Way(const Gates& gates, const Facts& facts)
    : gates_{gates.therapist, facts.direction == Direction::to_client ? gates.client : nullptr},
      to_therapists_gate_{facts.lane, facts.direction, facts.relationship_id,
                          facts.moment == Moment::release ? facts.accepted_version : std::nullopt},
      to_clients_gate_{facts.lane, facts.direction, facts.relationship_id, std::nullopt},
      pause_(facts.pauses.of(facts.lane)) {}

bool Way::client_shut_at(Instant at) const {
  return gates_.client != nullptr && !gates_.client->open_at(to_clients_gate_, at);
}

bool Way::open_at(Instant at) const {
  return !paused_at(at) && !client_shut_at(at) && gates_.therapist.open_at(to_therapists_gate_, at);
}

Stretch Way::stretch_at(Instant at, Interval within) const {
  Stretch whole = step_at(at, within);
  if (whole.open || is_one_gate()) {
    return whole;
  }
  // Where one of them opens, another may still be shut.
  while (whole.span.until < within.until && !open_at(whole.span.until)) {
    whole.span.until = step_at(whole.span.until, within).span.until;
  }
  while (whole.span.from > within.from && !open_at(whole.span.from - milliseconds{1})) {
    whole.span.from = step_at(whole.span.from - milliseconds{1}, within).span.from;
  }
  return whole;
}

// Open for as long as all are open, or shut for as long as one of them is.
Stretch Way::step_at(Instant at, Interval within) const {
  Stretch step = pause_at(at, within);
  if (step.open && gates_.client != nullptr) {
    step = gates_.client->stretch_at(to_clients_gate_, at, step.span);
  }
  if (step.open) {
    step = gates_.therapist.stretch_at(to_therapists_gate_, at, step.span);
  }
  return step;
}

Stretch Way::pause_at(Instant at, Interval within) const {
  if (!pause_ || pause_->empty()) {
    return {true, within};
  }
  if (pause_->contains(at)) {
    return {false, intersect(*pause_, within)};
  }
  return {true, at < pause_->from ? Interval{within.from, std::min(within.until, pause_->from)}
                                  : Interval{std::max(within.from, pause_->until), within.until}};
}

}  // namespace holdspace::boundary
