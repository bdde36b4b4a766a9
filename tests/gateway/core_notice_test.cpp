// Notices without sockets, clock or store: what is pushed when, and when a gate opened for a
// message that was held.
#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "gateway/notice_fsm.hpp"
#include "gateway/opening_search.hpp"

namespace holdspace::gateway {
namespace {

using namespace std::chrono_literals;
using boundary::Instant;
using Kind = NoticeAction::Kind;

Instant at(std::chrono::milliseconds since) {
  return Instant(since);
}

std::vector<std::uint64_t> ids(std::uint64_t first, std::size_t count) {
  std::vector<std::uint64_t> out(count);
  std::iota(out.begin(), out.end(), first);
  return out;
}

// Past its first two actions, with nothing there.
NoticeFsm idle() {
  NoticeFsm fsm;
  EXPECT_EQ(fsm.next(at(0s)).kind, Kind::settle);
  fsm.settled({});
  EXPECT_EQ(fsm.next(at(0s)).kind, Kind::fetch);
  fsm.pushed({}, kNoticesUnderWay);
  EXPECT_EQ(fsm.next(at(0s)).kind, Kind::sleep);
  return fsm;
}

TEST(NoticeFsm, settles_what_was_held_before_the_login_and_then_fetches) {
  auto fsm = idle();
  EXPECT_FALSE(fsm.next(at(0s)).wake);
}

TEST(NoticeFsm, keeps_the_window_until_acks_make_room) {
  NoticeFsm fsm;
  (void)fsm.next(at(0s));
  fsm.settled({});
  const auto first = fsm.next(at(0s));
  EXPECT_EQ(first.after, 0U);
  EXPECT_EQ(first.count, kNoticesUnderWay);
  fsm.pushed(ids(5, kNoticesUnderWay), first.count);
  EXPECT_EQ(fsm.next(at(0s)).kind, Kind::sleep);
  fsm.look_again();
  EXPECT_EQ(fsm.next(at(0s)).kind, Kind::sleep);
  fsm.acknowledged(14);
  const auto second = fsm.next(at(0s));
  EXPECT_EQ(second.kind, Kind::fetch);
  EXPECT_EQ(second.after, 68U);
  EXPECT_EQ(second.count, 10U);
}

TEST(NoticeFsm, knows_what_an_ack_is_worth) {
  NoticeFsm fsm;
  (void)fsm.next(at(0s));
  fsm.settled({});
  (void)fsm.next(at(0s));
  fsm.pushed(ids(7, 3), kNoticesUnderWay);
  using Ack = NoticeFsm::AckState;
  EXPECT_EQ(fsm.ack_state(0), Ack::never);
  EXPECT_EQ(fsm.ack_state(10), Ack::never);
  EXPECT_EQ(fsm.ack_state(6), Ack::done);
  EXPECT_EQ(fsm.ack_state(8), Ack::awaited);
  fsm.acknowledged(8);
  EXPECT_EQ(fsm.ack_state(8), Ack::done);
  EXPECT_EQ(fsm.ack_state(9), Ack::awaited);
}

TEST(NoticeFsm, wakes_at_the_first_promise_and_looks_for_its_opening) {
  auto fsm = idle();
  fsm.held_until(at(90s));
  fsm.held_until(at(60s));
  fsm.held_until(at(70s));
  EXPECT_EQ(fsm.next(at(0s)).wake, at(60s));
  EXPECT_EQ(fsm.next(at(59s)).kind, Kind::sleep);
  EXPECT_EQ(fsm.next(at(60s)).kind, Kind::settle);
  fsm.settled({true, at(70s)});
  EXPECT_EQ(fsm.next(at(61s)).wake, at(70s));
}

TEST(NoticeFsm, looks_for_openings_after_a_hint_only_while_something_is_held) {
  auto fsm = idle();
  fsm.look_again();
  EXPECT_EQ(fsm.next(at(0s)).kind, Kind::fetch);
  fsm.pushed({}, kNoticesUnderWay);
  fsm.held_until(std::nullopt);
  fsm.look_again();
  EXPECT_EQ(fsm.next(at(0s)).kind, Kind::settle);
  fsm.settled({});
  fsm.look_again();
  EXPECT_EQ(fsm.next(at(0s)).kind, Kind::fetch);
}

TEST(NoticeFsm, loses_nothing_that_comes_while_the_store_answers) {
  auto fsm = idle();
  fsm.held_until(at(10s));
  EXPECT_EQ(fsm.next(at(10s)).kind, Kind::settle);
  fsm.held_until(at(20s));
  fsm.look_again();
  fsm.settled({});
  EXPECT_EQ(fsm.next(at(10s)).kind, Kind::settle);
  fsm.settled({true, at(20s)});
  EXPECT_EQ(fsm.next(at(10s)).kind, Kind::fetch);
  fsm.look_again();
  fsm.pushed({}, kNoticesUnderWay);
  EXPECT_EQ(fsm.next(at(10s)).kind, Kind::settle);
  fsm.held_until(std::nullopt);
  fsm.settled({});
  fsm.look_again();
  EXPECT_EQ(fsm.next(at(10s)).kind, Kind::settle);
}

TEST(NoticeFsm, asks_again_when_the_store_did_not_answer) {
  NoticeFsm fsm;
  EXPECT_EQ(fsm.next(at(0s)).kind, Kind::settle);
  fsm.settle_failed();
  EXPECT_EQ(fsm.next(at(0s)).kind, Kind::settle);
  fsm.settled({});
  EXPECT_EQ(fsm.next(at(0s)).kind, Kind::fetch);
  fsm.fetch_failed();
  EXPECT_EQ(fsm.next(at(0s)).kind, Kind::fetch);
}

TEST(NoticeFsm, tells_no_opening_while_the_clock_is_doubtful) {
  NoticeFsm fsm;
  EXPECT_EQ(fsm.next(at(0s), Releases::paused).kind, Kind::fetch);
  fsm.pushed({}, kNoticesUnderWay);
  EXPECT_EQ(fsm.next(at(0s), Releases::paused).kind, Kind::sleep);
  EXPECT_EQ(fsm.next(at(0s)).kind, Kind::settle);
}

TEST(NoticeFsm, asks_at_every_fourth_poll) {
  auto fsm = idle();
  for (unsigned i = 1; i < kNoticePollEvery; ++i) {
    fsm.polled();
    EXPECT_EQ(fsm.next(at(0s)).kind, Kind::sleep);
  }
  fsm.polled();
  EXPECT_EQ(fsm.next(at(0s)).kind, Kind::fetch);
}

using GatePtr = std::shared_ptr<const boundary::Gate>;

// Mon-Fri in London, in the direction to the therapist. 2026-03-27 is a Friday, and the clocks go
// forward on Sunday the 29th.
GatePtr weekdays(std::uint32_t start_hour = 9, std::uint32_t end_hour = 17) {
  boundary::Policy policy;
  policy.zone = "Europe/London";
  for (unsigned day = 1; day <= 5; ++day) {
    boundary::WeeklyWindow window;
    window.weekday = std::chrono::weekday(day);
    window.start_minute = 60 * start_hour;
    window.end_minute = 60 * end_hour;
    policy.windows.push_back(window);
  }
  auto gate = boundary::Gate::compile(std::move(policy));
  EXPECT_TRUE(gate.has_value());
  return std::make_shared<const boundary::Gate>(std::move(*gate));
}

GatePtr shut(std::uint64_t version = 0) {
  boundary::Policy policy;
  policy.version = version;
  policy.zone = "Etc/UTC";
  auto gate = boundary::Gate::compile(std::move(policy));
  EXPECT_TRUE(gate.has_value());
  return std::make_shared<const boundary::Gate>(std::move(*gate));
}

Instant utc(int day, int hour, int minute = 0) {  // of March 2026; day 32 is the first of April
  return Instant(std::chrono::sys_days(std::chrono::year(2026) / 3 / 1) +
                 std::chrono::days(day - 1) + std::chrono::hours(hour) +
                 std::chrono::minutes(minute));
}

boundary::Facts released() {
  boundary::Facts facts;
  facts.moment = boundary::Moment::release;
  return facts;
}

const Instant kLongAgo = utc(1, 0);
// Written on Sunday at 23:10 London time, promised for Monday 09:00, which is 08:00 UTC.
const HeldRecord kSunday{0, utc(29, 22, 10)};

using Found = OpeningFound::Kind;

OpeningFound search(const std::vector<VersionSince>& versions, const boundary::Facts& facts,
                    Instant now) {
  return search_opening(kSunday, eras_of(versions, {}), facts, now);
}

TEST(OpeningSearch, waits_for_the_promise_and_finds_it_at_its_instant) {
  const std::vector<VersionSince> one = {{kLongAgo, weekdays()}};
  EXPECT_EQ(search(one, released(), utc(30, 7, 59)), (OpeningFound{Found::waits, utc(30, 8)}));
  EXPECT_EQ(search(one, released(), utc(30, 8)), (OpeningFound{Found::opened, utc(30, 8)}));
}

TEST(OpeningSearch, names_the_opening_and_not_the_time_at_which_its_sender_came_back) {
  const std::vector<VersionSince> one = {{kLongAgo, weekdays()}};
  for (const auto now : {utc(30, 12), utc(30, 20), utc(31, 3), utc(31, 23)})
    EXPECT_EQ(search(one, released(), now).at, utc(30, 8));
}

TEST(OpeningSearch, judges_each_instant_by_the_version_that_was_in_force_then) {
  // Opened on Monday under the first; the second came two hours later.
  const std::vector<VersionSince> after = {{kLongAgo, weekdays()}, {utc(30, 10), weekdays(13, 14)}};
  EXPECT_EQ(search(after, released(), utc(31, 0)), (OpeningFound{Found::opened, utc(30, 8)}));
  // Shut before Monday's opening, promised anew, and open again since Tuesday noon.
  const std::vector<VersionSince> between = {
      {kLongAgo, weekdays()}, {utc(30, 7), shut()}, {utc(31, 11), weekdays()}};
  EXPECT_EQ(search(between, released(), utc(31, 20)), (OpeningFound{Found::opened, utc(31, 11)}));
  const std::vector<VersionSince> still = {{kLongAgo, weekdays()}, {utc(30, 7), shut()}};
  EXPECT_EQ(search(still, released(), utc(31, 20)), (OpeningFound{Found::waits, std::nullopt}));
}

TEST(OpeningSearch, never_judges_a_message_by_a_version_before_the_one_that_accepted_it) {
  // Open under the first; the second shut, and its instant was read from a clock 3 ms behind.
  const std::vector<VersionSince> versions = {{kLongAgo, weekdays()},
                                              {utc(30, 9) + std::chrono::milliseconds(3), shut(2)}};
  const auto found =
      search_opening({2, utc(30, 9)}, eras_of(versions, {}), released(), utc(30, 10));
  EXPECT_EQ(found, (OpeningFound{Found::waits, std::nullopt}));
}

TEST(OpeningSearch, finds_an_earlier_opening_of_a_newer_version_but_none_before_it_was_made) {
  const std::vector<VersionSince> early = {{kLongAgo, weekdays()}, {utc(29, 23), weekdays(6, 20)}};
  EXPECT_EQ(search(early, released(), utc(30, 6)), (OpeningFound{Found::opened, utc(30, 5)}));
  // Made in the middle of what it opens: open since it was made.
  const std::vector<VersionSince> amid = {{kLongAgo, weekdays()},
                                          {utc(30, 6, 30), weekdays(6, 20)}};
  EXPECT_EQ(search(amid, released(), utc(30, 7)), (OpeningFound{Found::opened, utc(30, 6, 30)}));
}

TEST(OpeningSearch, waits_behind_a_lane_pause_that_covers_the_opening) {
  const std::vector<VersionSince> one = {{kLongAgo, weekdays()}};
  auto facts = released();
  facts.pauses.routine = boundary::Interval{utc(30, 0), utc(31, 0)};
  EXPECT_EQ(search(one, facts, utc(30, 9)), (OpeningFound{Found::waits, utc(31, 8)}));
  EXPECT_EQ(search(one, facts, utc(31, 9)), (OpeningFound{Found::opened, utc(31, 8)}));
}

TEST(OpeningSearch, heeds_the_clients_own_hours_as_they_were) {
  boundary::Policy hours;
  hours.zone = "Etc/UTC";
  for (unsigned day = 0; day < 7; ++day) {
    boundary::WeeklyWindow window;
    window.direction = boundary::Direction::to_client;
    window.weekday = std::chrono::weekday(day);
    window.start_minute = 18 * 60;
    window.end_minute = 20 * 60;
    hours.windows.push_back(window);
  }
  auto evening = boundary::Gate::compile(std::move(hours));
  ASSERT_TRUE(evening.has_value());
  boundary::Policy always;
  always.zone = "Etc/UTC";
  always.windows = boundary::open_all_week(boundary::Lane::routine, boundary::Direction::to_client);
  auto open = boundary::Gate::compile(std::move(always));
  ASSERT_TRUE(open.has_value());
  const std::vector<VersionSince> therapist = {
      {kLongAgo, std::make_shared<const boundary::Gate>(std::move(*open))}};
  const std::vector<VersionSince> client = {
      {kLongAgo, std::make_shared<const boundary::Gate>(std::move(*evening))},
      {utc(30, 19), shut()}};
  auto facts = released();
  facts.direction = boundary::Direction::to_client;
  const auto found = search_opening(kSunday, eras_of(therapist, client), facts, utc(31, 12));
  EXPECT_EQ(found, (OpeningFound{Found::opened, utc(30, 18)}));
}

TEST(OpeningSearch, tells_of_the_opening_of_a_relationship_that_ended_and_not_of_a_severed_one) {
  const std::vector<VersionSince> one = {{kLongAgo, weekdays()}};
  auto facts = released();
  facts.state = boundary::RelationshipState::ended;
  EXPECT_EQ(search(one, facts, utc(30, 8)).kind, Found::opened);
  facts.state = boundary::RelationshipState::severed;
  EXPECT_EQ(search(one, facts, utc(30, 8)).kind, Found::never);
}

TEST(OpeningSearch, begins_a_row_of_eras_with_the_therapists_first_version) {
  const auto gate = weekdays();
  const auto hours = shut();
  const std::vector<VersionSince> therapist = {{utc(10, 0), gate}, {utc(20, 0), gate}};
  const std::vector<VersionSince> client = {{utc(5, 0), hours}, {utc(15, 0), nullptr}};
  const auto eras = eras_of(therapist, client);
  ASSERT_EQ(eras.size(), 3U);
  EXPECT_EQ(eras[0].from, utc(10, 0));
  EXPECT_EQ(eras[0].client, hours);
  EXPECT_EQ(eras[1].from, utc(15, 0));
  EXPECT_EQ(eras[1].client, nullptr);
  EXPECT_EQ(eras[2].from, utc(20, 0));
  EXPECT_EQ(eras[2].therapist, gate);
}

}  // namespace
}  // namespace holdspace::gateway
