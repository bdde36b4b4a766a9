#include "client/calendar/import.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "client/calendar/event.hpp"
#include "client/calendar/exceptions.hpp"
#include "client/calendar/recurrence.hpp"

namespace holdspace::client::calendar {
namespace {

using boost::system::result;
using boundary::Instant;
using boundary::Interval;
using boundary::LocalMinute;
using boundary::Zone;
using std::chrono::days;
using std::chrono::floor;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

CalendarError error_at(const CalendarEvent& event, CalendarProblem problem,
                       const std::string& field) {
  return {problem, event.line, field};
}

// RFC 5545, 3.3.5: a time that comes twice is the first one; a time inside a gap is counted with
// the offset from before the gap. (A policy's windows move to the end of the gap instead.)
Instant to_instant(const Zone& zone, LocalMinute local) {
  const auto at = zone.earliest(local);
  if (zone.to_local(at) == local) return at;
  return Instant(local.time_since_epoch()) - zone.offset(at - milliseconds(1));
}

// Of a time with a time of day.
Instant to_instant(const CalendarTime& time, const Zone& floating) {
  const auto minute = floor<minutes>(*time.time);
  return to_instant(time.zone.value_or(floating), LocalMinute(time.day) + minute) +
         (*time.time - minute);
}

// The days and times that a series leaves out.
struct Excluded {
  std::set<LocalDate> days;
  std::set<Instant> instants;

  void add(const CalendarTime& time, const Zone& floating) {
    if (time.time)
      instants.insert(to_instant(time, floating));
    else
      days.insert(time.day);
  }
  [[nodiscard]] bool has(const CalendarTime& time, const Zone& floating) const {
    return days.count(time.day) != 0 ||
           (time.time && instants.count(to_instant(time, floating)) != 0);
  }
};

// RFC 5545, 3.3.10: UNTIL is inclusive; a day without a time holds all of that day.
bool is_past(const std::optional<CalendarTime>& until, const CalendarTime& time,
             const Zone& floating) {
  if (!until) return false;
  if (!until->time || !time.time) return time.day > until->day;
  auto last = *until;
  if (!last.zone) last.zone = time.zone;
  return to_instant(time, floating) > to_instant(last, floating);
}

class Import {
 public:
  explicit Import(const ImportOptions& options)
      : options_(options),
        wanted_{options.zone.earliest(LocalMinute(options.from)),
                options.zone.latest(LocalMinute(options.from + options.days))} {}

  result<ImportedCalendar, CalendarError> run(std::string_view bytes) {
    const auto text = read_calendar_text(bytes);
    if (!text.has_value()) return text.error();
    out_.events = text->events.size();
    out_.skipped.others = text->others;
    for (const auto& event_text : text->events) {
      const auto kept = read(event_text);
      if (!kept.has_value()) return kept.error();
    }
    for (const auto& event : events_) {
      const auto taken = take(event);
      if (!taken.has_value()) return taken.error();
    }
    out_.exceptions = to_exceptions(std::move(spans_), options_.id_prefix);
    return std::move(out_);
  }

 private:
  result<void, CalendarError> read(const EventText& text) {
    for (const auto& line : text.lines)
      steps_ -= kStepsPerLine * (1 + std::count(line.value.begin(), line.value.end(), ','));
    if (steps_ < 0) return CalendarError{CalendarProblem::too_much_work, text.line, {}};
    auto event = read_event(text);
    if (!event.has_value()) return event.error();
    if (!event->uid.empty()) {
      if (event->replaces) {
        Excluded& replaced = replaced_[event->uid];
        if (replaced.has(*event->replaces, options_.zone))
          return error_at(*event, CalendarProblem::duplicate_event, "RECURRENCE-ID");
        replaced.add(*event->replaces, options_.zone);
      } else if (!series_.insert(event->uid).second) {
        return error_at(*event, CalendarProblem::duplicate_event, "UID");
      }
    }
    events_.push_back(std::move(*event));
    return {};
  }

  result<Length, CalendarError> length_of(const CalendarEvent& event) const {
    Length length;
    const char* field = "DURATION";
    if (event.length) {
      length = *event.length;
    } else if (event.end) {
      field = "DTEND";
      if (event.start.time)
        length.exact = floor<seconds>(to_instant(*event.end, options_.zone) -
                                      to_instant(event.start, options_.zone));
      else
        length.days = event.end->day - event.start.day;
    } else if (!event.start.time) {
      length.days = days(1);
    }
    const auto whole = length.days + length.exact;
    // A whole day that ends before it has begun is a mistake; a moment without length is not.
    const bool empty_day = !event.start.time && length.days < days(1);
    if (whole < seconds(0) || whole > kDurationMax || empty_day)
      return error_at(event, CalendarProblem::bad_duration, field);
    return length;
  }

  result<void, CalendarError> take(const CalendarEvent& event) {
    if (event.cancelled) return skip(out_.skipped.cancelled);
    if (event.transparent) return skip(out_.skipped.transparent);
    const auto length = length_of(event);
    if (!length.has_value()) return length.error();
    if (length->days + length->exact == seconds(0)) return skip(out_.skipped.without_length);
    const auto starts = starts_of(event, *length);
    if (!starts.has_value()) return starts.error();
    const auto before = out_.instances;
    for (const auto& start : *starts) {
      const auto span = span_of(start, *length);
      if (!span) continue;
      if (++out_.instances > kInstancesMax)
        return error_at(event, CalendarProblem::too_many_instances, {});
      spans_.push_back(*span);
    }
    if (out_.instances == before) return skip(out_.skipped.outside);
    return {};
  }

  static result<void, CalendarError> skip(std::size_t& counter) {
    ++counter;
    return {};
  }

  // DTSTART, the rules' days and RDATE, without EXDATE and what other events replace.
  result<std::vector<CalendarTime>, CalendarError> starts_of(const CalendarEvent& event,
                                                             const Length& length) {
    std::vector<CalendarTime> starts{event.start};
    starts.insert(starts.end(), event.added.begin(), event.added.end());
    // Two days more on each side: another zone's date can differ by one, and a day can have 25
    // hours.
    const auto back = length.days + std::chrono::ceil<days>(length.exact) + days(2);
    const DayRange around{options_.from - back, options_.from + options_.days + days(2)};
    for (const auto& rule : event.rules) {
      const auto found = days_of(rule, event.start.day, around, steps_);
      if (!found) return error_at(event, CalendarProblem::too_much_work, "RRULE");
      for (const auto day : *found) {
        if (day == event.start.day) continue;  // DTSTART is there already
        const CalendarTime start{day, event.start.time, event.start.zone};
        if (!is_past(rule.until, start, options_.zone)) starts.push_back(start);
      }
    }
    Excluded excluded;
    for (const auto& time : event.excluded) excluded.add(time, options_.zone);
    const auto replaced = event.replaces ? replaced_.end() : replaced_.find(event.uid);
    const auto left_out = [&](const CalendarTime& time) {
      return excluded.has(time, options_.zone) ||
             (replaced != replaced_.end() && replaced->second.has(time, options_.zone));
    };
    starts.erase(std::remove_if(starts.begin(), starts.end(), left_out), starts.end());
    return starts;
  }

  // On the policy's wall; nothing when it lies outside the days asked for.
  [[nodiscard]] std::optional<BusySpan> span_of(const CalendarTime& start,
                                                const Length& length) const {
    if (!start.time) {
      const auto until = start.day + length.days;
      if (until <= options_.from || start.day >= options_.from + options_.days) return std::nullopt;
      return BusySpan{LocalMinute(start.day), LocalMinute(until)};
    }
    auto end = start;
    end.day += length.days;
    const Interval busy{to_instant(start, options_.zone),
                        to_instant(end, options_.zone) + length.exact};
    if (busy.until <= wanted_.from || busy.from >= wanted_.until || busy.empty())
      return std::nullopt;
    const auto first = options_.zone.to_local(busy.from);
    const auto last = options_.zone.to_local(std::chrono::ceil<minutes>(busy.until));
    // Where the clocks go back, the wall can show the end before the start, or both the same. The
    // span between the two covers the whole of it, because a window lasts to the second showing.
    const auto until = std::max(first, last);
    return BusySpan{std::min(first, last), first == last ? until + minutes(1) : until};
  }

  const ImportOptions& options_;
  Interval wanted_;
  std::int64_t steps_ = kStepsMax;
  std::vector<CalendarEvent> events_;
  std::set<std::string> series_;              // UIDs of events that replace nothing
  std::map<std::string, Excluded> replaced_;  // by UID
  std::vector<BusySpan> spans_;
  ImportedCalendar out_;
};

}  // namespace

result<ImportedCalendar, CalendarError> parse_calendar(std::string_view bytes,
                                                       const ImportOptions& options) {
  return Import(options).run(bytes);
}

}  // namespace holdspace::client::calendar
