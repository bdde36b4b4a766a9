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

// Mon-Fri 09:00-17:00 in London, in the direction to the therapist. 2026-03-27 is a Friday, and the
// clocks go forward on Sunday the 29th.
boundary::Gate weekdays(int start_hour = 9, int end_hour = 17) {
  boundary::Policy policy;
  policy.zone = "Europe/London";
  for (int day = 0; day < 5; ++day) {
    boundary::WeeklyWindow window;
    window.lane = boundary::Lane::routine;
    window.direction = boundary::Direction::to_therapist;
    window.weekday = std::chrono::weekday(static_cast<unsigned>(day + 1));
    window.start_minute = static_cast<std::uint32_t>(60 * start_hour);
    window.end_minute = static_cast<std::uint32_t>(60 * end_hour);
    policy.windows.push_back(window);
  }
  auto gate = boundary::Gate::compile(std::move(policy));
  EXPECT_TRUE(gate.has_value());
  return std::move(*gate);
}

Instant utc(int day, int hour, int minute = 0) {  // of March 2026
  return Instant(std::chrono::sys_days(std::chrono::year(2026) / 3 / day) +
                 std::chrono::hours(hour) + std::chrono::minutes(minute));
}

boundary::Facts released() {
  boundary::Facts facts;
  facts.moment = boundary::Moment::release;
  return facts;
}

const Instant kLongAgo = utc(1, 0);
// Written on Sunday at 23:10 London time, promised for Monday 09:00.
const HeldRecord kSunday{1, utc(30, 8), utc(29, 22, 10)};

using Found = OpeningFound::Kind;

TEST(OpeningSearch, waits_for_the_promise_and_finds_it_at_its_instant) {
  const auto gate = weekdays();
  const auto before = search_opening(kSunday, {gate}, released(), kLongAgo, utc(30, 7, 59));
  EXPECT_EQ(before, (OpeningFound{Found::waits, utc(30, 8)}));
  const auto after = search_opening(kSunday, {gate}, released(), kLongAgo, utc(30, 8));
  EXPECT_EQ(after, (OpeningFound{Found::opened, utc(30, 8)}));
}

TEST(OpeningSearch, names_the_opening_and_not_the_time_at_which_its_sender_came_back) {
  const auto gate = weekdays();
  for (const auto now : {utc(30, 12), utc(30, 20), utc(31, 3), utc(31, 23)})
    EXPECT_EQ(search_opening(kSunday, {gate}, released(), kLongAgo, now).at, utc(30, 8));
}

TEST(OpeningSearch, keeps_a_promise_that_was_due_under_an_earlier_policy) {
  const auto later = weekdays(13, 14);
  const auto found = search_opening(kSunday, {later}, released(), utc(30, 10), utc(31, 0));
  EXPECT_EQ(found, (OpeningFound{Found::opened, utc(30, 8)}));
}

TEST(OpeningSearch, finds_an_earlier_opening_of_a_newer_policy_but_none_before_it_was_made) {
  const auto early = weekdays(6, 20);
  const auto found = search_opening(kSunday, {early}, released(), utc(29, 23), utc(30, 6));
  EXPECT_EQ(found, (OpeningFound{Found::opened, utc(30, 5)}));
  // Made in the middle of what it opens: open since it was made.
  const auto at_once = search_opening(kSunday, {early}, released(), utc(30, 6, 30), utc(30, 7));
  EXPECT_EQ(at_once, (OpeningFound{Found::opened, utc(30, 6, 30)}));
}

TEST(OpeningSearch, waits_behind_a_lane_pause_that_covers_the_promise) {
  const auto gate = weekdays();
  auto facts = released();
  facts.pauses.routine = boundary::Interval{utc(30, 0), utc(31, 0)};
  EXPECT_EQ(search_opening(kSunday, {gate}, facts, kLongAgo, utc(30, 9)),
            (OpeningFound{Found::waits, utc(31, 8)}));
  EXPECT_EQ(search_opening(kSunday, {gate}, facts, utc(30, 9), utc(30, 10)),
            (OpeningFound{Found::waits, utc(31, 8)}));
  EXPECT_EQ(search_opening(kSunday, {gate}, facts, kLongAgo, utc(31, 9)),
            (OpeningFound{Found::opened, utc(31, 8)}));
}

TEST(OpeningSearch, tells_of_the_opening_of_a_relationship_that_ended_and_not_of_a_severed_one) {
  const auto gate = weekdays();
  auto facts = released();
  facts.state = boundary::RelationshipState::ended;
  EXPECT_EQ(search_opening(kSunday, {gate}, facts, kLongAgo, utc(30, 8)).kind, Found::opened);
  facts.state = boundary::RelationshipState::severed;
  EXPECT_EQ(search_opening(kSunday, {gate}, facts, kLongAgo, utc(30, 8)).kind, Found::never);
}

TEST(OpeningSearch, waits_for_a_change_when_nothing_opens) {
  boundary::Policy shut;
  shut.zone = "Etc/UTC";
  const auto gate = boundary::Gate::compile(std::move(shut));
  ASSERT_TRUE(gate.has_value());
  const HeldRecord without{1, std::nullopt, utc(29, 22)};
  EXPECT_EQ(search_opening(without, {*gate}, released(), kLongAgo, utc(30, 9)),
            (OpeningFound{Found::waits, std::nullopt}));
}

}  // namespace
}  // namespace holdspace::gateway
