// The ladder from top to bottom, the promise, and how long a verdict stands. Rows named in
// docs/boundary.md.
#include "boundary/decide.hpp"

#include <gtest/gtest.h>

#include "boundary/names.hpp"
#include "tests/boundary/policy_text.hpp"

namespace holdspace::boundary {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;
using std::chrono::minutes;
using testing::at;
using testing::between;
using testing::exception;
using testing::gate;
using testing::london_office;
using testing::on_hours;
using testing::policy;
using testing::summary;
using testing::text;
using testing::window;

constexpr auto closed = ExceptionKind::closed;
constexpr auto open = ExceptionKind::open;
constexpr auto invited = RelationshipState::invited;
constexpr auto active = RelationshipState::active;
constexpr auto paused = RelationshipState::paused;
constexpr auto ending = RelationshipState::ending;
constexpr auto ended = RelationshipState::ended;
constexpr auto severed = RelationshipState::severed;

Facts facts(Lane lane, RelationshipState state, Moment moment = Moment::accept) {
  Facts made;
  made.lane = lane;
  made.state = state;
  made.moment = moment;
  return made;
}

// An accepted message that waits: no limit of its wait applies to it.
const Facts kWaiting = facts(Lane::routine, active, Moment::release);

const Instant kMondayNoon = at("2026-03-30T12:00Z");
const Instant kSundayNight = at("2026-03-30T03:10Z");  // Sunday 23:10 in New York

// Routine and logistics to the therapist, Monday to Friday 09:00-17:00 in London.
Gate office() {
  Policy both = london_office();
  for (const WeeklyWindow& weekly : london_office().windows) {
    both.windows.push_back({Lane::logistics, weekly.direction, weekly.weekday, weekly.start_minute,
                            weekly.end_minute});
  }
  return gate(both);
}

TEST(Decide, promises_monday_nine_in_london_for_a_message_sent_on_sunday_night_in_new_york) {
  const Verdict verdict = decide({office()}, Facts{}, kSundayNight);
  EXPECT_EQ(summary(verdict), "hold outside_windows weekly");
  ASSERT_TRUE(verdict.promise.has_value());
  EXPECT_EQ(format_instant(*verdict.promise), "2026-03-30T08:00:00.000Z");
  EXPECT_EQ(format_local(testing::zone("America/New_York"), *verdict.promise),
            "2026-03-30 04:00 -04:00");
  EXPECT_EQ(text(verdict.valid), text(between("2026-03-29T00:00Z", "2026-03-30T08:00Z")));
  EXPECT_EQ(verdict.policy_version, 7U);
}

TEST(Decide, releases_inside_a_window_until_it_shuts) {
  const Verdict verdict = decide({office()}, Facts{}, kMondayNoon);
  EXPECT_EQ(summary(verdict), "release_now inside_window weekly:windows[0]");
  EXPECT_FALSE(verdict.promise.has_value());
  EXPECT_EQ(text(verdict.valid), text(between("2026-03-30T08:00Z", "2026-03-30T16:00Z")));
}

TEST(Decide, is_open_at_the_instant_of_opening_and_shut_at_the_instant_of_closing) {
  const Gate gate_under_test = office();
  const Instant opening = at("2026-03-30T08:00Z");
  const Instant closing = at("2026-03-30T16:00Z");
  const auto outcome = [&](Instant now) { return decide({gate_under_test}, Facts{}, now).outcome; };
  EXPECT_EQ(outcome(opening - milliseconds{1}), Outcome::hold);
  EXPECT_EQ(outcome(opening), Outcome::release_now);
  EXPECT_EQ(outcome(closing - milliseconds{1}), Outcome::release_now);
  EXPECT_EQ(outcome(closing), Outcome::hold);
}

TEST(Decide, gives_the_same_verdict_again_when_the_clock_steps_back) {
  const Gate gate_under_test = office();
  const Instant opening = at("2026-03-30T08:00Z");
  const Verdict before = decide({gate_under_test}, Facts{}, opening - milliseconds{400});
  const Verdict after = decide({gate_under_test}, Facts{}, opening);
  const Verdict stepped_back = decide({gate_under_test}, Facts{}, opening - milliseconds{400});
  EXPECT_EQ(before, stepped_back);
  EXPECT_EQ(after.outcome, Outcome::release_now);
  EXPECT_FALSE(after.valid.contains(opening - milliseconds{400}))
      << "a store whose clock stands before the opening must not act on the later verdict";
}

struct StateRow {
  RelationshipState state;
  Lane lane;
  Moment moment;
  const char* at_noon;   // the window is open
  const char* at_night;  // it is shut
};

constexpr const char* kOpen = "release_now inside_window";
constexpr const char* kShut = "hold outside_windows";
constexpr const char* kUrgent = "refuse urgent_unavailable";

const StateRow kStateRows[] = {
    {invited, Lane::routine, Moment::accept, "refuse relationship_invited",
     "refuse relationship_invited"},
    {invited, Lane::logistics, Moment::accept, "refuse relationship_invited",
     "refuse relationship_invited"},
    {invited, Lane::urgent, Moment::accept, "refuse relationship_invited",
     "refuse relationship_invited"},
    {active, Lane::routine, Moment::accept, kOpen, kShut},
    {active, Lane::logistics, Moment::accept, kOpen, kShut},
    {active, Lane::urgent, Moment::accept, kUrgent, kUrgent},
    {paused, Lane::routine, Moment::accept, "refuse relationship_paused",
     "refuse relationship_paused"},
    {paused, Lane::logistics, Moment::accept, kOpen, kShut},
    {paused, Lane::urgent, Moment::accept, kUrgent, kUrgent},
    {ending, Lane::routine, Moment::accept, "refuse relationship_ending",
     "refuse relationship_ending"},
    {ending, Lane::logistics, Moment::accept, kOpen, kShut},
    {ending, Lane::urgent, Moment::accept, kUrgent, kUrgent},
    {ended, Lane::routine, Moment::accept, "refuse relationship_ended",
     "refuse relationship_ended"},
    {ended, Lane::logistics, Moment::accept, "refuse relationship_ended",
     "refuse relationship_ended"},
    {ended, Lane::urgent, Moment::accept, "refuse relationship_ended", "refuse relationship_ended"},
    {severed, Lane::routine, Moment::accept, "refuse relationship_severed",
     "refuse relationship_severed"},
    {severed, Lane::logistics, Moment::accept, "refuse relationship_severed",
     "refuse relationship_severed"},
    {severed, Lane::urgent, Moment::accept, "refuse relationship_severed",
     "refuse relationship_severed"},
    // What was accepted under a promise passes at its opening, unless the relationship was severed.
    {active, Lane::routine, Moment::release, kOpen, kShut},
    {active, Lane::logistics, Moment::release, kOpen, kShut},
    {paused, Lane::routine, Moment::release, kOpen, kShut},
    {paused, Lane::logistics, Moment::release, kOpen, kShut},
    {ending, Lane::routine, Moment::release, kOpen, kShut},
    {ending, Lane::logistics, Moment::release, kOpen, kShut},
    {ended, Lane::routine, Moment::release, kOpen, kShut},
    {ended, Lane::logistics, Moment::release, kOpen, kShut},
    {severed, Lane::routine, Moment::release, "refuse relationship_severed",
     "refuse relationship_severed"},
    {severed, Lane::logistics, Moment::release, "refuse relationship_severed",
     "refuse relationship_severed"},
    {invited, Lane::routine, Moment::release, "refuse relationship_invited",
     "refuse relationship_invited"},
    {invited, Lane::logistics, Moment::release, "refuse relationship_invited",
     "refuse relationship_invited"},
};

TEST(Decide, gives_each_lane_what_the_state_of_the_relationship_allows) {
  const Gate gate_under_test = office();
  for (const StateRow& row : kStateRows) {
    SCOPED_TRACE(std::string(name(row.state)) + " " + std::string(name(row.lane)) +
                 (row.moment == Moment::accept ? " accept" : " release"));
    for (const auto& [now, expected] :
         {std::pair{kMondayNoon, row.at_noon}, std::pair{kSundayNight, row.at_night}}) {
      const Verdict verdict =
          decide({gate_under_test}, facts(row.lane, row.state, row.moment), now);
      EXPECT_EQ(std::string(name(verdict.outcome)) + " " + std::string(name(verdict.reason)),
                expected);
      EXPECT_EQ(verdict.promise.has_value(), verdict.outcome == Outcome::hold);
      EXPECT_TRUE(verdict.valid.contains(now));
    }
  }
}

TEST(Decide, refuses_both_directions_of_a_relationship_that_has_ended) {
  Facts reply = facts(Lane::routine, ended);
  reply.direction = Direction::to_client;
  EXPECT_EQ(decide({office()}, reply, kMondayNoon).reason, Reason::relationship_ended);
}

TEST(Decide, never_holds_an_urgent_message_and_never_passes_it_as_routine) {
  Policy always = london_office();
  always.windows = open_all_week(Lane::routine, Direction::to_therapist);
  for (const Instant now : {kMondayNoon, kSundayNight}) {
    const Verdict verdict = decide({gate(always)}, facts(Lane::urgent, active), now);
    EXPECT_EQ(summary(verdict), "refuse urgent_unavailable urgent_lane");
    EXPECT_FALSE(verdict.promise.has_value());
  }
}

TEST(Decide, puts_the_relationship_above_the_urgent_lane) {
  EXPECT_EQ(summary(decide({office()}, facts(Lane::urgent, ended), kMondayNoon)),
            "refuse relationship_ended relationship_state:ended > urgent_lane");
}

TEST(Decide, always_passes_a_copy_for_another_device_of_its_author) {
  const Gate gate_under_test = office();
  for (const StateRow& row : kStateRows) {
    Facts copy = facts(row.lane, row.state, row.moment);
    copy.same_account = true;
    const Verdict verdict = decide({gate_under_test}, copy, kSundayNight);
    EXPECT_EQ(verdict.outcome, Outcome::release_now);
    EXPECT_EQ(verdict.reason, Reason::same_account_copy);
    EXPECT_FALSE(next_change({gate_under_test}, copy, kSundayNight).has_value());
  }
}

TEST(Decide, holds_a_reply_in_the_night_too) {
  Policy sides = london_office();
  sides.windows.push_back(window("tue 08:00-20:00", Lane::routine, Direction::to_client));
  Facts reply;
  reply.direction = Direction::to_client;
  const Verdict verdict = decide({gate(sides)}, reply, at("2026-03-31T01:40Z"));  // 02:40 in London
  EXPECT_EQ(verdict.outcome, Outcome::hold);
  ASSERT_TRUE(verdict.promise.has_value());
  EXPECT_EQ(format_instant(*verdict.promise), "2026-03-31T07:00:00.000Z");
}

TEST(Decide, names_the_winner_and_every_loser_of_overlapping_exceptions) {
  Policy easter = london_office();
  easter.exceptions = {
      exception("easter", closed, "2026-03-30", "2026-04-04"),
      exception("ill", closed, "2026-03-31", "2026-04-01"),
      on_hours(exception("clinic", open, "2026-03-30", "2026-04-01", "easter"), "11:00", "14:00")};
  const Gate compiled = gate(easter);
  const auto said = [&](const char* now) { return summary(decide({compiled}, kWaiting, at(now))); };
  EXPECT_EQ(said("2026-03-30T09:00Z"),
            "hold closed_exception closed_exception:easter > weekly:windows[0]");
  EXPECT_EQ(said("2026-03-30T12:00Z"),
            "release_now inside_open_exception open_exception:clinic > closed_exception:easter > "
            "weekly:windows[0]");
  EXPECT_EQ(said("2026-03-31T12:00Z"),
            "hold closed_exception closed_exception:ill > open_exception:clinic > "
            "closed_exception:easter > weekly:windows[1]");
  EXPECT_EQ(said("2026-03-30T20:00Z"), "hold closed_exception closed_exception:easter > weekly");
}

TEST(Decide, promises_the_opening_after_a_holiday_and_not_the_one_inside_it) {
  Policy away = london_office();
  away.exceptions = {exception("away", closed, "2026-07-20", "2026-08-10")};
  const Verdict verdict = decide({gate(away)}, kWaiting, at("2026-07-22T10:00Z"));
  EXPECT_EQ(verdict.reason, Reason::closed_exception);
  ASSERT_TRUE(verdict.promise.has_value());
  EXPECT_EQ(format_instant(*verdict.promise), "2026-08-10T08:00:00.000Z");
}

TEST(Decide, looks_past_a_window_that_the_clocks_jump_over) {
  const Gate nightly = gate(policy("America/New_York", {"sun 02:15-02:45"}));
  const Verdict verdict = decide({nightly}, kWaiting, at("2026-03-08T06:00Z"));
  ASSERT_TRUE(verdict.promise.has_value());
  EXPECT_EQ(format_instant(*verdict.promise), "2026-03-15T06:15:00.000Z");
}

TEST(Decide, holds_an_accepted_message_without_a_promise_when_nothing_opens_within_the_horizon) {
  const Verdict verdict = decide({gate(policy("Europe/London", {}))}, kWaiting, kMondayNoon);
  EXPECT_EQ(summary(verdict), "hold no_opening_in_horizon weekly");
  EXPECT_FALSE(verdict.promise.has_value());
  EXPECT_EQ(text(verdict.valid), text(between("2026-03-29T00:00Z", "2026-03-31T00:00Z")));
}

TEST(Decide, sees_a_far_opening_from_the_day_on_which_it_comes_into_the_horizon) {
  Policy yearly = policy("Europe/London", {});
  yearly.exceptions = {exception("one-day", open, "2027-06-01", "2027-06-02")};
  const Gate compiled = gate(yearly);
  const Instant opening = at("2027-05-31T23:00Z");
  Instant first_promise{};
  for (Instant now = opening - kHorizon - days{4}; now < opening; now += days{1}) {
    const Verdict verdict = decide({compiled}, kWaiting, now);
    const Verdict just_before = decide({compiled}, kWaiting, verdict.valid.from);
    EXPECT_EQ(just_before.promise, verdict.promise) << format_instant(now);
    if (verdict.promise && first_promise == Instant{}) {
      first_promise = now;
    }
  }
  EXPECT_LE(first_promise, opening - kHorizon);
  EXPECT_GT(first_promise, opening - kHorizon - days{3});
}

TEST(Decide, never_stands_longer_than_the_horizon) {
  Policy always = policy("Europe/London", {});
  always.windows = open_all_week(Lane::routine, Direction::to_therapist);
  const Verdict verdict = decide({gate(always)}, Facts{}, kMondayNoon);
  EXPECT_EQ(verdict.outcome, Outcome::release_now);
  EXPECT_GE(verdict.valid.until, kMondayNoon + kHorizon);
  EXPECT_LE(verdict.valid.until - verdict.valid.from, kHorizon + days{2});
  EXPECT_FALSE(next_change({gate(always)}, Facts{}, kMondayNoon).has_value());
}

TEST(Decide, names_at_most_the_bound_of_losing_rules) {
  Policy many = london_office();
  for (int i = 0; i < 100; ++i) {
    many.exceptions.push_back(
        exception("closed-" + std::to_string(i), closed, "2026-03-01", "2026-05-01"));
  }
  const Verdict verdict = decide({gate(many)}, Facts{}, kMondayNoon);
  EXPECT_EQ(format_rule(verdict.rule), "closed_exception:closed-0");
  EXPECT_EQ(verdict.losing.size(), kLosingRulesMax);
}

TEST(NextChange, jumps_from_change_to_change) {
  const Gate gate_under_test = office();
  std::vector<std::string> changes;
  std::optional<Instant> now = at("2026-03-27T12:00Z");  // Friday
  for (int i = 0; i < 4; ++i) {
    now = next_change({gate_under_test}, Facts{}, *now);
    ASSERT_TRUE(now.has_value());
    changes.push_back(format_instant(*now));
  }
  const std::vector<std::string> expected = {"2026-03-27T17:00:00.000Z", "2026-03-30T08:00:00.000Z",
                                             "2026-03-30T16:00:00.000Z",
                                             "2026-03-31T08:00:00.000Z"};
  EXPECT_EQ(changes, expected);
}

TEST(NextChange, is_after_now_even_when_now_is_a_change) {
  EXPECT_EQ(next_change({office()}, Facts{}, at("2026-03-30T08:00Z")), at("2026-03-30T16:00Z"));
}

TEST(NextChange, is_none_when_the_facts_alone_decide) {
  const Gate gate_under_test = office();
  EXPECT_FALSE(
      next_change({gate_under_test}, facts(Lane::routine, ended), kMondayNoon).has_value());
  EXPECT_FALSE(
      next_change({gate_under_test}, facts(Lane::urgent, active), kMondayNoon).has_value());
  EXPECT_FALSE(next_change({gate(policy("UTC", {}))}, Facts{}, kMondayNoon).has_value());
}

}  // namespace
}  // namespace holdspace::boundary
