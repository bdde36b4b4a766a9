// The rules of what stands beside the calendar: travels, relationship rules, closures and openings.
// See validate.hpp.
#include <algorithm>
#include <map>
#include <unordered_map>

#include "boundary/validate_parts.hpp"

namespace holdspace::boundary::validation {

namespace {

constexpr Instant kFirstInstant = std::chrono::sys_days{std::chrono::year{kFirstYear} / 1 / 1};
constexpr Instant kInstantAfterLast =
    std::chrono::sys_days{std::chrono::year{kLastYear + 1} / 1 / 1};

Finding check_span(const std::string& owner, Instant from, std::optional<Instant> until) {
  if (from < kFirstInstant || from >= kInstantAfterLast) {
    return broken(owner + ".from_ms", PolicyRule::instant_out_of_range);
  }
  if (until && *until <= from) {
    return broken(owner + ".until_ms", PolicyRule::until_not_after_from);
  }
  if (until && *until > kInstantAfterLast) {
    return broken(owner + ".until_ms", PolicyRule::instant_out_of_range);
  }
  return std::nullopt;
}

Finding check_travels(const std::vector<Travel>& travels) {
  if (travels.size() > kTravelsMax) {
    return broken("travels", PolicyRule::too_many_travels);
  }
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < travels.size(); ++i) {
    if (Finding found = check_span(path("travels", i), travels[i].from, travels[i].until)) {
      return found;
    }
    if (Zone::locate(travels[i].zone).has_error()) {
      return broken(path("travels", i, "zone"), PolicyRule::zone_unknown);
    }
    order.push_back(i);
  }
  std::sort(order.begin(), order.end(),
            [&travels](std::size_t a, std::size_t b) { return travels[a].from < travels[b].from; });
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (travels[order[i - 1]].until > travels[order[i]].from) {
      const auto [first, second] = std::minmax(order[i - 1], order[i]);
      return broken(path("travels", second), PolicyRule::travels_overlap, path("travels", first));
    }
  }
  return std::nullopt;
}

Finding check_relationship_rules(const std::vector<RelationshipRules>& rules) {
  if (rules.size() > kRelationshipRulesMax) {
    return broken("relationship_rules", PolicyRule::too_many_relationship_rules);
  }
  std::map<RelationshipId, std::size_t> seen;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const auto [earlier, is_new] = seen.emplace(rules[i].relationship_id, i);
    if (!is_new) {
      return broken(path("relationship_rules", i, "relationship_id"),
                    PolicyRule::relationship_listed_twice,
                    path("relationship_rules", earlier->second, "relationship_id"));
    }
    const std::string windows = path("relationship_rules", i, "windows");
    if (rules[i].windows.empty()) {
      return broken(windows, PolicyRule::relationship_without_windows);
    }
    if (Finding found = check_windows(rules[i].windows, windows)) {
      return found;
    }
  }
  return std::nullopt;
}

// Ids of one list: well formed, and each used once.
template <typename T>
Finding check_ids(const std::vector<T>& list, std::string_view name) {
  std::unordered_map<std::string_view, std::size_t> by_id;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (!well_formed_id(list[i].id)) {
      return broken(path(name, i, "id"), PolicyRule::id_malformed);
    }
    const auto [earlier, is_new] = by_id.emplace(list[i].id, i);
    if (!is_new) {
      return broken(path(name, i, "id"), PolicyRule::id_duplicate,
                    path(name, earlier->second, "id"));
    }
  }
  return std::nullopt;
}

Finding check_closures(const std::vector<Closure>& closures) {
  if (closures.size() > kClosuresMax) {
    return broken("closures", PolicyRule::too_many_closures);
  }
  for (std::size_t i = 0; i < closures.size(); ++i) {
    if (Finding found = check_span(path("closures", i), closures[i].from, closures[i].until)) {
      return found;
    }
  }
  return check_ids(closures, "closures");
}

Finding check_openings(const std::vector<Opening>& openings) {
  if (openings.size() > kOpeningsInPolicyMax) {
    return broken("openings", PolicyRule::too_many_openings);
  }
  for (std::size_t i = 0; i < openings.size(); ++i) {
    const Opening& opening = openings[i];
    if (opening.lane == Lane::urgent) {
      return broken(path("openings", i, "lane"), PolicyRule::urgent_has_no_windows);
    }
    if (Finding found = check_span(path("openings", i), opening.from, opening.until)) {
      return found;
    }
    if (opening.until - opening.from > kOpeningMax) {
      return broken(path("openings", i, "until_ms"), PolicyRule::opening_too_long);
    }
    if (opening.reason == OpeningReason::kept_promise && opening.accepted_through_version == 0) {
      return broken(path("openings", i, "accepted_through_version"),
                    PolicyRule::kept_promise_without_version);
    }
  }
  return check_ids(openings, "openings");
}

}  // namespace

Finding check_overrides(const Policy& policy) {
  if (Finding found = check_travels(policy.travels)) {
    return found;
  }
  if (Finding found = check_relationship_rules(policy.relationship_rules)) {
    return found;
  }
  if (Finding found = check_closures(policy.closures)) {
    return found;
  }
  return check_openings(policy.openings);
}

}  // namespace holdspace::boundary::validation
