// The rungs above the calendar: closures, openings, pauses, the client's own hours, relationship
// rules and a dated ending. Rows named in docs/boundary.md.
#include <gtest/gtest.h>

#include "boundary/decide.hpp"
#include "tests/boundary/policy_text.hpp"

namespace holdspace::boundary {
namespace {

using std::chrono::milliseconds;
using testing::at;
using testing::between;
using testing::closure;
using testing::exception;
using testing::gate;
using testing::id_of;
using testing::lines;
using testing::london_office;
using testing::on_hours;
using testing::opening;
using testing::policy;
using testing::summary;
using testing::text;
using testing::window;

constexpr auto closed = ExceptionKind::closed;
constexpr auto open = ExceptionKind::open;

const Instant kMondayNoon = at("2026-03-30T12:00Z");
const Instant kMondayNight = at("2026-03-30T20:00Z");

// Monday to Friday 09:00-17:00 in London, both lanes and directions.
Policy office() {
  Policy all = london_office();
  for (const WeeklyWindow& weekly : london_office().windows) {
    for (const auto& [lane, direction] : {std::pair{Lane::routine, Direction::to_client},
                                          {Lane::logistics, Direction::to_therapist},
                                          {Lane::logistics, Direction::to_client}}) {
      all.windows.push_back(
          {lane, direction, weekly.weekday, weekly.start_minute, weekly.end_minute});
    }
  }
  return all;
}

// A client's own hours: replies may arrive on these days only.
Policy client_hours(std::initializer_list<std::string_view> windows) {
  Policy own = policy("Europe/London", {});
  own.version = 3;
  for (const std::string_view text : windows) {
    own.windows.push_back(window(text, Lane::routine, Direction::to_client));
  }
  return own;
}

Facts reply(Moment moment = Moment::accept) {
  Facts facts;
  facts.direction = Direction::to_client;
  facts.moment = moment;
  return facts;
}

Facts waiting() {
  Facts facts;
  facts.moment = Moment::release;
  return facts;
}

std::string said(const Policy& therapist, const Facts& facts, Instant now) {
  return summary(decide({gate(therapist)}, facts, now));
}

TEST(Ladder, puts_an_emergency_closure_above_an_opening) {
  Policy both = office();
  both.closures = {closure("flood", "2026-03-30T10:00Z", "2026-03-31T10:00Z")};
  both.openings = {opening("talk", "2026-03-30T11:00Z", "2026-03-30T13:00Z")};
  EXPECT_EQ(said(both, {}, kMondayNoon),
            "hold emergency_closure emergency_closure:flood > opening:talk > weekly:windows[0]");
}

TEST(Ladder, shuts_every_gated_lane_and_direction_by_an_emergency_closure) {
  Policy ill = office();
  ill.closures = {closure("ill", "2026-03-30T10:00Z", "2026-03-31T10:00Z")};
  for (const Lane lane : {Lane::routine, Lane::logistics}) {
    for (const Direction direction : {Direction::to_therapist, Direction::to_client}) {
      Facts facts;
      facts.lane = lane;
      facts.direction = direction;
      const Verdict verdict = decide({gate(ill)}, facts, kMondayNoon);
      EXPECT_EQ(verdict.reason, Reason::emergency_closure);
      EXPECT_EQ(text(verdict.promise), "2026-03-31T10:00:00.000Z");
    }
  }
  Facts urgent;
  urgent.lane = Lane::urgent;
  EXPECT_EQ(said(ill, urgent, kMondayNoon), "refuse urgent_unavailable urgent_lane");
}

TEST(Ladder, promises_nothing_inside_a_closure_that_nobody_has_lifted) {
  Policy ill = office();
  ill.closures = {closure("ill", "2026-03-30T10:00Z", "")};
  const Verdict verdict = decide({gate(ill)}, waiting(), kMondayNoon);
  EXPECT_EQ(summary(verdict),
            "hold no_opening_in_horizon emergency_closure:ill > weekly:windows[0]");
  EXPECT_FALSE(verdict.promise.has_value());
  EXPECT_EQ(said(ill, {}, kMondayNoon),
            "refuse closed_too_long emergency_closure:ill > weekly:windows[0]");
}

TEST(Ladder, opens_by_an_opening_at_night_and_on_a_closed_day) {
  Policy away = office();
  away.exceptions = {exception("away", closed, "2026-03-30", "2026-03-31")};
  away.openings = {opening("talk", "2026-03-30T19:00Z", "2026-03-30T21:00Z")};
  const Verdict verdict = decide({gate(away)}, {}, kMondayNight);
  EXPECT_EQ(summary(verdict),
            "release_now inside_opening opening:talk > closed_exception:away > weekly");
  EXPECT_EQ(text(verdict.valid), text(between("2026-03-30T19:00Z", "2026-03-30T21:00Z")));
}

TEST(Ladder, joins_an_opening_with_the_window_that_it_touches) {
  Policy longer = office();
  longer.openings = {opening("late", "2026-03-30T16:00Z", "2026-03-30T18:30Z"),
                     opening("later", "2026-03-30T18:00Z", "2026-03-30T19:00Z")};
  EXPECT_EQ(text(decide({gate(longer)}, {}, kMondayNoon).valid),
            text(between("2026-03-30T08:00Z", "2026-03-30T19:00Z")));
}

TEST(Ladder, shuts_an_opening_by_itself_when_its_time_is_over) {
  Policy once = office();
  once.openings = {opening("talk", "2026-03-30T19:00Z", "2026-03-30T21:00Z")};
  const Gate compiled = gate(once);
  EXPECT_EQ(decide({compiled}, {}, at("2026-03-30T21:00Z") - milliseconds{1}).outcome,
            Outcome::release_now);
  EXPECT_EQ(summary(decide({compiled}, {}, at("2026-03-30T21:00Z"))),
            "hold outside_windows weekly");
  EXPECT_EQ(text(decide({compiled}, {}, at("2026-03-30T18:00Z")).promise),
            "2026-03-30T19:00:00.000Z");
}

TEST(Ladder, opens_for_the_relationship_lane_and_direction_of_the_opening_only) {
  Policy one = office();
  Opening for_one = opening("talk", "2026-03-30T19:00Z", "2026-03-30T21:00Z");
  for_one.relationship_id = id_of(1);
  for_one.lane = Lane::logistics;
  for_one.direction = Direction::to_client;
  one.openings = {for_one};
  Facts facts = reply();
  facts.lane = Lane::logistics;
  facts.relationship_id = id_of(1);
  const auto opens = [&](const Facts& asked) {
    return decide({gate(one)}, asked, kMondayNight).outcome == Outcome::release_now;
  };
  EXPECT_TRUE(opens(facts));
  Facts other = facts;
  other.relationship_id = id_of(2);
  EXPECT_FALSE(opens(other));
  other.relationship_id.reset();
  EXPECT_FALSE(opens(other));
  other = facts;
  other.lane = Lane::routine;
  EXPECT_FALSE(opens(other));
  other = facts;
  other.direction = Direction::to_therapist;
  EXPECT_FALSE(opens(other));
}

TEST(Ladder, keeps_a_promise_for_the_messages_to_which_it_was_made) {
  Policy kept = office();
  Opening promised = opening("kept-1", "2026-03-30T19:00Z", "2026-03-30T21:00Z");
  promised.accepted_through_version = 6;
  promised.reason = OpeningReason::kept_promise;
  kept.openings = {promised};
  const auto opens = [&](Moment moment, std::optional<std::uint64_t> version) {
    Facts facts;
    facts.moment = moment;
    facts.accepted_version = version;
    return decide({gate(kept)}, facts, kMondayNight).outcome == Outcome::release_now;
  };
  EXPECT_TRUE(opens(Moment::release, 5));
  EXPECT_TRUE(opens(Moment::release, 6));
  EXPECT_FALSE(opens(Moment::release, 7));
  EXPECT_FALSE(opens(Moment::release, std::nullopt));
  EXPECT_FALSE(opens(Moment::accept, 6)) << "a new message was promised nothing";
}

TEST(Ladder, holds_in_a_pause_even_against_an_opening) {
  Policy talk = office();
  talk.openings = {opening("talk", "2026-03-30T11:00Z", "2026-03-30T13:00Z")};
  Facts facts;
  facts.pauses.routine = between("2026-03-30T10:00Z", "2026-03-31T10:00Z");
  const Verdict verdict = decide({gate(talk)}, facts, kMondayNoon);
  EXPECT_EQ(summary(verdict), "hold lane_paused lane_pause > opening:talk > weekly:windows[0]");
  EXPECT_EQ(text(verdict.promise), "2026-03-31T10:00:00.000Z");
  EXPECT_EQ(text(verdict.valid), text(between("2026-03-30T10:00Z", "2026-03-31T10:00Z")));
}

TEST(Ladder, releases_after_a_pause_at_the_next_opening_and_not_at_its_end) {
  Facts facts = waiting();
  facts.pauses.routine = between("2026-03-30T10:00Z", "2026-03-30T18:00Z");
  EXPECT_EQ(text(decide({gate(office())}, facts, kMondayNoon).promise), "2026-03-31T08:00:00.000Z");
  EXPECT_EQ(text(decide({gate(office())}, facts, at("2026-03-30T09:00Z")).valid),
            text(between("2026-03-30T08:00Z", "2026-03-30T10:00Z")));
}

TEST(Ladder, does_not_release_between_a_closed_night_and_a_pause_that_begins_at_its_end) {
  Facts facts = waiting();
  facts.pauses.routine = between("2026-03-31T08:00Z", "2026-03-31T12:00Z");
  const Verdict verdict = decide({gate(office())}, facts, kMondayNight);
  EXPECT_EQ(text(verdict.promise), "2026-03-31T12:00:00.000Z");
  EXPECT_EQ(text(verdict.valid), text(between("2026-03-30T16:00Z", "2026-03-31T12:00Z")));
}

TEST(Ladder, pauses_the_named_lane_in_both_directions_and_no_other) {
  Facts facts;
  facts.pauses.logistics = between("2026-03-30T10:00Z", "2026-03-31T10:00Z");
  const auto reason = [&](Lane lane, Direction direction) {
    facts.lane = lane;
    facts.direction = direction;
    return std::string(name(decide({gate(office())}, facts, kMondayNoon).reason));
  };
  EXPECT_EQ(reason(Lane::logistics, Direction::to_therapist), "lane_paused");
  EXPECT_EQ(reason(Lane::logistics, Direction::to_client), "lane_paused");
  EXPECT_EQ(reason(Lane::routine, Direction::to_therapist), "inside_window");
  EXPECT_EQ(reason(Lane::urgent, Direction::to_therapist), "urgent_unavailable");
}

TEST(ClientHours, hold_what_reaches_the_client_and_not_what_the_client_sends) {
  const Gate therapist = gate(office());
  const Gate client = gate(client_hours({"mon 18:00-20:00", "tue 16:00-20:00"}));
  const Verdict verdict = decide({therapist, &client}, reply(), kMondayNoon);
  EXPECT_EQ(summary(verdict), "hold outside_client_hours client_hours > weekly:windows[5]");
  EXPECT_EQ(text(verdict.promise), "2026-03-31T15:00:00.000Z") << "Monday evening has no office";
  EXPECT_EQ(verdict.policy_version, 7U) << "the therapist's";
  EXPECT_EQ(summary(decide({therapist, &client}, {}, kMondayNoon)),
            "release_now inside_window weekly:windows[0]");
}

TEST(ClientHours, and_the_office_are_open_together_for_what_they_have_in_common) {
  const Gate therapist = gate(office());
  const Gate client = gate(client_hours({"tue 16:00-20:00"}));
  const Verdict verdict = decide({therapist, &client}, reply(), at("2026-03-31T15:30Z"));
  EXPECT_EQ(summary(verdict), "release_now inside_window weekly:windows[8]");
  EXPECT_EQ(text(verdict.valid), text(between("2026-03-31T15:00Z", "2026-03-31T16:00Z")));
  EXPECT_EQ(text(next_change({therapist, &client}, reply(), kMondayNoon)),
            "2026-03-31T15:00:00.000Z");
}

TEST(ClientHours, are_not_opened_by_an_override_of_the_therapist) {
  Policy talk = office();
  talk.openings = {opening("talk", "2026-03-30T19:00Z", "2026-03-31T19:00Z")};
  talk.openings[0].direction = Direction::to_client;
  const Gate therapist = gate(talk);
  const Gate client = gate(client_hours({"tue 06:00-07:00"}));
  const Verdict verdict = decide({therapist, &client}, reply(), kMondayNight);
  EXPECT_EQ(summary(verdict), "hold outside_client_hours client_hours > opening:talk > weekly");
  EXPECT_EQ(text(verdict.promise), "2026-03-31T05:00:00.000Z");
}

TEST(ClientHours, that_never_meet_the_office_hold_without_a_promise) {
  const Gate therapist = gate(office());
  const Gate client = gate(client_hours({"sat 10:00-12:00"}));
  const Verdict verdict = decide({therapist, &client}, reply(Moment::release), kMondayNoon);
  EXPECT_EQ(verdict.reason, Reason::no_opening_in_horizon);
  EXPECT_EQ(decide({therapist, &client}, reply(), kMondayNoon).reason, Reason::closed_too_long);
  EXPECT_FALSE(next_change({therapist, &client}, reply(), kMondayNoon).has_value());
}

TEST(ClientHours, know_exceptions_and_travel_of_the_client) {
  Policy own = client_hours({"mon 08:00-20:00"});
  own.exceptions = {exception("visit", closed, "2026-03-30", "2026-03-31")};
  own.openings = {opening("just-now", "2026-03-30T12:00Z", "2026-03-30T12:30Z")};
  own.openings[0].direction = Direction::to_client;
  const Gate therapist = gate(office());
  const Gate client = gate(own);
  EXPECT_EQ(decide({therapist, &client}, reply(), at("2026-03-30T11:00Z")).reason,
            Reason::outside_client_hours);
  EXPECT_EQ(decide({therapist, &client}, reply(), kMondayNoon).outcome, Outcome::release_now);
}

TEST(RelationshipRules, replace_the_week_of_one_relationship_for_the_lanes_they_name) {
  Policy rules = office();
  rules.relationship_rules = {{id_of(1), {window("mon 18:00-21:00")}}};
  const Gate compiled = gate(rules);
  Facts mine;
  mine.relationship_id = id_of(1);
  EXPECT_EQ(summary(decide({compiled}, mine, kMondayNight - std::chrono::hours{1})),
            "release_now inside_window weekly:relationship_windows[0]");
  EXPECT_EQ(decide({compiled}, mine, kMondayNoon).outcome, Outcome::hold);
  mine.lane = Lane::logistics;
  EXPECT_EQ(summary(decide({compiled}, mine, kMondayNoon)),
            "release_now inside_window weekly:windows[6]")
      << "no window of its own in this lane";
  Facts other;
  other.relationship_id = id_of(2);
  EXPECT_EQ(summary(decide({compiled}, other, kMondayNoon)),
            "release_now inside_window weekly:windows[0]");
}

TEST(RelationshipRules, stand_below_exceptions_like_any_week) {
  Policy rules = office();
  rules.relationship_rules = {{id_of(1), {window("mon 18:00-21:00")}}};
  rules.exceptions = {exception("away", closed, "2026-03-30", "2026-03-31")};
  Facts mine = waiting();
  mine.relationship_id = id_of(1);
  EXPECT_EQ(said(rules, mine, at("2026-03-30T18:00Z")),
            "hold closed_exception closed_exception:away > weekly:relationship_windows[0]");
}

TEST(Ending, refuses_new_messages_from_its_date_on_and_releases_what_was_accepted) {
  const Gate compiled = gate(office());
  Facts facts;
  facts.lane = Lane::logistics;
  facts.state = RelationshipState::ending;
  facts.ends_at = at("2026-03-31T12:00Z");
  const Verdict before = decide({compiled}, facts, at("2026-03-31T11:00Z"));
  EXPECT_EQ(before.outcome, Outcome::release_now);
  EXPECT_EQ(text(before.valid), text(between("2026-03-31T08:00Z", "2026-03-31T12:00Z")));
  EXPECT_EQ(next_change({compiled}, facts, at("2026-03-31T11:00Z")), facts.ends_at);
  const Verdict after = decide({compiled}, facts, *facts.ends_at);
  EXPECT_EQ(summary(after),
            "refuse relationship_ended relationship_state:ended > weekly:windows[9]");
  EXPECT_EQ(after.valid.from, *facts.ends_at);
  EXPECT_FALSE(next_change({compiled}, facts, *facts.ends_at).has_value());
  facts.moment = Moment::release;
  EXPECT_EQ(decide({compiled}, facts, *facts.ends_at).outcome, Outcome::release_now);
}

TEST(Ending, refuses_a_lane_that_it_refused_before_without_a_change) {
  const Gate compiled = gate(office());
  Facts facts;
  facts.state = RelationshipState::ending;
  facts.ends_at = at("2026-03-31T12:00Z");
  const Verdict before = decide({compiled}, facts, kMondayNoon);
  EXPECT_EQ(before.reason, Reason::relationship_ending);
  EXPECT_EQ(before.valid.until, *facts.ends_at);
  EXPECT_FALSE(next_change({compiled}, facts, kMondayNoon).has_value());
  EXPECT_EQ(decide({compiled}, facts, *facts.ends_at).reason, Reason::relationship_ended);
}

TEST(Ladder, names_every_rung_that_applies_in_its_order) {
  Policy all = office();
  all.travels = {{at("2026-03-29T00:00Z"), at("2026-04-01T00:00Z"), "Europe/Berlin"}};
  all.closures = {closure("flood", "2026-03-30T10:00Z", "2026-03-30T13:00Z")};
  all.openings = {opening("talk", "2026-03-30T11:00Z", "2026-03-30T13:00Z")};
  all.openings[0].direction = Direction::to_client;
  all.exceptions = {
      exception("easter", closed, "2026-03-30", "2026-03-31"),
      exception("ill", closed, "2026-03-30", "2026-03-31"),
      on_hours(exception("clinic", open, "2026-03-30", "2026-03-31", "easter"), "13:00", "15:00")};
  const Gate therapist = gate(all);
  const Gate client = gate(client_hours({"mon 18:00-20:00", "tue 12:00-20:00"}));
  Facts facts = reply();
  facts.pauses.routine = between("2026-03-30T10:00Z", "2026-03-30T13:00Z");
  const std::string below =
      "closed_exception:ill > open_exception:clinic > closed_exception:easter > "
      "travel_zone:travels[0] > weekly:windows[5]";
  const auto now_says = [&](const Gate& first, const Gate* own) {
    facts.moment = Moment::release;
    return summary(decide({first, own}, facts, kMondayNoon));
  };
  EXPECT_EQ(now_says(therapist, &client),
            "hold emergency_closure emergency_closure:flood > "
            "opening:talk > lane_pause > client_hours > " +
                below);
  all.closures.clear();
  const Gate unclosed = gate(all);
  EXPECT_EQ(now_says(unclosed, &client),
            "hold lane_paused lane_pause > opening:talk > client_hours > " + below);
  facts.pauses = {};
  EXPECT_EQ(now_says(unclosed, &client),
            "hold outside_client_hours client_hours > opening:talk > " + below);
  EXPECT_EQ(now_says(unclosed, nullptr), "release_now inside_opening opening:talk > " + below);
  all.openings.clear();
  EXPECT_EQ(now_says(gate(all), nullptr), "hold closed_exception " + below);
}

}  // namespace
}  // namespace holdspace::boundary
