#include <gtest/gtest.h>

#include "boundary/change.hpp"
#include "tests/boundary/policy_text.hpp"

namespace holdspace::boundary {
namespace {

using testing::at;
using testing::gate;
using testing::london_office;
using testing::window;

constexpr RelationshipId kFirst{1};
constexpr RelationshipId kSecond{2};

// Sunday night in London, summer time: the office opens on Monday 2026-03-30 at 08:00Z.
const Instant kSunday = at("2026-03-29T22:10Z");

Waiting routine_of(const RelationshipId& id, std::uint64_t version = 7) {
  Waiting waiting;
  waiting.facts.moment = Moment::release;
  waiting.facts.relationship_id = id;
  waiting.facts.accepted_version = version;
  return waiting;
}

Policy next(Policy policy) {
  ++policy.version;
  return policy;
}

Policy without_mondays() {
  Policy made = next(london_office());
  made.windows.erase(made.windows.begin());
  return made;
}

Closure closure(std::string id, Instant from, std::optional<Instant> until) {
  return {std::move(id), from, until, std::nullopt};
}

std::vector<std::string> texts(const std::vector<Opening>& openings) {
  std::vector<std::string> lines;
  for (const Opening& opening : openings) {
    lines.push_back(opening.id + ' ' + testing::text({opening.from, opening.until}) + " through " +
                    std::to_string(opening.accepted_through_version) +
                    (opening.relationship_id ? " for one" : " for all"));
  }
  return lines;
}

using Lines = std::vector<std::string>;

const std::string kMonday =
    "kept-7-1 2026-03-30T08:00:00.000Z/2026-03-30T16:00:00.000Z through 7 for all";

TEST(KeptOpenings, keep_the_opening_that_was_promised_when_hours_get_fewer) {
  const std::vector<Waiting> waiting{routine_of(kFirst)};
  const Gate before = gate(london_office());
  EXPECT_EQ(texts(kept_openings(before, gate(without_mondays()), kSunday, waiting)),
            Lines{kMonday});
}

TEST(KeptOpenings, are_not_needed_when_the_message_passes_earlier_or_at_the_same_time) {
  const std::vector<Waiting> waiting{routine_of(kFirst)};
  Policy earlier = next(london_office());
  earlier.windows[0] = window("mon 07:00-08:00");
  EXPECT_EQ(texts(kept_openings(gate(london_office()), gate(earlier), kSunday, waiting)), Lines{});
  Policy same = next(london_office());
  same.windows[0] = window("mon 09:00-09:01");
  EXPECT_EQ(texts(kept_openings(gate(london_office()), gate(same), kSunday, waiting)), Lines{});
}

TEST(KeptOpenings, are_not_made_for_what_may_pass_already_or_was_promised_nothing) {
  const std::vector<Waiting> waiting{routine_of(kFirst)};
  const Gate before = gate(london_office());
  const Gate after = gate(without_mondays());
  EXPECT_EQ(texts(kept_openings(before, after, at("2026-03-30T09:00Z"), waiting)), Lines{});
  const Gate shut = gate(testing::policy("Europe/London", {}));
  EXPECT_EQ(texts(kept_openings(shut, after, kSunday, waiting)), Lines{});
}

TEST(KeptOpenings, are_not_made_by_a_policy_that_was_never_stored) {
  Policy draft = london_office();
  draft.version = 0;
  EXPECT_EQ(texts(kept_openings(gate(draft), gate(without_mondays()), kSunday,
                                anything_that_may_wait(gate(draft), gate(draft)))),
            Lines{});
}

TEST(KeptOpenings, are_kept_again_by_every_later_version_until_they_are_over) {
  const std::vector<Waiting> waiting{routine_of(kFirst)};
  const Gate first = gate(london_office());
  const auto second = next_version(&first, without_mondays(), kSunday, waiting);
  ASSERT_TRUE(second.has_value());
  Policy no_hours = next(without_mondays());
  no_hours.windows.clear();
  const auto third = next_version(&*second, no_hours, kSunday + std::chrono::hours{1}, waiting);
  ASSERT_TRUE(third.has_value());
  EXPECT_EQ(texts(third->policy().openings), Lines{kMonday});
  const auto late =
      next_version(&*third, next(no_hours), at("2026-03-30T16:00Z"), std::vector<Waiting>{});
  ASSERT_TRUE(late.has_value());
  EXPECT_EQ(texts(late->policy().openings), Lines{});
}

TEST(KeptOpenings, are_separate_for_messages_of_earlier_versions_with_an_earlier_promise) {
  Policy before = london_office();
  before.openings = {{.id = "now-and-then",
                      .lane = Lane::routine,
                      .from = at("2026-03-30T06:00Z"),
                      .until = at("2026-03-30T06:30Z"),
                      .accepted_through_version = 4,
                      .reason = OpeningReason::leaving}};
  Policy after = next(before);
  after.windows.clear();
  after.openings.clear();
  const std::vector<Waiting> waiting{routine_of(kFirst, 4), routine_of(kSecond, 5)};
  EXPECT_EQ(
      texts(kept_openings(gate(before), gate(after), kSunday, waiting)),
      (Lines{"kept-7-1 2026-03-30T08:00:00.000Z/2026-03-30T16:00:00.000Z through 5 for all",
             "kept-7-2 2026-03-30T06:00:00.000Z/2026-03-30T06:30:00.000Z through 4 for all"}));
}

// One client has Tuesdays of its own. Its message must not slip through on Monday.
TEST(KeptOpenings, are_for_one_relationship_where_another_waits_for_hours_of_its_own) {
  Policy before = london_office();
  before.relationship_rules = {{kSecond, {window("tue 18:00-19:00")}}};
  Policy after = next(before);
  after.windows = {window("fri 09:00-17:00")};
  after.relationship_rules.clear();
  const std::vector<Waiting> both{routine_of(kFirst), routine_of(kSecond)};
  EXPECT_EQ(
      texts(kept_openings(gate(before), gate(after), kSunday, both)),
      (Lines{"kept-7-1 2026-03-30T08:00:00.000Z/2026-03-30T16:00:00.000Z through 7 for one",
             "kept-7-2 2026-03-31T17:00:00.000Z/2026-03-31T18:00:00.000Z through 7 for one"}));
  const std::vector<Waiting> one{routine_of(kFirst)};
  EXPECT_EQ(texts(kept_openings(gate(before), gate(after), kSunday, one)), Lines{kMonday});
}

TEST(KeptOpenings, come_from_rules_of_a_relationship_that_are_added) {
  Policy after = next(london_office());
  after.relationship_rules = {{kSecond, {window("fri 12:00-13:00")}}};
  const std::vector<Waiting> waiting{routine_of(kFirst), routine_of(kSecond)};
  EXPECT_EQ(texts(kept_openings(gate(london_office()), gate(after), kSunday, waiting)),
            Lines{kMonday});
}

// Home New York 09:00-12:00; Honolulu from Monday on. The promise is that of New York.
TEST(KeptOpenings, keep_the_promise_when_a_journey_moves_the_hours_later) {
  const Policy before = testing::policy("America/New_York", {"mon 09:00-12:00", "tue 09:00-12:00"});
  Policy after = next(before);
  after.travels = {{at("2026-05-04T00:00Z"), at("2026-05-09T00:00Z"), "Pacific/Honolulu"}};
  const std::vector<Waiting> waiting{routine_of(kFirst)};
  EXPECT_EQ(texts(kept_openings(gate(before), gate(after), at("2026-05-03T20:00Z"), waiting)),
            Lines{"kept-7-1 2026-05-04T13:00:00.000Z/2026-05-04T16:00:00.000Z through 7 for all"});
  Policy east = next(before);
  east.travels = {{at("2026-05-04T00:00Z"), at("2026-05-09T00:00Z"), "Europe/Berlin"}};
  EXPECT_EQ(texts(kept_openings(gate(before), gate(east), at("2026-05-03T20:00Z"), waiting)),
            Lines{});
}

TEST(KeptOpenings, keep_the_promise_of_a_journey_that_is_called_off) {
  Policy before = testing::policy("America/New_York", {"mon 09:00-12:00", "tue 09:00-12:00"});
  before.travels = {{at("2026-05-04T00:00Z"), at("2026-05-09T00:00Z"), "Europe/Berlin"}};
  Policy after = next(before);
  after.travels.clear();
  const std::vector<Waiting> waiting{routine_of(kFirst)};
  EXPECT_EQ(texts(kept_openings(gate(before), gate(after), at("2026-05-03T20:00Z"), waiting)),
            Lines{"kept-7-1 2026-05-04T07:00:00.000Z/2026-05-04T10:00:00.000Z through 7 for all"});
}

TEST(KeptOpenings, see_the_clients_own_hours_behind_the_therapists) {
  Policy before = london_office();
  for (WeeklyWindow& one : before.windows) {
    one.direction = Direction::to_client;
  }
  Policy after = next(before);
  after.windows[0].end_minute = 12 * 60;
  const Gate evening = [] {
    Policy hours = testing::policy("Europe/London", {"mon 15:00-20:00", "tue 15:00-20:00"});
    hours.windows[0].direction = hours.windows[1].direction = Direction::to_client;
    return gate(hours);
  }();
  Waiting waiting = routine_of(kFirst);
  waiting.facts.direction = Direction::to_client;
  waiting.client = &evening;
  // Monday 10:00 in London: the therapist's gate is open, the client's opens at 15:00.
  EXPECT_EQ(texts(kept_openings(gate(before), gate(after), at("2026-03-30T09:00Z"),
                                std::vector<Waiting>{waiting})),
            Lines{"kept-7-1 2026-03-30T14:00:00.000Z/2026-03-30T16:00:00.000Z through 7 for all"});
}

TEST(KeptOpenings, last_fourteen_days_at_most) {
  Policy before = testing::policy("Etc/UTC", {});
  before.windows = open_all_week(Lane::routine, Direction::to_therapist);
  before.exceptions = {
      testing::exception("away", ExceptionKind::closed, "2026-06-01", "2026-06-03")};
  Policy after = next(before);
  after.windows.clear();
  EXPECT_EQ(texts(kept_openings(gate(before), gate(after), at("2026-06-01T12:00Z"),
                                std::vector<Waiting>{routine_of(kFirst)})),
            Lines{"kept-7-1 2026-06-03T00:00:00.000Z/2026-06-17T00:00:00.000Z through 7 for all"});
}

TEST(KeptOpenings, give_way_to_an_emergency_closure_which_renews_the_promise_instead) {
  Policy after = next(london_office());
  after.closures = {closure("ill", kSunday, at("2026-03-30T20:00Z"))};
  const std::vector<Waiting> waiting{routine_of(kFirst)};
  const Gate before = gate(london_office());
  EXPECT_EQ(texts(kept_openings(before, gate(after), kSunday, waiting)), Lines{});
  const auto renewals = promise_renewals(before, gate(after), kSunday, waiting);
  ASSERT_EQ(renewals.size(), 1U);
  EXPECT_EQ(renewals[0].move, (PromiseMove{at("2026-03-30T08:00Z"), at("2026-03-31T08:00Z")}));
}

TEST(KeptOpenings, stay_when_the_closure_begins_after_the_promise) {
  Policy after = without_mondays();
  after.closures = {closure("later", at("2026-03-30T08:30Z"), at("2026-03-30T20:00Z"))};
  EXPECT_EQ(texts(kept_openings(gate(london_office()), gate(after), kSunday,
                                std::vector<Waiting>{routine_of(kFirst)})),
            Lines{kMonday});
}

TEST(NextVersion, takes_no_kept_promise_from_the_proposal_and_drops_what_is_over) {
  Policy proposed = without_mondays();
  proposed.closures = {closure("over", at("2026-01-01T00:00Z"), kSunday),
                       closure("standing", at("2026-12-01T00:00Z"), std::nullopt)};
  proposed.openings = {{.id = "forged",
                        .from = at("2026-03-29T23:00Z"),
                        .until = at("2026-03-30T04:00Z"),
                        .accepted_through_version = 7,
                        .reason = OpeningReason::kept_promise},
                       {.id = "over",
                        .from = at("2026-03-29T20:00Z"),
                        .until = kSunday,
                        .reason = OpeningReason::send_now},
                       {.id = "kept-7-1",
                        .from = at("2026-04-01T20:00Z"),
                        .until = at("2026-04-01T21:00Z"),
                        .reason = OpeningReason::session_moved}};
  const Gate before = gate(london_office());
  const auto stored =
      next_version(&before, proposed, kSunday, std::vector<Waiting>{routine_of(kFirst)});
  ASSERT_TRUE(stored.has_value());
  ASSERT_EQ(stored->policy().closures.size(), 1U);
  EXPECT_EQ(stored->policy().closures[0].id, "standing");
  EXPECT_EQ(
      texts(stored->policy().openings),
      (Lines{"kept-7-1 2026-04-01T20:00:00.000Z/2026-04-01T21:00:00.000Z through 0 for all",
             "kept-7-2 2026-03-30T08:00:00.000Z/2026-03-30T16:00:00.000Z through 7 for all"}));
}

TEST(NextVersion, names_what_is_wrong_with_the_proposal) {
  Policy proposed = without_mondays();
  proposed.zone = "Mars/Olympus";
  const Gate before = gate(london_office());
  const auto stored = next_version(&before, proposed, kSunday, {});
  ASSERT_TRUE(stored.has_error());
  EXPECT_EQ(stored.error().rule, PolicyRule::zone_unknown);
}

TEST(NextVersion, keeps_as_many_promises_as_fit_and_leaves_the_others_to_be_renewed) {
  Policy before = london_office();
  before.windows.clear();
  std::vector<Waiting> waiting;
  for (std::uint8_t i = 0; i < 3; ++i) {
    const RelationshipId id{static_cast<std::uint8_t>(10 + i)};
    WeeklyWindow own = window("mon 09:00-10:00");
    own.start_minute += i;
    before.relationship_rules.push_back({id, {own}});
    waiting.push_back(routine_of(id));
  }
  Policy proposed = next(before);
  proposed.relationship_rules.clear();
  for (std::size_t i = 0; i + 2 < kOpeningsInPolicyMax; ++i) {
    proposed.openings.push_back({.id = "o" + std::to_string(i),
                                 .lane = Lane::logistics,
                                 .from = at("2026-04-02T00:00Z"),
                                 .until = at("2026-04-03T00:00Z")});
  }
  const Gate old = gate(before);
  const auto stored = next_version(&old, proposed, kSunday, waiting);
  ASSERT_TRUE(stored.has_value());
  EXPECT_EQ(stored->policy().openings.size(), kOpeningsInPolicyMax);
  EXPECT_EQ(promise_renewals(old, *stored, kSunday, waiting),
            (std::vector<Renewal>{{2, {at("2026-03-30T08:02Z"), std::nullopt}}}));
}

TEST(PromiseMove, follows_a_pause_and_the_clients_hours_and_a_severed_relationship) {
  const Gate office = gate(london_office());
  const Standing before{{office}, routine_of(kFirst).facts};
  Standing paused = before;
  paused.facts.pauses.routine = testing::between("2026-03-30T00:00Z", "2026-03-30T12:00Z");
  EXPECT_EQ(promise_move(before, paused, kSunday),
            (PromiseMove{at("2026-03-30T08:00Z"), at("2026-03-30T12:00Z")}));
  EXPECT_TRUE(promise_move(before, paused, kSunday).breaks());
  EXPECT_FALSE(promise_move(paused, before, kSunday).breaks());
  Standing severed = before;
  severed.facts.state = RelationshipState::severed;
  EXPECT_EQ(promise_move(before, severed, kSunday),
            (PromiseMove{at("2026-03-30T08:00Z"), std::nullopt}));
}

TEST(TreatedDifferently, lists_the_messages_with_another_outcome_or_promise) {
  const std::vector<PastMessage> messages{
      {{}, at("2026-03-30T09:00Z")}, {{}, at("2026-03-31T09:00Z")}, {{}, kSunday}};
  const Gate before = gate(london_office());
  const Gate after = gate(without_mondays());
  const auto found = treated_differently({before}, {after}, messages);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].message, 0U);
  EXPECT_EQ(found[0].after.outcome, Outcome::hold);
  EXPECT_EQ(found[1].message, 2U);
  EXPECT_EQ(found[1].after.promise, at("2026-03-31T08:00Z"));
}

}  // namespace
}  // namespace holdspace::boundary
