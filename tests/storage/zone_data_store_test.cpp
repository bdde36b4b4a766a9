// By which version of the time-zone database promises stand, and their renewal: once, whoever asks.
#include "storage/zone_data_store.hpp"

#include "storage/notice_store.hpp"
#include "storage/redis_keys.hpp"
#include "tests/storage/store_world.hpp"

namespace holdspace::storage {
namespace {

using namespace std::chrono_literals;
using Strings = std::vector<std::string>;

class ZoneDataStoreTest : public PracticeTest {
 protected:
  ZoneDataState begin(std::string version) {
    return *run(stores_.zone_data.begin(practice_, std::move(version), soon()));
  }
  // Held until an hour from now, by this version of the database.
  void accept_held(std::uint16_t number, std::string version) {
    AcceptRequest request = held(message(number));
    request.zone_data = std::move(version);
    accept(std::move(request));
  }
  // To what waits for the therapist: two hours from now.
  [[nodiscard]] PromiseRenewal renewal(std::string version) const {
    PromiseRenewal renewal;
    renewal.zone_data = std::move(version);
    renewal.relationship = relationship_;
    renewal.validity = validity();
    renewal.promises = {{0, now_ + 2h}};
    renewal.trail.audit = "moved";
    renewal.trail.notices = {{client_, "later"}};
    return renewal;
  }
  boost::system::result<std::uint32_t, ZoneDataError> renew(PromiseRenewal renewal) {
    return run(stores_.zone_data.renew_promises(practice_, std::move(renewal), soon()));
  }
  // The refusal, having checked that it left no trace.
  ZoneDataError refused(PromiseRenewal renewal) {
    const auto before = picture();
    const auto done = renew(std::move(renewal));
    EXPECT_FALSE(done.has_value());
    EXPECT_EQ(picture(), before);
    return done ? ZoneDataError::corrupt : done.error();
  }
  boost::system::result<bool, ZoneDataError> complete(const ZoneDataState& seen,
                                                      std::string version) {
    return run(
        stores_.zone_data.complete(practice_, seen, std::move(version), "completed", soon()));
  }
  std::vector<std::optional<boundary::Instant>> promises() {
    const auto page = *run(stores_.held.list_held(practice_, therapist_, {}, kHeldPerPage, soon()));
    std::vector<std::optional<boundary::Instant>> found;
    for (const HeldMessage& message : page.messages) found.push_back(message.promise);
    return found;
  }
  Strings new_records(std::size_t known) {
    auto records = audit_records();
    return {records.begin() + static_cast<std::ptrdiff_t>(known), records.end()};
  }
};

TEST_F(ZoneDataStoreTest, the_record_begins_with_the_first_version_that_comes) {
  const auto state = begin("2025b");
  EXPECT_TRUE(state.stands_by("2025b"));
  EXPECT_FALSE(state.stands_by("2026a"));
  const auto before = picture();
  EXPECT_TRUE(begin("2025b").stands_by("2025b"));
  EXPECT_EQ(picture(), before) << "looking again writes nothing";
}

TEST_F(ZoneDataStoreTest, a_held_message_begins_the_record_too_and_a_released_one_does_not) {
  AcceptRequest open = message(1);
  open.zone_data = "2025b";
  accept(std::move(open));
  EXPECT_EQ(value_of(keys::Practice(practice_).zone_data()), "");
  accept_held(2, "2025b");
  EXPECT_TRUE(begin("2025b").stands_by("2025b"));
}

TEST_F(ZoneDataStoreTest, the_newer_version_wins_and_the_older_one_changes_nothing) {
  begin("2025b");
  const auto newer = begin("2026a");
  EXPECT_EQ(newer.newest, "2026a");
  EXPECT_EQ(newer.complete, "2025b");
  EXPECT_FALSE(newer.stands_by("2026a"));
  EXPECT_EQ(begin("2025b").newest, "2026a");
  EXPECT_EQ(begin("").newest, "2026a");
  accept_held(1, "2026a");
  EXPECT_EQ(refused(renewal("2025b")), ZoneDataError::older);
  EXPECT_EQ(complete(newer, "2025b").error(), ZoneDataError::older);
}

TEST_F(ZoneDataStoreTest, a_moved_promise_is_told_and_recorded_in_the_same_step) {
  accept_held(1, "2025b");
  accept_held(2, "2025b");
  const auto known = audit_records().size();
  begin("2026a");
  EXPECT_EQ(*renew(renewal("2026a")), 2U);
  EXPECT_EQ(promises(), (std::vector<std::optional<boundary::Instant>>{now_ + 2h, now_ + 2h}));
  EXPECT_EQ(notices_of(client_), (Strings{"later"}));
  EXPECT_EQ(new_records(known), (Strings{"moved"}));
  EXPECT_EQ(begin("2026a").moved, 2U);
  EXPECT_EQ(seqs(therapist1_), (std::vector<std::uint64_t>{1, 2})) << "each is there once";
}

TEST_F(ZoneDataStoreTest, a_second_gateway_renews_nothing_twice) {
  accept_held(1, "2025b");
  begin("2026a");
  EXPECT_EQ(*renew(renewal("2026a")), 1U);
  const auto before = picture();
  EXPECT_EQ(*renew(renewal("2026a")), 0U);
  EXPECT_EQ(picture(), before);
}

TEST_F(ZoneDataStoreTest, only_what_was_accepted_under_a_named_version_and_waits_is_renewed) {
  accept_held(1, "2025b");
  begin("2026a");
  PromiseRenewal other = renewal("2026a");
  other.promises = {{7, now_ + 2h}};
  EXPECT_EQ(*renew(other), 0U);
  PromiseRenewal back = renewal("2026a");
  back.direction = boundary::Direction::to_client;
  EXPECT_EQ(*renew(back), 0U);
  ASSERT_EQ(seqs(therapist1_).size(), 1U);
  EXPECT_EQ(*renew(renewal("2026a")), 0U) << "a device has read it";
}

TEST_F(ZoneDataStoreTest, a_renewal_on_facts_that_have_changed_is_stale) {
  accept_held(1, "2025b");
  begin("2026a");
  PromiseRenewal revised = renewal("2026a");
  ++revised.validity.revision;
  EXPECT_EQ(refused(revised), ZoneDataError::stale);
  PromiseRenewal late = renewal("2026a");
  late.validity.span = {now_ - 2h, now_ - 1h};
  EXPECT_EQ(refused(late), ZoneDataError::stale);
  PromiseRenewal policy = renewal("2026a");
  ++policy.validity.policy_version;
  EXPECT_EQ(refused(policy), ZoneDataError::stale);
  PromiseRenewal nowhere = renewal("2026a");
  nowhere.relationship = make_id<RelationshipId>(0xBB, 9);
  EXPECT_EQ(refused(nowhere), ZoneDataError::stale);
}

TEST_F(ZoneDataStoreTest, no_promise_moves_whose_sender_cannot_be_told) {
  accept_held(1, "2025b");
  begin("2026a");
  redis({"HSET", keys::Practice(practice_).notices(client_), "last", std::to_string(kNoticesMax),
         "first", "1"});
  EXPECT_EQ(refused(renewal("2026a")), ZoneDataError::quota);
}

TEST_F(ZoneDataStoreTest, bounds_are_kept) {
  PromiseRenewal none = renewal("2026a");
  none.promises.clear();
  EXPECT_EQ(refused(none), ZoneDataError::invalid);
  PromiseRenewal many = renewal("2026a");
  many.promises.resize(kRenewedVersionsMax + 1);
  EXPECT_EQ(refused(many), ZoneDataError::invalid);
  const std::string name(kZoneDataVersionMax + 1, '2');
  EXPECT_EQ(run(stores_.zone_data.begin(practice_, name, soon())).error(), ZoneDataError::invalid);
}

TEST_F(ZoneDataStoreTest, a_completed_look_is_recorded_once) {
  accept_held(1, "2025b");
  const auto known = audit_records().size();
  begin("2026a");
  ASSERT_EQ(*renew(renewal("2026a")), 1U);
  const auto seen = begin("2026a");
  EXPECT_TRUE(*complete(seen, "2026a"));
  const auto before = picture();
  EXPECT_FALSE(*complete(seen, "2026a"));
  EXPECT_EQ(picture(), before);
  EXPECT_EQ(new_records(known), (Strings{"moved", "completed"}));
  const auto state = begin("2026a");
  EXPECT_TRUE(state.stands_by("2026a"));
  EXPECT_EQ(state.moved, 0U);
}

TEST_F(ZoneDataStoreTest, what_an_older_gateway_accepts_makes_the_look_begin_again) {
  begin("2025b");
  const auto seen = begin("2026a");
  accept_held(1, "2025b");
  EXPECT_EQ(complete(seen, "2026a").error(), ZoneDataError::changed);
  EXPECT_TRUE(*complete(begin("2026a"), "2026a"));
  accept_held(2, "2026a");
  EXPECT_TRUE(begin("2026a").stands_by("2026a"));
  accept_held(3, "2025b");
  EXPECT_FALSE(begin("2026a").stands_by("2026a"));
}

TEST_F(ZoneDataStoreTest, a_newer_gateway_accepts_before_it_has_looked) {
  begin("2025b");
  accept_held(1, "2026a");
  EXPECT_FALSE(begin("2025b").stands_by("2025b"));
  EXPECT_EQ(begin("2026a").newest, "2026a");
}

}  // namespace
}  // namespace holdspace::storage
