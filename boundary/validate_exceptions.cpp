// The rules of dated exceptions. See validate.hpp.
#include <algorithm>
#include <unordered_map>

#include "boundary/occurrence.hpp"
#include "boundary/validate_parts.hpp"

namespace holdspace::boundary::validation {

namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::year;
using std::chrono::year_month_day;

constexpr LocalDate kFirstDate = local_days{year{kFirstYear} / 1 / 1};
constexpr LocalDate kDateAfterLast = local_days{year{kLastYear + 1} / 1 / 1};

Finding check_day(const EasterDay& day, const std::string& owner) {
  if (day.easter_offset_days < -kEasterOffsetMax || day.easter_offset_days > kEasterOffsetMax) {
    return broken(owner + ".easter_offset_days", PolicyRule::easter_offset_out_of_range);
  }
  return std::nullopt;
}

Finding check_day(const NthWeekday& day, const std::string& owner) {
  if (day.month < 1 || day.month > 12) {
    return broken(owner + ".nth_weekday.month", PolicyRule::month_out_of_range);
  }
  if (!day.weekday.ok()) {
    return broken(owner + ".nth_weekday.weekday", PolicyRule::weekday_invalid);
  }
  if (day.nth != -1 && (day.nth < 1 || day.nth > 5)) {
    return broken(owner + ".nth_weekday.nth", PolicyRule::nth_out_of_range);
  }
  return std::nullopt;
}

// A moveable holiday has no dates, does not say that it repeats, and moves by one of two rules.
Finding check_moveable(const DatedException& exception, const std::string& owner) {
  if (exception.from_date != LocalDate{}) {
    return broken(owner + ".from_date", PolicyRule::moveable_has_dates);
  }
  if (exception.until_date != LocalDate{}) {
    return broken(owner + ".until_date", PolicyRule::moveable_has_dates);
  }
  if (exception.repeats != Repeats::never) {
    return broken(owner + ".repeats", PolicyRule::moveable_has_dates);
  }
  const std::string moveable = owner + ".moveable";
  if (Finding found = std::visit([&](const auto& day) { return check_day(day, moveable); },
                                 exception.moveable->day)) {
    return found;
  }
  if (exception.moveable->days < 1 || exception.moveable->days > kMoveableDaysMax) {
    return broken(moveable + ".days", PolicyRule::moveable_days_out_of_range);
  }
  return std::nullopt;
}

Finding check_dates(const DatedException& exception, const std::string& owner) {
  if (exception.from_date < kFirstDate || exception.from_date >= kDateAfterLast) {
    return broken(owner + ".from_date", PolicyRule::exception_date_out_of_range);
  }
  if (exception.until_date <= exception.from_date) {
    return broken(owner + ".until_date", PolicyRule::exception_dates_reversed);
  }
  if (exception.until_date > kDateAfterLast) {
    return broken(owner + ".until_date", PolicyRule::exception_date_out_of_range);
  }
  if (exception.repeats == Repeats::yearly &&
      exception.until_date - exception.from_date > kYearlyMax) {
    return broken(owner + ".until_date", PolicyRule::yearly_too_long);
  }
  return std::nullopt;
}

// Only a yearly exception from 29 February has to say what it does in most years.
Finding check_leap_day(const DatedException& exception, const std::string& owner) {
  const year_month_day from{exception.from_date};
  const bool asked = !exception.moveable && exception.repeats == Repeats::yearly &&
                     from.month() == std::chrono::February && from.day() == std::chrono::day{29};
  if (asked && !exception.leap_day) {
    return broken(owner + ".leap_day", PolicyRule::leap_day_unanswered);
  }
  if (!asked && exception.leap_day) {
    return broken(owner + ".leap_day", PolicyRule::leap_day_needless);
  }
  return std::nullopt;
}

Finding check_scope(const DatedException& exception, const std::string& owner) {
  if (std::find(exception.lanes.begin(), exception.lanes.end(), Lane::urgent) !=
      exception.lanes.end()) {
    return broken(owner + ".lanes", PolicyRule::urgent_has_no_windows);
  }
  if (listed_twice(exception.lanes)) {
    return broken(owner + ".lanes", PolicyRule::listed_twice);
  }
  if (listed_twice(exception.directions)) {
    return broken(owner + ".directions", PolicyRule::listed_twice);
  }
  if (!exception.lifts.empty() && exception.kind != ExceptionKind::open) {
    return broken(owner + ".lifts", PolicyRule::lifts_needs_open);
  }
  if (exception.cover_account_id && exception.kind != ExceptionKind::closed) {
    return broken(owner + ".cover_account_id", PolicyRule::cover_needs_closed);
  }
  return std::nullopt;
}

// Everything about one exception that can be said without the others.
Finding check_exception(const DatedException& exception, const std::string& owner) {
  if (!well_formed_id(exception.id)) {
    return broken(owner + ".id", PolicyRule::id_malformed);
  }
  if (Finding found =
          exception.moveable ? check_moveable(exception, owner) : check_dates(exception, owner)) {
    return found;
  }
  if (Finding found = check_leap_day(exception, owner)) {
    return found;
  }
  if (Finding found = check_scope(exception, owner)) {
    return found;
  }
  return exception.part
             ? check_minutes(owner, exception.part->start_minute, exception.part->end_minute)
             : std::nullopt;
}

std::size_t count_spans(const DatedException& exception) {
  std::size_t count = 0;
  for (const DaySpan& span : occurrences(exception)) {
    count += exception.part ? static_cast<std::size_t>((span.until - span.from) / days{1}) : 1;
  }
  return count;
}

using IndexById = std::unordered_map<std::string_view, std::size_t>;

Finding check_lifts(const std::vector<DatedException>& exceptions, const IndexById& by_id) {
  for (std::size_t i = 0; i < exceptions.size(); ++i) {
    if (exceptions[i].lifts.empty()) {
      continue;
    }
    const auto lifted = by_id.find(exceptions[i].lifts);
    if (lifted == by_id.end()) {
      return broken(path("exceptions", i, "lifts"), PolicyRule::lifts_unknown);
    }
    if (exceptions[lifted->second].kind != ExceptionKind::closed) {
      return broken(path("exceptions", i, "lifts"), PolicyRule::lifts_not_closed,
                    path("exceptions", lifted->second));
    }
  }
  return std::nullopt;
}

}  // namespace

Finding check_exceptions(const std::vector<DatedException>& exceptions) {
  if (exceptions.size() > kExceptionsMax) {
    return broken("exceptions", PolicyRule::too_many_exceptions);
  }
  IndexById by_id;
  std::size_t spans = 0;
  for (std::size_t i = 0; i < exceptions.size(); ++i) {
    if (Finding found = check_exception(exceptions[i], path("exceptions", i))) {
      return found;
    }
    const auto [earlier, is_new] = by_id.emplace(exceptions[i].id, i);
    if (!is_new) {
      return broken(path("exceptions", i, "id"), PolicyRule::id_duplicate,
                    path("exceptions", earlier->second, "id"));
    }
    spans += count_spans(exceptions[i]);
    if (spans > kExceptionSpansMax) {
      return broken(path("exceptions", i), PolicyRule::too_many_exception_spans);
    }
  }
  return check_lifts(exceptions, by_id);
}

}  // namespace holdspace::boundary::validation
