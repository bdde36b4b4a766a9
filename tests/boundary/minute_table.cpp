#include "tests/boundary/minute_table.hpp"

#include <algorithm>

#include "tests/boundary/policy_text.hpp"

namespace holdspace::boundary::testing {

namespace {

using std::chrono::days;
using std::chrono::minutes;
using std::chrono::year_month_day;

std::size_t index(const std::vector<LocalMinute>& wall,
                  std::vector<LocalMinute>::const_iterator it) {
  return static_cast<std::size_t>(it - wall.begin());
}

std::size_t first_later(const std::vector<LocalMinute>& wall, LocalMinute local) {
  return index(wall, std::find_if(wall.begin(), wall.end(),
                                  [local](LocalMinute shown) { return shown > local; }));
}

// First minute at which the wall shows `local`, or the first one after the gap that hides it.
std::size_t first_shown(const std::vector<LocalMinute>& wall, LocalMinute local) {
  const auto same = std::find(wall.begin(), wall.end(), local);
  return same != wall.end() ? index(wall, same) : first_later(wall, local);
}

std::size_t last_shown(const std::vector<LocalMinute>& wall, LocalMinute local) {
  const auto same = std::find(wall.rbegin(), wall.rend(), local);
  return same != wall.rend() ? index(wall, same.base()) - 1 : first_later(wall, local);
}

// Easter Sundays as calendars print them.
const char* const kEasterSundays[] = {"2019-04-21", "2020-04-12", "2021-04-04", "2022-04-17",
                                      "2023-04-09", "2024-03-31", "2025-04-20", "2026-04-05",
                                      "2027-03-28", "2028-04-16", "2029-04-01", "2030-04-21",
                                      "2031-04-13", "2032-03-28"};

bool begins_on(const EasterDay& rule, LocalDate date) {
  return std::any_of(std::begin(kEasterSundays), std::end(kEasterSundays), [&](const char* sunday) {
    return day(sunday) + days{rule.easter_offset_days} == date;
  });
}

// Counts the same weekday in the days of the month before or after.
bool begins_on(const NthWeekday& rule, LocalDate date) {
  const year_month_day ymd{date};
  if (static_cast<unsigned>(ymd.month()) != rule.month ||
      std::chrono::weekday{date} != rule.weekday) {
    return false;
  }
  if (rule.nth == -1) {
    return year_month_day{date + days{7}}.month() != ymd.month();
  }
  int nth = 0;
  for (LocalDate back = date; year_month_day{back}.month() == ymd.month(); back -= days{7}) {
    ++nth;
  }
  return nth == rule.nth;
}

bool is_leap_day(LocalDate date) {
  const year_month_day ymd{date};
  return ymd.month() == std::chrono::February && ymd.day() == std::chrono::day{29};
}

// Whether an occurrence of the exception begins on this very date.
bool begins_on(const DatedException& exception, LocalDate date) {
  if (exception.moveable) {
    return std::visit([date](const auto& rule) { return begins_on(rule, date); },
                      exception.moveable->day);
  }
  const year_month_day first{exception.from_date};
  const year_month_day ymd{date};
  if (exception.repeats == Repeats::never) {
    return date == exception.from_date;
  }
  if (date < exception.from_date) {
    return false;
  }
  if (is_leap_day(exception.from_date) && exception.leap_day == LeapDay::february_28 &&
      !ymd.year().is_leap()) {
    return ymd.month() == std::chrono::February && ymd.day() == std::chrono::day{28};
  }
  return ymd.month() == first.month() && ymd.day() == first.day();
}

// The day after an occurrence that begins on `date`: walks until the last date's month and day are
// met again, once more for each year that the exception spans.
LocalDate day_after(const DatedException& exception, LocalDate date) {
  if (exception.moveable) {
    return date + days{exception.moveable->days};
  }
  const year_month_day end{exception.until_date};
  if (exception.repeats == Repeats::never) {
    return exception.until_date;
  }
  LocalDate after = date + days{1};
  const auto ends = [&](LocalDate candidate) {
    const year_month_day ymd{candidate};
    if (is_leap_day(exception.until_date) && !ymd.year().is_leap()) {
      return ymd.month() == std::chrono::March && ymd.day() == std::chrono::day{1};
    }
    return ymd.month() == end.month() && ymd.day() == end.day();
  };
  while (!ends(after)) {
    after += days{1};
  }
  return after;
}

template <typename T>
bool speaks(const std::vector<T>& list, T one) {
  return list.empty() || std::count(list.begin(), list.end(), one) > 0;
}

}  // namespace

MinuteTable::MinuteTable(const Policy& policy, Instant start, const Facts& facts)
    : policy_(policy), start_(start), facts_(facts), open_(weekly()) {
  apply_exceptions(open_);
  apply_overrides(open_);
}

Instant MinuteTable::at(std::size_t minute) const {
  return start_ + minutes{minute};
}

const std::string& MinuteTable::zone_at(Instant t) const {
  for (const Travel& travel : policy_.travels) {
    if (travel.from <= t && t < travel.until) {
      return travel.zone;
    }
  }
  return policy_.zone;
}

const MinuteTable::Wall& MinuteTable::wall_of(const std::string& zone_name) {
  Wall& wall = walls_[zone_name];
  if (wall.empty()) {
    const Zone where = zone(zone_name);
    for (std::size_t i = 0; i < kTableMinutes; ++i) {
      const auto shown = (at(i) + where.offset(at(i))).time_since_epoch();
      wall.push_back(LocalMinute{std::chrono::floor<minutes>(shown)});
    }
  }
  return wall;
}

// Marks [from, until) on each wall for the minutes at which that wall is the owner's.
void MinuteTable::mark(Marks& marks, LocalMinute from, LocalMinute until) {
  std::vector<std::string> zones = {policy_.zone};
  for (const Travel& travel : policy_.travels) {
    if (std::count(zones.begin(), zones.end(), travel.zone) == 0) {
      zones.push_back(travel.zone);
    }
  }
  for (const std::string& zone_name : zones) {
    const Wall& wall = wall_of(zone_name);
    for (std::size_t i = first_shown(wall, from), end = last_shown(wall, until); i < end; ++i) {
      marks[i] = marks[i] || zone_at(at(i)) == zone_name;
    }
  }
}

MinuteTable::Marks MinuteTable::weekly() {
  std::vector<WeeklyWindow> mine;
  const auto take = [&](const std::vector<WeeklyWindow>& windows) {
    std::copy_if(windows.begin(), windows.end(), std::back_inserter(mine),
                 [&](const WeeklyWindow& window) {
                   return window.lane == facts_.lane && window.direction == facts_.direction;
                 });
  };
  for (const RelationshipRules& rules : policy_.relationship_rules) {
    if (facts_.relationship_id == rules.relationship_id) {
      take(rules.windows);
    }
  }
  if (mine.empty()) {
    take(policy_.windows);
  }
  Marks marks(kTableMinutes, false);
  const LocalDate first{std::chrono::floor<days>(start_).time_since_epoch()};
  for (LocalDate date = first - days{1}; date <= first + days{kTableDays}; date += days{1}) {
    for (const WeeklyWindow& window : mine) {
      if (std::chrono::weekday{date} == window.weekday) {
        mark(marks, date + minutes{window.start_minute}, date + minutes{window.end_minute});
      }
    }
  }
  return marks;
}

MinuteTable::Marks MinuteTable::marks_of(const DatedException& exception) {
  Marks marks(kTableMinutes, false);
  if (!speaks(exception.lanes, facts_.lane) || !speaks(exception.directions, facts_.direction)) {
    return marks;
  }
  const LocalDate first{std::chrono::floor<days>(start_).time_since_epoch()};
  for (LocalDate begin = first - days{400}; begin <= first + days{kTableDays + 1};
       begin += days{1}) {
    if (!begins_on(exception, begin)) {
      continue;
    }
    const LocalDate end = day_after(exception, begin);
    if (!exception.part) {
      mark(marks, begin, end);
      continue;
    }
    for (LocalDate date = std::max(begin, first - days{3});
         date < std::min(end, first + days{kTableDays + 3}); date += days{1}) {
      mark(marks, date + minutes{exception.part->start_minute},
           date + minutes{exception.part->end_minute});
    }
  }
  return marks;
}

void MinuteTable::apply_exceptions(Marks& open) {
  std::vector<Marks> marks;
  for (const DatedException& exception : policy_.exceptions) {
    marks.push_back(marks_of(exception));
  }
  const auto lifted = [&](const std::string& id, std::size_t minute) {
    for (std::size_t i = 0; i < marks.size(); ++i) {
      if (marks[i][minute] && policy_.exceptions[i].lifts == id) {
        return true;
      }
    }
    return false;
  };
  for (std::size_t minute = 0; minute < kTableMinutes; ++minute) {
    bool any_open = false;
    bool any_closed = false;
    for (std::size_t i = 0; i < marks.size(); ++i) {
      if (!marks[i][minute]) {
        continue;
      }
      if (policy_.exceptions[i].kind == ExceptionKind::open) {
        any_open = true;
      } else {
        any_closed = any_closed || !lifted(policy_.exceptions[i].id, minute);
      }
    }
    open[minute] = !any_closed && (any_open || open[minute]);
  }
}

void MinuteTable::apply_overrides(Marks& open) const {
  for (std::size_t minute = 0; minute < kTableMinutes; ++minute) {
    const Instant t = at(minute);
    for (const Opening& opening : policy_.openings) {
      const bool mine =
          opening.lane == facts_.lane && opening.direction == facts_.direction &&
          (!opening.relationship_id || opening.relationship_id == facts_.relationship_id);
      const bool promised = opening.accepted_through_version == 0 ||
                            (facts_.moment == Moment::release && facts_.accepted_version &&
                             *facts_.accepted_version <= opening.accepted_through_version);
      if (mine && promised && opening.from <= t && t < opening.until) {
        open[minute] = true;
      }
    }
    for (const Closure& closure : policy_.closures) {
      if (closure.from <= t && (!closure.until || t < *closure.until)) {
        open[minute] = false;
      }
    }
  }
}

}  // namespace holdspace::boundary::testing
