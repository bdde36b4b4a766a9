// See opening_search.hpp.
#include "gateway/opening_search.hpp"

#include <algorithm>

namespace holdspace::gateway {

OpeningFound search_opening(const HeldRecord& record, const boundary::Gates& gates,
                            boundary::Facts facts, boundary::Instant changed_at,
                            boundary::Instant now) {
  using Kind = OpeningFound::Kind;
  facts.accepted_version = record.version;
  const auto pause = facts.pauses.of(facts.lane);
  const auto from = std::min(std::max(record.accepted_at, changed_at), now);
  const auto verdict = boundary::decide(gates, facts, from);
  if (verdict.outcome == boundary::Outcome::refuse) return {Kind::never, std::nullopt};
  if (record.promise && *record.promise <= std::min(changed_at, now) &&
      !(pause && pause->contains(*record.promise)))
    return {Kind::opened, record.promise};
  if (verdict.outcome == boundary::Outcome::hold) {
    const bool past = verdict.promise && *verdict.promise <= now;
    return {past ? Kind::opened : Kind::waits, verdict.promise};
  }
  // Open at that very instant. Where no policy was made since acceptance, something else was lifted
  // (a pause, the client's own hours), and nobody wrote down when.
  return {Kind::opened, changed_at > record.accepted_at ? from : now};
}

}  // namespace holdspace::gateway
