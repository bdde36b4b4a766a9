// The hours at present, the part of the agreement that nobody signs.
#include <algorithm>
#include <array>
#include <cassert>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>
#include <variant>
#include <vector>

#include "boundary/agreement_page.hpp"

namespace holdspace::boundary {

namespace {

constexpr std::array<std::string_view, 7> kWeekdays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                    "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> kMonths{"January",   "February", "March",    "April",
                                                   "May",       "June",     "July",     "August",
                                                   "September", "October",  "November", "December"};

std::string clock_text(std::uint32_t minute) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%02u:%02u", minute / 60, minute % 60);
  return text.data();
}

// "09:00 to 17:00", "22:00 to 06:00 the next day".
std::string span_text(std::uint32_t start_minute, std::uint32_t end_minute) {
  const std::string text = clock_text(start_minute) + " to ";
  return end_minute <= kMinutesPerDay
             ? text + clock_text(end_minute)
             : text + clock_text(end_minute - kMinutesPerDay) + " the next day";
}

std::string day_and_month(LocalDate day) {
  const std::chrono::year_month_day date{day};
  return std::to_string(static_cast<unsigned>(date.day())) + ' ' +
         std::string(kMonths[static_cast<unsigned>(date.month()) - 1]);
}

std::string date_text(LocalDate day) {
  const std::chrono::year_month_day date{day};
  return day_and_month(day) + ' ' + std::to_string(static_cast<int>(date.year()));
}

std::string instant_text(const Zone& zone, Instant at) {
  const LocalMinute local = zone.to_local(at);
  const LocalDate day = std::chrono::floor<std::chrono::days>(local);
  return date_text(day) + ' ' +
         clock_text(static_cast<std::uint32_t>((local - day) / std::chrono::minutes{1}));
}

std::string_view about(Lane lane) {
  return lane == Lane::logistics ? "messages about appointments" : "routine messages";
}

std::string_view of_whom(Direction direction) {
  return direction == Direction::to_client ? "that you get" : "that you send";
}

std::vector<WeeklyWindow> pick(const std::vector<WeeklyWindow>& windows, Lane lane,
                               Direction direction) {
  std::vector<WeeklyWindow> mine;
  std::copy_if(windows.begin(), windows.end(), std::back_inserter(mine),
               [lane, direction](const WeeklyWindow& window) {
                 return window.lane == lane && window.direction == direction;
               });
  std::sort(mine.begin(), mine.end(), [](const WeeklyWindow& a, const WeeklyWindow& b) {
    return std::pair(a.weekday.iso_encoding(), a.start_minute) <
           std::pair(b.weekday.iso_encoding(), b.start_minute);
  });
  return mine;
}

std::vector<WeeklyWindow> windows_for(const Policy& policy,
                                      const std::optional<RelationshipId>& relationship, Lane lane,
                                      Direction direction) {
  for (const RelationshipRules& rules : policy.relationship_rules) {
    if (relationship == rules.relationship_id) {
      std::vector<WeeklyWindow> own = pick(rules.windows, lane, direction);
      if (!own.empty()) {
        return own;
      }
    }
  }
  return pick(policy.windows, lane, direction);
}

void write_windows(const std::vector<WeeklyWindow>& windows, Lane lane, Direction direction,
                   AgreementPage& page) {
  const std::string which = std::string(about(lane)) + ' ' + std::string(of_whom(direction));
  if (windows.empty()) {
    page.say("clock_crossed", "There are no weekly hours for " + which + ".",
             {"There are no hours for " + which + "."});
    return;
  }
  std::string standard = "Hours for " + which + ":";
  std::string_view separator = " ";
  for (const WeeklyWindow& window : windows) {
    standard.append(separator)
        .append(kWeekdays[window.weekday.c_encoding()])
        .append(" ")
        .append(span_text(window.start_minute, window.end_minute));
    separator = ", ";
  }
  page.say("clock", standard + ".", {"Now come the hours for " + which + "."});
  for (const WeeklyWindow& window : windows) {
    const std::string easy = std::string(kWeekdays[window.weekday.c_encoding()]) + ": " +
                             span_text(window.start_minute, window.end_minute) + ".";
    page.say_easy("clock", easy);
  }
}

std::string text_of(const EasterDay& day) {
  if (day.easter_offset_days == 0) {
    return "every year from Easter Sunday";
  }
  const auto distance = static_cast<std::uint32_t>(std::abs(day.easter_offset_days));
  return "every year from " + counted(distance, "day") +
         (day.easter_offset_days < 0 ? " before" : " after") + " Easter Sunday";
}

std::string text_of(const NthWeekday& day) {
  constexpr std::array<std::string_view, 6> kPlaces{"last",  "first",  "second",
                                                    "third", "fourth", "fifth"};
  const std::size_t place = day.nth < 0 ? 0 : static_cast<std::size_t>(day.nth);
  return "every year from the " + std::string(kPlaces[place]) + ' ' +
         std::string(kWeekdays[day.weekday.c_encoding()]) + " of " +
         std::string(kMonths[day.month - 1]);
}

std::string days_text(const DatedException& exception) {
  if (exception.moveable) {
    return std::visit([](const auto& day) { return text_of(day); }, exception.moveable->day) +
           " for " + counted(exception.moveable->days, "day");
  }
  const LocalDate last = exception.until_date - std::chrono::days{1};
  if (exception.repeats == Repeats::yearly) {
    return "every year from " + day_and_month(exception.from_date) + " to " + day_and_month(last);
  }
  return exception.from_date == last
             ? "on " + date_text(last)
             : "from " + date_text(exception.from_date) + " to " + date_text(last);
}

template <typename T>
bool only(const std::vector<T>& list, T one) {
  return list.size() == 1 && list.front() == one;
}

// The part after the days: which hours, and which messages when not all.
std::string scope_text(const DatedException& exception) {
  std::string text;
  if (exception.part) {
    text += ", " + span_text(exception.part->start_minute, exception.part->end_minute);
  }
  for (const Lane lane : {Lane::routine, Lane::logistics}) {
    if (only(exception.lanes, lane)) {
      text += ", only " + std::string(about(lane));
    }
  }
  for (const Direction direction : {Direction::to_therapist, Direction::to_client}) {
    if (only(exception.directions, direction)) {
      text += ", only messages " + std::string(of_whom(direction));
    }
  }
  return text;
}

void write_exceptions(const Policy& policy, AgreementPage& page) {
  for (const DatedException& exception : policy.exceptions) {
    const std::string when = days_text(exception) + scope_text(exception) + ".";
    if (exception.kind == ExceptionKind::closed) {
      page.say("door_closed", "Closed " + when, {"Closed " + when});
    } else {
      page.say("door_open", "Also open " + when, {"Also open " + when});
    }
  }
}

void write_closures(const Policy& policy, AgreementPage& page) {
  if (policy.closures.empty()) {
    return;
  }
  const boost::system::result<Zone, ZoneError> zone = Zone::locate(policy.zone);
  assert(zone.has_value());  // the policy is valid
  for (const Closure& closure : policy.closures) {
    const std::string when =
        "from " + instant_text(*zone, closure.from) + " to " +
        (closure.until ? instant_text(*zone, *closure.until) : std::string("further notice")) + ".";
    page.say("door_closed", "Closed without notice " + when, {"Closed " + when});
  }
}

void write_limits(const Policy& policy, AgreementPage& page) {
  const auto longest = counted(static_cast<std::uint32_t>(max_hold(policy).count()), "hour");
  page.say("wait",
           "A message that would have to wait for more than " + longest +
               " is not accepted, and you are told at once.",
           {"A message waits " + longest + " at most.", "Longer is not possible.",
            "Then your message is not sent.", "You are told at once."});
  if (policy.limits.reply_time_hours != 0) {
    const std::string time = counted(policy.limits.reply_time_hours, "hour");
    page.say("reply", "At present answers usually take up to " + time + ".",
             {"Answers take about " + time + " now."});
  }
}

}  // namespace

void write_hours(const Policy& policy, const std::optional<RelationshipId>& relationship,
                 AgreementPage& page) {
  page.say("paper", "Hours at present. They are not part of what you sign.",
           {"These are the hours now.", "You do not sign the hours."});
  page.say("globe", "All hours are on the clock of " + policy.zone + ".",
           {"All hours are on the clock of " + policy.zone + "."});
  for (const Lane lane : {Lane::routine, Lane::logistics}) {
    for (const Direction direction : {Direction::to_therapist, Direction::to_client}) {
      write_windows(windows_for(policy, relationship, lane, direction), lane, direction, page);
    }
  }
  write_exceptions(policy, page);
  write_closures(policy, page);
  write_limits(policy, page);
  page.say(
      "promise",
      "On some days the hours may differ. The time that you are told when you write is the "
      "one that counts.",
      {"Some days can be different.", "You are told a time when you write.", "That time counts."});
}

}  // namespace holdspace::boundary
