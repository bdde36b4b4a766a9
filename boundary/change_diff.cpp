// The differences of change.hpp.
#include <algorithm>
#include <utility>

#include "boundary/change.hpp"
#include "boundary/names.hpp"

namespace holdspace::boundary {

namespace {

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  std::string text;
  for (const std::string& part : parts) {
    text += (text.empty() ? "" : std::string(between)) + part;
  }
  return text;
}

template <typename T>
std::string names_of(std::vector<T> values) {
  std::sort(values.begin(), values.end());
  std::vector<std::string> names;
  for (const T value : values) {
    names.emplace_back(name(value));
  }
  return joined(names, ", ");
}

std::string hex(const std::array<std::uint8_t, 16>& id) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : id) {
    text += kDigits[byte / 16];
    text += kDigits[byte % 16];
  }
  return text;
}

std::string number(std::uint32_t value, std::string_view unit, std::string_view zero) {
  return value == 0 ? std::string(zero) : std::to_string(value) + ' ' + std::string(unit);
}

std::string lane_and_direction(Lane lane, Direction direction) {
  return std::string(name(lane)) + ' ' + std::string(name(direction));
}

std::string windows_of(const std::vector<WeeklyWindow>& windows, Lane lane, Direction direction) {
  std::vector<WeeklyWindow> mine;
  std::copy_if(windows.begin(), windows.end(), std::back_inserter(mine),
               [lane, direction](const WeeklyWindow& window) {
                 return window.lane == lane && window.direction == direction;
               });
  std::sort(mine.begin(), mine.end(), [](const WeeklyWindow& a, const WeeklyWindow& b) {
    return std::pair(a.weekday.iso_encoding(), a.start_minute) <
           std::pair(b.weekday.iso_encoding(), b.start_minute);
  });
  std::vector<std::string> texts;
  for (const WeeklyWindow& window : mine) {
    texts.push_back(format_window(window));
  }
  return joined(texts, ", ");
}

std::string text_of(const EasterDay& day) {
  return std::to_string(day.easter_offset_days) + " days from Easter Sunday";
}

std::string text_of(const NthWeekday& day) {
  const std::string nth = day.nth < 0 ? "last" : "number " + std::to_string(day.nth);
  return std::string(name(day.weekday)) + ' ' + nth + " of month " + std::to_string(day.month);
}

std::string days_of(const DatedException& exception) {
  if (exception.moveable) {
    return std::visit([](const auto& day) { return text_of(day); }, exception.moveable->day) +
           " for " + std::to_string(exception.moveable->days) + " days";
  }
  std::string text = "from " + format_date(exception.from_date) + " until before " +
                     format_date(exception.until_date);
  if (exception.repeats == Repeats::yearly) {
    text += " every year";
  }
  if (exception.leap_day) {
    text += " (without 29 February: " + std::string(name(*exception.leap_day)) + ')';
  }
  return text;
}

std::string text_of(const DatedException& exception) {
  std::string text = std::string(name(exception.kind)) + ' ' + days_of(exception);
  if (exception.part) {
    const WeeklyWindow shown{.start_minute = exception.part->start_minute,
                             .end_minute = exception.part->end_minute};
    text += ", each day" + format_window(shown).substr(3);  // without the weekday
  }
  if (!exception.lanes.empty()) {
    text += ", only " + names_of(exception.lanes);
  }
  if (!exception.directions.empty()) {
    text += ", only " + names_of(exception.directions);
  }
  if (!exception.lifts.empty()) {
    text += ", lifts " + exception.lifts;
  }
  if (exception.cover_account_id) {
    text += ", cover " + hex(*exception.cover_account_id);
  }
  return text;
}

std::string text_of(const Travel& travel) {
  return "until " + format_instant(travel.until) + " in " + travel.zone;
}

std::string text_of(const Closure& closure) {
  std::string text = "from " + format_instant(closure.from) + " until " +
                     (closure.until ? format_instant(*closure.until) : "it is lifted");
  if (closure.cover_account_id) {
    text += ", cover " + hex(*closure.cover_account_id);
  }
  return text;
}

std::string text_of(const Opening& opening) {
  std::string text = lane_and_direction(opening.lane, opening.direction) + " from " +
                     format_instant(opening.from) + " until " + format_instant(opening.until) +
                     ", " + std::string(name(opening.reason));
  if (opening.relationship_id) {
    text += ", only relationship " + hex(*opening.relationship_id);
  }
  if (opening.accepted_through_version != 0) {
    text += ", only messages accepted up to version " +
            std::to_string(opening.accepted_through_version);
  }
  return text;
}

std::string item_of(const Travel& travel) {
  return format_instant(travel.from);
}

template <typename T>
std::string item_of(const T& named) {
  return named.id;
}

// Collects the differences, subject by subject.
class Differences {
 public:
  void compare(ChangeSubject subject, std::string item, std::string before, std::string after) {
    if (before == after) {
      return;
    }
    ChangeVerb verb = ChangeVerb::changed;
    if (before.empty()) {
      verb = ChangeVerb::added;
    } else if (after.empty()) {
      verb = ChangeVerb::removed;
    }
    found_.push_back({subject, verb, std::move(item), std::move(before), std::move(after)});
  }

  // Lists whose elements have a name of their own: the removed and the changed ones in the order of
  // `before`, then the added ones.
  template <typename T>
  void compare(ChangeSubject subject, const std::vector<T>& before, const std::vector<T>& after) {
    const auto text_in = [](const std::vector<T>& list, const std::string& item) {
      const auto same = std::find_if(list.begin(), list.end(),
                                     [&item](const T& one) { return item_of(one) == item; });
      return same == list.end() ? std::string() : text_of(*same);
    };
    for (const T& one : before) {
      compare(subject, item_of(one), text_of(one), text_in(after, item_of(one)));
    }
    for (const T& one : after) {
      if (text_in(before, item_of(one)).empty()) {
        compare(subject, item_of(one), "", text_of(one));
      }
    }
  }

  // `prefix` goes before the lane and direction in the item.
  void compare_windows(ChangeSubject subject, const std::string& prefix,
                       const std::vector<WeeklyWindow>& before,
                       const std::vector<WeeklyWindow>& after) {
    for (const Lane lane : {Lane::routine, Lane::logistics}) {
      for (const Direction direction : {Direction::to_therapist, Direction::to_client}) {
        compare(subject, prefix + lane_and_direction(lane, direction),
                windows_of(before, lane, direction), windows_of(after, lane, direction));
      }
    }
  }

  void compare_relationships(const Policy& before, const Policy& after) {
    const auto windows_in = [](const Policy& policy, const RelationshipId& id) {
      for (const RelationshipRules& rules : policy.relationship_rules) {
        if (rules.relationship_id == id) {
          return rules.windows;
        }
      }
      return std::vector<WeeklyWindow>();
    };
    std::vector<RelationshipId> ids;
    for (const Policy* policy : {&before, &after}) {
      for (const RelationshipRules& rules : policy->relationship_rules) {
        ids.push_back(rules.relationship_id);
      }
    }
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    for (const RelationshipId& id : ids) {
      compare_windows(ChangeSubject::relationship_windows, hex(id) + ' ', windows_in(before, id),
                      windows_in(after, id));
    }
  }

  void compare_terms(const Terms& before, const Terms& after) {
    compare(ChangeSubject::terms_lanes, "", names_of(before.lanes), names_of(after.lanes));
    compare(ChangeSubject::terms_reply_time, "",
            number(before.reply_time_hours, "hours", "no promise"),
            number(after.reply_time_hours, "hours", "no promise"));
    compare(ChangeSubject::terms_retention, "", number(before.retention_days, "days", "unstated"),
            number(after.retention_days, "days", "unstated"));
    compare(ChangeSubject::terms_lane_pause, "",
            before.lane_pause_allowed ? "allowed" : "not allowed",
            after.lane_pause_allowed ? "allowed" : "not allowed");
    compare(ChangeSubject::terms_hours_notice, "", number(before.hours_notice_days, "days", "none"),
            number(after.hours_notice_days, "days", "none"));
    compare(ChangeSubject::terms_urgent_readers, "", names_of(before.urgent_readers),
            names_of(after.urgent_readers));
  }

  std::vector<PolicyChange> take() { return std::move(found_); }

 private:
  std::vector<PolicyChange> found_;
};

std::string max_hold_of(const Policy& policy) {
  return std::to_string(max_hold(policy).count()) + " hours";
}

}  // namespace

std::vector<PolicyChange> diff(const Policy& before, const Policy& after) {
  Differences found;
  found.compare(ChangeSubject::zone, "", before.zone, after.zone);
  found.compare_windows(ChangeSubject::windows, "", before.windows, after.windows);
  found.compare(ChangeSubject::exception, before.exceptions, after.exceptions);
  found.compare(ChangeSubject::travel, before.travels, after.travels);
  found.compare_relationships(before, after);
  found.compare(ChangeSubject::closure, before.closures, after.closures);
  found.compare(ChangeSubject::opening, before.openings, after.openings);
  found.compare(ChangeSubject::max_hold, "", max_hold_of(before), max_hold_of(after));
  found.compare(ChangeSubject::reply_time, "",
                number(before.limits.reply_time_hours, "hours", "unstated"),
                number(after.limits.reply_time_hours, "hours", "unstated"));
  found.compare_terms(before.terms, after.terms);
  return found.take();
}

}  // namespace holdspace::boundary
