#include "tests/client/boundary_vector_policies.hpp"

#include <chrono>

#include "tests/boundary/policy_text.hpp"

namespace holdspace::client::testing {
namespace {

using boundary::Direction;
using boundary::ExceptionKind;
using boundary::Facts;
using boundary::Instant;
using boundary::Lane;
using boundary::Moment;
using boundary::Policy;
using boundary::RelationshipState;
using boundary::testing::at;
using boundary::testing::exception;
using boundary::testing::window;
using std::chrono::milliseconds;

constexpr boundary::AccountId kColleague{0xc0, 0x11};
constexpr boundary::RelationshipId kWithOwnHours{0x01};
constexpr boundary::RelationshipId kWithAnOpening{0x02};
constexpr boundary::RelationshipId kAnother{0x03};

// A zone, and instants shortly before its clocks change: by laws that are old, or have stood for
// years, so that one release of the time-zone database agrees with the next.
struct Place {
  const char* zone;
  std::vector<const char*> from;
};

const std::vector<Place>& places() {
  static const std::vector<Place> kPlaces{
      {"Europe/London", {"2026-03-28T12:00Z", "2026-10-24T12:00Z"}},
      {"America/New_York", {"2006-04-01T12:00Z", "2026-03-07T12:00Z", "2026-10-31T12:00Z"}},
      {"Australia/Lord_Howe", {"2026-04-04T02:00Z", "2026-10-03T02:00Z"}},
      {"Pacific/Chatham", {"2026-04-04T02:00Z", "2026-09-26T02:00Z"}},
      {"Pacific/Auckland", {"2027-04-03T02:00Z", "2027-09-25T02:00Z"}},
      {"America/St_Johns", {"2011-03-12T15:00Z", "2027-03-13T15:00Z"}},
      {"Antarctica/Troll", {"2026-03-28T12:00Z", "2026-10-24T12:00Z"}},
      {"America/Havana", {"2025-03-08T17:00Z", "2025-11-01T17:00Z"}},
      {"Africa/Cairo", {"2026-04-23T10:00Z", "2026-10-29T10:00Z"}},
      {"Pacific/Apia", {"2011-12-29T20:00Z"}},
      {"America/Sao_Paulo", {"2018-11-03T15:00Z", "2019-02-16T15:00Z"}},
      {"Europe/Moscow", {"2011-03-26T12:00Z", "2014-10-25T12:00Z"}},
      {"America/Caracas", {"2016-04-30T16:00Z"}},
      {"Asia/Pyongyang", {"2015-08-14T03:00Z", "2018-05-04T03:00Z"}},
      {"Europe/Dublin", {"2030-03-30T12:00Z", "2030-10-26T12:00Z"}},
      {"Asia/Kathmandu", {"2026-01-01T06:00Z"}},
      {"Pacific/Honolulu", {"2037-12-30T22:00Z"}},
  };
  return kPlaces;
}

// Windows around every hour at which clocks are changed anywhere, on every day.
Policy around_the_clock(const char* zone) {
  Policy made{.version = 1, .zone = zone, .windows = {}, .exceptions = {}};
  for (const char* day : {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}) {
    for (const char* hours : {"00:00-00:45", "01:15-01:45", "02:15-02:45", "03:00-04:30",
                              "09:00-12:00", "22:00-24:00"}) {
      made.windows.push_back(window(std::string(day) + ' ' + hours));
    }
  }
  made.windows.push_back(window("sat 20:00-06:00", Lane::logistics));
  return made;
}

Policy office() {
  Policy made{.version = 6, .zone = "Europe/London", .windows = {}, .exceptions = {}};
  for (const char* hours : {"mon 09:00-17:00", "tue 09:00-17:00", "wed 09:00-17:00",
                            "thu 09:00-17:00", "fri 09:00-17:00"}) {
    made.windows.push_back(window(hours));
    made.windows.push_back(window(hours, Lane::routine, Direction::to_client));
  }
  made.windows.push_back(window("mon 08:00-18:00", Lane::logistics));
  return made;
}

// Every rung of the ladder that a therapist's document can have, one week for each.
Policy everything() {
  Policy made = office();
  made.exceptions = {
      exception("easter", ExceptionKind::closed, "2026-03-30", "2026-04-06"),
      boundary::testing::on_hours(
          exception("clinic", ExceptionKind::open, "2026-03-30", "2026-04-01", "easter"), "11:00",
          "14:00"),
      exception("ill", ExceptionKind::closed, "2026-03-31", "2026-04-01"),
      exception("saturday", ExceptionKind::open, "2026-04-18", "2026-04-19"),
      exception("leave", ExceptionKind::closed, "2026-08-03", "2026-08-22"),
      exception("no-replies", ExceptionKind::closed, "2026-05-18", "2026-05-19"),
      exception("leap-day", ExceptionKind::closed, "2024-02-29", "2024-03-01"),
      exception("leap-day-only", ExceptionKind::closed, "2024-02-29", "2024-03-01"),
      {.id = "good-friday",
       .kind = ExceptionKind::closed,
       .moveable = boundary::Moveable{boundary::EasterDay{-2}, 1}},
      {.id = "late-may",
       .kind = ExceptionKind::closed,
       .moveable = boundary::Moveable{boundary::NthWeekday{5, std::chrono::Monday, -1}, 1}},
  };
  made.exceptions[4].cover_account_id = kColleague;
  made.exceptions[5].lanes = {Lane::routine};
  made.exceptions[5].directions = {Direction::to_client};
  for (const std::size_t i : {6U, 7U}) {
    made.exceptions[i].repeats = boundary::Repeats::yearly;
    made.exceptions[i].leap_day =
        i == 6U ? boundary::LeapDay::february_28 : boundary::LeapDay::skip;
  }
  made.travels = {{at("2026-05-04T00:00Z"), at("2026-05-07T00:00Z"), "America/New_York"}};
  made.relationship_rules = {{kWithOwnHours, {window("wed 18:00-19:00")}}};
  made.closures = {{"accident", at("2026-06-01T10:00Z"), at("2026-06-09T10:00Z"), kColleague},
                   {"storm", at("2026-06-24T10:00Z"), at("2026-06-25T10:00Z"), std::nullopt}};
  made.openings = {{.id = "evening",
                    .from = at("2026-04-20T18:00Z"),
                    .until = at("2026-04-20T19:00Z"),
                    .reason = boundary::OpeningReason::session_moved},
                   {.id = "answer",
                    .relationship_id = kWithAnOpening,
                    .direction = Direction::to_client,
                    .from = at("2026-04-21T18:00Z"),
                    .until = at("2026-04-21T19:00Z"),
                    .reason = boundary::OpeningReason::crisis_follow_up},
                   {.id = "kept-4-1",
                    .from = at("2026-04-22T05:00Z"),
                    .until = at("2026-04-22T06:00Z"),
                    .accepted_through_version = 4,
                    .reason = boundary::OpeningReason::kept_promise},
                   {.id = "in-the-storm",
                    .from = at("2026-06-24T18:00Z"),
                    .until = at("2026-06-24T19:00Z"),
                    .reason = boundary::OpeningReason::send_now}};
  return made;
}

// A client in New York who wants to be woken by nothing before noon.
Policy afternoons() {
  Policy made{.version = 2, .zone = "America/New_York", .windows = {}, .exceptions = {}};
  for (const char* day : {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}) {
    made.windows.push_back(
        window(std::string(day) + " 12:00-22:00", Lane::routine, Direction::to_client));
  }
  return made;
}

Policy closed_for_good() {
  Policy made = office();
  made.version = 9;
  made.closures = {{"until-lifted", at("2026-06-01T10:00Z"), std::nullopt, std::nullopt}};
  return made;
}

Policy patient() {
  Policy made = office();
  made.limits.max_hold_hours = boundary::kMaxHoldHoursMax;
  made.exceptions = {exception("retreat", ExceptionKind::closed, "2026-08-03", "2026-09-05"),
                     exception("sabbatical", ExceptionKind::closed, "2027-01-01", "2028-12-31")};
  return made;
}

enum PolicyIndex : std::size_t { kEverything, kAfternoons, kClosedForGood, kPatient, kPlacesFrom };

Facts plain() {
  return {};
}

template <typename T>
Facts with(T Facts::*member, T value) {
  Facts facts;
  facts.*member = std::move(value);
  return facts;
}

// A waiting message that was accepted under `version`.
Facts waiting(std::uint64_t version) {
  Facts facts;
  facts.moment = Moment::release;
  facts.accepted_version = version;
  return facts;
}

Facts of(const boundary::RelationshipId& relationship, Direction direction) {
  Facts facts;
  facts.relationship_id = relationship;
  facts.direction = direction;
  return facts;
}

Facts in_state(RelationshipState state, Lane lane, Moment moment) {
  Facts facts;
  facts.state = state;
  facts.lane = lane;
  facts.moment = moment;
  return facts;
}

// Both sides of the next `count` changes after `from`.
void follow(const std::vector<boundary::Gate>& gates, Question question, Instant from, int count,
            std::vector<Question>& questions) {
  const boundary::Gates way{gates[question.policy],
                            question.client ? &gates[*question.client] : nullptr};
  question.at = from;
  questions.push_back(question);
  std::optional<Instant> change = boundary::next_change(way, question.facts, from);
  for (; change && count > 0; --count) {
    for (const Instant side : {*change - milliseconds{1}, *change}) {
      question.at = side;
      questions.push_back(question);
    }
    change = boundary::next_change(way, question.facts, *change);
  }
}

void ask_the_clocks(const std::vector<boundary::Gate>& gates, std::vector<Question>& questions) {
  for (std::size_t i = 0; i < places().size(); ++i) {
    for (const char* from : places()[i].from) {
      follow(gates, {.policy = kPlacesFrom + i, .client = {}, .facts = plain()}, at(from), 7,
             questions);
      follow(
          gates,
          {.policy = kPlacesFrom + i, .client = {}, .facts = with(&Facts::lane, Lane::logistics)},
          at(from), 1, questions);
    }
  }
}

void ask_the_ladder(const std::vector<boundary::Gate>& gates, std::vector<Question>& questions) {
  const Facts to_client = with(&Facts::direction, Direction::to_client);
  Facts paused = plain();
  paused.pauses.routine = boundary::testing::between("2026-04-20T12:00Z", "2026-04-21T12:00Z");
  const struct {
    const char* from;
    int changes;
    Facts facts;
    std::optional<std::size_t> client;
  } rows[] = {
      {"2026-03-29T23:10Z", 6, plain(), {}},  // easter, clinic, ill
      {"2026-04-17T20:00Z", 4, plain(), {}},  // saturday
      {"2026-04-20T12:00Z", 6, plain(), {}},  // evening
      {"2026-04-20T12:00Z", 6, paused, {}},   // the same in a pause
      {"2026-04-21T00:00Z", 4, of(kWithAnOpening, Direction::to_client), {}},
      {"2026-04-21T00:00Z", 6, of(kWithAnOpening, Direction::to_client), kAfternoons},
      {"2026-04-21T00:00Z", 4, of(kAnother, Direction::to_client), {}},
      {"2026-04-21T20:00Z", 4, waiting(3), {}},  // kept-4-1
      {"2026-04-21T20:00Z", 4, waiting(4), {}},
      {"2026-04-21T20:00Z", 4, waiting(5), {}},
      {"2026-04-21T20:00Z", 4, plain(), {}},
      {"2026-05-03T12:00Z", 6, plain(), {}},  // a journey
      {"2026-05-03T12:00Z", 6, of(kWithOwnHours, Direction::to_therapist), {}},
      {"2026-05-15T12:00Z", 4, to_client, {}},  // no-replies
      {"2026-05-15T12:00Z", 6, to_client, kAfternoons},
      {"2026-05-22T20:00Z", 2, plain(), {}},  // late-may
      {"2026-06-01T08:30Z", 4, plain(), {}},  // accident
      {"2026-06-01T08:30Z", 2, waiting(6), {}},
      {"2026-06-24T09:30Z", 4, plain(), {}},  // an opening in the storm
      {"2026-07-31T12:00Z", 4, plain(), {}},  // leave
      {"2026-07-31T12:00Z", 4, to_client, {}},
      {"2026-07-31T12:00Z", 2, waiting(6), {}},
      {"2027-02-26T12:00Z", 3, plain(), {}},  // a 28 February instead of a 29th
      {"2028-02-28T12:00Z", 3, plain(), {}},
      {"2027-03-25T12:00Z", 3, plain(), {}},  // good-friday
  };
  for (const auto& row : rows) {
    follow(gates, {.policy = kEverything, .client = row.client, .facts = row.facts}, at(row.from),
           row.changes, questions);
  }
}

void ask_the_states(std::vector<Question>& questions) {
  for (const RelationshipState state :
       {RelationshipState::invited, RelationshipState::active, RelationshipState::paused,
        RelationshipState::ending, RelationshipState::ended, RelationshipState::severed}) {
    for (const Lane lane : {Lane::routine, Lane::logistics, Lane::urgent}) {
      for (const char* when : {"2026-04-20T09:00Z", "2026-04-19T23:10Z"}) {
        questions.push_back({kEverything, {}, in_state(state, lane, Moment::accept), at(when)});
        if (lane != Lane::urgent && state != RelationshipState::invited) {
          questions.push_back({kEverything, {}, in_state(state, lane, Moment::release), at(when)});
        }
      }
    }
  }
  Facts ending = in_state(RelationshipState::ending, Lane::logistics, Moment::accept);
  ending.ends_at = at("2026-04-20T12:00Z");
  for (const char* when : {"2026-04-20T06:00Z", "2026-04-20T09:00Z", "2026-04-20T12:00Z"}) {
    questions.push_back({kEverything, {}, ending, at(when)});
  }
  questions.push_back({kEverything, {}, with(&Facts::same_account, true), at("2026-06-02T12:00Z")});
}

void ask_about_long_waits(const std::vector<boundary::Gate>& gates,
                          std::vector<Question>& questions) {
  follow(gates, {.policy = kClosedForGood, .client = {}, .facts = plain()}, at("2026-06-01T08:30Z"),
         2, questions);
  Facts old = waiting(8);
  follow(gates, {.policy = kClosedForGood, .client = {}, .facts = old}, at("2026-06-01T08:30Z"), 1,
         questions);
  follow(gates, {.policy = kPatient, .client = {}, .facts = plain()}, at("2026-07-31T12:00Z"), 3,
         questions);
  for (const char* when : {"2027-01-04T12:00Z", "2027-11-29T23:59:59.999Z", "2027-11-30T00:00Z",
                           "2027-12-01T12:00Z"}) {
    questions.push_back({kPatient, {}, old, at(when)});
    questions.push_back({kPatient, {}, plain(), at(when)});
  }
}

}  // namespace

std::vector<Policy> vector_policies() {
  std::vector<Policy> policies{everything(), afternoons(), closed_for_good(), patient()};
  for (const Place& place : places()) {
    policies.push_back(around_the_clock(place.zone));
  }
  return policies;
}

std::vector<Question> vector_questions(const std::vector<boundary::Gate>& gates) {
  std::vector<Question> questions;
  ask_the_clocks(gates, questions);
  ask_the_ladder(gates, questions);
  ask_the_states(questions);
  ask_about_long_waits(gates, questions);
  return questions;
}

}  // namespace holdspace::client::testing
