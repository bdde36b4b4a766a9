// What is held: withdrawn without a trace, returned to its sender, listed, and promised.
#include "storage/held_store.hpp"

#include <set>

#include "storage/redis_keys.hpp"
#include "tests/storage/store_world.hpp"

namespace holdspace::storage {
namespace {

using namespace std::chrono_literals;
using Withdrawn = boost::system::result<std::uint32_t, WithdrawError>;
using Seqs = std::vector<std::uint64_t>;

class HeldStoreTest : public PracticeTest {
 protected:
  Withdrawn withdraw(std::uint16_t number, Trail trail = {}) {
    return run(stores_.held.withdraw(practice_, client1_, relationship_, message(number).message,
                                     std::move(trail), soon()));
  }
  // The refusal, having checked that it left no trace.
  WithdrawError refused(std::uint16_t number, Trail trail = {}) {
    const auto before = picture();
    const Withdrawn done = withdraw(number, std::move(trail));
    EXPECT_FALSE(done.has_value());
    EXPECT_EQ(picture(), before);
    return done ? WithdrawError::corrupt : done.error();
  }
  [[nodiscard]] HeldName name_of(std::uint16_t number) const {
    return {relationship_, boundary::Lane::routine, boundary::Direction::to_therapist,
            message(number).message};
  }
  std::uint32_t give_back(std::vector<HeldName> names, Trail trail = {}) {
    return *run(stores_.held.return_held(practice_, std::move(names), return_form(),
                                         std::move(trail), soon()));
  }
  HeldPage list(AccountId account, std::string after = {}, std::size_t most = kHeldPerPage) {
    return *run(stores_.held.list_held(practice_, account, std::move(after), most, soon()));
  }
  // `opened_at`: none tells nobody.
  PromiseSettled settle(DeviceRef device, const DevicePromise& promise,
                        std::optional<boundary::Instant> opened_at) {
    std::optional<OpeningNotice> notice;
    if (opened_at) notice = OpeningNotice{*opened_at, "opened"};
    return *run(stores_.held.settle_promise(practice_, device, promise, std::move(notice), soon()));
  }
  std::vector<std::string> envelopes(DeviceRef device, Origin origin = Origin::peer) {
    const auto page = run(stores_.queues.read(reading(device, origin), soon()));
    std::vector<std::string> found;
    for (const QueueEntry& entry : page->entries) found.push_back(entry.envelope);
    return found;
  }
};

TEST_F(HeldStoreTest, a_withdrawn_message_leaves_no_trace_at_the_recipient) {
  for (std::uint16_t i = 1; i <= 4; ++i) accept(held(message(i)));
  EXPECT_EQ(*withdraw(2), 3U);
  EXPECT_EQ(*withdraw(3), 3U);
  for (const DeviceRef& device : {therapist1_, therapist2_}) {
    EXPECT_EQ(seqs(device), (Seqs{1, 2}));
  }
  EXPECT_EQ(seqs(client2_, Origin::own), (Seqs{1, 2}));
  EXPECT_EQ(envelopes(therapist1_),
            (std::vector<std::string>{"envelope 1 for 1", "envelope 4 for 1"}));
  accept(held(message(5)));
  EXPECT_EQ(seqs(therapist1_), (Seqs{1, 2, 3}));
  const SubQueue queue = routine(Origin::peer);
  EXPECT_EQ(ack(therapist1_, {{queue, 1}, {queue, 2}, {queue, 3}}), 3U);
  accept(held(message(6)));
  EXPECT_EQ(seqs(therapist1_), (Seqs{4}));
}

TEST_F(HeldStoreTest, withdrawing_the_first_the_last_and_all_keeps_the_numbers_going) {
  for (std::uint16_t i = 1; i <= 3; ++i) accept(held(message(i)));
  EXPECT_TRUE(withdraw(1).has_value());
  EXPECT_TRUE(withdraw(3).has_value());
  EXPECT_TRUE(withdraw(2).has_value());
  EXPECT_TRUE(run(stores_.queues.pending(practice_, therapist1_, soon()))->empty());
  accept(held(message(4)));
  accept(held(message(5)));
  EXPECT_EQ(seqs(therapist1_), (Seqs{1, 2}));
}

TEST_F(HeldStoreTest, withdrawing_again_is_done_already) {
  accept(held(message(1)));
  accept(held(message(2)));
  EXPECT_EQ(*withdraw(1), 3U);
  const auto before = picture();
  EXPECT_EQ(*withdraw(1), 0U);
  EXPECT_EQ(picture(), before);
  EXPECT_EQ(seqs(therapist1_), (Seqs{1}));  // reads beyond the place of the withdrawn one
  EXPECT_EQ(*withdraw(1), 0U);
  EXPECT_TRUE(run(stores_.queues.accept(held(message(1)), soon()))->duplicate)
      << "a late resend does not bring it back";
}

TEST_F(HeldStoreTest, a_message_that_one_device_was_given_is_released) {
  accept(held(message(1)));
  accept(held(message(2)));
  ReadRequest one = reading(therapist2_, Origin::peer);
  one.entries_max = 1;
  ASSERT_EQ(run(stores_.queues.read(one, soon()))->entries.size(), 1U);
  EXPECT_EQ(refused(1), WithdrawError::already_released);
  ASSERT_EQ(ack(therapist2_, {{routine(Origin::peer), 1}}), 1U);
  EXPECT_EQ(refused(1), WithdrawError::already_released);
  EXPECT_EQ(*withdraw(2), 3U);
}

TEST_F(HeldStoreTest, an_own_device_that_has_its_copy_keeps_it) {
  accept(held(message(1)));
  accept(held(message(2)));
  ReadRequest one = reading(client2_, Origin::own);
  one.entries_max = 1;
  ASSERT_EQ(run(stores_.queues.read(one, soon()))->entries.size(), 1U);
  EXPECT_EQ(*withdraw(1), 2U);
  EXPECT_EQ(seqs(client2_, Origin::own), (Seqs{1, 2}));
  EXPECT_EQ(seqs(therapist1_), (Seqs{1}));
}

TEST_F(HeldStoreTest, what_was_never_held_or_sent_by_another_is_not_found) {
  accept(message(1));
  accept(held(message(2)));
  EXPECT_EQ(refused(1), WithdrawError::not_found);
  EXPECT_EQ(refused(77), WithdrawError::not_found);
  const auto before = picture();
  const auto ask = [&](DeviceRef sender, RelationshipId relationship) {
    return run(stores_.held.withdraw(practice_, sender, relationship, message(2).message, {},
                                     soon()))
        .error();
  };
  EXPECT_EQ(ask(client2_, relationship_), WithdrawError::not_found);
  EXPECT_EQ(ask(therapist1_, relationship_), WithdrawError::not_found);
  EXPECT_EQ(ask(client1_, make_id<RelationshipId>(0xBB, 77)), WithdrawError::not_found);
  EXPECT_EQ(picture(), before);
}

TEST_F(HeldStoreTest, of_a_withdrawal_and_a_read_at_once_one_is_first) {
  Stores other(io_.get_executor(), server_.socket_path());
  std::size_t withdrawn = 0;
  std::uint64_t last = 0;
  for (std::uint16_t i = 1; i <= 40; ++i) {
    accept(held(message(i)));
    std::optional<Withdrawn> one;
    std::optional<boost::system::result<QueuePage, ReadError>> two;
    const auto take = [&] {
      begin(
          stores_.held.withdraw(practice_, client1_, relationship_, message(i).message, {}, soon()),
          one);
    };
    ReadRequest request = reading(therapist1_, Origin::peer);
    request.after_seq = last;
    if (i % 2 == 0) take();
    begin(other.queues.read(request, soon()), two);
    if (i % 2 == 1) take();
    drive_until(one);
    drive_until(two);
    ASSERT_TRUE(two->has_value());
    const bool read = !(*two)->entries.empty();
    ASSERT_NE(one->has_value(), read) << i;
    withdrawn += one->has_value() ? 1U : 0U;
    if (read) {
      EXPECT_EQ(one->error(), WithdrawError::already_released);
      ASSERT_EQ((*two)->entries.back().seq, ++last);
    }
  }
  EXPECT_GT(withdrawn, 0U);
}

TEST_F(HeldStoreTest, a_withdrawal_tells_and_records_in_the_same_step) {
  accept(held(message(1)));
  ASSERT_TRUE(withdraw(1, {{{client_, "withdrawn"}}, "record"}).has_value());
  ASSERT_TRUE(withdraw(1, {{{client_, "withdrawn"}}, "record"}).has_value());
  EXPECT_EQ(notices_of(client_), (std::vector<std::string>{"withdrawn"}));
  EXPECT_EQ(audit_records(), (std::vector<std::string>{"record"}));
  accept(held(message(2)));
  EXPECT_EQ(refused(2, {{{client_, ""}}, ""}), WithdrawError::invalid);
}

TEST_F(HeldStoreTest, a_returned_message_goes_without_a_trace_and_its_sender_is_told) {
  for (std::uint16_t i = 1; i <= 3; ++i) accept(held(message(i)));
  EXPECT_EQ(give_back({name_of(2), name_of(77)}, {{{therapist_, "done"}}, "returned"}), 1U);
  EXPECT_EQ(notices_of(client_),
            (std::vector<std::string>{returned_notice(relationship_, message(2).message)}));
  EXPECT_EQ(notices_of(therapist_), (std::vector<std::string>{"done"}));
  EXPECT_EQ(audit_records(), (std::vector<std::string>{"returned"}));
  EXPECT_EQ(seqs(therapist1_), (Seqs{1, 2}));
  EXPECT_EQ(seqs(client2_, Origin::own), (Seqs{1, 2, 3}))
      << "the author's devices keep their copies";
  EXPECT_EQ(*withdraw(2), 0U) << "it is gone already";
}

TEST_F(HeldStoreTest, what_is_not_held_is_not_returned) {
  accept(message(1));
  accept(held(message(2)));
  EXPECT_EQ(seqs(therapist1_), (Seqs{1, 2}));
  const auto before = picture();
  HeldName other_way = name_of(2);
  other_way.direction = boundary::Direction::to_client;
  EXPECT_EQ(give_back({name_of(1), name_of(2), other_way}, {{{client_, "x"}}, "x"}), 0U);
  EXPECT_EQ(run(stores_.held.return_held(practice_, {}, return_form(), {}, soon())).error(),
            ReturnError::invalid);
  const std::vector<HeldName> many(kReturnsMax + 1, name_of(2));
  EXPECT_EQ(run(stores_.held.return_held(practice_, many, return_form(), {}, soon())).error(),
            ReturnError::invalid);
  ReturnForm without_hole;
  without_hole.by_lane.fill("back");
  EXPECT_EQ(
      run(stores_.held.return_held(practice_, {name_of(2)}, without_hole, {}, soon())).error(),
      ReturnError::invalid);
  EXPECT_EQ(picture(), before);
}

TEST_F(HeldStoreTest, a_withdrawal_and_a_return_at_once_remove_it_once) {
  Stores other(io_.get_executor(), server_.socket_path());
  for (std::uint16_t i = 1; i <= 20; ++i) {
    accept(held(message(i)));
    std::optional<Withdrawn> one;
    std::optional<boost::system::result<std::uint32_t, ReturnError>> two;
    begin(stores_.held.withdraw(practice_, client1_, relationship_, message(i).message, {}, soon()),
          one);
    begin(other.held.return_held(practice_, {name_of(i)}, return_form(), {}, soon()), two);
    drive_until(one);
    drive_until(two);
    EXPECT_NE(**one == 0, **two == 0U) << i;
  }
  EXPECT_TRUE(seqs(therapist1_).empty());
}

TEST_F(HeldStoreTest, everything_held_is_listed_with_its_promise_and_version) {
  accept(message(1));
  accept(held(message(2)));
  AcceptRequest logistics = held(message(3));
  logistics.lane = boundary::Lane::logistics;
  accept(logistics);
  accept(held(reply(4)));
  ASSERT_TRUE(apply_policy(therapist_, 0, "one").has_value());
  AcceptRequest later = message(5);
  later.held = HeldUntil{};
  later.validity.policy_version = 1;
  accept(later);
  for (const AccountId& account : {therapist_, client_}) {
    const HeldPage page = list(account);
    EXPECT_EQ(page.next, "");
    ASSERT_EQ(page.messages.size(), 4U);
    EXPECT_EQ(page.messages[0].name.lane, boundary::Lane::logistics);
    EXPECT_EQ(page.messages[0].name.message, message(3).message);
    EXPECT_EQ(page.messages[1].name, name_of(2));
    EXPECT_EQ(page.messages[1].sending_device, 1U);
    EXPECT_EQ(page.messages[1].promise, now_ + 1h);
    EXPECT_EQ(page.messages[1].policy_version, 0U);
    EXPECT_LT(page.messages[1].accepted_at - now_, 1min);
    EXPECT_EQ(page.messages[2].name, name_of(5));
    EXPECT_EQ(page.messages[2].promise, std::nullopt);
    EXPECT_EQ(page.messages[2].policy_version, 1U);
    EXPECT_EQ(page.messages[3].name.direction, boundary::Direction::to_client);
  }
  EXPECT_EQ(list(therapist_).held_count, 4U);
  EXPECT_EQ(
      run(stores_.held.list_held(practice_, make_id<AccountId>(0xA0, 77), "", 1, soon())).error(),
      ListHeldError::not_found);
  EXPECT_EQ(
      run(stores_.held.list_held(practice_, therapist_, "", kHeldPerPage + 1, soon())).error(),
      ListHeldError::invalid);
}

TEST_F(HeldStoreTest, what_a_device_was_given_is_listed_no_more) {
  accept(held(message(1)));
  accept(held(message(2)));
  ReadRequest one = reading(therapist2_, Origin::peer);
  one.entries_max = 1;
  ASSERT_EQ(run(stores_.queues.read(one, soon()))->entries.size(), 1U);
  const HeldPage page = list(therapist_);
  ASSERT_EQ(page.messages.size(), 1U);
  EXPECT_EQ(page.messages[0].name, name_of(2));
  ASSERT_TRUE(withdraw(2).has_value());
  EXPECT_TRUE(list(therapist_).messages.empty());
}

TEST_F(HeldStoreTest, pages_list_each_message_once) {
  for (std::uint16_t i = 1; i <= 10; ++i) accept(i % 3 == 0 ? held(reply(i)) : held(message(i)));
  std::set<MessageId> seen;
  std::string next;
  std::size_t pages = 0;
  do {
    const HeldPage page = list(therapist_, next, 3);
    EXPECT_LE(page.messages.size(), 3U);
    for (const HeldMessage& message : page.messages) {
      EXPECT_TRUE(seen.insert(message.name.message).second);
    }
    next = page.next;
    ++pages;
  } while (!next.empty());
  EXPECT_EQ(seen.size(), 10U);
  EXPECT_EQ(pages, 4U);
}

TEST_F(HeldStoreTest, a_device_has_its_newest_promise_until_it_was_kept) {
  const auto promises = [&] { return *run(stores_.held.promises(practice_, client1_, soon())); };
  EXPECT_TRUE(promises().empty());
  accept(message(1));
  EXPECT_TRUE(promises().empty());
  accept(held(message(2)));
  const auto first = promises();
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].relationship, relationship_);
  EXPECT_EQ(first[0].lane, boundary::Lane::routine);
  EXPECT_EQ(first[0].promise, now_ + 1h);
  drive_for(2ms);
  AcceptRequest open_end = message(3);
  open_end.held = HeldUntil{};
  accept(open_end);
  EXPECT_EQ(promises().at(0).promise, std::nullopt);
  EXPECT_EQ(settle(client1_, first[0], now_ + 1h), PromiseSettled::overtaken);
  EXPECT_TRUE(notices_of(client_).empty());
  EXPECT_EQ(settle(client1_, promises().at(0), std::nullopt), PromiseSettled::known);
  EXPECT_TRUE(promises().empty());
  EXPECT_TRUE(notices_of(client_).empty());
}

TEST_F(HeldStoreTest, an_opening_is_told_once_however_many_ask) {
  const auto of = [&](DeviceRef device) {
    return run(stores_.held.promises(practice_, device, soon()))->at(0);
  };
  accept(held(message(1)));
  AcceptRequest second = held(message(2));
  second.sender = client2_;
  second.session = session_of(client2_);
  second.copies.back().recipient = client1_;
  accept(second);
  const DevicePromise first = of(client1_);
  const auto opened = of(client2_).accepted_at + 1ms;
  EXPECT_EQ(settle(client1_, first, opened), PromiseSettled::told);
  EXPECT_EQ(settle(client1_, first, opened), PromiseSettled::overtaken) << "it is gone";
  EXPECT_EQ(settle(client2_, of(client2_), opened + 1ms), PromiseSettled::known)
      << "an instant that covers it was told, by a gateway whose clock is a little behind";
  EXPECT_EQ(notices_of(client_), (std::vector<std::string>{"opened"}));
  drive_for(5ms);
  accept(held(message(3)));
  EXPECT_EQ(settle(client1_, of(client1_), of(client1_).accepted_at + 1ms), PromiseSettled::told)
      << "the next opening";
  EXPECT_EQ(notices_of(client_).size(), 2U);
}

TEST_F(HeldStoreTest, a_promise_stands_while_there_is_no_room_to_tell_it) {
  accept(held(message(1)));
  redis({"HSET", keys::Practice(practice_).notices(client_), "last", std::to_string(kNoticesMax),
         "first", "1"});
  const auto before = picture();
  const auto promise = run(stores_.held.promises(practice_, client1_, soon()))->at(0);
  EXPECT_EQ(settle(client1_, promise, now_ + 1h), PromiseSettled::no_room);
  EXPECT_EQ(picture(), before);
}

TEST_F(HeldStoreTest, a_sender_finds_what_was_said_of_a_message) {
  accept(held(message(1)));
  accept(message(2));
  const auto find = [&](std::uint16_t number) {
    return run(stores_.held.find_sent(practice_, client1_, relationship_, message(number).message,
                                      soon()));
  };
  EXPECT_TRUE(find(1)->held);
  EXPECT_FALSE(find(1)->is_gone);
  EXPECT_EQ(find(1)->verdict, message(1).verdict);
  EXPECT_EQ(find(1)->lane, boundary::Lane::routine);
  EXPECT_FALSE(find(2)->held);
  ASSERT_TRUE(
      run(stores_.held.withdraw(practice_, client1_, relationship_, message(1).message, {}, soon()))
          .has_value());
  EXPECT_TRUE(find(1)->is_gone);
  EXPECT_EQ(find(9).error(), FindSentError::not_found);
  EXPECT_EQ(
      run(stores_.held.find_sent(practice_, client2_, relationship_, message(1).message, soon()))
          .error(),
      FindSentError::not_found);
}

TEST_F(HeldStoreTest, full_notices_refuse_and_leave_everything_as_it_was) {
  accept(held(message(1)));
  const std::string key = keys::Practice(practice_).notices(client_);
  redis({"HSET", key, "last", std::to_string(kNoticesMax), "first", "1"});
  EXPECT_EQ(refused(1, {{{client_, "withdrawn"}}, ""}), WithdrawError::quota);
  const auto before = picture();
  EXPECT_EQ(
      run(stores_.held.return_held(practice_, {name_of(1)}, return_form(), {}, soon())).error(),
      ReturnError::quota);
  EXPECT_EQ(picture(), before);
}

}  // namespace
}  // namespace holdspace::storage
