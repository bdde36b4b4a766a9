// Device lists: what a replacement may change, and what a revoked device loses.
#include "storage/account_store.hpp"

#include "storage/redis_keys.hpp"
#include "tests/storage/store_world.hpp"

namespace holdspace::storage {
namespace {

class AccountStoreTest : public PracticeTest {
 protected:
  // The therapist's next list: device 2 revoked, device 3 new.
  static NewDeviceList next_list() {
    NewDeviceList list;
    list.epoch = 2;
    list.signed_list = "second list";
    list.active = {1, 3};
    list.revoked = {2};
    list.new_certs = {{3, "cert of 3"}};
    return list;
  }
  boost::system::result<std::vector<CutOff>, ReplaceDevicesError> replace(NewDeviceList list) {
    return run(
        stores_.accounts.replace_device_list(practice_, therapist_, std::move(list), soon()));
  }
  ReplaceDevicesError refused(NewDeviceList list) {
    const auto before = picture();
    const auto done = replace(std::move(list));
    EXPECT_FALSE(done.has_value());
    EXPECT_EQ(picture(), before);
    return done ? ReplaceDevicesError::corrupt : done.error();
  }
};

TEST_F(AccountStoreTest, a_login_finds_certificate_role_and_epoch) {
  const auto facts = run(stores_.accounts.device_facts(practice_, therapist2_, soon()));
  ASSERT_TRUE(facts.has_value());
  EXPECT_EQ(facts->signed_cert, "cert " + to_hex(therapist_) + " 2");
  EXPECT_EQ(facts->role, Role::therapist);
  EXPECT_EQ(facts->list_epoch, 1U);
}

TEST_F(AccountStoreTest, unknown_practice_account_and_device_are_one_answer) {
  const auto ask = [&](PracticeId practice, DeviceRef device) {
    return run(stores_.accounts.device_facts(practice, device, soon())).error();
  };
  EXPECT_EQ(ask(make_id<PracticeId>(0xAA, 2), therapist1_), DeviceFactsError::not_found);
  EXPECT_EQ(ask(practice_, {make_id<AccountId>(0xA0, 77), 1}), DeviceFactsError::not_found);
  EXPECT_EQ(ask(practice_, {therapist_, 9}), DeviceFactsError::not_found);
}

TEST_F(AccountStoreTest, devices_are_shown_to_the_own_account_and_to_the_other_party) {
  for (const AccountId& asker : {therapist_, client_}) {
    const auto list = run(stores_.accounts.fetch_devices(practice_, asker, therapist_, soon()));
    ASSERT_TRUE(list.has_value());
    EXPECT_EQ(list->epoch, 1U);
    EXPECT_EQ(list->signed_list, "list of " + to_hex(therapist_));
    ASSERT_EQ(list->devices.size(), 2U);
    EXPECT_EQ(list->devices[1].device, 2U);
    EXPECT_EQ(list->devices[1].signed_cert, "cert " + to_hex(therapist_) + " 2");
  }
}

TEST_F(AccountStoreTest, strangers_and_parties_of_a_severed_relationship_see_no_devices) {
  const auto ask = [&](AccountId asker) {
    return run(stores_.accounts.fetch_devices(practice_, asker, therapist_, soon()));
  };
  EXPECT_EQ(ask(admin_).error(), FetchDevicesError::not_found);
  EXPECT_EQ(ask(make_id<AccountId>(0xA0, 77)).error(), FetchDevicesError::not_found);
  const std::string key = keys::Practice(practice_).relationship(relationship_);
  for (const char* state : {"paused", "ending", "ended"}) {
    redis({"HSET", key, "state", state});
    EXPECT_TRUE(ask(client_).has_value()) << state;
  }
  redis({"HSET", key, "state", "severed"});
  EXPECT_EQ(ask(client_).error(), FetchDevicesError::not_found);
}

TEST_F(AccountStoreTest, a_list_of_the_full_size_is_taken_and_one_byte_more_is_not) {
  auto list = next_list();
  list.signed_list.assign(kDeviceListMax + 1, 'l');
  EXPECT_EQ(refused(list), ReplaceDevicesError::invalid);
  list.signed_list.pop_back();
  EXPECT_TRUE(replace(list).has_value());
}

TEST_F(AccountStoreTest, a_new_list_changes_devices_in_one_step) {
  const auto done = replace(next_list());
  ASSERT_TRUE(done.has_value());
  ASSERT_EQ(done->size(), 1U);
  EXPECT_EQ(done->front().device, therapist2_);
  EXPECT_EQ(done->front().place.session, session_of(therapist2_));
  EXPECT_EQ(done->front().place.gateway, gateway_of(therapist2_));
  const auto list = run(stores_.accounts.fetch_devices(practice_, client_, therapist_, soon()));
  EXPECT_EQ(list->epoch, 2U);
  EXPECT_EQ(list->signed_list, "second list");
  ASSERT_EQ(list->devices.size(), 2U);
  EXPECT_EQ(list->devices[1].signed_cert, "cert of 3");
  EXPECT_FALSE(run(stores_.accounts.device_facts(practice_, therapist2_, soon())).has_value());
}

TEST_F(AccountStoreTest, the_same_list_again_is_done_already) {
  ASSERT_TRUE(replace(next_list()).has_value());
  const auto before = picture();
  EXPECT_TRUE(replace(next_list()).has_value());
  EXPECT_EQ(picture(), before);
}

TEST_F(AccountStoreTest, only_the_next_epoch_is_taken) {
  NewDeviceList list = next_list();
  for (const std::uint64_t epoch :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{3}, ~std::uint64_t{0}}) {
    list.epoch = epoch;
    EXPECT_EQ(refused(list), ReplaceDevicesError::stale_list) << epoch;
  }
}

TEST_F(AccountStoreTest, of_two_next_lists_one_wins) {
  NewDeviceList other = next_list();
  other.signed_list = "another second list";
  ASSERT_TRUE(replace(next_list()).has_value());
  EXPECT_EQ(refused(other), ReplaceDevicesError::stale_list);
}

TEST_F(AccountStoreTest, a_list_must_account_for_every_device) {
  NewDeviceList lost = next_list();
  lost.revoked.clear();
  EXPECT_EQ(refused(lost), ReplaceDevicesError::invalid);
  NewDeviceList no_cert = next_list();
  no_cert.new_certs.clear();
  EXPECT_EQ(refused(no_cert), ReplaceDevicesError::invalid);
  NewDeviceList both = next_list();
  both.active = {1, 2, 3};
  EXPECT_EQ(refused(both), ReplaceDevicesError::invalid);
  NewDeviceList stray = next_list();
  stray.new_certs.push_back({5, "cert of 5"});
  EXPECT_EQ(refused(stray), ReplaceDevicesError::invalid);
  NewDeviceList swapped = next_list();
  swapped.new_certs.push_back({1, "another cert of 1"});
  EXPECT_EQ(refused(swapped), ReplaceDevicesError::invalid);
  NewDeviceList twice = next_list();
  twice.active = {1, 1, 3};
  EXPECT_EQ(refused(twice), ReplaceDevicesError::invalid);
  NewDeviceList none = next_list();
  none.active.clear();
  EXPECT_EQ(refused(none), ReplaceDevicesError::invalid);
}

TEST_F(AccountStoreTest, a_revoked_device_never_comes_back) {
  ASSERT_TRUE(replace(next_list()).has_value());
  NewDeviceList back = next_list();
  back.epoch = 3;
  back.active = {1, 2, 3};
  back.revoked.clear();
  back.new_certs = {{2, "cert of 2"}};
  EXPECT_EQ(refused(back), ReplaceDevicesError::invalid);
  NewDeviceList forgotten = next_list();
  forgotten.epoch = 3;
  forgotten.revoked.clear();
  forgotten.new_certs.clear();
  EXPECT_EQ(refused(forgotten), ReplaceDevicesError::invalid);
}

TEST_F(AccountStoreTest, a_revoked_device_loses_everything_it_had) {
  ASSERT_TRUE(run(stores_.queues.accept(message(1), soon())).has_value());
  AcceptRequest own = reply(2);
  own.sender = therapist2_;
  own.session = session_of(therapist2_);
  own.copies[2].recipient = therapist1_;
  own.held = HeldUntil{now_ + std::chrono::hours(1)};
  ASSERT_TRUE(run(stores_.queues.accept(own, soon())).has_value());
  ASSERT_TRUE(run(stores_.prekeys.publish_prekeys(practice_, therapist2_, "set",
                                                  {{7, "key"}, {8, "key"}}, soon())));
  ASSERT_TRUE(
      run(stores_.prekeys.fetch_prekeys(practice_, client1_, therapist_, {2}, soon())).has_value());
  const std::string name = ":" + keys::device_name(therapist2_);
  const auto left = [&] {
    std::size_t count = 0;
    for (const auto& [key, value] : picture()) count += key.find(name) != key.npos ? 1U : 0U;
    return count;
  };
  ASSERT_EQ(left(), 10U);
  ASSERT_TRUE(replace(next_list()).has_value());
  EXPECT_EQ(left(), 0U);
}

TEST_F(AccountStoreTest, a_message_returns_when_its_last_copy_goes_with_a_device) {
  accept(held(message(1)));
  accept(message(2));
  accept(message(3));
  ASSERT_EQ(ack(therapist1_, {{routine(Origin::peer), 2}}), 1U);
  NewDeviceList list = next_list();
  list.returned = return_form();
  ASSERT_TRUE(replace(list).has_value());
  EXPECT_TRUE(notices_of(client_).empty()) << "the first device has its copies yet";
  ASSERT_EQ(ack(therapist1_, {{routine(Origin::peer), 3}}), 1U);

  NewDeviceList all_new = next_list();
  all_new.epoch = 3;
  all_new.active = {3};
  all_new.revoked = {1, 2};
  all_new.new_certs.clear();
  all_new.returned = return_form();
  ASSERT_TRUE(replace(all_new).has_value());
  EXPECT_EQ(notices_of(client_),
            (std::vector<std::string>{returned_notice(relationship_, message(1).message)}))
      << "the others were collected";
  EXPECT_EQ(*run(stores_.held.withdraw(practice_, client1_, relationship_, message(1).message, {},
                                       soon())),
            0U);
}

TEST_F(AccountStoreTest, a_form_without_its_holes_is_refused) {
  NewDeviceList list = next_list();
  list.returned.by_lane[1] = "back";
  EXPECT_EQ(refused(list), ReplaceDevicesError::invalid);
}

TEST_F(AccountStoreTest, an_unknown_account_has_no_list_to_replace) {
  const auto done = run(stores_.accounts.replace_device_list(
      practice_, make_id<AccountId>(0xA0, 77), next_list(), soon()));
  EXPECT_EQ(done.error(), ReplaceDevicesError::not_found);
}

}  // namespace
}  // namespace holdspace::storage
