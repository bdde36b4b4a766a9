// What is held, over sockets: withdrawn, listed, disposed of, and a therapist who leaves.
#include <future>

#include "tests/gateway/core_life_world.hpp"

namespace holdspace::gateway::tests {
namespace {

using namespace std::chrono_literals;

constexpr auto kQuiet = 700ms;

class HeldProcess : public LifeTest {
 protected:
  static v1::HeldItems list(FrameClient& asker, const std::string& account = "",
                            const std::string& after = "") {
    v1::ClientFrame frame;
    frame.mutable_list_held()->set_account_id(account);
    frame.mutable_list_held()->set_after(after);
    const auto answer = asker.request(frame);
    EXPECT_TRUE(answer.has_held_items()) << answer.ShortDebugString();
    return answer.held_items();
  }
  static v1::ClientFrame dispose(const v1::HeldItems& held, v1::Disposition how,
                                 const std::string& account = "", const std::string& cover = "") {
    v1::ClientFrame frame;
    auto& wire = *frame.mutable_dispose_held();
    wire.set_account_id(account);
    wire.set_disposition(how);
    wire.set_cover_account_id(cover);
    for (const auto& item : held.items()) *wire.add_items() = item;
    return frame;
  }
  static v1::ClientFrame leave(v1::Leave::Phase phase, const std::string& account = "",
                               const std::string& successor = "") {
    v1::ClientFrame frame;
    frame.mutable_leave()->set_phase(phase);
    frame.mutable_leave()->set_account_id(account);
    frame.mutable_leave()->set_successor_account_id(successor);
    return frame;
  }
};

TEST_F(HeldProcess, takes_back_a_held_message_without_a_trace) {
  shut();
  const auto client = log_in(world.client);
  const auto gone = hold(*client);
  const auto kept = hold(*client);
  EXPECT_TRUE(client->request(withdraw(gone)).has_withdrawn());
  EXPECT_TRUE(client->request(withdraw(gone)).has_withdrawn());  // again: the same answer
  open();
  const auto inbox = log_in(world.therapist);
  EXPECT_EQ(world.therapist.welcome.queued(), 1U);
  const auto push = inbox->next_push();
  ASSERT_EQ(push.deliver().items_size(), 1);
  EXPECT_EQ(push.deliver().items(0).seq(), 1U);
  EXPECT_EQ(push.deliver().items(0).envelope().env().substr(8, 16), text(kept));
  EXPECT_TRUE(inbox->next_push().has_drained());
  EXPECT_TRUE(inbox->silent(kQuiet));
}

TEST_F(HeldProcess, refuses_to_withdraw_what_is_not_the_devices_own) {
  shut();
  const auto client = log_in(world.client);
  const auto message = hold(*client);
  EXPECT_EQ(client->request(withdraw(crypto::random_array<16>())).error().code(), v1::NOT_FOUND);
  EXPECT_EQ(log_in(world.therapist)->request(withdraw(message)).error().code(), v1::NOT_FOUND);
  auto frame = withdraw(message);
  frame.mutable_withdraw()->set_relationship_id(text(crypto::random_array<16>()));
  EXPECT_EQ(client->request(frame).error().code(), v1::NOT_FOUND);
  frame.mutable_withdraw()->set_message_id("short");
  EXPECT_EQ(client->request(frame).error().field(), "withdraw.message_id");
}

TEST_F(HeldProcess, is_too_late_once_the_gate_was_open_whether_or_not_anybody_fetched) {
  shut();
  const auto client = log_in(world.client);
  const auto message = hold(*client);
  open();  // and no device of the therapist fetches anything
  EXPECT_EQ(client->request(withdraw(message)).error().code(), v1::ALREADY_RELEASED);
  const auto passed = crypto::random_array<16>();
  ASSERT_EQ(write(*client, world.client, 'p', passed).accepted().verdict().outcome(), v1::RELEASED);
  EXPECT_EQ(client->request(withdraw(passed)).error().code(), v1::ALREADY_RELEASED);
  // Shut again: what was released stays released.
  shut();
  EXPECT_EQ(client->request(withdraw(message)).error().code(), v1::ALREADY_RELEASED);
}

TEST_F(HeldProcess, has_one_winner_between_a_withdrawal_and_an_opening) {
  for (int round = 0; round < 5; ++round) {
    shut();
    const auto client = log_in(world.client);
    const auto message = hold(*client);
    auto opening = std::async(std::launch::async, [this] { open(); });
    const auto answer = client->request(withdraw(message));
    opening.get();
    const auto inbox = log_in(world.therapist);
    const auto push = inbox->next_push();
    EXPECT_NE(answer.has_withdrawn(), push.has_deliver()) << answer.ShortDebugString();
    if (push.has_deliver()) {
      v1::ClientFrame ack;
      auto& item = *ack.mutable_ack()->add_items();
      item.set_relationship_id(text(world.relationship));
      item.set_lane(v1::ROUTINE);
      item.set_seq(push.deliver().items(0).seq());
      EXPECT_EQ(inbox->request(ack).acked().removed(), 1U);
    }
  }
}

TEST_F(HeldProcess, lists_what_waits_for_the_therapist_and_the_admin) {
  shut();
  const auto client = log_in(world.client);
  const auto message = hold(*client);
  const auto therapist = log_in(world.therapist);
  const auto own = list(*therapist);
  ASSERT_EQ(own.items_size(), 1);
  EXPECT_EQ(own.items(0).message_id(), text(message));
  EXPECT_EQ(own.items(0).relationship_id(), text(world.relationship));
  EXPECT_EQ(own.items(0).direction(), v1::TO_THERAPIST);
  EXPECT_GT(own.items(0).promise_ms(), own.items(0).accepted_at_ms());
  EXPECT_TRUE(own.next().empty());
  const auto admin = log_in(world.admin);
  const auto hers = list(*admin, text(world.therapist.account()));
  EXPECT_EQ(hers.SerializeAsString(), own.SerializeAsString());

  v1::ClientFrame frame;
  frame.mutable_list_held();
  EXPECT_EQ(admin->request(frame).error().field(), "list_held.account_id");
  EXPECT_EQ(client->request(frame).error().code(), v1::PERMISSION_DENIED);
  frame.mutable_list_held()->set_account_id(text(world.client.account()));
  EXPECT_EQ(admin->request(frame).error().code(), v1::NOT_FOUND);
  EXPECT_EQ(therapist->request(frame).error().code(), v1::PERMISSION_DENIED);
  frame.mutable_list_held()->set_account_id("");
  frame.mutable_list_held()->set_after(std::string(129, 'a'));
  EXPECT_EQ(therapist->request(frame).error().field(), "list_held.after");
}

TEST_F(HeldProcess, gives_back_to_the_sender_or_to_the_sender_with_the_name_of_a_cover) {
  Person colleague;
  world.invite(world.admin, colleague, 2);
  shut();
  const auto client = log_in(world.client);
  const auto first = hold(*client);
  const auto therapist = log_in(world.therapist);
  EXPECT_EQ(therapist->request(dispose(list(*therapist), v1::RETURN)).disposed().items(), 1U);
  const auto returned = next(*client, v1::Notice::kReturned).returned();
  EXPECT_EQ(returned.message_id(), text(first));
  EXPECT_EQ(returned.why(), v1::Returned::WHY_UNSPECIFIED);

  const auto second = hold(*client);
  const auto admin = log_in(world.admin);
  const auto account = text(world.therapist.account());
  const auto held = list(*admin, account);
  const auto frame = dispose(held, v1::TO_COVER, account, text(colleague.account()));
  EXPECT_EQ(admin->request(frame).disposed().items(), 1U);
  EXPECT_EQ(admin->request(frame).disposed().items(), 0U);  // again: nothing is left
  const auto covered = next(*client, v1::Notice::kReturned).returned();
  EXPECT_EQ(covered.message_id(), text(second));
  EXPECT_EQ(covered.why(), v1::Returned::COVERED);
  EXPECT_EQ(covered.cover_account_id(), text(colleague.account()));
  EXPECT_EQ(list(*therapist).items_size(), 0);
}

TEST_F(HeldProcess, refuses_a_disposition_that_is_not_the_askers_to_make) {
  Person colleague;
  world.invite(world.admin, colleague, 2);
  shut();
  const auto client = log_in(world.client);
  hold(*client);
  const auto therapist = log_in(world.therapist);
  const auto admin = log_in(world.admin);
  const auto account = text(world.therapist.account());
  const auto held = list(*therapist);
  const auto refused = [&](FrameClient& asker, const v1::ClientFrame& frame) {
    return asker.request(frame).error();
  };
  EXPECT_EQ(refused(*admin, dispose(held, v1::RELEASE_NOW, account)).code(), v1::PERMISSION_DENIED);
  EXPECT_EQ(refused(*therapist, dispose(held, v1::RELEASE_NOW)).field(),
            "dispose_held.disposition");
  EXPECT_EQ(refused(*therapist, dispose(held, v1::DISPOSITION_UNSPECIFIED)).field(),
            "dispose_held.disposition");
  EXPECT_EQ(refused(*therapist, dispose({}, v1::RETURN)).field(), "dispose_held.items");
  EXPECT_EQ(refused(*therapist, dispose(held, v1::TO_COVER)).field(),
            "dispose_held.cover_account_id");
  EXPECT_EQ(refused(*therapist, dispose(held, v1::TO_COVER, "", account)).field(),
            "dispose_held.cover_account_id");
  EXPECT_EQ(refused(*therapist, dispose(held, v1::RETURN, "", text(colleague.account()))).field(),
            "dispose_held.cover_account_id");
  EXPECT_EQ(
      refused(*therapist, dispose(held, v1::TO_COVER, "", text(world.client.account()))).code(),
      v1::NOT_FOUND);
  EXPECT_EQ(refused(*client, dispose(held, v1::RETURN)).code(), v1::PERMISSION_DENIED);
  const auto stranger = log_in(colleague);
  EXPECT_EQ(refused(*stranger, dispose(held, v1::RETURN)).code(), v1::NOT_FOUND);
  auto urgent = dispose(held, v1::RETURN);
  urgent.mutable_dispose_held()->mutable_items(0)->set_lane(v1::URGENT);
  EXPECT_EQ(refused(*therapist, urgent).field(), "dispose_held.items[0].lane");
  EXPECT_EQ(list(*therapist).items_size(), 1);
}

TEST_F(HeldProcess, lets_a_therapist_leave_when_nothing_is_left_without_a_disposition) {
  Person colleague;
  world.invite(world.admin, colleague, 2);
  shut();
  const auto client = log_in(world.client);
  hold(*client);
  const auto therapist = log_in(world.therapist);
  EXPECT_EQ(therapist->request(leave(v1::Leave::FINISH)).error().field(), "leave.phase");
  EXPECT_TRUE(therapist->request(leave(v1::Leave::BEGIN)).has_left());
  EXPECT_EQ(write(*client, world.client).error().code(), v1::REFUSED);
  EXPECT_TRUE(therapist->request(leave(v1::Leave::CANCEL)).has_left());
  EXPECT_TRUE(write(*client, world.client).has_accepted());
  EXPECT_TRUE(therapist->request(leave(v1::Leave::BEGIN)).has_left());

  const auto successor = text(colleague.account());
  const auto left = therapist->request(leave(v1::Leave::FINISH, "", successor)).error();
  EXPECT_EQ(left.code(), v1::HELD_ITEMS_LEFT);
  EXPECT_EQ(left.items_left(), 2U);
  ASSERT_EQ(therapist->request(dispose(list(*therapist), v1::RETURN)).disposed().items(), 2U);
  EXPECT_EQ(next(*client, v1::Notice::kReturned).returned().why(), v1::Returned::LEFT);
  const auto done = therapist->request(leave(v1::Leave::FINISH, "", successor));
  EXPECT_EQ(done.left().relationships_ended(), 1U);
  const auto told = next(*client, v1::Notice::kRelationship).relationship();
  EXPECT_EQ(told.state(), v1::CLOSED);
  EXPECT_EQ(told.successor_account_id(), successor);
  EXPECT_EQ(write(*client, world.client).error().code(), v1::ENDED);
}

TEST_F(HeldProcess, lets_an_admin_act_for_a_therapist_who_is_gone_and_nobody_else) {
  const auto admin = log_in(world.admin);
  const auto account = text(world.therapist.account());
  EXPECT_EQ(admin->request(leave(v1::Leave::BEGIN)).error().field(), "leave.account_id");
  EXPECT_EQ(admin->request(leave(v1::Leave::BEGIN, text(world.client.account()))).error().code(),
            v1::NOT_FOUND);
  EXPECT_TRUE(admin->request(leave(v1::Leave::BEGIN, account)).has_left());
  v1::ClientFrame people;
  people.mutable_list_accounts();
  const auto everybody = admin->request(people).accounts();
  EXPECT_EQ(everybody.accounts_size(), 3);
  for (const auto& line : everybody.accounts())
    EXPECT_EQ(line.leaving(), line.account_id() == account);
  EXPECT_EQ(admin->request(leave(v1::Leave::FINISH, account)).left().relationships_ended(), 1U);
  EXPECT_EQ(log_in(world.client)->request(leave(v1::Leave::BEGIN)).error().code(),
            v1::PERMISSION_DENIED);
  const auto therapist = log_in(world.therapist);
  EXPECT_EQ(therapist->request(people).error().code(), v1::PERMISSION_DENIED);
  EXPECT_EQ(therapist->request(leave(v1::Leave::BEGIN, text(world.admin.account()))).error().code(),
            v1::PERMISSION_DENIED);
  EXPECT_EQ(therapist->request(leave(v1::Leave::BEGIN, "", account)).error().field(),
            "leave.successor_account_id");
}

TEST_F(HeldProcess, returns_a_message_when_the_last_device_that_could_open_it_is_revoked) {
  shut();
  const auto client = log_in(world.client);
  const auto message = hold(*client);
  const auto therapist = log_in(world.therapist);
  const auto& second = world.therapist.add_device();
  v1::ClientFrame frame;
  frame.mutable_replace_devices()->set_device_list(text(world.therapist.next_list()));
  frame.mutable_replace_devices()->add_certs(text(second.signed_cert));
  ASSERT_TRUE(therapist->request(frame).has_devices_replaced());
  const auto replacement = log_in(world.therapist, 2);
  v1::ClientFrame revoke;
  revoke.mutable_replace_devices()->set_device_list(text(world.therapist.next_list({1})));
  ASSERT_TRUE(replacement->request(revoke).has_devices_replaced());
  const auto later = log_in(world.client);
  const auto returned = next(*later, v1::Notice::kReturned).returned();
  EXPECT_EQ(returned.why(), v1::Returned::NO_DEVICE);
  EXPECT_EQ(returned.message_id(), text(message));
}

}  // namespace
}  // namespace holdspace::gateway::tests
