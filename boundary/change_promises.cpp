// The promises of change.hpp.
#include <algorithm>
#include <cassert>
#include <chrono>
#include <iterator>
#include <utility>

#include "boundary/change.hpp"

namespace holdspace::boundary {

namespace {

constexpr Instant kInstantAfterLast =
    std::chrono::sys_days{std::chrono::year{kLastYear + 1} / 1 / 1};

bool is_kept_promise(const Opening& opening) {
  return opening.reason == OpeningReason::kept_promise;
}

Facts waiting_since(const Waiting& waiting, std::uint64_t version) {
  Facts facts = waiting.facts;
  facts.moment = Moment::release;
  facts.accepted_version = facts.accepted_version.value_or(version);
  return facts;
}

Question question_about(const Facts& facts) {
  return {facts.lane, facts.direction, facts.relationship_id, facts.accepted_version};
}

// Collects the openings that one change needs.
class Keeping {
 public:
  Keeping(const Gate& before, const Gate& after, Instant now, std::span<const Waiting> waiting)
      : before_(before), after_(after), now_(now), waiting_(waiting) {}

  std::vector<Opening> collect() {
    for (Opening opening : before_.policy().openings) {
      if (is_kept_promise(opening) && opening.until > now_) {
        opening.id = unused(opening.id);
        kept_.push_back(std::move(opening));
      }
    }
    for (const std::size_t index : newest_first()) {
      keep(waiting_[index]);
    }
    return std::move(kept_);
  }

 private:
  // An opening for one version admits the earlier ones too, so the newest needs it first.
  [[nodiscard]] std::vector<std::size_t> newest_first() const {
    std::vector<std::size_t> order(waiting_.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      order[i] = i;
    }
    std::stable_sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) {
      return version_of(waiting_[a]) > version_of(waiting_[b]);
    });
    return order;
  }

  [[nodiscard]] std::uint64_t version_of(const Waiting& waiting) const {
    return waiting.facts.accepted_version.value_or(before_.policy().version);
  }

  void keep(const Waiting& waiting) {
    const Facts facts = waiting_since(waiting, before_.policy().version);
    const PromiseMove move =
        promise_move({{before_, waiting.client}, facts}, {{after_, waiting.client}, facts}, now_);
    if (!move.breaks() || *move.before >= kInstantAfterLast || closed_at(*move.before) ||
        admitted_at(facts, *move.before)) {
      return;
    }
    const Instant until = std::min(*move.before + kOpeningMax, kInstantAfterLast);
    const Stretch promised =
        before_.stretch_at(question_about(facts), *move.before, {*move.before, until});
    assert(promised.open);
    Opening opening{.id = unused("kept-" + std::to_string(before_.policy().version) + "-1"),
                    .relationship_id = facts.relationship_id,
                    .lane = facts.lane,
                    .direction = facts.direction,
                    .from = promised.span.from,
                    .until = promised.span.until,
                    .accepted_through_version = *facts.accepted_version,
                    .reason = OpeningReason::kept_promise};
    if (harms_nobody(opening)) {
      opening.relationship_id.reset();
    }
    kept_.push_back(std::move(opening));
  }

  [[nodiscard]] bool closed_at(Instant at) const {
    const std::vector<Closure>& closures = after_.policy().closures;
    return std::any_of(closures.begin(), closures.end(), [at](const Closure& closure) {
      return Interval{closure.from, closure.until.value_or(Instant::max())}.contains(at);
    });
  }

  [[nodiscard]] bool admitted_at(const Facts& facts, Instant at) const {
    return std::any_of(kept_.begin(), kept_.end(), [&](const Opening& opening) {
      return opening.lane == facts.lane && opening.direction == facts.direction &&
             (!opening.relationship_id || opening.relationship_id == facts.relationship_id) &&
             *facts.accepted_version <= opening.accepted_through_version &&
             Interval{opening.from, opening.until}.contains(at);
    });
  }

  // Whether the opening, made for every relationship, lets nothing pass at a time at which its own
  // therapist's hours were shut to it.
  [[nodiscard]] bool harms_nobody(const Opening& opening) const {
    const Interval span{opening.from, opening.until};
    return std::all_of(waiting_.begin(), waiting_.end(), [&](const Waiting& other) {
      const Facts facts = waiting_since(other, before_.policy().version);
      if (facts.lane != opening.lane || facts.direction != opening.direction ||
          *facts.accepted_version > opening.accepted_through_version) {
        return true;
      }
      const Stretch stretch = before_.stretch_at(question_about(facts), span.from, span);
      return stretch.open && stretch.span == span;
    });
  }

  // The id itself, or with the next free number at its end.
  [[nodiscard]] std::string unused(std::string id) const {
    const auto taken = [this](const std::string& candidate) {
      const auto has_it = [&candidate](const Opening& opening) { return opening.id == candidate; };
      return std::any_of(kept_.begin(), kept_.end(), has_it) ||
             std::any_of(after_.policy().openings.begin(), after_.policy().openings.end(), has_it);
    };
    const std::string stem = id.substr(0, id.rfind('-') + 1);
    for (std::size_t number = 2; taken(id); ++number) {
      id = stem + std::to_string(number);
    }
    return id;
  }

  const Gate& before_;
  const Gate& after_;
  Instant now_;
  std::span<const Waiting> waiting_;
  std::vector<Opening> kept_;
};

// The versions at which promises of one kind can differ: `before`'s own, and those up to which an
// opening admits.
std::vector<std::uint64_t> accepting_versions(const Policy& before, const Facts& facts) {
  std::vector<std::uint64_t> versions{before.version};
  for (const Opening& opening : before.openings) {
    const bool concerns =
        opening.lane == facts.lane && opening.direction == facts.direction &&
        (!opening.relationship_id || opening.relationship_id == facts.relationship_id);
    if (concerns && opening.accepted_through_version != 0 &&
        opening.accepted_through_version < before.version) {
      versions.push_back(opening.accepted_through_version);
    }
  }
  std::sort(versions.begin(), versions.end());
  versions.erase(std::unique(versions.begin(), versions.end()), versions.end());
  return versions;
}

void append_relationships(const Policy& policy,
                          std::vector<std::optional<RelationshipId>>& relationships) {
  for (const RelationshipRules& rules : policy.relationship_rules) {
    relationships.emplace_back(rules.relationship_id);
  }
  for (const Opening& opening : policy.openings) {
    if (opening.relationship_id) {
      relationships.push_back(opening.relationship_id);
    }
  }
}

bool is_over(const Opening& opening, Instant now) {
  return opening.until <= now;
}

bool is_over(const Closure& closure, Instant now) {
  return closure.until && *closure.until <= now;
}

}  // namespace

PromiseMove promise_move(const Standing& before, const Standing& after, Instant now) {
  const auto ask = [now](const Standing& standing) {
    Facts facts = standing.facts;
    facts.moment = Moment::release;
    return decide(standing.gates, facts, now);
  };
  const Verdict was = ask(before);
  const Verdict is = ask(after);
  PromiseMove move{.before = was.promise, .after = is.promise};
  if (is.outcome == Outcome::release_now) {
    move.after = now;
  }
  return move;
}

std::vector<Waiting> anything_that_may_wait(const Gate& before, const Gate& after) {
  std::vector<std::optional<RelationshipId>> relationships;
  append_relationships(before.policy(), relationships);
  append_relationships(after.policy(), relationships);
  relationships.emplace_back(std::nullopt);  // sorts first: what every other relationship gets
  std::sort(relationships.begin(), relationships.end());
  relationships.erase(std::unique(relationships.begin(), relationships.end()), relationships.end());
  std::vector<Waiting> waiting;
  for (const Lane lane : {Lane::routine, Lane::logistics}) {
    for (const Direction direction : {Direction::to_therapist, Direction::to_client}) {
      for (const std::optional<RelationshipId>& relationship : relationships) {
        Facts facts{.lane = lane, .direction = direction, .moment = Moment::release};
        facts.relationship_id = relationship;
        for (const std::uint64_t version : accepting_versions(before.policy(), facts)) {
          facts.accepted_version = version;
          waiting.push_back({.facts = facts});
        }
      }
    }
  }
  return waiting;
}

std::vector<Opening> kept_openings(const Gate& before, const Gate& after, Instant now,
                                   std::span<const Waiting> waiting) {
  assert(std::none_of(after.policy().openings.begin(), after.policy().openings.end(),
                      is_kept_promise));
  if (before.policy().version == 0) {
    return {};
  }
  return Keeping(before, after, now, waiting).collect();
}

boost::system::result<Gate, PolicyError> next_version(const Gate* before, Policy proposed,
                                                      Instant now,
                                                      std::span<const Waiting> waiting) {
  std::erase_if(proposed.openings, [now](const Opening& opening) {
    return is_over(opening, now) || is_kept_promise(opening);
  });
  std::erase_if(proposed.closures, [now](const Closure& closure) { return is_over(closure, now); });
  boost::system::result<Gate, PolicyError> after = Gate::compile(proposed);
  if (after.has_error() || before == nullptr) {
    return after;
  }
  std::vector<Opening> kept = kept_openings(*before, *after, now, waiting);
  if (kept.empty()) {
    return after;
  }
  const std::size_t room = kOpeningsInPolicyMax - proposed.openings.size();
  kept.resize(std::min(kept.size(), room));
  std::move(kept.begin(), kept.end(), std::back_inserter(proposed.openings));
  return Gate::compile(std::move(proposed));
}

std::vector<Renewal> promise_renewals(const Gate& before, const Gate& after, Instant now,
                                      std::span<const Waiting> waiting) {
  std::vector<Renewal> renewals;
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    const Facts facts = waiting_since(waiting[i], before.policy().version);
    const PromiseMove move = promise_move({{before, waiting[i].client}, facts},
                                          {{after, waiting[i].client}, facts}, now);
    if (move.breaks()) {
      renewals.push_back({i, move});
    }
  }
  return renewals;
}

std::vector<Treatment> treated_differently(const Gates& before, const Gates& after,
                                           std::span<const PastMessage> messages) {
  std::vector<Treatment> found;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    Verdict was = decide(before, messages[i].facts, messages[i].at);
    Verdict is = decide(after, messages[i].facts, messages[i].at);
    if (was.outcome != is.outcome || was.promise != is.promise) {
      found.push_back({i, std::move(was), std::move(is)});
    }
  }
  return found;
}

}  // namespace holdspace::boundary
