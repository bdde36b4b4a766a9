// Random policies against a slow second opinion: a table of every minute of 28 days, filled without
// the gate's code. HOLDSPACE_SEED=<n> repeats one seed, which every failure prints.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "boundary/decide.hpp"
#include "boundary/names.hpp"
#include "tests/boundary/policy_text.hpp"

namespace holdspace::boundary {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr int kTableDays = 28;
constexpr int kMarginDays =
    4;  // windows and exceptions near the table's ends may be cut, so questions stay inside
constexpr std::size_t kMinutes = static_cast<std::size_t>(kTableDays) * kMinutesPerDay;
constexpr std::size_t kFirst = static_cast<std::size_t>(kMarginDays) * kMinutesPerDay;
constexpr std::size_t kLast = kMinutes - kFirst;

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(engine_);
  }
  bool one_in(std::size_t n) { return below(n) == 0; }
  template <typename T, std::size_t N>
  T of(const T (&values)[N]) {
    return values[below(N)];
  }

 private:
  std::mt19937_64 engine_;
};

const char* const kZones[] = {"America/New_York",
                              "Europe/London",
                              "Africa/Cairo",
                              "Australia/Lord_Howe",
                              "America/St_Johns",
                              "Pacific/Chatham",
                              "Asia/Kathmandu",
                              "Antarctica/Troll",
                              "America/Santiago",
                              "Africa/Casablanca",
                              "UTC",
                              "Asia/Beirut",
                              "Pacific/Honolulu",
                              "America/Havana",
                              "America/Scoresbysund"};

// Where a table lies: its first minute, a UTC midnight, and what the wall shows at a change of its
// clocks (or at an ordinary instant): edges of windows are thrown near it more often than
// elsewhere.
struct Place {
  Instant start;
  LocalMinute change;
};

Place random_place(Dice& dice, const Zone& zone) {
  const Instant any = testing::at("2024-01-01T00:00Z") + days{dice.below(6 * 365)};
  Instant change = any;
  while (change < any + days{370} && zone.offset(change) == zone.offset(change + minutes{15})) {
    change += minutes{15};
  }
  if (change >= any + days{370} || dice.one_in(4)) {
    change = any;
  }
  return {std::chrono::floor<days>(change) - days{6 + dice.below(14)}, zone.to_local(change)};
}

Lane random_lane(Dice& dice) {
  return dice.one_in(3) ? Lane::logistics : Lane::routine;
}

Direction random_direction(Dice& dice) {
  return dice.one_in(3) ? Direction::to_client : Direction::to_therapist;
}

// A wall-clock time: near the change, on a quarter, or anywhere; the first two more often.
std::uint32_t random_start_minute(Dice& dice, LocalMinute change) {
  const auto anywhere = static_cast<std::uint32_t>(dice.below(kMinutesPerDay));
  if (dice.one_in(2)) {
    const auto shown =
        static_cast<std::uint32_t>((change - std::chrono::floor<days>(change)) / minutes{1});
    return (shown + kMinutesPerDay - 120 + anywhere % 240) % kMinutesPerDay;
  }
  return dice.one_in(2) ? anywhere / 15 * 15 : anywhere;
}

// A day of the table, every other time the one of the change or a neighbour.
LocalDate random_date(Dice& dice, const Place& place) {
  if (dice.one_in(2)) {
    return std::chrono::floor<days>(place.change) - days{1} + days{dice.below(3)};
  }
  return LocalDate{std::chrono::floor<days>(place.start).time_since_epoch()} +
         days{dice.below(kTableDays)};
}

std::uint32_t random_length(Dice& dice) {
  static constexpr std::uint32_t kLengths[] = {1, 15, 30, 60, 90, 240, 480, 720, 1440};
  return dice.of(kLengths);
}

DatedException random_exception(Dice& dice, const Policy& so_far, const Place& place) {
  DatedException made;
  made.id = "x" + std::to_string(so_far.exceptions.size());
  made.kind = dice.one_in(2) ? ExceptionKind::open : ExceptionKind::closed;
  made.from_date = random_date(dice, place);
  made.until_date = made.from_date + days{1 + dice.below(dice.one_in(3) ? 9 : 2)};
  if (dice.one_in(2)) {
    const std::uint32_t from = random_start_minute(dice, place.change);
    made.part = DayPart{from, from + random_length(dice)};
  }
  if (dice.one_in(3)) {
    made.lanes = {random_lane(dice)};
  }
  if (dice.one_in(3)) {
    made.directions = {random_direction(dice)};
  }
  if (made.kind == ExceptionKind::open && !so_far.exceptions.empty() && dice.one_in(2)) {
    const DatedException& other = so_far.exceptions[dice.below(so_far.exceptions.size())];
    made.lifts = other.kind == ExceptionKind::closed ? other.id : "";
  }
  return made;
}

// A valid policy: a window or exception that would break a rule is left out again.
Policy random_policy(Dice& dice, const std::string& zone, const Place& place) {
  Policy made{.version = 1, .zone = zone, .windows = {}, .exceptions = {}};
  for (std::size_t i = dice.below(12); i > 0; --i) {
    const std::uint32_t from = random_start_minute(dice, place.change);
    const auto weekday = std::chrono::weekday{random_date(dice, place)};
    made.windows.push_back(
        {random_lane(dice), random_direction(dice), weekday, from, from + random_length(dice)});
    if (validate(made).has_error()) {
      made.windows.pop_back();
    }
  }
  for (std::size_t i = dice.below(8); i > 0; --i) {
    made.exceptions.push_back(random_exception(dice, made, place));
    if (validate(made).has_error()) {
      made.exceptions.pop_back();
    }
  }
  return made;
}

// The second opinion. Knows the wall of each minute, and finds edges by looking them up in it.
class MinuteTable {
 public:
  MinuteTable(const Policy& policy, const Zone& zone, Instant start, const Facts& facts)
      : policy_(policy), facts_(facts) {
    for (std::size_t i = 0; i < kMinutes; ++i) {
      const Instant t = start + minutes{i};
      wall_.push_back(
          LocalMinute{std::chrono::floor<minutes>((t + zone.offset(t)).time_since_epoch())});
    }
    open_.assign(kMinutes, false);
    for (const WeeklyWindow& window : policy.windows) {
      if (window.lane == facts.lane && window.direction == facts.direction) {
        mark_weekly(window);
      }
    }
    apply_exceptions();
  }

  [[nodiscard]] bool open(std::size_t minute) const { return open_[minute]; }

 private:
  using Marks = std::vector<bool>;

  // First minute of [start, end) in the table and first minute after it, by looking at the wall.
  [[nodiscard]] std::size_t first_shown(LocalMinute local) const {
    const auto same = std::find(wall_.begin(), wall_.end(), local);
    return same != wall_.end() ? index(same) : first_later(local);
  }
  [[nodiscard]] std::size_t last_shown(LocalMinute local) const {
    const auto same = std::find(wall_.rbegin(), wall_.rend(), local);
    return same != wall_.rend() ? index(same.base()) - 1 : first_later(local);
  }
  [[nodiscard]] std::size_t first_later(LocalMinute local) const {
    return index(std::find_if(wall_.begin(), wall_.end(),
                              [local](LocalMinute shown) { return shown > local; }));
  }
  [[nodiscard]] std::size_t index(std::vector<LocalMinute>::const_iterator it) const {
    return static_cast<std::size_t>(it - wall_.begin());
  }

  void mark(Marks& marks, LocalMinute from, LocalMinute until) const {
    for (std::size_t i = first_shown(from), end = last_shown(until); i < end; ++i) {
      marks[i] = true;
    }
  }

  void mark_weekly(const WeeklyWindow& window) {
    const LocalDate first = std::chrono::floor<days>(wall_.front());
    const LocalDate last = std::chrono::floor<days>(wall_.back());
    for (LocalDate date = first; date <= last; date += days{1}) {
      if (std::chrono::weekday{date} == window.weekday) {
        mark(open_, date + minutes{window.start_minute}, date + minutes{window.end_minute});
      }
    }
  }

  [[nodiscard]] Marks marks_of(const DatedException& exception) const {
    Marks marks(kMinutes, false);
    const auto speaks = [](const auto& list, auto one) {
      return list.empty() || std::count(list.begin(), list.end(), one) > 0;
    };
    if (!speaks(exception.lanes, facts_.lane) || !speaks(exception.directions, facts_.direction)) {
      return marks;
    }
    if (!exception.part) {
      mark(marks, exception.from_date, exception.until_date);
      return marks;
    }
    for (LocalDate date = exception.from_date; date < exception.until_date; date += days{1}) {
      mark(marks, date + minutes{exception.part->start_minute},
           date + minutes{exception.part->end_minute});
    }
    return marks;
  }

  void apply_exceptions() {
    std::vector<Marks> marks;
    for (const DatedException& exception : policy_.exceptions) {
      marks.push_back(marks_of(exception));
    }
    for (std::size_t minute = 0; minute < kMinutes; ++minute) {
      bool any_open = false;
      bool any_closed = false;
      for (std::size_t i = 0; i < marks.size(); ++i) {
        if (!marks[i][minute]) {
          continue;
        }
        if (policy_.exceptions[i].kind == ExceptionKind::open) {
          any_open = true;
        } else {
          any_closed = any_closed || !lifted(marks, policy_.exceptions[i].id, minute);
        }
      }
      open_[minute] = !any_closed && (any_open || open_[minute]);
    }
  }

  [[nodiscard]] bool lifted(const std::vector<Marks>& marks, const std::string& id,
                            std::size_t minute) const {
    for (std::size_t i = 0; i < marks.size(); ++i) {
      if (marks[i][minute] && policy_.exceptions[i].lifts == id) {
        return true;
      }
    }
    return false;
  }

  const Policy& policy_;
  Facts facts_;
  std::vector<LocalMinute> wall_;
  Marks open_;
};

// One random world: a policy, a stretch of 28 days, and both opinions about it.
struct World {
  Gate gate;
  Instant start;
  Facts facts;
  MinuteTable table;

  [[nodiscard]] Instant at(std::size_t minute) const { return start + minutes{minute}; }
  // The minute of the table that holds `t`, or nothing outside the part that may be asked about.
  [[nodiscard]] std::optional<std::size_t> minute_of(Instant t) const {
    if (t < at(kFirst) || t >= at(kLast)) {
      return std::nullopt;
    }
    return static_cast<std::size_t>((t - start) / minutes{1});
  }
};

void expect_promise_is_the_first_opening(const World& world, const Verdict& verdict,
                                         std::size_t minute) {
  std::size_t next = minute + 1;
  while (next < kLast && !world.table.open(next)) {
    ++next;
  }
  if (next < kLast) {
    ASSERT_TRUE(verdict.promise.has_value());
    ASSERT_EQ(format_instant(*verdict.promise), format_instant(world.at(next)));
  } else if (verdict.promise) {
    ASSERT_GE(*verdict.promise, world.at(kLast));
  }
  if (verdict.promise) {
    const Verdict then = decide({world.gate}, world.facts, *verdict.promise);
    ASSERT_EQ(then.outcome, Outcome::release_now);
    ASSERT_EQ(then.valid.from, *verdict.promise);
    ASSERT_EQ(verdict.valid.until, *verdict.promise);
  }
}

void expect_the_verdict_stands_in_its_interval(Dice& dice, const World& world,
                                               const Verdict& verdict) {
  const auto length = static_cast<std::size_t>((verdict.valid.until - verdict.valid.from).count());
  std::vector<Instant> samples = {verdict.valid.from, verdict.valid.until - milliseconds{1}};
  for (int i = 0; i < 3; ++i) {
    samples.push_back(verdict.valid.from + milliseconds{dice.below(length)});
  }
  for (const Instant t : samples) {
    const Verdict same = decide({world.gate}, world.facts, t);
    ASSERT_EQ(same.outcome, verdict.outcome) << format_instant(t);
    ASSERT_EQ(same.promise, verdict.promise) << format_instant(t);
    const std::optional<std::size_t> minute = world.minute_of(t);
    if (minute) {
      ASSERT_EQ(world.table.open(*minute), verdict.outcome == Outcome::release_now);
    }
  }
}

void expect_both_opinions_agree(Dice& dice, const World& world, Instant now) {
  SCOPED_TRACE("now " + format_instant(now));
  const std::optional<std::size_t> minute = world.minute_of(now);
  if (!minute) {
    return;
  }
  const Verdict verdict = decide({world.gate}, world.facts, now);
  ASSERT_EQ(verdict.outcome == Outcome::release_now, world.table.open(*minute));
  ASSERT_TRUE(verdict.valid.contains(now));
  if (verdict.outcome == Outcome::hold) {
    expect_promise_is_the_first_opening(world, verdict, *minute);
  }
  const std::optional<Instant> change = next_change({world.gate}, world.facts, now);
  if (change) {
    ASSERT_EQ(*change, verdict.valid.until);
    ASSERT_NE(decide({world.gate}, world.facts, *change).outcome, verdict.outcome);
  }
  expect_the_verdict_stands_in_its_interval(dice, world, verdict);
}

void expect_openings_match_the_table(const World& world) {
  const std::vector<Interval> listed = world.gate.openings(
      {world.facts.lane, world.facts.direction}, {world.at(kFirst), world.at(kLast)});
  std::vector<Interval> counted;
  for (std::size_t i = kFirst; i < kLast; ++i) {
    if (!world.table.open(i)) {
      continue;
    }
    if (i == kFirst || !world.table.open(i - 1)) {
      counted.push_back({world.at(i), world.at(i)});
    }
    counted.back().until = world.at(i + 1);
  }
  ASSERT_EQ(testing::lines(listed), testing::lines(counted));
}

void run_seed(std::uint64_t seed) {
  SCOPED_TRACE("repeat with HOLDSPACE_SEED=" + std::to_string(seed));
  Dice dice(seed);
  const std::string zone_name = dice.of(kZones);
  const Zone zone = testing::zone(zone_name);
  const Place place = random_place(dice, zone);
  const Policy policy = random_policy(dice, zone_name, place);
  Facts facts;
  facts.lane = random_lane(dice);
  facts.direction = random_direction(dice);
  const World world{testing::gate(policy), place.start, facts,
                    MinuteTable(policy, zone, place.start, facts)};
  SCOPED_TRACE(zone_name + " from " + format_instant(place.start));

  ASSERT_NO_FATAL_FAILURE(expect_openings_match_the_table(world));
  for (int i = 0; i < 12; ++i) {
    const Instant now = world.at(kFirst) + milliseconds{dice.below((kLast - kFirst) * 60000)};
    ASSERT_NO_FATAL_FAILURE(expect_both_opinions_agree(dice, world, now));
    const Instant edge = decide({world.gate}, world.facts, now).valid.until;
    ASSERT_NO_FATAL_FAILURE(expect_both_opinions_agree(dice, world, edge));
    ASSERT_NO_FATAL_FAILURE(expect_both_opinions_agree(dice, world, edge - milliseconds{1}));
  }
}

TEST(DecideProperty, agrees_with_a_scan_of_every_minute_for_random_policies_zones_and_instants) {
  if (const char* chosen = std::getenv("HOLDSPACE_SEED")) {
    ASSERT_NO_FATAL_FAILURE(run_seed(std::strtoull(chosen, nullptr, 10)));
    return;
  }
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    ASSERT_NO_FATAL_FAILURE(run_seed(seed));
  }
}

}  // namespace
}  // namespace holdspace::boundary
