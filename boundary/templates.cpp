#include "boundary/templates.hpp"

#include <array>
#include <cassert>
#include <initializer_list>
#include <utility>

namespace holdspace::boundary {

namespace {

constexpr std::array kTemplates{PolicyTemplate::therapy, PolicyTemplate::coaching,
                                PolicyTemplate::dbt, PolicyTemplate::adolescent,
                                PolicyTemplate::group_practice};

constexpr std::initializer_list<unsigned> kWeekdays{1, 2, 3, 4, 5};
constexpr std::initializer_list<unsigned> kSaturday{6};
constexpr std::initializer_list<unsigned> kEveryDay{1, 2, 3, 4, 5, 6, 0};

// Whole hours of the day.
struct Hours {
  std::uint32_t from = 0;
  std::uint32_t until = 0;
};

void open(Policy& policy, Lane lane, Direction direction, std::initializer_list<unsigned> weekdays,
          Hours hours) {
  for (const unsigned weekday : weekdays) {
    policy.windows.push_back(
        {lane, direction, std::chrono::weekday{weekday}, hours.from * 60, hours.until * 60});
  }
}

// Both directions of a lane.
void open(Policy& policy, Lane lane, std::initializer_list<unsigned> weekdays, Hours hours) {
  open(policy, lane, Direction::to_therapist, weekdays, hours);
  open(policy, lane, Direction::to_client, weekdays, hours);
}

// How long copies are kept is a matter of the law of the place, so no template states it.
void therapy(Policy& policy) {
  open(policy, Lane::routine, Direction::to_therapist, kWeekdays, {9, 17});
  open(policy, Lane::routine, Direction::to_client, kWeekdays, {8, 19});
  open(policy, Lane::logistics, kWeekdays, {8, 18});
  policy.terms = {.lanes = {Lane::routine, Lane::logistics, Lane::urgent},
                  .reply_time_hours = 72,
                  .hours_notice_days = 14,
                  .urgent_readers = {UrgentReader::own_therapist, UrgentReader::on_call_colleague}};
}

void coaching(Policy& policy) {
  open(policy, Lane::routine, kWeekdays, {8, 20});
  open(policy, Lane::logistics, kWeekdays, {8, 20});
  policy.terms = {
      .lanes = {Lane::routine, Lane::logistics}, .reply_time_hours = 48, .hours_notice_days = 7};
}

// Contact between sessions is a part of this treatment, also at weekends; the pause by agreement is
// its rule of 24 hours.
void dbt(Policy& policy) {
  open(policy, Lane::routine, kEveryDay, {8, 20});
  open(policy, Lane::logistics, kWeekdays, {8, 18});
  policy.limits.max_hold_hours = 72;
  policy.terms = {.lanes = {Lane::routine, Lane::logistics, Lane::urgent},
                  .reply_time_hours = 24,
                  .lane_pause_allowed = true,
                  .hours_notice_days = 14,
                  .urgent_readers = {UrgentReader::own_therapist, UrgentReader::on_call_colleague}};
}

// Nothing arrives during school or late in the evening. A pause after self-harm is not for minors.
void adolescent(Policy& policy) {
  open(policy, Lane::routine, kWeekdays, {14, 19});
  open(policy, Lane::routine, kSaturday, {10, 14});
  open(policy, Lane::logistics, kWeekdays, {8, 19});
  policy.limits.max_hold_hours = 72;
  policy.terms = {.lanes = {Lane::routine, Lane::logistics, Lane::urgent},
                  .reply_time_hours = 48,
                  .hours_notice_days = 21,
                  .urgent_readers = {UrgentReader::own_therapist, UrgentReader::on_call_colleague,
                                     UrgentReader::supervisor}};
}

void group_practice(Policy& policy) {
  open(policy, Lane::routine, kWeekdays, {8, 20});
  open(policy, Lane::routine, kSaturday, {9, 13});
  open(policy, Lane::logistics, kWeekdays, {7, 20});
  open(policy, Lane::logistics, kSaturday, {9, 13});
  policy.limits.max_hold_hours = 48;
  policy.terms = {.lanes = {Lane::routine, Lane::logistics, Lane::urgent},
                  .reply_time_hours = 48,
                  .hours_notice_days = 14,
                  .urgent_readers = {UrgentReader::on_call_colleague, UrgentReader::supervisor}};
}

}  // namespace

Policy make_policy(PolicyTemplate kind, std::string zone) {
  Policy policy{.zone = std::move(zone), .windows = {}, .exceptions = {}};
  switch (kind) {
    case PolicyTemplate::therapy:
      therapy(policy);
      break;
    case PolicyTemplate::coaching:
      coaching(policy);
      break;
    case PolicyTemplate::dbt:
      dbt(policy);
      break;
    case PolicyTemplate::adolescent:
      adolescent(policy);
      break;
    case PolicyTemplate::group_practice:
      group_practice(policy);
      break;
  }
  return policy;
}

std::string_view name(PolicyTemplate kind) {
  switch (kind) {
    case PolicyTemplate::therapy:
      return "therapy";
    case PolicyTemplate::coaching:
      return "coaching";
    case PolicyTemplate::dbt:
      return "dbt";
    case PolicyTemplate::adolescent:
      return "adolescent";
    case PolicyTemplate::group_practice:
      return "group_practice";
  }
  assert(false && "value outside its enum");
  return "?";
}

std::optional<PolicyTemplate> parse_policy_template(std::string_view text) {
  for (const PolicyTemplate kind : kTemplates) {
    if (name(kind) == text) {
      return kind;
    }
  }
  return std::nullopt;
}

std::string_view describe(PolicyTemplate kind) {
  switch (kind) {
    case PolicyTemplate::therapy:
      return "Therapy: office hours on weekdays, answers by day, colleagues on call.";
    case PolicyTemplate::coaching:
      return "Coaching: wide hours on weekdays, quick answers, no urgent messages.";
    case PolicyTemplate::dbt:
      return "DBT: contact on every day, and a pause when both agree to it.";
    case PolicyTemplate::adolescent:
      return "Young people: after school and never at night, without pauses.";
    case PolicyTemplate::group_practice:
      return "Group practice: long hours, with colleagues on call for each other.";
  }
  assert(false && "value outside its enum");
  return "?";
}

}  // namespace holdspace::boundary
