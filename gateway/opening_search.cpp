// See opening_search.hpp.
#include "gateway/opening_search.hpp"

#include <algorithm>
#include <set>

namespace holdspace::gateway {
namespace {

// The version in force at `at`, null before the first.
std::shared_ptr<const boundary::Gate> in_force(std::span<const VersionSince> versions,
                                               boundary::Instant at) {
  std::shared_ptr<const boundary::Gate> gate;
  for (const auto& version : versions)
    if (version.from <= at) gate = version.gate;
  return gate;
}

}  // namespace

std::vector<Era> eras_of(std::span<const VersionSince> therapist,
                         std::span<const VersionSince> client) {
  std::set<boundary::Instant> changes;
  for (const auto& version : therapist) changes.insert(version.from);
  for (const auto& version : client)
    if (version.from > therapist.front().from) changes.insert(version.from);
  std::vector<Era> eras;
  for (const auto from : changes)
    eras.push_back({from, in_force(therapist, from), in_force(client, from)});
  return eras;
}

OpeningFound search_opening(const HeldRecord& record, std::span<const Era> eras,
                            boundary::Facts facts, boundary::Instant now) {
  using Kind = OpeningFound::Kind;
  facts.accepted_version = record.version;
  OpeningFound found;
  for (std::size_t i = 0; i < eras.size(); ++i) {
    // A version's instant is a gateway's reading of the store's clock, and may lie a little behind
    // that of a message which the version itself has accepted: what came before it never judges
    // that message.
    if (eras[i].therapist->policy().version < record.version) continue;
    const bool last = i + 1 == eras.size();
    const auto until = last ? boundary::Instant::max() : eras[i + 1].from;
    const auto from = std::min(std::max(record.accepted_at, eras[i].from), now);
    if (until <= from) continue;
    const auto verdict = boundary::decide(eras[i].gates(), facts, from);
    if (verdict.outcome == boundary::Outcome::refuse) return {Kind::never, std::nullopt};
    // Open when it was accepted as held: what had shut it was lifted since (a pause), and nobody
    // wrote down when.
    if (verdict.outcome == boundary::Outcome::release_now)
      return {Kind::opened, from > record.accepted_at ? from : now};
    found = {Kind::waits, verdict.promise};
    if (verdict.promise && *verdict.promise < until) {
      if (*verdict.promise <= now) found.kind = Kind::opened;
      return found;
    }
  }
  return found;
}

}  // namespace holdspace::gateway
