// First contact, answers, repeats, crashes and lies between two devices, at the level of seal.hpp
// and open.hpp.
#include "tests/client/two_devices.hpp"

#include <gtest/gtest.h>

#include "client/compose.hpp"
#include "client/content.hpp"

namespace holdspace::client {
namespace {

using Texts = std::vector<std::string>;

TEST(TwoDevices, client_writes_first_and_the_therapist_pins_whom_the_invite_proves) {
  TwoDevices pair;
  const auto row = pair.write(pair.client, pair.therapist, "I could not sleep.");
  const auto opened = pair.open(pair.therapist, pair.client, pair.delivery(pair.therapist, row));
  EXPECT_EQ(opened.step, OpenStep::stored);
  EXPECT_EQ(pair.incoming_texts(pair.therapist), Texts{"I could not sleep."});

  v1::Content content;
  ASSERT_TRUE(content.ParseFromString(row.content()));
  EXPECT_EQ(opened.digest, content_digest(content)) << "both ends name it by the same digest";
  const auto peer =
      load<records::Peer>(*pair.therapist.store, Table::peer, pair.client.identity->account_id());
  ASSERT_TRUE(peer);
  EXPECT_TRUE(peer->pinned());
  EXPECT_TRUE(load<records::Invite>(*pair.therapist.store, Table::invite, pair.invite_id)->spent());
  const auto known =
      load<records::Relationship>(*pair.therapist.store, Table::relationship, pair.relationship);
  EXPECT_EQ(known->peer_account_id(), to_string(pair.client.identity->account_id()));
}

TEST(TwoDevices, talk_in_turns_and_the_invite_secret_goes_when_it_has_served) {
  TwoDevices pair;
  for (int turn = 0; turn < 5; ++turn) {
    const auto asked = pair.write(pair.client, pair.therapist, "q" + std::to_string(turn));
    ASSERT_EQ(pair.open(pair.therapist, pair.client, pair.delivery(pair.therapist, asked)).step,
              OpenStep::stored);
    const auto answered = pair.write(pair.therapist, pair.client, "a" + std::to_string(turn));
    ASSERT_EQ(pair.open(pair.client, pair.therapist, pair.delivery(pair.client, answered)).step,
              OpenStep::stored);
  }
  EXPECT_EQ(pair.incoming_texts(pair.client), (Texts{"a0", "a1", "a2", "a3", "a4"}));
  EXPECT_EQ(pair.incoming_texts(pair.therapist), (Texts{"q0", "q1", "q2", "q3", "q4"}));
  EXPECT_FALSE(load_invite_secret(*pair.client.store, pair.invite_id));
}

TEST(TwoDevices, therapist_may_write_first_under_the_invite_and_pins_only_after_the_answer) {
  TwoDevices pair;
  pair.tell_therapist_who_redeemed();
  const auto first = pair.write(pair.therapist, pair.client, "Welcome.");
  const auto candidate =
      load<records::Peer>(*pair.therapist.store, Table::peer, pair.client.identity->account_id());
  EXPECT_FALSE(candidate->pinned()) << "the gateway's word pins nobody";
  ASSERT_EQ(pair.open(pair.client, pair.therapist, pair.delivery(pair.client, first)).step,
            OpenStep::stored);
  const auto answer = pair.write(pair.client, pair.therapist, "Thank you.");
  ASSERT_EQ(pair.open(pair.therapist, pair.client, pair.delivery(pair.therapist, answer)).step,
            OpenStep::stored);
  EXPECT_TRUE(
      load<records::Peer>(*pair.therapist.store, Table::peer, pair.client.identity->account_id())
          ->pinned());
}

// A further invite of the therapist's, as the client's device reads it.
crypto::InvitePacket further_invite(const TwoDevices& pair) {
  const auto& device = pair.therapist.identity->device;
  crypto::InvitePacket packet;
  packet.role = crypto::Role::client;
  packet.relationship_id.fill(9);
  packet.inviter = crypto::Inviter{{device.address().account_id, device.list->account_key},
                                   device.list.signed_bytes()};
  return packet;
}

TEST(TwoDevices, a_further_invite_serves_in_the_first_handshake_while_there_is_no_session) {
  TwoDevices pair;
  auto& store = *pair.client.store;
  const auto invite = crypto::InviteSecret::generate();
  const auto packet = further_invite(pair);
  LocalStore::Transaction transaction(store);
  save_inviter(store, invite, packet, "therapist-again");
  transaction.commit();
  const auto peer = load<records::Peer>(store, Table::peer, packet.inviter->pin.account_id);
  EXPECT_EQ(peer->invite_id(), to_string(invite.id()));
  EXPECT_TRUE(load_invite_secret(store, invite.id()));
  const auto known =
      load<records::Relationship>(store, Table::relationship, packet.relationship_id);
  EXPECT_EQ(known->label(), "therapist-again");
  EXPECT_EQ(known->peer_account_id(), to_string(packet.inviter->pin.account_id));
  EXPECT_FALSE(known->self_is_therapist());
}

TEST(TwoDevices, a_further_invite_of_the_same_person_leaves_their_session_and_devices_alone) {
  TwoDevices pair;
  const auto asked = pair.write(pair.client, pair.therapist, "Before.");
  (void)pair.open(pair.therapist, pair.client, pair.delivery(pair.therapist, asked));
  const auto answered = pair.write(pair.therapist, pair.client, "Yes.");
  (void)pair.open(pair.client, pair.therapist, pair.delivery(pair.client, answered));
  auto& store = *pair.client.store;
  const auto invite = crypto::InviteSecret::generate();
  const auto packet = further_invite(pair);
  const auto account = packet.inviter->pin.account_id;
  const auto before = load<records::Peer>(store, Table::peer, account);
  {
    LocalStore::Transaction transaction(store);
    save_inviter(store, invite, packet, "therapist-again");
    transaction.commit();
  }
  EXPECT_EQ(load<records::Peer>(store, Table::peer, account)->SerializeAsString(),
            before->SerializeAsString());
  EXPECT_FALSE(load_invite_secret(store, invite.id()));
  const auto after = pair.write(pair.client, pair.therapist, "After.");
  EXPECT_EQ(pair.open(pair.therapist, pair.client, pair.delivery(pair.therapist, after)).step,
            OpenStep::stored);
}

TEST(TwoDevices, both_may_write_first_at_once) {
  TwoDevices pair;
  pair.tell_therapist_who_redeemed();
  const auto from_client = pair.write(pair.client, pair.therapist, "c1");
  const auto from_therapist = pair.write(pair.therapist, pair.client, "t1");
  EXPECT_EQ(pair.open(pair.therapist, pair.client, pair.delivery(pair.therapist, from_client)).step,
            OpenStep::stored);
  EXPECT_EQ(pair.open(pair.client, pair.therapist, pair.delivery(pair.client, from_therapist)).step,
            OpenStep::stored);
  for (int turn = 0; turn < 3; ++turn) {
    const auto c = pair.write(pair.client, pair.therapist, "c");
    EXPECT_EQ(pair.open(pair.therapist, pair.client, pair.delivery(pair.therapist, c)).step,
              OpenStep::stored);
    const auto t = pair.write(pair.therapist, pair.client, "t");
    EXPECT_EQ(pair.open(pair.client, pair.therapist, pair.delivery(pair.client, t)).step,
              OpenStep::stored);
  }
}

TEST(TwoDevices, a_repeated_envelope_is_stored_once) {
  TwoDevices pair;
  const auto item = pair.delivery(pair.therapist, pair.write(pair.client, pair.therapist, "once"));
  EXPECT_EQ(pair.open(pair.therapist, pair.client, item).step, OpenStep::stored);
  EXPECT_EQ(pair.open(pair.therapist, pair.client, item).step, OpenStep::duplicate);
  EXPECT_EQ(pair.incoming_texts(pair.therapist), Texts{"once"});
}

TEST(TwoDevices, a_receiver_that_dies_before_its_commit_opens_the_envelope_again) {
  TwoDevices pair;
  const auto item = pair.delivery(pair.therapist, pair.write(pair.client, pair.therapist, "again"));
  FetchedDevices fetched;
  fetched[pair.client.identity->account_id()] = pair.client.devices();
  {
    LocalStore::Transaction never_committed(*pair.therapist.store);
    EXPECT_EQ(open_delivered(*pair.therapist.store, *pair.therapist.identity, item, fetched,
                             "epoch", pair.now)
                  .step,
              OpenStep::stored);
  }
  EXPECT_EQ(pair.incoming_texts(pair.therapist), Texts{});
  EXPECT_EQ(pair.open(pair.therapist, pair.client, item).step, OpenStep::stored);
  EXPECT_EQ(pair.incoming_texts(pair.therapist), Texts{"again"});
}

TEST(TwoDevices, sealing_again_after_a_mismatch_keeps_the_message_id_and_the_digest) {
  TwoDevices pair;
  const auto id = pair.compose_only(pair.client, "same message");
  pair.seal(pair.client, pair.therapist, id);
  const auto first = pair.row(pair.client, id);
  pair.seal(pair.client, pair.therapist, id);
  const auto second = pair.row(pair.client, id);
  EXPECT_EQ(first.message_id(), second.message_id());
  EXPECT_NE(first.send(), second.send());
  const auto opened = pair.open(pair.therapist, pair.client, pair.delivery(pair.therapist, second));
  EXPECT_EQ(opened.step, OpenStep::stored);
  EXPECT_EQ(to_string(opened.message_id), first.message_id());
}

TEST(TwoDevices, an_altered_envelope_is_kept_as_received_and_stops_nothing) {
  TwoDevices pair;
  auto item = pair.delivery(pair.therapist, pair.write(pair.client, pair.therapist, "whole"));
  auto altered = item;
  altered.mutable_envelope()->mutable_body()->back() ^= 1;
  const auto opened = pair.open(pair.therapist, pair.client, altered);
  EXPECT_EQ(opened.step, OpenStep::unreadable);
  const auto kept = pair.message(pair.therapist, opened.message_ordinal);
  EXPECT_EQ(kept.kind(), records::UNREADABLE);
  EXPECT_EQ(kept.raw(), altered.SerializeAsString());
  EXPECT_EQ(pair.open(pair.therapist, pair.client, item).step, OpenStep::stored)
      << "the honest copy still opens";
}

TEST(TwoDevices, what_is_inside_must_be_of_the_class_that_the_envelope_names) {
  TwoDevices pair;
  const auto id = pair.compose_only(pair.client, "a text that calls itself a control");
  auto row = pair.row(pair.client, id);
  row.set_control(1);
  {
    LocalStore::Transaction transaction(*pair.client.store);
    save(*pair.client.store, Table::outbox, std::string_view(id), row);
    transaction.commit();
  }
  pair.seal(pair.client, pair.therapist, id);
  const auto item = pair.delivery(pair.therapist, pair.row(pair.client, id));
  const auto opened = pair.open(pair.therapist, pair.client, item);
  EXPECT_EQ(opened.step, OpenStep::unreadable);
  const auto kept = pair.message(pair.therapist, opened.message_ordinal);
  EXPECT_EQ(kept.kind(), records::UNREADABLE);
  EXPECT_EQ(kept.text(), "content_not_understood");
}

TEST(TwoDevices, metadata_of_the_frame_must_be_that_of_the_envelope) {
  TwoDevices pair;
  const auto item = pair.delivery(pair.therapist, pair.write(pair.client, pair.therapist, "x"));
  auto other_lane = item;
  other_lane.set_lane(v1::LOGISTICS);
  EXPECT_EQ(pair.open(pair.therapist, pair.client, other_lane).why, "metadata_differs");
  auto other_relationship = item;
  other_relationship.set_relationship_id(std::string(16, 'x'));
  EXPECT_EQ(pair.open(pair.therapist, pair.client, other_relationship).why, "metadata_differs");
  auto claimed_own = item;
  claimed_own.set_own_copy(true);
  EXPECT_EQ(pair.open(pair.therapist, pair.client, claimed_own).why, "metadata_differs");
  EXPECT_EQ(pair.open(pair.client, pair.therapist, item).why, "metadata_differs");
}

TEST(TwoDevices, nobody_without_an_unused_invite_is_let_in) {
  TwoDevices pair;
  const auto item = pair.delivery(pair.therapist, pair.write(pair.client, pair.therapist, "x"));
  {
    LocalStore::Transaction transaction(*pair.therapist.store);
    auto invite =
        load<records::Invite>(*pair.therapist.store, Table::invite, pair.invite_id).value();
    invite.set_spent(true);
    save(*pair.therapist.store, Table::invite, pair.invite_id, invite);
    transaction.commit();
  }
  const auto opened = pair.open(pair.therapist, pair.client, item);
  EXPECT_EQ(opened.step, OpenStep::unreadable);
  EXPECT_EQ(opened.why, "unknown_sender");
}

TEST(TwoDevices, a_message_that_never_comes_is_told_at_the_next_one) {
  TwoDevices pair;
  const auto first = pair.write(pair.client, pair.therapist, "1");
  const auto withheld = pair.write(pair.client, pair.therapist, "2");
  const auto third = pair.write(pair.client, pair.therapist, "3");
  pair.open(pair.therapist, pair.client, pair.delivery(pair.therapist, first));
  const auto opened = pair.open(pair.therapist, pair.client, pair.delivery(pair.therapist, third));
  EXPECT_EQ(pair.message(pair.therapist, opened.message_ordinal).missing_before(), 1U);
}

TEST(TwoDevices, a_refused_message_leaves_no_gap) {
  TwoDevices pair;
  pair.open(pair.therapist, pair.client,
            pair.delivery(pair.therapist, pair.write(pair.client, pair.therapist, "1")));
  const auto refused = pair.write(pair.client, pair.therapist, "refused");
  {
    LocalStore::Transaction transaction(*pair.client.store);
    take_back_from_chain(*pair.client.store, *pair.client.identity, refused);
    transaction.commit();
  }
  const auto next = pair.write(pair.client, pair.therapist, "2");
  const auto opened = pair.open(pair.therapist, pair.client, pair.delivery(pair.therapist, next));
  EXPECT_EQ(pair.message(pair.therapist, opened.message_ordinal).missing_before(), 0U);
}

TEST(TwoDevices, a_last_resort_handshake_works_without_one_time_keys_and_once) {
  TwoDevices pair;
  pair.therapist.one_time_keys.clear();
  const auto item = pair.delivery(pair.therapist, pair.write(pair.client, pair.therapist, "late"));
  EXPECT_EQ(pair.open(pair.therapist, pair.client, item).step, OpenStep::stored);
  EXPECT_EQ(pair.therapist.store->count(Table::replay), 1U);
}

TEST(TwoDevices, a_spent_one_time_key_is_erased) {
  TwoDevices pair;
  EXPECT_EQ(pair.therapist.store->count(Table::one_time_key), 2U);
  pair.open(pair.therapist, pair.client,
            pair.delivery(pair.therapist, pair.write(pair.client, pair.therapist, "x")));
  EXPECT_EQ(pair.therapist.store->count(Table::one_time_key), 1U);
}

}  // namespace
}  // namespace holdspace::client
