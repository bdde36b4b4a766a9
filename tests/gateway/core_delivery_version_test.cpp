// Event scripts for delivery when what waits was accepted under several versions of the policy: a
// kept promise lets the earlier ones pass and no others.
#include <gtest/gtest.h>

#include <vector>

#include "gateway/delivery_fsm.hpp"

namespace holdspace::gateway {
namespace {

using Kind = DeliveryAction::Kind;
using Rest = DeliveryFsm::Rest;
using boundary::Instant;
using std::chrono::milliseconds;

const storage::SubQueue kQueue{{{1}}, boundary::Lane::routine, storage::Origin::peer};

Instant at(int ms) {
  return Instant(milliseconds(ms));
}

GateView gate(bool open, int until_ms) {
  GateView view{open, {}};
  view.validity.span = {at(-1000), at(until_ms)};
  return view;
}

// `count` entries from seq 1, the oldest accepted under `version`.
void list(DeliveryFsm& fsm, std::uint64_t count, std::uint64_t version,
          std::uint64_t first_seq = 1) {
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::list);
  const std::vector<storage::PendingQueue> pending = {{kQueue, count, first_seq, {}, version}};
  fsm.listed(pending);
}

std::vector<PushedEnvelope> envelopes(std::uint64_t first, std::uint64_t last) {
  std::vector<PushedEnvelope> out;
  for (auto seq = first; seq <= last; ++seq) out.push_back({seq, 1000});
  return out;
}

TEST(DeliveryVersions, judges_by_the_version_of_the_oldest_entry_and_reads_no_later_one) {
  DeliveryFsm fsm;
  list(fsm, 3, 7);
  const auto judge = fsm.next(at(0));
  EXPECT_EQ(judge.kind, Kind::judge);
  EXPECT_EQ(judge.accepted_version, 7U);
  fsm.judged(kQueue, gate(true, 1000));
  const auto read = fsm.next(at(0));
  EXPECT_EQ(read.kind, Kind::read);
  EXPECT_EQ(read.accepted_version, 7U);
}

TEST(DeliveryVersions, judges_later_entries_for_themselves_and_leaves_them_behind_a_shut_gate) {
  DeliveryFsm fsm;
  list(fsm, 3, 7);
  (void)fsm.next(at(0));
  fsm.judged(kQueue, gate(true, 1000));
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::read);
  fsm.pushed(kQueue, envelopes(1, 2), Rest::last);
  fsm.kept_back(kQueue, 8);
  const auto judge = fsm.next(at(0));
  EXPECT_EQ(judge.kind, Kind::judge);
  EXPECT_EQ(judge.accepted_version, 8U);
  fsm.judged(kQueue, gate(false, 5000));
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::drained);
  const auto sleep = fsm.next(at(0));
  EXPECT_EQ(sleep.kind, Kind::sleep);
  EXPECT_EQ(sleep.wake, at(5000));
}

TEST(DeliveryVersions, reads_on_behind_what_was_pushed_when_the_gate_is_open_to_later_ones_too) {
  DeliveryFsm fsm;
  list(fsm, 3, 7);
  (void)fsm.next(at(0));
  fsm.judged(kQueue, gate(true, 1000));
  (void)fsm.next(at(0));
  fsm.pushed(kQueue, envelopes(1, 2), Rest::last);
  fsm.kept_back(kQueue, 8);
  (void)fsm.next(at(0));
  fsm.judged(kQueue, gate(true, 1000));
  const auto read = fsm.next(at(0));
  EXPECT_EQ(read.kind, Kind::read);
  EXPECT_EQ(read.after_seq, 2U);
  EXPECT_EQ(read.accepted_version, 8U);
}

TEST(DeliveryVersions, does_not_take_an_unacknowledged_entry_for_the_next_one) {
  DeliveryFsm fsm;
  list(fsm, 3, 7);
  (void)fsm.next(at(0));
  fsm.judged(kQueue, gate(true, 1000));
  (void)fsm.next(at(0));
  fsm.pushed(kQueue, envelopes(1, 2), Rest::last);
  fsm.kept_back(kQueue, 8);
  (void)fsm.next(at(0));
  fsm.judged(kQueue, gate(false, 5000));
  // The oldest in the store is still the first, of version 7, for which the gate was open.
  fsm.look_again();
  list(fsm, 3, 7);
  const auto judge = fsm.next(at(0));
  EXPECT_EQ(judge.kind, Kind::judge);
  EXPECT_EQ(judge.accepted_version, 8U);
}

TEST(DeliveryVersions, judges_again_when_only_later_entries_are_left) {
  DeliveryFsm fsm;
  list(fsm, 1, 7);
  (void)fsm.next(at(0));
  fsm.judged(kQueue, gate(true, 1000));
  (void)fsm.next(at(0));
  fsm.pushed(kQueue, envelopes(1, 1), Rest::last);
  fsm.acknowledged(kQueue, 1);
  EXPECT_EQ(fsm.next(at(0)).kind, Kind::drained);
  fsm.look_again();
  list(fsm, 1, 9, 2);
  const auto judge = fsm.next(at(0));
  EXPECT_EQ(judge.kind, Kind::judge);
  EXPECT_EQ(judge.accepted_version, 9U);
}

}  // namespace
}  // namespace holdspace::gateway
