// An envelope that does not open: asked for again, sealed again, and when neither happens. Also
// what a person is shown of messages that are lost and of a session that does not continue the ones
// before.
#include "client/retry.hpp"

#include <gtest/gtest.h>

#include "tests/client/two_devices.hpp"

namespace holdspace::client {
namespace {

using Texts = std::vector<std::string>;
using std::chrono::hours;
using std::chrono::milliseconds;

constexpr crypto::Instant kNow{milliseconds(1774911600000)};

crypto::MessageId id_of(std::uint8_t number) {
  crypto::MessageId id{};
  id[0] = number;
  return id;
}

TEST(Retry, asks_for_what_another_sealing_could_mend) {
  using crypto::OpenError;
  const auto step = [](OpenError error) {
    records::RetryMark mark;
    return next_retry(mark, error, id_of(1), kNow);
  };
  for (const auto error : {OpenError::unknown_session, OpenError::altered, OpenError::jump_too_far,
                           OpenError::handshake_failed})
    EXPECT_EQ(step(error), RetryStep::ask);
  for (const auto error :
       {OpenError::malformed, OpenError::wrong_size_class, OpenError::not_for_us,
        OpenError::duplicate, OpenError::invalid_header, OpenError::discontinuity})
    EXPECT_EQ(step(error), RetryStep::nothing);
}

TEST(Retry, opens_a_further_session_for_the_second_message_and_once_in_an_hour) {
  const auto altered = crypto::OpenError::altered;
  records::RetryMark mark;
  EXPECT_EQ(next_retry(mark, altered, id_of(1), kNow), RetryStep::ask);
  EXPECT_EQ(next_retry(mark, altered, id_of(1), kNow), RetryStep::nothing) << "asked once";
  EXPECT_EQ(next_retry(mark, altered, id_of(2), kNow), RetryStep::ask_in_new_session);
  EXPECT_EQ(next_retry(mark, altered, id_of(3), kNow), RetryStep::ask);
  EXPECT_EQ(next_retry(mark, altered, id_of(4), kNow + crypto::kRenewPause),
            RetryStep::ask_in_new_session);
  mark.set_unopened(0);  // something opened
  EXPECT_EQ(next_retry(mark, altered, id_of(5), kNow + 3 * crypto::kRenewPause), RetryStep::ask);
}

TEST(Retry, asks_five_times_in_an_hour) {
  records::RetryMark mark;
  for (std::uint8_t number = 1; number <= kRetryAsksMax; ++number)
    EXPECT_NE(next_retry(mark, crypto::OpenError::altered, id_of(number), kNow),
              RetryStep::nothing);
  const auto more = id_of(kRetryAsksMax + 1);
  EXPECT_EQ(
      next_retry(mark, crypto::OpenError::altered, more, kNow + kRetryPause - milliseconds{1}),
      RetryStep::nothing);
  EXPECT_NE(next_retry(mark, crypto::OpenError::altered, more, kNow + kRetryPause),
            RetryStep::nothing);
}

TEST(Retry, seals_again_only_what_is_recent_and_for_the_same_account_key) {
  records::Peer peer;
  peer.set_pinned(true);
  peer.set_account_key("key");
  records::OutboxRow row;
  row.set_state(records::ACCEPTED_RELEASED);
  row.set_sealed_to("key");
  row.set_created_at_ms(to_ms(kNow));
  EXPECT_TRUE(may_seal_again(row, peer, kNow + kRetryLife - milliseconds{1}));
  EXPECT_FALSE(may_seal_again(row, peer, kNow + kRetryLife));
  const auto refused = [&](auto change) {
    auto other_row = row;
    auto other_peer = peer;
    change(other_row, other_peer);
    return !may_seal_again(other_row, other_peer, kNow);
  };
  EXPECT_TRUE(refused([](auto&, auto& p) { p.set_account_key("another key"); }));
  EXPECT_TRUE(refused([](auto&, auto& p) { p.set_pinned(false); }));
  EXPECT_TRUE(refused([](auto& r, auto&) { r.set_sealed_again(true); }));
  EXPECT_TRUE(refused([](auto& r, auto&) { r.set_control(1); }));
  EXPECT_TRUE(refused([](auto& r, auto&) { r.set_state(records::ACCEPTED_HELD); }));
  EXPECT_TRUE(refused([](auto& r, auto&) { r.set_state(records::WITHDRAWN); }));
}

struct Talk : TwoDevices {
  // Both have heard each other.
  void begin() {
    ASSERT_EQ(open(therapist, client, delivery(therapist, write(client, therapist, "hello"))).step,
              OpenStep::stored);
    ASSERT_EQ(open(client, therapist, delivery(client, write(therapist, client, "hello"))).step,
              OpenStep::stored);
  }
  // A message of the client that the gateway has passed on, altered on the way.
  v1::Delivered altered(const std::string& text, v1::Delivered* whole = nullptr) {
    const auto id = compose_only(client, text);
    seal(client, therapist, id);
    {
      LocalStore::Transaction transaction(*client.store);
      auto sent = row(client, id);
      sent.set_state(records::ACCEPTED_RELEASED);
      save(*client.store, Table::outbox, id, sent);
      transaction.commit();
    }
    auto item = delivery(therapist, row(client, id));
    if (whole != nullptr) *whole = item;
    item.mutable_envelope()->mutable_body()->back() ^= 1;
    return item;
  }
  // What `from` has to send because of what it opened, opened by `to`.
  Opened pass_on(TestDevice& from, TestDevice& to, const Opened& because) {
    seal(from, to, because.to_send);
    return open(to, from, delivery(to, row(from, because.to_send)));
  }
};

TEST(Retry, an_altered_message_is_asked_for_sealed_again_and_shown_once) {
  Talk talk;
  talk.begin();
  v1::Delivered whole;
  const auto failed =
      talk.open(talk.therapist, talk.client, talk.altered("I could not sleep.", &whole));
  ASSERT_EQ(failed.step, OpenStep::unreadable);
  ASSERT_FALSE(failed.to_send.empty());
  const auto request = talk.pass_on(talk.therapist, talk.client, failed);
  EXPECT_EQ(request.step, OpenStep::control);
  ASSERT_FALSE(request.to_send.empty());
  const auto repeated = talk.pass_on(talk.client, talk.therapist, request);
  EXPECT_EQ(repeated.step, OpenStep::stored);
  EXPECT_EQ(talk.message(talk.therapist, repeated.message_ordinal).text(), "I could not sleep.");
  EXPECT_EQ(talk.open(talk.therapist, talk.client, whole).step, OpenStep::duplicate);
}

TEST(Retry, a_device_that_has_the_message_does_not_show_the_repeat) {
  Talk talk;
  talk.begin();
  v1::Delivered whole;
  const auto failed = talk.open(talk.therapist, talk.client, talk.altered("once", &whole));
  ASSERT_EQ(talk.open(talk.therapist, talk.client, whole).step, OpenStep::stored);
  const auto request = talk.pass_on(talk.therapist, talk.client, failed);
  EXPECT_EQ(talk.pass_on(talk.client, talk.therapist, request).step, OpenStep::control);
}

TEST(Retry, the_second_request_goes_in_a_session_that_continues_the_first) {
  Talk talk;
  talk.begin();
  const auto first = talk.altered("1");
  const auto second = talk.altered("2");
  ASSERT_FALSE(talk.open(talk.therapist, talk.client, first).to_send.empty());
  const auto failed = talk.open(talk.therapist, talk.client, second);
  ASSERT_FALSE(failed.to_send.empty());
  talk.seal(talk.therapist, talk.client, failed.to_send);
  const auto item = talk.delivery(talk.client, talk.row(talk.therapist, failed.to_send));
  const auto handshake = crypto::parse_handshake(view(item.envelope().hs()));
  ASSERT_TRUE(handshake);
  EXPECT_EQ(handshake->psk_kind, crypto::PskKind::continuity);
  const auto request = talk.open(talk.client, talk.therapist, item);
  EXPECT_EQ(request.step, OpenStep::control);
  EXPECT_EQ(talk.pass_on(talk.client, talk.therapist, request).step, OpenStep::stored);
  EXPECT_EQ(talk.incoming_texts(talk.therapist).back(), "2");
}

TEST(Retry, a_session_without_proof_is_refused_and_both_people_see_it) {
  Talk talk;
  talk.begin();
  const auto place = session_id(talk.therapist.identity->device.address());
  const auto honest = talk.client.store->get(Table::session, place);
  ASSERT_TRUE(honest);
  {
    LocalStore::Transaction transaction(*talk.client.store);
    talk.client.store->erase(Table::session, place);
    transaction.commit();
  }
  const auto item =
      talk.delivery(talk.therapist, talk.write(talk.client, talk.therapist, "quietly"));
  const auto session = session_id(talk.client.identity->device.address());
  const auto before = talk.therapist.store->get(Table::session, session);
  const auto refused = talk.open(talk.therapist, talk.client, item);
  EXPECT_EQ(refused.why, "discontinuity");
  EXPECT_EQ(talk.message(talk.therapist, refused.message_ordinal).kind(), records::DISCONTINUITY);
  EXPECT_EQ(talk.therapist.store->get(Table::session, session), before) << "nothing is reset";
  EXPECT_TRUE(talk.open(talk.therapist, talk.client, item).to_send.empty()) << "told once a day";
  {
    LocalStore::Transaction transaction(*talk.client.store);
    talk.client.store->put(Table::session, place, *honest);
    transaction.commit();
  }
  const auto told = talk.pass_on(talk.therapist, talk.client, refused);
  EXPECT_EQ(talk.message(talk.client, told.message_ordinal).kind(), records::DISCONTINUITY);
}

TEST(Retry, messages_that_can_never_be_opened_any_more_are_told) {
  Talk talk;
  talk.begin();
  (void)talk.write(talk.client, talk.therapist, "never comes");
  const auto next = talk.delivery(talk.therapist, talk.write(talk.client, talk.therapist, "2"));
  ASSERT_EQ(talk.open(talk.therapist, talk.client, next).step, OpenStep::stored);
  talk.now += std::chrono::days{31};
  const auto later = talk.delivery(talk.therapist, talk.write(talk.client, talk.therapist, "3"));
  const auto opened = talk.open(talk.therapist, talk.client, later);
  ASSERT_EQ(opened.step, OpenStep::stored);
  const auto gap = talk.message(talk.therapist, opened.message_ordinal - 1);
  EXPECT_EQ(gap.kind(), records::GAP);
  EXPECT_EQ(gap.missing_before(), 1U);
}

}  // namespace
}  // namespace holdspace::client
