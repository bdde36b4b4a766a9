// The days of a rule: the examples of RFC 5545, 3.8.5.3, and a comparison with libical's own
// expansion of random rules, of the kinds that libical expands rightly (docs/adr/0008).
#include "client/calendar/recurrence.hpp"

#include <gtest/gtest.h>
#include <libical/ical.h>

#include <cstdlib>
#include <random>
#include <set>

#include "client/calendar/event.hpp"

namespace holdspace::client::calendar {
namespace {

using std::chrono::days;

CalendarEvent event_with(const std::string& start, const std::string& rule) {
  const EventText text{1, {{1, "DTSTART", ";VALUE=DATE", start}, {2, "RRULE", "", rule}}};
  auto event = read_event(text);
  if (event.has_value()) return *event;
  ADD_FAILURE() << rule << ": " << describe(event.error());
  return {};
}

DayRange years(const char* from, const char* until) {
  return {*boundary::parse_date(from), *boundary::parse_date(until)};
}

std::string days_in(const std::string& start, const std::string& rule, DayRange wanted) {
  const auto event = event_with(start, rule);
  if (event.rules.empty()) return "unreadable";
  std::int64_t steps = 1'000'000;
  const auto found = days_of(event.rules[0], event.start.day, wanted, steps);
  std::string out;
  for (const auto day : found.value_or(std::vector<LocalDate>{})) {
    if (event.rules[0].until && day > event.rules[0].until->day) continue;
    out += (out.empty() ? "" : " ") + boundary::format_date(day);
  }
  return out;
}

TEST(Recurrence, gives_the_days_of_the_examples_of_the_standard) {
  const auto wanted = years("1997-01-01", "2001-01-01");
  const auto expect = [&wanted](const char* start, const char* rule, const char* found) {
    EXPECT_EQ(days_in(start, rule, wanted), found) << rule;
  };
  expect("19970902", "FREQ=DAILY;INTERVAL=10;COUNT=5",
         "1997-09-02 1997-09-12 1997-09-22 1997-10-02 1997-10-12");
  expect("19970902", "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH",
         "1997-09-02 1997-09-04 1997-09-16 1997-09-18 1997-09-30 1997-10-02 1997-10-14 1997-10-16");
  expect("19970805", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO",
         "1997-08-05 1997-08-10 1997-08-19 1997-08-24");
  expect("19970805", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
         "1997-08-05 1997-08-17 1997-08-19 1997-08-31");
  expect("19970905", "FREQ=MONTHLY;COUNT=4;BYDAY=1FR",
         "1997-09-05 1997-10-03 1997-11-07 1997-12-05");
  expect("19970907", "FREQ=MONTHLY;INTERVAL=2;COUNT=6;BYDAY=1SU,-1SU",
         "1997-09-07 1997-09-28 1997-11-02 1997-11-30 1998-01-04 1998-01-25");
  expect("19970922", "FREQ=MONTHLY;COUNT=3;BYDAY=-2MO", "1997-09-22 1997-10-20 1997-11-17");
  expect("19970928", "FREQ=MONTHLY;BYMONTHDAY=-3;COUNT=3", "1997-09-28 1997-10-29 1997-11-28");
  expect("19970930", "FREQ=MONTHLY;COUNT=4;BYMONTHDAY=1,-1",
         "1997-09-30 1997-10-01 1997-10-31 1997-11-01");
  expect("19970610", "FREQ=YEARLY;COUNT=4;BYMONTH=6,7",
         "1997-06-10 1997-07-10 1998-06-10 1998-07-10");
  expect("19970101", "FREQ=YEARLY;INTERVAL=3;COUNT=5;BYYEARDAY=1,100,200",
         "1997-01-01 1997-04-10 1997-07-19 2000-01-01 2000-04-09");
  expect("19970519", "FREQ=YEARLY;BYDAY=20MO;COUNT=3", "1997-05-19 1998-05-18 1999-05-17");
  expect("19970313", "FREQ=YEARLY;BYMONTH=3;BYDAY=TH;COUNT=4",
         "1997-03-13 1997-03-20 1997-03-27 1998-03-05");
  expect("19970913", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=3",
         "1998-02-13 1998-03-13 1998-11-13");
  expect("19961105", "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
         "2000-11-07");
  expect("19970904", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3",
         "1997-09-04 1997-10-07 1997-11-06");
  expect("19970929", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2;COUNT=3",
         "1997-09-29 1997-10-30 1997-11-27");
  expect("19970602", "FREQ=YEARLY;BYMONTH=4,10;BYDAY=SU,WE,FR;BYSETPOS=-2;COUNT=3",
         "1997-10-29 1998-10-28 1999-10-29");
  expect("19970407", "FREQ=WEEKLY;INTERVAL=4;BYDAY=SU;COUNT=3", "1997-04-13 1997-05-11 1997-06-08");
  expect("20000115", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5",
         "2000-01-15 2000-01-30 2000-02-15 2000-03-15 2000-03-30");
  expect("19980101", "FREQ=DAILY;UNTIL=19980103", "1998-01-01 1998-01-02 1998-01-03");
}

TEST(Recurrence, gives_no_day_for_a_date_that_never_comes_and_stops) {
  const auto wanted = years("2026-01-01", "2037-12-31");
  EXPECT_EQ(days_in("20260101", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", wanted), "");
  EXPECT_EQ(days_in("20250101", "FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29", wanted), "");
  EXPECT_EQ(days_in("20260201", "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31", wanted), "");
  EXPECT_EQ(days_in("20261026", "FREQ=MONTHLY;BYMONTHDAY=-2;BYDAY=TU,WE,FR;BYSETPOS=5", wanted),
            "");
  EXPECT_EQ(days_in("20260101", "FREQ=YEARLY;INTERVAL=9999", years("2026-01-02", "2037-12-31")),
            "");
}

TEST(Recurrence, takes_no_more_steps_than_it_was_given) {
  const auto event = event_with("20260101", "FREQ=DAILY");
  const auto wanted = years("2026-01-01", "2026-04-11");
  std::int64_t steps = 99;
  EXPECT_FALSE(days_of(event.rules[0], event.start.day, wanted, steps).has_value());
  steps = 100;
  EXPECT_EQ(days_of(event.rules[0], event.start.day, wanted, steps)->size(), 100U);
  EXPECT_EQ(steps, 0);
  // Far from its beginning it looks at no day before those wanted.
  const auto old = event_with("00010101", "FREQ=DAILY");
  steps = 100;
  EXPECT_EQ(days_of(old.rules[0], old.start.day, wanted, steps)->size(), 100U);
}

class RandomRules {
 public:
  explicit RandomRules(std::uint64_t seed) : random_(seed) {}

  int number(int min, int max) { return std::uniform_int_distribution(min, max)(random_); }
  bool chance(int percent) { return number(1, 100) <= percent; }

  std::string start() {
    char text[16];
    std::snprintf(text, sizeof text, "%04d%02d%02d", number(2020, 2028), number(1, 12),
                  number(1, 28));
    return text;
  }

  std::string rule() {
    static constexpr const char* kFrequencies[] = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"};
    const int frequency = number(0, 3);
    std::string out = std::string("FREQ=") + kFrequencies[frequency];
    // Of weeks, libical 3.0.16 counts intervals from the week after that of the first day.
    if (frequency != 1 && chance(50)) out += ";INTERVAL=" + std::to_string(number(1, 5));
    if (chance(30)) out += ";COUNT=" + std::to_string(number(1, 40));
    const bool months = chance(frequency == 3 ? 60 : 20);
    if (months) out += ";BYMONTH=" + list(1, 12, 3);
    const bool by_date = frequency == 0 || frequency == 2 || (frequency == 3 && months);
    if (by_date && chance(30)) out += ";BYMONTHDAY=" + list(frequency == 0 ? 1 : -31, 31, 4);
    if (frequency == 3 && !months && chance(30)) out += ";BYYEARDAY=" + list(-366, 366, 4);
    const bool dated = out.find("DAY=") != std::string::npos;
    if (chance(50)) out += ";BYDAY=" + weekdays(frequency, months, dated);
    if (chance(50)) out += ";WKST=" + weekday();
    return out;
  }

 private:
  std::string weekday() {
    static constexpr const char* kDays[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
    return kDays[number(0, 6)];
  }
  std::string list(int min, int max, int most) {
    std::set<int> listed;
    for (int left = number(1, most); left > 0; --left) listed.insert(number(min, max));
    listed.erase(0);
    std::string out;
    for (const int value : listed) out += (out.empty() ? "" : ",") + std::to_string(value);
    return out.empty() ? std::to_string(max) : out;
  }
  std::string weekdays(int frequency, bool months, bool dated) {
    const int most = frequency == 2 || months ? 5 : 52;
    const bool ordinals = frequency >= 2 && !dated && chance(50);
    // Each once: libical gives the days of a repeated one twice.
    std::set<std::string> listed;
    for (int left = number(1, 3); left > 0; --left) {
      const auto ordinal = ordinals ? number(1, most) * (chance(30) ? -1 : 1) : 0;
      listed.insert((ordinals ? std::to_string(ordinal) : "") + weekday());
    }
    std::string out;
    for (const auto& day : listed) out += (out.empty() ? "" : ",") + day;
    return out;
  }

  std::mt19937_64 random_;
};

// What libical gives, from a rule that it ends itself at the last day wanted.
std::string days_by_libical(const std::string& start, const std::string& rule, DayRange wanted) {
  auto read = icalrecurrencetype_from_string(rule.c_str());
  const auto last = boundary::format_date(wanted.until - days(1));
  const auto digits = last.substr(0, 4) + last.substr(5, 2) + last.substr(8, 2);
  read.until = icaltime_from_string(digits.c_str());
  auto* iterator = icalrecur_iterator_new(read, icaltime_from_string(start.c_str()));
  std::string out;
  if (iterator == nullptr) return out;
  for (auto day = icalrecur_iterator_next(iterator); icaltime_is_null_time(day) == 0;
       day = icalrecur_iterator_next(iterator)) {
    char text[16];
    std::snprintf(text, sizeof text, "%04d-%02d-%02d", day.year, day.month, day.day);
    if (text >= boundary::format_date(wanted.from))
      out += (out.empty() ? "" : " ") + std::string(text);
  }
  icalrecur_iterator_free(iterator);
  return out;
}

TEST(Recurrence, agrees_with_libical_on_random_rules) {
  const auto* const given = std::getenv("HOLDSPACE_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : 5545;
  RandomRules random(seed);
  const auto wanted = years("2025-01-01", "2031-01-01");
  for (int round = 0; round < 300; ++round) {
    const auto start = random.start();
    const auto rule = random.rule();
    ASSERT_EQ(days_in(start, rule, wanted), days_by_libical(start, rule, wanted))
        << "DTSTART:" << start << " RRULE:" << rule << " HOLDSPACE_SEED=" << seed;
  }
}

}  // namespace
}  // namespace holdspace::client::calendar
