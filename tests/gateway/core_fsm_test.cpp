// Event scripts for the two machines of a session: events in, actions out. No sockets, no clock, no
// store.
#include <gtest/gtest.h>

#include <vector>

#include "gateway/delivery_fsm.hpp"
#include "gateway/login_fsm.hpp"

namespace holdspace::gateway {
namespace {

using Frame = v1::ClientFrame;
using Kind = DeliveryAction::Kind;
using boundary::Instant;
using std::chrono::milliseconds;

TEST(LoginFsm, lets_a_device_in_after_hello_and_auth) {
  LoginFsm fsm;
  EXPECT_EQ(fsm.on_frame(Frame::kHello), LoginAction::look_up_device);
  EXPECT_EQ(fsm.on_device(LookedUp::found), LoginAction::send_challenge);
  EXPECT_EQ(fsm.on_frame(Frame::kAuth), LoginAction::check_signature);
  EXPECT_FALSE(fsm.entered());
  EXPECT_EQ(fsm.on_signature(Checked::good), LoginAction::enter);
  EXPECT_TRUE(fsm.entered());
}

TEST(LoginFsm, walks_an_unknown_device_the_same_way_to_the_same_end) {
  LoginFsm known;
  LoginFsm unknown;
  (void)known.on_frame(Frame::kHello);
  (void)unknown.on_frame(Frame::kHello);
  EXPECT_EQ(known.on_device(LookedUp::found), unknown.on_device(LookedUp::unknown));
  EXPECT_EQ(known.on_frame(Frame::kAuth), unknown.on_frame(Frame::kAuth));
  EXPECT_EQ(known.on_signature(Checked::bad), unknown.on_signature(Checked::bad));
}

TEST(LoginFsm, takes_only_the_handshake_frames_before_login) {
  for (const auto kind : {Frame::kAuth, Frame::kRedeem, Frame::kSend, Frame::kAck,
                          Frame::kFetchPolicy, Frame::BODY_NOT_SET}) {
    LoginFsm fsm;
    EXPECT_EQ(fsm.on_frame(kind), LoginAction::close_unauthenticated) << kind;
  }
}

TEST(LoginFsm, gives_one_attempt_to_each_connection) {
  LoginFsm twice;
  (void)twice.on_frame(Frame::kHello);
  (void)twice.on_device(LookedUp::found);
  EXPECT_EQ(twice.on_frame(Frame::kHello), LoginAction::close_unauthenticated);

  LoginFsm after_failure;
  (void)after_failure.on_frame(Frame::kHello);
  (void)after_failure.on_device(LookedUp::found);
  (void)after_failure.on_frame(Frame::kAuth);
  EXPECT_EQ(after_failure.on_signature(Checked::bad), LoginAction::close_unauthenticated);
  EXPECT_EQ(after_failure.on_frame(Frame::kHello), LoginAction::close_unauthenticated);

  LoginFsm mixed;
  (void)mixed.on_frame(Frame::kHello);
  (void)mixed.on_device(LookedUp::found);
  EXPECT_EQ(mixed.on_frame(Frame::kRedeem), LoginAction::close_unauthenticated);

  LoginFsm again;
  (void)again.on_frame(Frame::kHello);
  (void)again.on_device(LookedUp::found);
  (void)again.on_frame(Frame::kAuth);
  (void)again.on_signature(Checked::good);
  EXPECT_EQ(again.on_frame(Frame::kAuth), LoginAction::close_unauthenticated);
}

TEST(LoginFsm, says_unavailable_when_the_store_is_away) {
  LoginFsm fsm;
  (void)fsm.on_frame(Frame::kHello);
  EXPECT_EQ(fsm.on_device(LookedUp::unavailable), LoginAction::answer_unavailable);
  LoginFsm redeem;
  (void)redeem.on_frame(Frame::kRedeemOpen);
  EXPECT_EQ(redeem.on_invite(LookedUp::unavailable), LoginAction::answer_unavailable);
}

TEST(LoginFsm, answers_failures_over_the_limit_with_their_own_close) {
  LoginFsm fsm;
  (void)fsm.on_frame(Frame::kHello);
  (void)fsm.on_device(LookedUp::found);
  (void)fsm.on_frame(Frame::kAuth);
  EXPECT_EQ(fsm.on_signature(Checked::limited), LoginAction::close_limited);
}

TEST(LoginFsm, redeems_an_invite_once) {
  LoginFsm fsm;
  EXPECT_EQ(fsm.on_frame(Frame::kRedeemOpen), LoginAction::look_up_invite);
  EXPECT_EQ(fsm.on_invite(LookedUp::found), LoginAction::send_redeem_challenge);
  EXPECT_EQ(fsm.on_frame(Frame::kRedeem), LoginAction::check_claim);
  EXPECT_EQ(fsm.on_claim(ClaimChecked::good), LoginAction::redeem);
  EXPECT_EQ(fsm.on_redeem(RedeemDone::redeemed), LoginAction::answer_redeemed);
  EXPECT_FALSE(fsm.entered());
}

TEST(LoginFsm, gives_a_guessed_and_a_spent_invite_one_answer) {
  LoginFsm guessed;
  (void)guessed.on_frame(Frame::kRedeemOpen);
  const auto first = guessed.on_invite(LookedUp::unknown);

  LoginFsm wrong;
  (void)wrong.on_frame(Frame::kRedeemOpen);
  (void)wrong.on_invite(LookedUp::found);
  (void)wrong.on_frame(Frame::kRedeem);
  EXPECT_EQ(wrong.on_claim(ClaimChecked::bad_claim), first);

  LoginFsm spent;
  (void)spent.on_frame(Frame::kRedeemOpen);
  (void)spent.on_invite(LookedUp::found);
  (void)spent.on_frame(Frame::kRedeem);
  (void)spent.on_claim(ClaimChecked::good);
  EXPECT_EQ(spent.on_redeem(RedeemDone::gone), first);
}

TEST(LoginFsm, tells_two_who_may_not_have_a_relationship_so) {
  LoginFsm fsm;
  (void)fsm.on_frame(Frame::kRedeemOpen);
  (void)fsm.on_invite(LookedUp::found);
  (void)fsm.on_frame(Frame::kRedeem);
  (void)fsm.on_claim(ClaimChecked::good);
  EXPECT_EQ(fsm.on_redeem(RedeemDone::pair_exists), LoginAction::answer_pair_exists);
  EXPECT_FALSE(fsm.entered());
}

using storage::Origin;
using storage::SubQueue;
using Rest = DeliveryFsm::Rest;
using AckState = DeliveryFsm::AckState;

SubQueue routine(std::uint8_t relationship) {
  return {{{relationship}}, boundary::Lane::routine, Origin::peer};
}
SubQueue urgent(std::uint8_t relationship) {
  return {{{relationship}}, boundary::Lane::urgent, Origin::peer};
}

Instant at(int ms) {
  return Instant(milliseconds(ms));
}

GateView gate(bool open, int until_ms) {
  GateView view{open, {}};
  view.validity.span = {at(-100000), at(until_ms)};
  return view;
}
GateView open_until(int ms) {
  return gate(true, ms);
}
GateView shut_until(int ms) {
  return gate(false, ms);
}

struct Backlog {
  SubQueue queue;
  std::uint64_t count;
  std::uint64_t first_seq = 1;
};

std::vector<PushedEnvelope> envelopes(std::uint64_t first, std::uint64_t last,
                                      std::size_t bytes = 1000) {
  std::vector<PushedEnvelope> out;
  for (auto seq = first; seq <= last; ++seq) out.push_back({seq, bytes});
  return out;
}

void list(DeliveryFsm& fsm, const std::vector<Backlog>& backlogs) {
  std::vector<storage::PendingQueue> pending;
  for (const auto& backlog : backlogs)
    pending.push_back({backlog.queue, backlog.count, backlog.first_seq, {}});
  fsm.listed(pending);
}

TEST(DeliveryFsm, says_drained_at_once_when_nothing_waits) {
  DeliveryFsm fsm;
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::list);
  list(fsm, {});
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::drained);
  const auto action = fsm.next(at(0));
  EXPECT_EQ(action.kind, Kind::sleep);
  EXPECT_FALSE(action.wake);
}

TEST(DeliveryFsm, pushes_an_open_queue_and_then_says_drained_once) {
  DeliveryFsm fsm;
  (void)fsm.next(at(0));
  list(fsm, {{routine(1), 3}});
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::judge);
  fsm.judged(routine(1), open_until(1000));
  const auto read = fsm.next(at(0));
  EXPECT_EQ(read.kind, Kind::read);
  EXPECT_EQ(read.after_seq, 0U);
  EXPECT_EQ(read.items_max, kDeliverItems);
  fsm.pushed(routine(1), envelopes(1, 3), Rest::last);
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::drained);
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::sleep);
  EXPECT_EQ(fsm.under_way(), 3U);
}

TEST(DeliveryFsm, is_silent_about_a_shut_queue_and_wakes_at_its_instant) {
  DeliveryFsm fsm;
  (void)fsm.next(at(0));
  list(fsm, {{routine(1), 5}});
  (void)fsm.next(at(0));
  fsm.judged(routine(1), shut_until(500));
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::drained);  // of what may be delivered: nothing
  const auto sleep = fsm.next(at(499));
  EXPECT_EQ(sleep.kind, Kind::sleep);
  EXPECT_EQ(sleep.wake, at(500));

  EXPECT_EQ(fsm.next(at(500)).kind, Kind::judge);
  fsm.judged(routine(1), open_until(900));
  EXPECT_EQ(fsm.next(at(500)).kind, Kind::read);
  fsm.pushed(routine(1), envelopes(1, 5), Rest::last);
  EXPECT_EQ(fsm.next(at(500)).kind, Kind::drained);  // after a backlog that followed an opening
  EXPECT_EQ(fsm.next(at(500)).kind, Kind::sleep);
}

TEST(DeliveryFsm, does_not_say_drained_again_for_what_comes_through_an_open_gate) {
  DeliveryFsm fsm;
  (void)fsm.next(at(0));
  list(fsm, {});
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::drained);
  fsm.look_again();
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::list);
  list(fsm, {{routine(1), 1}});
  (void)fsm.next(at(0));
  fsm.judged(routine(1), open_until(1000));
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::read);
  fsm.pushed(routine(1), envelopes(1, 1), Rest::last);
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::sleep);
}

TEST(DeliveryFsm, stops_reading_when_the_gate_shuts_in_the_middle) {
  DeliveryFsm fsm;
  (void)fsm.next(at(0));
  list(fsm, {{routine(1), 40}});
  (void)fsm.next(at(0));
  fsm.judged(routine(1), open_until(100));
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::read);
  fsm.pushed(routine(1), envelopes(1, 16), Rest::more);
  EXPECT_EQ(fsm.next(at(99)).kind, Kind::read);
  fsm.pushed(routine(1), envelopes(17, 32), Rest::more);
  EXPECT_EQ(fsm.next(at(100)).kind, Kind::judge);
  fsm.judged(routine(1), shut_until(9000));
  EXPECT_EQ(fsm.next(at(100)).kind, Kind::drained);
  EXPECT_EQ(fsm.next(at(100)).wake, at(9000));
}

TEST(DeliveryFsm, lets_urgent_overtake_routine) {
  DeliveryFsm fsm;
  (void)fsm.next(at(0));
  list(fsm, {{routine(1), 1}, {urgent(2), 1}});
  EXPECT_EQ(fsm.next(at(0)).queue, urgent(2));
}

TEST(DeliveryFsm, takes_turns_for_a_backlog_and_not_for_what_just_came) {
  DeliveryFsm fsm;
  (void)fsm.next(at(0));
  list(fsm, {{routine(1), 20}});
  (void)fsm.next(at(0));
  fsm.judged(routine(1), shut_until(9000));
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::drained);
  EXPECT_EQ(fsm.next(at(9000)).kind, Kind::judge);
  fsm.judged(routine(1), open_until(90000));
  EXPECT_TRUE(fsm.next(at(9000)).backlog) << "the first page after an opening";
  fsm.pushed(routine(1), envelopes(1, 16), Rest::more);
  EXPECT_TRUE(fsm.next(at(9000)).backlog) << "the page behind a full one";
  fsm.pushed(routine(1), envelopes(17, 20), Rest::last);
  fsm.look_at(routine(1));
  const auto fresh = fsm.next(at(9001));
  EXPECT_EQ(fresh.kind, Kind::read);
  EXPECT_FALSE(fresh.backlog);
}

TEST(DeliveryFsm, never_lets_urgent_wait_for_a_turn) {
  DeliveryFsm fsm;
  (void)fsm.next(at(0));
  list(fsm, {{urgent(2), 40}});
  (void)fsm.next(at(0));
  fsm.judged(urgent(2), open_until(100));
  EXPECT_FALSE(fsm.next(at(0)).backlog);
  fsm.pushed(urgent(2), envelopes(1, 16), Rest::more);
  EXPECT_FALSE(fsm.next(at(0)).backlog);
}

TEST(DeliveryFsm, keeps_the_window_of_envelopes) {
  DeliveryFsm fsm;
  (void)fsm.next(at(0));
  list(fsm, {{routine(1), 200}});
  (void)fsm.next(at(0));
  fsm.judged(routine(1), open_until(100000));
  std::uint64_t seq = 0;
  while (true) {
    const auto read = fsm.next(at(0));
    if (read.kind != Kind::read) break;
    EXPECT_EQ(read.after_seq, seq);
    fsm.pushed(routine(1), envelopes(seq + 1, seq + read.items_max), Rest::more);
    seq += read.items_max;
  }
  EXPECT_EQ(seq, kWindowEnvelopes);
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::sleep);  // neither read nor drained
  fsm.acknowledged(routine(1), 1);
  fsm.acknowledged(routine(1), 2);
  const auto read = fsm.next(at(0));
  EXPECT_EQ(read.kind, Kind::read);
  EXPECT_EQ(read.items_max, 2U);
  EXPECT_EQ(read.after_seq, kWindowEnvelopes);
}

TEST(DeliveryFsm, keeps_the_window_of_bytes) {
  DeliveryFsm fsm;
  (void)fsm.next(at(0));
  list(fsm, {{routine(1), 100}});
  (void)fsm.next(at(0));
  fsm.judged(routine(1), open_until(100000));
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::read);
  fsm.pushed(routine(1), envelopes(1, 15, 66000), Rest::more);
  const auto read = fsm.next(at(0));
  EXPECT_EQ(read.kind, Kind::read);
  EXPECT_EQ(read.bytes_max, kWindowBytes - 15UL * 66000);
  fsm.pushed(routine(1), envelopes(16, 16, 66000), Rest::more);
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::sleep);
}

TEST(DeliveryFsm, counts_only_acks_of_what_this_session_pushed) {
  DeliveryFsm fsm;
  (void)fsm.next(at(0));
  list(fsm, {{routine(1), 2}});
  (void)fsm.next(at(0));
  fsm.judged(routine(1), open_until(1000));
  EXPECT_EQ(fsm.ack_state(routine(1), 1), AckState::never);
  fsm.pushed(routine(1), envelopes(1, 2), Rest::last);
  EXPECT_EQ(fsm.ack_state(routine(1), 1), AckState::awaited);
  EXPECT_EQ(fsm.ack_state(routine(1), 3), AckState::never);
  EXPECT_EQ(fsm.ack_state(routine(2), 1), AckState::never);
  auto own = routine(1);
  own.origin = Origin::own;
  EXPECT_EQ(fsm.ack_state(own, 1), AckState::never);
  fsm.acknowledged(routine(1), 1);
  EXPECT_EQ(fsm.ack_state(routine(1), 1), AckState::done);
  fsm.acknowledged(routine(1), 1);  // twice is harmless
  EXPECT_EQ(fsm.under_way(), 1U);
}

TEST(DeliveryFsm, judges_again_when_the_store_calls_the_verdict_stale) {
  DeliveryFsm fsm;
  (void)fsm.next(at(0));
  list(fsm, {{routine(1), 2}});
  (void)fsm.next(at(0));
  fsm.judged(routine(1), open_until(1000));
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::read);
  fsm.stale(routine(1));
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::list);  // for the new facts
  list(fsm, {{routine(1), 2}});
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::judge);
}

TEST(DeliveryFsm, judges_a_shut_gate_again_after_a_hint) {
  DeliveryFsm fsm;
  (void)fsm.next(at(0));
  list(fsm, {{routine(1), 2}});
  (void)fsm.next(at(0));
  fsm.judged(routine(1), shut_until(100000));
  (void)fsm.next(at(0));
  fsm.look_again();
  (void)fsm.next(at(0));
  list(fsm, {{routine(1), 2}});
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::judge);
}

TEST(DeliveryFsm, does_not_push_twice_in_one_session) {
  DeliveryFsm fsm;
  (void)fsm.next(at(0));
  list(fsm, {{routine(1), 2}});
  (void)fsm.next(at(0));
  fsm.judged(routine(1), open_until(1000));
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::read);
  fsm.pushed(routine(1), envelopes(1, 2), Rest::last);
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::drained);
  fsm.look_again();
  (void)fsm.next(at(0));
  list(fsm, {{routine(1), 2}});  // pushed and not yet acknowledged: still in the store
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::sleep);
}

TEST(DeliveryFsm, finds_a_new_envelope_behind_holes_that_acks_left) {
  DeliveryFsm fsm;
  (void)fsm.next(at(0));
  list(fsm, {{routine(1), 3}});
  (void)fsm.next(at(0));
  fsm.judged(routine(1), open_until(1000));
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::read);
  fsm.pushed(routine(1), envelopes(1, 3), Rest::last);
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::drained);
  fsm.acknowledged(routine(1), 2);
  fsm.look_again();
  (void)fsm.next(at(0));
  list(fsm, {{routine(1), 3}});  // 1, 3 and the new 4
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::read);
}

TEST(DeliveryFsm, finds_it_also_when_the_list_overtakes_an_ack) {
  DeliveryFsm fsm;
  (void)fsm.next(at(0));
  list(fsm, {{routine(1), 3}});
  (void)fsm.next(at(0));
  fsm.judged(routine(1), open_until(1000));
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::read);
  fsm.pushed(routine(1), envelopes(1, 3), Rest::last);
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::drained);
  fsm.acknowledged(routine(1), 2);
  fsm.ack_began();  // of 3: the store has removed it, the answer is on its way
  fsm.look_again();
  (void)fsm.next(at(0));
  list(fsm, {{routine(1), 2}});  // 1 and the new 4
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::read);
}

TEST(DeliveryFsm, reads_a_known_queue_without_listing_after_a_hint_that_names_it) {
  DeliveryFsm fsm;
  (void)fsm.next(at(0));
  list(fsm, {{routine(1), 1}});
  (void)fsm.next(at(0));
  fsm.judged(routine(1), open_until(1000));
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::read);
  fsm.pushed(routine(1), envelopes(1, 1), Rest::last);
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::drained);
  fsm.look_at(routine(1));
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::read);
  fsm.pushed(routine(1), {}, Rest::last);
  fsm.look_at(routine(9));
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::list);
}

TEST(DeliveryFsm, loses_no_hint_that_comes_while_the_store_answers) {
  DeliveryFsm fsm;
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::list);
  fsm.look_again();
  list(fsm, {{routine(1), 1}});
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::list);
  list(fsm, {{routine(1), 1}});
  (void)fsm.next(at(0));
  fsm.judged(routine(1), open_until(1000));
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::read);
  fsm.look_at(routine(1));
  fsm.pushed(routine(1), envelopes(1, 1), Rest::last);
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::read);
  fsm.pushed(routine(1), {}, Rest::last);
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::drained);
}

TEST(DeliveryFsm, asks_again_when_the_store_did_not_answer) {
  DeliveryFsm fsm;
  (void)fsm.next(at(0));
  fsm.list_failed();
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::list);
  list(fsm, {{routine(1), 1}});
  (void)fsm.next(at(0));
  fsm.judged(routine(1), open_until(1000));
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::read);
  fsm.read_failed(routine(1));
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::read);
}

TEST(DeliveryFsm, holds_gated_lanes_back_while_releases_pause) {
  DeliveryFsm fsm;
  (void)fsm.next(at(0));
  list(fsm, {{routine(1), 1}, {urgent(2), 1}});
  EXPECT_EQ(fsm.next(at(0), Releases::paused).queue, urgent(2));
  fsm.judged(urgent(2), open_until(1000));
  EXPECT_EQ(fsm.next(at(0), Releases::paused).kind, Kind::read);
  fsm.pushed(urgent(2), envelopes(1, 1), Rest::last);
  EXPECT_EQ(fsm.next(at(0), Releases::paused).kind, Kind::sleep);
  EXPECT_EQ(fsm.next(at(0)).queue, routine(1));
}

TEST(DeliveryFsm, tells_the_instant_of_the_opening_with_the_first_read) {
  DeliveryFsm fsm;
  (void)fsm.next(at(0));
  list(fsm, {{routine(1), 20}});
  (void)fsm.next(at(0));
  fsm.judged(routine(1), shut_until(500));
  (void)fsm.next(at(0));
  (void)fsm.next(at(600));
  fsm.judged(routine(1), open_until(1000));
  EXPECT_EQ(fsm.next(at(600)).opened_at, at(500));
  fsm.pushed(routine(1), envelopes(1, 16), Rest::more);
  EXPECT_FALSE(fsm.next(at(600)).opened_at);
}

}  // namespace
}  // namespace holdspace::gateway
