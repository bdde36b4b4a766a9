// Notices and the ledger over sockets, with two gateways on one Redis where it matters.
#include <thread>

#include "crypto/audit_chain.hpp"
#include "tests/gateway/core_life_world.hpp"

namespace holdspace::gateway::tests {
namespace {

using namespace std::chrono_literals;

constexpr auto kQuiet = 700ms;

class NoticesProcess : public LifeTest {
 protected:
  // Whatever else comes. The notice `told` may come again: pushes are at least once.
  static void expect_no_opening(FrameClient& from, std::uint64_t told = 0) {
    while (!from.without_notice(kQuiet)) {
      const auto notice = from.next_notice();
      EXPECT_TRUE(notice.kind_case() != v1::Notice::kReleased || notice.id() == told)
          << notice.ShortDebugString();
    }
  }
};

TEST_F(NoticesProcess, come_to_every_device_in_order_until_each_has_acknowledged) {
  const auto& second = world.client.add_device();
  const auto client = log_in(world.client);
  v1::ClientFrame frame;
  frame.mutable_replace_devices()->set_device_list(text(world.client.next_list()));
  frame.mutable_replace_devices()->add_certs(text(second.signed_cert));
  ASSERT_TRUE(client->request(frame).has_devices_replaced());
  const auto therapist = log_in(world.therapist);
  ASSERT_TRUE(move(*therapist, Change::PAUSE).has_relationship_changed());
  ASSERT_TRUE(move(*therapist, Change::RESUME).has_relationship_changed());
  for (std::uint64_t id = 1; id <= 2; ++id) EXPECT_EQ(client->next_notice().id(), id);
  client->send(ack_notices(2));
  (void)shown(*client);  // answered after the ack was handled
  EXPECT_TRUE(log_in(world.client)->without_notice(kQuiet));

  const auto other = log_in(world.client, 2);
  EXPECT_EQ(other->next_notice().id(), 1U);
  const auto latest = other->next_notice();
  EXPECT_EQ(latest.id(), 2U);
  EXPECT_NEAR(static_cast<double>(latest.at_ms()), static_cast<double>(world.store_now_ms()),
              60'000);
}

TEST_F(NoticesProcess, are_acknowledged_by_whom_they_were_pushed_to) {
  const auto therapist = log_in(world.therapist);
  const auto client = log_in(world.client);
  EXPECT_EQ(client->request(ack_notices(1)).error().code(), v1::NOT_FOUND);
  ASSERT_TRUE(move(*therapist, Change::PAUSE).has_relationship_changed());
  (void)client->next_notice();
  EXPECT_EQ(client->request(ack_notices(2)).error().code(), v1::NOT_FOUND);
  client->send(ack_notices(1));
  client->send(ack_notices(1));  // again: done already
  EXPECT_EQ(shown(*client).state(), v1::PAUSED);
}

TEST_F(NoticesProcess, keep_a_window_and_go_on_after_an_ack) {
  const auto therapist = log_in(world.therapist);
  for (int i = 0; i < 35; ++i) {
    ASSERT_TRUE(move(*therapist, Change::PAUSE).has_relationship_changed());
    ASSERT_TRUE(move(*therapist, Change::RESUME).has_relationship_changed());
  }
  const auto client = log_in(world.client);
  std::uint64_t last = 0;
  for (int i = 0; i < 64; ++i) last = client->next_notice().id();
  EXPECT_EQ(last, 64U);
  EXPECT_TRUE(client->without_notice(kQuiet));
  client->send(ack_notices(60));
  for (int i = 0; i < 6; ++i) last = client->next_notice().id();
  EXPECT_EQ(last, 70U);
}

TEST_F(NoticesProcess, tell_once_that_the_gate_has_opened) {
  shut();
  const auto client = log_in(world.client);
  hold(*client);
  hold(*client);
  expect_no_opening(*client);
  const auto before = world.store_now_ms();
  open();
  const auto notice = next(*client, v1::Notice::kReleased);
  EXPECT_EQ(notice.released().relationship_id(), text(world.relationship));
  EXPECT_EQ(notice.released().lane(), v1::ROUTINE);
  EXPECT_EQ(notice.released().accepted_before_ms(), notice.at_ms());
  EXPECT_GE(notice.at_ms(), before);
  EXPECT_LE(notice.at_ms(), world.store_now_ms());
  expect_no_opening(*client);
}

TEST_F(NoticesProcess, wait_for_a_sender_who_was_away_and_name_the_same_instant) {
  shut();
  { hold(*log_in(world.client)); }
  open();
  const auto opened = world.store_now_ms();
  std::this_thread::sleep_for(1500ms);
  const auto later = log_in(world.client);
  EXPECT_LE(next(*later, v1::Notice::kReleased).at_ms(), opened);
}

TEST_F(NoticesProcess, say_the_same_whether_the_recipient_is_connected_or_not) {
  const auto& second = world.therapist.add_device();
  v1::ClientFrame frame;
  frame.mutable_replace_devices()->set_device_list(text(world.therapist.next_list()));
  frame.mutable_replace_devices()->add_certs(text(second.signed_cert));
  ASSERT_TRUE(log_in(world.therapist)->request(frame).has_devices_replaced());
  // Copies go to both devices of the therapist from now on.
  const auto write_to_both = [&](FrameClient& from) {
    const auto message = crypto::random_array<16>();
    return from.request(world.make_send(
        world.client, {{world.therapist.account(), 1}, {world.therapist.account(), 2}}, message));
  };
  shut();
  const auto client = log_in(world.client);
  ASSERT_EQ(write_to_both(*client).accepted().verdict().outcome(), v1::HELD);
  open();
  auto away = next(*client, v1::Notice::kReleased);
  shut();
  ASSERT_EQ(write_to_both(*client).accepted().verdict().outcome(), v1::HELD);
  const auto inbox = log_in(world.therapist, 2);
  open();
  auto there = next(*client, v1::Notice::kReleased);
  EXPECT_EQ(away.ByteSizeLong(), there.ByteSizeLong());
  for (auto* notice : {&away, &there}) {
    EXPECT_EQ(notice->released().accepted_before_ms(), notice->at_ms());
    notice->clear_id();
    notice->clear_at_ms();
    notice->mutable_released()->clear_accepted_before_ms();
  }
  EXPECT_EQ(away.SerializeAsString(), there.SerializeAsString());
}

TEST_F(NoticesProcess, cross_from_one_gateway_to_another_at_once) {
  world.start_gateway();
  const auto client = world.client.log_in(world.port(1));
  (void)shown(*client);
  const auto therapist = log_in(world.therapist);
  ASSERT_TRUE(move(*therapist, Change::PAUSE).has_relationship_changed());
  const auto notice = client->next_notice(5s);  // a poll would take fifteen
  EXPECT_EQ(notice.relationship().state(), v1::PAUSED);
}

TEST_F(NoticesProcess, tell_an_opening_once_to_two_devices_on_two_gateways) {
  world.start_gateway();
  const auto& second = world.client.add_device();
  v1::ClientFrame frame;
  frame.mutable_replace_devices()->set_device_list(text(world.client.next_list()));
  frame.mutable_replace_devices()->add_certs(text(second.signed_cert));
  ASSERT_TRUE(log_in(world.client)->request(frame).has_devices_replaced());
  shut();
  const auto first = log_in(world.client);
  const auto other = world.client.log_in(world.port(1), 2);
  for (std::uint32_t device = 1; device <= 2; ++device) {
    auto& from = device == 1 ? *first : *other;
    const auto sent = from.request(world.make_send(
        world.client, {{world.therapist.account(), 1}, {world.client.account(), 3 - device}},
        crypto::random_array<16>(), 'x', device));
    ASSERT_EQ(sent.accepted().verdict().outcome(), v1::HELD) << sent.ShortDebugString();
  }
  open();
  const auto told = next(*first, v1::Notice::kReleased);
  EXPECT_EQ(next(*other, v1::Notice::kReleased).id(), told.id());
  for (const auto* device : {&first, &other}) expect_no_opening(**device, told.id());
}

class AuditProcess : public LifeTest {
 protected:
  // In the ledger by then: four accounts that were made.
  static constexpr std::uint64_t kMade = 4;

  AuditProcess() { world.invite(world.admin, auditor, 4); }

  static v1::AuditPage fetch(FrameClient& from, std::uint64_t first = 1,
                             std::uint32_t count = 200) {
    v1::ClientFrame frame;
    frame.mutable_fetch_audit()->set_from(first);
    frame.mutable_fetch_audit()->set_count(count);
    const auto answer = from.request(frame);
    EXPECT_TRUE(answer.has_audit_page()) << answer.ShortDebugString();
    return answer.audit_page();
  }
  // As somebody who has got at the store.
  void change_store(std::vector<std::string> command) {
    command.insert(command.begin(), {"/usr/bin/redis-cli", "-s", world.redis.socket_path()});
    ASSERT_EQ(run(command).exit_code, 0);
  }
  std::string key_that_ends_with(const std::string& end) {
    const auto found = run(
        {"/usr/bin/redis-cli", "-s", world.redis.socket_path(), "--scan", "--pattern", "*" + end});
    return found.out.substr(0, found.out.find('\n'));
  }
  // Asks until a checkpoint covers `count` records.
  static v1::AuditPage wait_for_checkpoint(FrameClient& from, std::uint64_t count) {
    for (int i = 0; i < 120; ++i) {
      auto page = fetch(from);
      if (page.has_checkpoint() && page.checkpoint().count() >= count) return page;
      std::this_thread::sleep_for(500ms);
    }
    throw std::runtime_error("no checkpoint came within a minute");
  }
  crypto::AuditVerdict verify(const v1::AuditPage& page) {
    crypto::AuditVerifier verifier(world.admin.practice, world.admin.gateway_key);
    for (const auto& entry : page.entries())
      (void)verifier.feed(
          {entry.number(),
           static_cast<std::uint64_t>(entry.at_ms()),
           {reinterpret_cast<const std::uint8_t*>(entry.record().data()), entry.record().size()}});
    const auto& wire = page.checkpoint();
    crypto::AuditCheckpoint checkpoint{
        world.admin.practice, wire.count(), static_cast<std::uint64_t>(wire.at_ms()), {}};
    std::copy(wire.head().begin(), wire.head().end(), checkpoint.head.begin());
    crypto::Signature signature{};
    std::copy(wire.signature().begin(), wire.signature().end(), signature.begin());
    return verifier.check(checkpoint, signature);
  }

  Person auditor;
};

TEST_F(AuditProcess, records_who_changed_what_and_signs_it_within_a_minute) {
  const auto therapist = log_in(world.therapist);
  ASSERT_TRUE(move(*therapist, Change::PAUSE).has_relationship_changed());
  ASSERT_TRUE(move(*therapist, Change::RESUME).has_relationship_changed());
  const auto reader = log_in(auditor);
  const auto page = wait_for_checkpoint(*reader, kMade + 2);
  ASSERT_EQ(page.entries_size(), kMade + 2);
  v1::AuditRecord record;
  ASSERT_TRUE(record.ParseFromString(page.entries(kMade).record()));
  EXPECT_EQ(record.action(), v1::AuditRecord::RELATIONSHIP_CHANGED);
  EXPECT_EQ(record.actor_account_id(), text(world.therapist.account()));
  EXPECT_EQ(record.actor_device_id(), 1U);
  EXPECT_EQ(record.object_id(), text(world.relationship));
  EXPECT_EQ(record.detail(), static_cast<std::uint32_t>(v1::PAUSED));
  EXPECT_EQ(verify(page), crypto::AuditVerdict::ok);
  EXPECT_EQ(fetch(*reader, kMade + 2, 1).entries_size(), 1);
  EXPECT_EQ(fetch(*reader, kMade + 3, 1).entries_size(), 0);
  EXPECT_NE(world.gateways[0]
                ->page("/metrics")
                .find("holdspace_audit_checkpoints_total{outcome=\"signed\"}"),
            std::string::npos);
}

TEST_F(AuditProcess, records_each_account_that_is_made_with_its_role_and_who_let_it_in) {
  const auto reader = log_in(auditor);
  const auto page = fetch(*reader);
  ASSERT_EQ(page.entries_size(), kMade);
  const Person* made[] = {&world.admin, &world.therapist, &world.client, &auditor};
  const std::string inviters[] = {std::string(16, '\0'), text(world.admin.account()),
                                  text(world.therapist.account()), text(world.admin.account())};
  for (int i = 0; i < page.entries_size(); ++i) {
    v1::AuditRecord record;
    ASSERT_TRUE(record.ParseFromString(page.entries(i).record()));
    EXPECT_EQ(record.action(), v1::AuditRecord::ACCOUNT_MADE);
    EXPECT_EQ(record.object_id(), text(made[i]->account())) << i;
    EXPECT_EQ(record.actor_account_id(), inviters[i]) << i;
    EXPECT_EQ(record.actor_device_id(), 0U);
    EXPECT_EQ(record.detail(), static_cast<std::uint32_t>(i + 1)) << "the roles in their order";
  }
}

TEST_F(AuditProcess, records_that_a_client_joins_a_second_therapist) {
  Person colleague;
  world.invite(world.admin, colleague, 2);
  world.relationship = crypto::random_array<16>();
  const auto secret = world.make_invite(colleague, 3);
  const auto client = log_in(world.client);
  v1::ClientFrame open;
  open.mutable_join_open()->set_invite_id(text(secret.id()));
  const auto challenge = client->request(open).join_challenge();
  crypto::Nonce nonce{};
  std::copy(challenge.server_nonce().begin(), challenge.server_nonce().end(), nonce.begin());
  v1::ClientFrame join;
  join.mutable_join()->set_invite_id(text(secret.id()));
  join.mutable_join()->set_claim(text(crypto::sign_claim(secret.claim_key(), secret.id(), nonce,
                                                         world.client.device().signed_cert)));
  ASSERT_TRUE(client->request(join).has_joined());
  const auto reader = log_in(auditor);
  v1::AuditRecord record;
  ASSERT_TRUE(record.ParseFromString(fetch(*reader, kMade + 2, 1).entries(0).record()));
  EXPECT_EQ(record.action(), v1::AuditRecord::RELATIONSHIP_CHANGED);
  EXPECT_EQ(record.actor_account_id(), text(world.client.account()));
  EXPECT_EQ(record.actor_device_id(), 1U);
  EXPECT_EQ(record.object_id(), text(world.relationship));
  EXPECT_EQ(record.detail(), static_cast<std::uint32_t>(v1::ACTIVE));
}

TEST_F(AuditProcess, is_read_by_the_auditor_and_not_by_the_admin) {
  v1::ClientFrame frame;
  frame.mutable_fetch_audit()->set_from(1);
  frame.mutable_fetch_audit()->set_count(1);
  for (auto* person : {&world.admin, &world.therapist, &world.client})
    EXPECT_EQ(log_in(*person)->request(frame).error().code(), v1::PERMISSION_DENIED);
  const auto reader = log_in(auditor);
  EXPECT_FALSE(reader->request(frame).has_error());
  frame.mutable_fetch_audit()->set_count(201);
  EXPECT_EQ(reader->request(frame).error().field(), "fetch_audit.count");
  frame.mutable_fetch_audit()->set_count(1);
  frame.mutable_fetch_audit()->set_from(0);
  EXPECT_EQ(reader->request(frame).error().field(), "fetch_audit.from");
}

TEST_F(AuditProcess, shows_that_the_store_was_tampered_with_and_signs_nothing_on_top_of_it) {
  const auto therapist = log_in(world.therapist);
  ASSERT_TRUE(move(*therapist, Change::PAUSE).has_relationship_changed());
  const auto reader = log_in(auditor);
  ASSERT_EQ(verify(wait_for_checkpoint(*reader, kMade + 1)), crypto::AuditVerdict::ok);
  const auto ledger = key_that_ends_with(":audit");
  const auto entry = fetch(*reader).entries(0);
  const auto at = std::to_string(entry.at_ms());
  change_store({"LSET", ledger, "0", std::string(15 - at.size(), '0') + at + "forged"});
  EXPECT_EQ(verify(fetch(*reader)), crypto::AuditVerdict::edited);
  // A checkpoint of another key: the gateway does not build on it.
  change_store({"HSET", ledger + "_checkpoint", "signature", std::string(64, 's')});
  ASSERT_TRUE(move(*therapist, Change::RESUME).has_relationship_changed());
  EXPECT_EQ(verify(fetch(*reader)), crypto::AuditVerdict::bad_signature);
  for (int i = 0; i < 80; ++i) {
    if (world.gateways[0]->log().find("audit_distrusted") != std::string::npos) break;
    std::this_thread::sleep_for(500ms);
  }
  EXPECT_NE(world.gateways[0]->log().find("audit_distrusted"), std::string::npos);
  EXPECT_EQ(fetch(*reader).checkpoint().count(), kMade + 1);
}

}  // namespace
}  // namespace holdspace::gateway::tests
