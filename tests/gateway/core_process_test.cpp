// Gateways as processes: two on one Redis, Redis going away, stopping in order, and starts that are
// refused.
#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "crypto/random.hpp"
#include "storage/redis_keys.hpp"
#include "tests/gateway/core_world.hpp"

namespace holdspace::gateway::tests {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// What is bounded by a few seconds in the gateway is seen within this, also on a busy machine;
// without the bound nothing would come at all.
constexpr auto kAnswered = 15s;
using holdspace::tests::FrameClient;
using holdspace::tests::text;

v1::ServerFrame write(World& world, FrameClient& from) {
  return from.request(
      world.make_send(world.client, {{world.therapist.account(), 1}}, crypto::random_array<16>()));
}

bool eventually(const std::function<bool()>& fact, milliseconds time) {
  const auto end = Clock::now() + time;
  while (Clock::now() < end) {
    if (fact()) return true;
    std::this_thread::sleep_for(20ms);
  }
  return false;
}

TEST(TwoGateways, deliver_to_each_other_by_hints_and_displace_across) {
  World world("queue_poll_ms = 60000", 2);
  world.enrol_everybody();
  world.apply_policy(World::open_all_week(v1::TO_THERAPIST));
  const auto inbox = world.therapist.log_in(world.port(1));
  EXPECT_TRUE(inbox->next_push().has_drained());
  const auto connection = world.client.log_in(world.port(0));
  ASSERT_TRUE(write(world, *connection).has_accepted());
  // By the hint: the poll alone comes each 60 s, which is longer than this waits.
  EXPECT_EQ(inbox->next_push().deliver().items_size(), 1);

  const auto newer = world.therapist.log_in(world.port(0));
  EXPECT_EQ(inbox->close_code(), 4409U);
}

TEST(TwoGateways, revoke_a_device_on_the_other_one) {
  World world("", 2);
  world.enrol_everybody();
  auto& second = world.client.add_device();
  const auto primary = world.client.log_in(world.port(0));
  v1::ClientFrame frame;
  frame.mutable_replace_devices()->set_device_list(text(world.client.next_list()));
  frame.mutable_replace_devices()->add_certs(text(second.signed_cert));
  ASSERT_TRUE(primary->request(frame).has_devices_replaced());
  const auto connection = world.client.log_in(world.port(1), 2);
  v1::ClientFrame revoke;
  revoke.mutable_replace_devices()->set_device_list(text(world.client.next_list({2})));
  ASSERT_TRUE(primary->request(revoke).has_devices_replaced());
  EXPECT_EQ(connection->close_code(), 4401U);
}

TEST(TwoGateways, take_over_from_one_that_was_killed) {
  World world("", 2);
  world.enrol_everybody();
  world.apply_policy(World::open_all_week(v1::TO_THERAPIST));
  const auto lost = world.therapist.log_in(world.port(1));
  const auto connection = world.client.log_in(world.port(0));
  world.gateways[1]->kill();
  ASSERT_TRUE(write(world, *connection).has_accepted());
  const auto inbox = world.therapist.log_in(world.port(0));
  EXPECT_EQ(inbox->next_push().deliver().items_size(), 1);
}

// The therapist's second device, connected to gateway 0, while the first one's inbox is `inbox`.
std::unique_ptr<FrameClient> second_device(World& world, FrameClient& inbox) {
  auto& second = world.therapist.add_device();
  v1::ClientFrame list;
  list.mutable_replace_devices()->set_device_list(text(world.therapist.next_list()));
  list.mutable_replace_devices()->add_certs(text(second.signed_cert));
  EXPECT_TRUE(inbox.request(list).has_devices_replaced());
  return world.therapist.log_in(world.port(0), 2);
}

TEST(TwoGateways, tell_each_other_of_a_policy_that_opens_the_gate) {
  World world("queue_poll_ms = 60000", 2);  // the poll has no part in this
  world.enrol_everybody();
  world.apply_policy({world.open_later()});
  const auto inbox = world.therapist.log_in(world.port(1));
  EXPECT_TRUE(inbox->next_push().has_drained());
  const auto connection = world.client.log_in(world.port(0));
  ASSERT_EQ(write(world, *connection).accepted().verdict().outcome(), v1::HELD);
  const auto other = second_device(world, *inbox);
  const auto open = World::policy(World::open_all_week(v1::TO_THERAPIST), 2);
  ASSERT_TRUE(
      other->request(world.therapist.apply_policy(open, std::nullopt, 2)).has_policy_applied());
  EXPECT_EQ(inbox->next_push(5s).deliver().items_size(), 1);
}

TEST(TwoGateways, tell_a_client_on_the_other_one_that_the_therapists_replies_may_pass) {
  World world("queue_poll_ms = 60000", 2);
  world.enrol_everybody();
  auto later = world.open_later();
  later.set_direction(v1::TO_CLIENT);
  world.apply_policy({later});
  const auto inbox = world.client.log_in(world.port(1));
  EXPECT_TRUE(inbox->next_push().has_drained());
  const auto therapist = world.therapist.log_in(world.port(0));
  const auto sent = therapist->request(
      world.make_send(world.therapist, {{world.client.account(), 1}}, crypto::random_array<16>()));
  ASSERT_EQ(sent.accepted().verdict().outcome(), v1::HELD);
  const auto open = World::policy(World::open_all_week(v1::TO_CLIENT), 2);
  ASSERT_TRUE(therapist->request(world.therapist.apply_policy(open)).has_policy_applied());
  EXPECT_EQ(inbox->next_push(5s).deliver().items_size(), 1);
}

// Hints go to the gateway that the store names; when that name is outdated, the poll finds the
// envelope.
TEST(Poll, finds_what_no_hint_told) {
  World world("queue_poll_ms = 1000", 2);
  world.enrol_everybody();
  world.apply_policy(World::open_all_week(v1::TO_THERAPIST));
  const auto inbox = world.therapist.log_in(world.port(1));
  EXPECT_TRUE(inbox->next_push().has_drained());
  const storage::keys::Practice names({world.therapist.practice});
  const auto connected = names.connected({world.therapist.account()});
  const auto named = run({"/usr/bin/redis-cli", "-s", world.redis.socket_path(), "EVAL",
                          "local place = redis.call('HGET', KEYS[1], '1') "
                          "return redis.call('HSET', KEYS[1], '1', "
                          "string.rep('x', 16) .. string.sub(place, 17))",
                          "1", connected});
  ASSERT_EQ(named.out, "0\n") << "a place that was there names another gateway";
  const auto connection = world.client.log_in(world.port(0));
  ASSERT_EQ(write(world, *connection).accepted().verdict().outcome(), v1::RELEASED);
  EXPECT_EQ(inbox->next_push(5s).deliver().items_size(), 1);
}

TEST(RedisAway, keeps_sessions_answers_in_time_and_comes_back) {
  World world;
  world.enrol_everybody();
  world.apply_policy(World::open_all_week(v1::TO_THERAPIST));
  const auto connection = world.client.log_in(world.port());
  ASSERT_TRUE(write(world, *connection).has_accepted());
  EXPECT_TRUE(eventually(
      [&] { return world.gateways[0]->page("/readyz").find(" 200 ") != std::string::npos; },
      kAnswered));

  world.redis.kill();
  const auto asked = Clock::now();
  const auto answer = write(world, *connection);
  EXPECT_LT(Clock::now() - asked, kAnswered);
  EXPECT_TRUE(answer.error().code() == v1::UNAVAILABLE || answer.error().code() == v1::UNCERTAIN)
      << answer.ShortDebugString();
  EXPECT_TRUE(eventually(
      [&] {
        return world.gateways[0]->page("/readyz").find("store_unreachable") != std::string::npos;
      },
      kAnswered));

  world.redis.start();
  EXPECT_TRUE(eventually([&] { return write(world, *connection).has_accepted(); }, 15s));
  const auto inbox = world.therapist.log_in(world.port());
  EXPECT_GE(inbox->next_push().deliver().items_size(), 1);
}

TEST(RedisAway, paused_for_long_never_leads_to_a_false_acceptance) {
  World world;
  world.enrol_everybody();
  world.apply_policy(World::open_all_week(v1::TO_THERAPIST));
  const auto connection = world.client.log_in(world.port());
  ASSERT_TRUE(write(world, *connection).has_accepted());
  world.redis.pause();
  const auto asked = Clock::now();
  const auto answer = write(world, *connection);
  EXPECT_LT(Clock::now() - asked, kAnswered);
  EXPECT_EQ(answer.error().code(), v1::UNCERTAIN) << answer.ShortDebugString();
  world.redis.resume();
  EXPECT_TRUE(eventually([&] { return write(world, *connection).has_accepted(); }, 15s));
}

TEST(StoreChanged, sends_every_device_to_log_in_anew) {
  World world;
  world.enrol_everybody();
  const auto connection = world.client.log_in(world.port());
  const auto emptied = run({"/usr/bin/redis-cli", "-s", world.redis.socket_path(), "FLUSHALL"});
  ASSERT_EQ(emptied.exit_code, 0) << emptied.out;
  EXPECT_EQ(connection->close_code(), 1001U);
  EXPECT_NE(world.gateways[0]->log().find("\"event\":\"store_changed\""), std::string::npos);
}

TEST(Stop, closes_sessions_with_going_away_and_exits_with_0) {
  World world;
  world.enrol_everybody();
  const auto connection = world.client.log_in(world.port());
  const auto asked = Clock::now();
  EXPECT_EQ(world.gateways[0]->stop(), 0);
  EXPECT_LT(Clock::now() - asked, kAnswered);
  EXPECT_EQ(connection->close_code(), 1001U);
  EXPECT_NE(world.gateways[0]->log().find("\"event\":\"stopped\""), std::string::npos);
}

// True when the text has the id as bytes or in hexadecimal digits.
bool shows(const std::string& out, const std::string& id) {
  std::string hex;
  for (const char c : id) {
    constexpr const char* kDigits = "0123456789abcdef";
    hex += kDigits[static_cast<std::uint8_t>(c) >> 4];
    hex += kDigits[static_cast<std::uint8_t>(c) & 15];
  }
  return out.find(hex.substr(0, 12)) != std::string::npos || out.find(id) != std::string::npos;
}

std::vector<std::string> ids_of(const World& world) {
  return {text(world.client.account()), text(world.therapist.account()),
          text(world.client.practice), text(world.relationship)};
}

TEST(Log, holds_no_id_in_clear) {
  World world;
  world.enrol_everybody();
  const auto connection = world.client.log_in(world.port());
  {
    FrameClient wrong(world.port());
    (void)wrong.request(holdspace::tests::hello(world.client, 1, crypto::random_array<32>()));
    v1::ClientFrame auth;
    auth.mutable_auth()->set_signature(std::string(64, 's'));
    wrong.send(auth);
    EXPECT_EQ(wrong.close_code(), 4401U);
  }
  connection->send_bytes("\xff" + text(world.client.account()));
  EXPECT_EQ(connection->close_code(), 4400U);
  {
    const Client stranger(world.port());
    stranger.send("GET /" + text(world.client.account()) + " HTTP/1.1\r\n\r\n");
    (void)stranger.receive_all();
  }
  world.gateways[0]->stop();
  const auto log = world.gateways[0]->log();
  for (const auto* event :
       {"session_opened", "session_closed", "login_failed", "bad_frame", "peer_refused"})
    EXPECT_NE(log.find("\"event\":\"" + std::string(event) + "\""), std::string::npos)
        << event << '\n'
        << log;
  for (const auto& id : ids_of(world)) EXPECT_FALSE(shows(log, id)) << log;
  // Neither a device's number nor where anybody comes from: both are sixteen digits and a quote.
  EXPECT_EQ(log.find("127.0.0"), std::string::npos) << log;
  for (const std::string key : {"\"device\":", "\"peer\":"})
    for (auto at = log.find(key); at != std::string::npos; at = log.find(key, at + 1))
      EXPECT_EQ(log.find_first_not_of("0123456789abcdef", at + key.size() + 1),
                at + key.size() + 17)
          << log.substr(at, 40);
}

TEST(AdminPages, show_readiness_and_metrics_without_ids) {
  World world;
  world.enrol_everybody();
  world.apply_policy(World::open_all_week(v1::TO_THERAPIST));
  const auto connection = world.client.log_in(world.port());
  ASSERT_TRUE(write(world, *connection).has_accepted());
  EXPECT_NE(world.gateways[0]->page("/healthz").find(" 200 "), std::string::npos);
  std::string readiness;
  EXPECT_TRUE(eventually(
      [&] {
        readiness = world.gateways[0]->page("/readyz");
        return readiness.find(" 200 ") != std::string::npos;
      },
      kAnswered))
      << readiness;
  EXPECT_NE(readiness.find("ready\n"), std::string::npos) << readiness;
  const auto metrics = world.gateways[0]->page("/metrics");
  EXPECT_NE(metrics.find("holdspace_frames_total{kind=\"hello\"}"), std::string::npos);
  EXPECT_NE(metrics.find("holdspace_frames_total{kind=\"send\"} 1"), std::string::npos);
  EXPECT_NE(metrics.find("holdspace_clock_offset_seconds"), std::string::npos);
  for (const auto& id : ids_of(world)) {
    EXPECT_FALSE(shows(metrics, id));
    EXPECT_FALSE(shows(readiness, id));
  }
}

TEST(Start, is_refused_with_one_line_that_names_the_cause) {
  World world("", 0);
  const auto refused = [&world](const std::string& from, const std::string& to) {
    std::ifstream in(world.config());
    std::string toml((std::istreambuf_iterator<char>(in)), {});
    toml.replace(toml.find(from), from.size(), to);
    const auto changed = world.config().string() + ".changed";
    std::ofstream(changed) << toml;
    const auto ran = run({gateway_program(), "--config", changed});
    EXPECT_EQ(ran.exit_code, 1) << ran.out;
    return ran.out;
  };
  EXPECT_NE(refused("admin_port = 0", "admin_port = 70000").find("listen.admin_port"),
            std::string::npos);
  EXPECT_NE(refused("gateway.key", "absent.key").find("keys.gateway_key"), std::string::npos);

  const auto key = world.config().parent_path() / "gateway.key";
  std::filesystem::permissions(key, std::filesystem::perms(0644));
  EXPECT_NE(refused("[web]", "\n[web]").find("keys.gateway_key may be read by others"),
            std::string::npos);
  std::filesystem::permissions(key, std::filesystem::perms(0400));

  const holdspace::tests::RedisServer weak({"--appendfsync", "everysec"});
  const auto line = refused(world.redis.socket_path(), weak.socket_path());
  EXPECT_NE(line.find("store.durability"), std::string::npos) << line;
  EXPECT_NE(line.find("appendfsync"), std::string::npos) << line;
}

TEST(Operator, never_replaces_a_key_and_invites_only_to_a_host_that_is_served) {
  World world("", 0);
  const auto again = run({operator_program(), "init-keys", world.config().parent_path().string()});
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_NE(again.out.find("never replaced"), std::string::npos);
  const auto wrong = run({operator_program(), "practice-invite", "--config",
                          world.config().string(), "--host", "x.org"});
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_NE(wrong.out.find("web.hosts"), std::string::npos);
}

}  // namespace
}  // namespace holdspace::gateway::tests
