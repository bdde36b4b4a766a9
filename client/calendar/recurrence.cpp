#include "client/calendar/recurrence.hpp"

#include <algorithm>
#include <array>
#include <bitset>

#include "boundary/policy.hpp"

namespace holdspace::client::calendar {
namespace {

using std::chrono::days;
using std::chrono::month;
using std::chrono::weekday;
using std::chrono::year;
using std::chrono::year_month_day;

int count_of(days span) {
  return static_cast<int>(span.count());
}

LocalDate first_of(int years, unsigned months) {
  return LocalDate(year(years) / month(months) / 1);
}

// Positions from the front and from the back of a month or year; with none, every day is in it.
template <std::size_t Size>
class Positions {
 public:
  void add(int position) {
    auto& side = position > 0 ? front_ : back_;
    side.set(static_cast<std::size_t>(std::abs(position)));
    any_ = true;
  }
  [[nodiscard]] bool any() const { return any_; }
  // `at` of `length`, both from 1.
  [[nodiscard]] bool has(int at, int length) const {
    return front_[static_cast<std::size_t>(at)] || back_[static_cast<std::size_t>(length + 1 - at)];
  }

 private:
  std::bitset<Size> front_;
  std::bitset<Size> back_;
  bool any_ = false;
};

// What a day must meet, with what the rule leaves open taken from the first day (RFC 5545,
// 3.3.10).
class DayFilter {
 public:
  DayFilter(const Recurrence& rule, LocalDate start) {
    const year_month_day first(start);
    within_year_ = rule.frequency == Frequency::yearly && rule.by_month.empty();
    for (const int number : rule.by_month) months_.set(static_cast<std::size_t>(number));
    for (const int number : rule.by_month_day) month_days_.add(number);
    for (const int number : rule.by_year_day) year_days_.add(number);
    for (const auto& day : rule.by_day) {
      any_weekday_ = true;
      const auto index = day.weekday.c_encoding();
      if (day.ordinal == 0)
        every_.set(index);
      else
        ordinals_[index].add(day.ordinal);
    }
    if (any_weekday_ || month_days_.any() || year_days_.any()) return;
    const bool by_date =
        rule.frequency == Frequency::monthly || rule.frequency == Frequency::yearly;
    if (by_date) month_days_.add(static_cast<int>(unsigned(first.day())));
    if (within_year_) months_.set(unsigned(first.month()));
    if (rule.frequency == Frequency::weekly) {
      any_weekday_ = true;
      every_.set(weekday(start).c_encoding());
    }
  }

  [[nodiscard]] bool takes(LocalDate day) const {
    const year_month_day date(day);
    const auto month_number = static_cast<std::size_t>(unsigned(date.month()));
    if (months_.any() && !months_[month_number]) return false;
    const int month_day = static_cast<int>(unsigned(date.day()));
    const int month_length =
        static_cast<int>(unsigned((date.year() / date.month() / std::chrono::last).day()));
    if (month_days_.any() && !month_days_.has(month_day, month_length)) return false;
    const int year_day = count_of(day - LocalDate(date.year() / std::chrono::January / 1)) + 1;
    const int year_length = date.year().is_leap() ? 366 : 365;
    if (year_days_.any() && !year_days_.has(year_day, year_length)) return false;
    if (!any_weekday_) return true;
    const auto index = weekday(day).c_encoding();
    if (every_[index]) return true;
    return within_year_ ? has_ordinal(index, year_day, year_length)
                        : has_ordinal(index, month_day, month_length);
  }

 private:
  // The n-th of this weekday from the front, and the m-th from the back.
  [[nodiscard]] bool has_ordinal(unsigned index, int at, int length) const {
    const int front = (at - 1) / 7 + 1;
    const int back = (length - at) / 7 + 1;
    return ordinals_[index].has(front, front + back - 1);
  }

  std::bitset<13> months_;
  Positions<32> month_days_;
  Positions<367> year_days_;
  std::bitset<7> every_;
  std::array<Positions<54>, 7> ordinals_;
  bool any_weekday_ = false;
  bool within_year_ = false;
};

// The day, week, month or year that is `index` intervals after the one of the first day.
class Periods {
 public:
  Periods(const Recurrence& rule, LocalDate start)
      : frequency_(rule.frequency),
        interval_(rule.interval),
        date_(start),
        base_(rule.frequency == Frequency::weekly ? start - (weekday(start) - rule.week_start)
                                                  : start) {}

  // Nothing beyond the last year of any policy.
  [[nodiscard]] std::optional<DayRange> at(std::int64_t index) const {
    const auto steps = index * interval_;
    switch (frequency_) {
      case Frequency::daily:
        return days_from(steps, 1);
      case Frequency::weekly:
        return days_from(steps * 7, 7);
      case Frequency::monthly: {
        const auto months = month_number(date_) + steps;
        if (months / 12 > boundary::kLastYear) return std::nullopt;
        return DayRange{month_start(months), month_start(months + 1)};
      }
      case Frequency::yearly: {
        const auto years = int(date_.year()) + steps;
        if (years > boundary::kLastYear) return std::nullopt;
        return DayRange{first_of(static_cast<int>(years), 1),
                        first_of(static_cast<int>(years) + 1, 1)};
      }
    }
    return std::nullopt;
  }

  // The last period that begins no later than `day`; 0 when that is before the first.
  [[nodiscard]] std::int64_t index_of(LocalDate day) const {
    std::int64_t steps = 0;
    switch (frequency_) {
      case Frequency::daily:
        steps = (day - base_).count();
        break;
      case Frequency::weekly:
        steps = (day - base_).count() / 7;
        break;
      case Frequency::monthly:
        steps = month_number(year_month_day(day)) - month_number(date_);
        break;
      case Frequency::yearly:
        steps = int(year_month_day(day).year()) - int(date_.year());
        break;
    }
    return std::max<std::int64_t>(0, steps / interval_);
  }

 private:
  static std::int64_t month_number(year_month_day date) {
    return int(date.year()) * std::int64_t{12} + unsigned(date.month()) - 1;
  }
  static LocalDate month_start(std::int64_t months) {
    return first_of(static_cast<int>(months / 12), static_cast<unsigned>(months % 12) + 1);
  }
  [[nodiscard]] DayRange days_from(std::int64_t steps, int length) const {
    const auto from = base_ + days(steps);
    return {from, from + days(length)};
  }

  Frequency frequency_;
  std::int64_t interval_;
  year_month_day date_;
  LocalDate base_;
};

// BYSETPOS: the given places among the days of one period.
std::vector<LocalDate> at_positions(const std::vector<LocalDate>& found,
                                    const std::vector<int>& positions) {
  const auto size = static_cast<int>(found.size());
  std::vector<LocalDate> out;
  for (const int position : positions) {
    const int index = position > 0 ? position - 1 : size + position;
    if (index >= 0 && index < size) out.push_back(found[static_cast<std::size_t>(index)]);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace

std::optional<std::vector<LocalDate>> days_of(const Recurrence& rule, LocalDate start,
                                              DayRange wanted, std::int64_t& steps) {
  const DayFilter filter(rule, start);
  const Periods periods(rule, start);
  const auto end = rule.until ? std::min(wanted.until, rule.until->day + days(2)) : wanted.until;
  std::vector<LocalDate> out;
  std::int64_t counted = 0;
  // A count is of days from the first; without one, what lies before `wanted` need not be known.
  auto index = rule.count ? 0 : periods.index_of(wanted.from);
  for (;; ++index) {
    const auto period = periods.at(index);
    if (!period || period->from >= end) return out;
    steps -=
        count_of(period->until - period->from) + static_cast<std::int64_t>(rule.by_position.size());
    if (steps < 0) return std::nullopt;
    std::vector<LocalDate> found;
    for (auto day = period->from; day < period->until; day += days(1))
      if (filter.takes(day)) found.push_back(day);
    if (!rule.by_position.empty()) found = at_positions(found, rule.by_position);
    for (const auto day : found) {
      if (day < start) continue;
      if (rule.count && counted++ == *rule.count) return out;
      if (day >= wanted.from && day < end) out.push_back(day);
    }
  }
}

}  // namespace holdspace::client::calendar
