// See client_view.hpp.
#include "gateway/client_view.hpp"

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "boundary/names.hpp"
#include "boundary/time.hpp"
#include "gateway/fields.hpp"

namespace holdspace::gateway {
namespace {

using LaneAndDirection = std::pair<int, int>;

std::string kind_of_rule(const std::string& rule) {
  const auto kind = rule.substr(0, rule.find(':'));
  if (kind == boundary::name(boundary::RuleKind::travel_zone))
    return std::string(boundary::name(boundary::RuleKind::weekly));
  return kind;
}

// Days on the wall lie within a day of the same days in UTC.
bool is_over(const v1::Exception& exception, boundary::Instant now) {
  if (exception.repeats() != v1::Exception::NEVER || exception.has_moveable()) return false;
  const auto last = exception.until_date().empty() ? exception.from_date() : exception.until_date();
  const auto date = boundary::parse_date(last);
  if (!date) return false;
  const auto today = std::chrono::floor<std::chrono::days>(now).time_since_epoch();
  return date->time_since_epoch() + std::chrono::days(2) < today;
}

void add_windows(const v1::Policy& policy, const boundary::RelationshipId& relationship,
                 v1::Policy& view) {
  std::set<LaneAndDirection> own;
  for (const auto& rules : policy.relationship_rules()) {
    if (rules.relationship_id() != to_string(relationship)) continue;
    for (const auto& window : rules.windows()) {
      own.emplace(window.lane(), window.direction());
      *view.add_windows() = window;
    }
  }
  for (const auto& window : policy.windows())
    if (!own.contains({window.lane(), window.direction()})) *view.add_windows() = window;
}

void add_exceptions(const v1::Policy& policy, boundary::Instant now, v1::Policy& view) {
  std::map<std::string, std::string> names;  // from the owner's
  for (const auto& exception : policy.exceptions())
    if (!is_over(exception, now))
      names.emplace(exception.id(), "exception-" + std::to_string(names.size() + 1));
  for (const auto& exception : policy.exceptions()) {
    const auto name = names.find(exception.id());
    if (name == names.end()) continue;
    auto& shown = *view.add_exceptions();
    shown = exception;
    shown.set_id(name->second);
    shown.clear_cover_account_id();
    const auto lifted = names.find(exception.lifts());
    shown.set_lifts(lifted == names.end() ? "" : lifted->second);
  }
}

void add_closures(const v1::Policy& policy, boundary::Instant now, v1::Policy& view) {
  for (const auto& closure : policy.closures()) {
    if (closure.until_ms() != 0 && closure.until_ms() <= now.time_since_epoch().count()) continue;
    auto& shown = *view.add_closures();
    shown.set_id("closure-" + std::to_string(view.closures_size()));
    shown.set_from_ms(closure.from_ms());
    shown.set_until_ms(closure.until_ms());
  }
}

}  // namespace

v1::Verdict client_view(v1::Verdict verdict) {
  verdict.set_rule(kind_of_rule(verdict.rule()));
  verdict.clear_losing_rules();
  return verdict;
}

v1::Policy client_view(const v1::Policy& policy, const boundary::RelationshipId& relationship,
                       boundary::Instant now) {
  v1::Policy view;
  view.set_version(policy.version());
  view.set_zone(policy.zone());
  add_windows(policy, relationship, view);
  add_exceptions(policy, now, view);
  add_closures(policy, now, view);
  if (policy.has_limits()) *view.mutable_limits() = policy.limits();
  if (policy.has_terms()) *view.mutable_terms() = policy.terms();
  return view;
}

}  // namespace holdspace::gateway
