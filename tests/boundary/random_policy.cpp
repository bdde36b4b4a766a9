#include "tests/boundary/random_policy.hpp"

#include "boundary/validate.hpp"
#include "tests/boundary/policy_text.hpp"

namespace holdspace::boundary::testing {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

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

WeeklyWindow random_window(Dice& dice, const Place& place) {
  const std::uint32_t from = random_start_minute(dice, place.change);
  const auto weekday = std::chrono::weekday{random_date(dice, place)};
  return {random_lane(dice), random_direction(dice), weekday, from, from + random_length(dice)};
}

// The rule of a moveable holiday that falls on `date`, or near it when Easter is far away.
Moveable random_moveable(Dice& dice, LocalDate date) {
  const std::chrono::year_month_day ymd{date};
  const auto nth = static_cast<std::int32_t>((static_cast<unsigned>(ymd.day()) - 1) / 7 + 1);
  const NthWeekday weekday{static_cast<std::uint32_t>(static_cast<unsigned>(ymd.month())),
                           std::chrono::weekday{date}, dice.one_in(3) ? -1 : nth};
  const EasterDay easter{static_cast<std::int32_t>(dice.below(141)) - 70};
  const auto lasts = static_cast<std::uint32_t>(1 + dice.below(dice.one_in(3) ? 31 : 3));
  return dice.one_in(3) ? Moveable{easter, lasts} : Moveable{weekday, lasts};
}

void let_it_come_back(Dice& dice, DatedException& made) {
  if (dice.one_in(2)) {
    made.moveable = random_moveable(dice, made.from_date);
    made.from_date = made.until_date = LocalDate{};
    return;
  }
  const auto years = std::chrono::years{dice.below(4)};
  const std::chrono::year_month_day from{made.from_date};
  const auto length = made.until_date - made.from_date;
  const std::chrono::year_month_day first = from - years;
  made.from_date = first.ok() ? LocalDate{first} : made.from_date;
  made.until_date = made.from_date + length;
  made.repeats = Repeats::yearly;
  const std::chrono::year_month_day begins{made.from_date};
  if (begins.month() == std::chrono::February && begins.day() == std::chrono::day{29}) {
    made.leap_day = dice.one_in(2) ? LeapDay::skip : LeapDay::february_28;
  }
}

DatedException random_exception(Dice& dice, const Policy& so_far, const Place& place) {
  DatedException made;
  made.id = "x" + std::to_string(so_far.exceptions.size());
  made.kind = dice.one_in(2) ? ExceptionKind::open : ExceptionKind::closed;
  made.from_date = random_date(dice, place);
  made.until_date = made.from_date + days{1 + dice.below(dice.one_in(3) ? 9 : 2)};
  if (dice.one_in(3)) {
    let_it_come_back(dice, made);
  }
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

Interval random_span(Dice& dice, const Place& place) {
  const Instant from = random_instant(dice, place);
  return {from, from + minutes{1 + dice.below(dice.one_in(3) ? 7 * 1440 : 600)}};
}

Opening random_opening(Dice& dice, const Place& place, std::size_t number) {
  const Interval span = random_span(dice, place);
  Opening made;
  made.id = "o" + std::to_string(number);
  if (dice.one_in(2)) {
    made.relationship_id = id_of(static_cast<std::uint8_t>(1 + dice.below(2)));
  }
  made.lane = random_lane(dice);
  made.direction = random_direction(dice);
  made.from = span.from;
  made.until = span.until;
  made.accepted_through_version = dice.one_in(2) ? 0 : 1 + dice.below(4);
  return made;
}

// Appends what `make` gives unless the policy would break a rule.
template <typename List, typename Make>
void append(Policy& policy, List& list, std::size_t count, Make make) {
  for (std::size_t i = 0; i < count; ++i) {
    list.push_back(make());
    if (validate(policy).has_error()) {
      list.pop_back();
    }
  }
}

}  // namespace

Place random_place(Dice& dice) {
  const std::string name = dice.of(kZones);
  const Zone where = zone(name);
  const Instant any = at("2024-01-01T00:00Z") + days{dice.below(6 * 365)};
  Instant change = any;
  while (change < any + days{370} && where.offset(change) == where.offset(change + minutes{15})) {
    change += minutes{15};
  }
  if (change >= any + days{370} || dice.one_in(4)) {
    change = any;
  }
  return {name, std::chrono::floor<days>(change) - days{6 + dice.below(14)},
          where.to_local(change)};
}

Place elsewhere(Dice& dice, const Place& place) {
  return {dice.of(kZones), place.start, place.change};
}

Lane random_lane(Dice& dice) {
  return dice.one_in(3) ? Lane::logistics : Lane::routine;
}

Direction random_direction(Dice& dice) {
  return dice.one_in(3) ? Direction::to_client : Direction::to_therapist;
}

Instant random_instant(Dice& dice, const Place& place) {
  return place.start + minutes{dice.below(static_cast<std::size_t>(kTableDays) * kMinutesPerDay)};
}

Policy random_policy(Dice& dice, const Place& place) {
  Policy made;
  made.version = 5;
  made.zone = place.zone;
  append(made, made.windows, dice.below(16), [&] { return random_window(dice, place); });
  append(made, made.exceptions, dice.below(8), [&] { return random_exception(dice, made, place); });
  append(made, made.travels, dice.one_in(2) ? 0 : dice.below(4), [&] {
    const Interval span = random_span(dice, place);
    return Travel{span.from, span.until, dice.of(kZones)};
  });
  for (std::uint8_t relationship = 1; relationship <= 2; ++relationship) {
    if (dice.one_in(3)) {
      made.relationship_rules.push_back({id_of(relationship), {random_window(dice, place)}});
    }
  }
  append(made, made.closures, dice.one_in(2) ? 0 : dice.below(3), [&] {
    const Interval span = random_span(dice, place);
    return Closure{"c" + std::to_string(made.closures.size()), span.from,
                   dice.one_in(8) ? std::nullopt : std::optional(span.until), std::nullopt};
  });
  append(made, made.openings, dice.one_in(2) ? 0 : dice.below(6),
         [&] { return random_opening(dice, place, made.openings.size()); });
  made.limits.max_hold_hours = static_cast<std::uint32_t>(dice.one_in(2) ? 0 : dice.below(300));
  return made;
}

Facts random_facts(Dice& dice, const Place& place) {
  Facts facts;
  facts.lane = random_lane(dice);
  facts.direction = random_direction(dice);
  facts.moment = dice.one_in(2) ? Moment::accept : Moment::release;
  if (!dice.one_in(3)) {
    facts.relationship_id = id_of(static_cast<std::uint8_t>(1 + dice.below(2)));
  }
  if (facts.moment == Moment::release || dice.one_in(2)) {
    facts.accepted_version = 1 + dice.below(5);
  }
  if (dice.one_in(4)) {
    facts.pauses.routine = random_span(dice, place);
  }
  if (dice.one_in(4)) {
    facts.pauses.logistics = random_span(dice, place);
  }
  if (dice.one_in(6)) {
    facts.state = RelationshipState::ending;
    facts.lane = Lane::logistics;
    facts.ends_at = random_instant(dice, place);
  }
  return facts;
}

}  // namespace holdspace::boundary::testing
