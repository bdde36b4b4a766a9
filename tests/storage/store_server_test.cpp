// The server as a whole: clock, epoch, durability, library.
#include "storage/store_server.hpp"

#include "tests/storage/store_world.hpp"

namespace holdspace::storage {
namespace {

class StoreServerTest : public StoreTest {
 protected:
  Connection& connection() { return stores_.pool.any(); }
  DurabilityFault fault(DurabilityMode mode) {
    const auto checked = run(check_durability(connection(), mode, soon()));
    EXPECT_FALSE(checked.has_value());
    return checked ? DurabilityFault{} : checked.error();
  }
};

TEST_F(StoreServerTest, the_clock_goes_forward_in_milliseconds) {
  const auto first = run(server_time(connection(), soon()));
  const auto second = run(server_time(connection(), soon()));
  ASSERT_TRUE(first && second);
  EXPECT_LE(*first, *second);
  EXPECT_LT(*second - *first, std::chrono::seconds(5));
  EXPECT_GT(first->time_since_epoch(), std::chrono::hours(24 * 365 * 50));
}

TEST_F(StoreServerTest, the_first_proposal_is_the_epoch_for_everybody) {
  StoreEpoch one;
  one.fill(1);
  StoreEpoch two;
  two.fill(2);
  EXPECT_EQ(*run(store_epoch(connection(), one, soon())), one);
  EXPECT_EQ(*run(store_epoch(connection(), two, soon())), one);
}

TEST_F(StoreServerTest, durable_settings_pass_both_modes) {
  EXPECT_TRUE(run(check_durability(connection(), DurabilityMode::durable, soon())).has_value());
  EXPECT_TRUE(run(check_durability(connection(), DurabilityMode::relaxed, soon())).has_value());
}

TEST_F(StoreServerTest, each_weak_setting_is_named) {
  const std::vector<std::array<std::string, 3>> cases = {
      {"appendfsync", "everysec", "always"},
      {"no-appendfsync-on-rewrite", "yes", "no"},
      {"maxmemory-policy", "allkeys-lru", "noeviction"},
      {"appendonly", "no", "yes"}};
  for (const auto& [setting, weak, strong] : cases) {
    redis({"CONFIG", "SET", setting, weak});
    const DurabilityFault found = fault(DurabilityMode::durable);
    EXPECT_EQ(found.error, DurabilityError::too_weak);
    EXPECT_EQ(found.text, "Redis setting " + setting + " is " + weak + " and must be " + strong);
    redis({"CONFIG", "SET", setting, strong});
  }
}

TEST_F(StoreServerTest, relaxed_allows_everysec_and_no_less) {
  redis({"CONFIG", "SET", "appendfsync", "everysec"});
  EXPECT_TRUE(run(check_durability(connection(), DurabilityMode::relaxed, soon())).has_value());
  redis({"CONFIG", "SET", "appendfsync", "no"});
  EXPECT_EQ(fault(DurabilityMode::relaxed).text,
            "Redis setting appendfsync is no and must be everysec or always");
}

TEST_F(StoreServerTest, the_library_is_loaded_once_and_replaced_when_another_is_there) {
  const auto loads = [&] {
    const Reply stats = redis({"INFO", "commandstats"});
    const auto at = stats.text.find("cmdstat_function|load:calls=");
    return at == std::string::npos ? 0 : std::stoi(stats.text.substr(at + 28));
  };
  EXPECT_EQ(loads(), 1);
  ASSERT_TRUE(run(load_library(connection(), soon())).has_value());
  EXPECT_EQ(loads(), 1);
  redis({"FUNCTION", "LOAD", "REPLACE",
         "#!lua name=holdspace\nredis.register_function('holdspace_library', function() return "
         "{'ok', 'another'} end)"});
  ASSERT_TRUE(run(load_library(connection(), soon())).has_value());
  EXPECT_EQ(loads(), 3);
  EXPECT_EQ(redis({"FCALL", "holdspace_library", "0"}).elements.at(1).text, library_hash());
}

TEST_F(StoreServerTest, the_library_survives_a_crash) {
  server_.kill();
  server_.start();
  drive_for(std::chrono::milliseconds(300));
  EXPECT_EQ(redis({"FCALL", "holdspace_library", "0"}).elements.at(1).text, library_hash());
}

TEST_F(StoreServerTest, without_the_library_a_store_function_is_unavailable) {
  redis({"FUNCTION", "FLUSH"});
  const auto facts = run(stores_.accounts.device_facts(make_id<PracticeId>(1, 1), {}, soon()));
  EXPECT_EQ(facts.error(), DeviceFactsError::unavailable);
}

TEST_F(StoreServerTest, a_call_of_another_shape_is_corrupt_and_writes_nothing) {
  for (const char* function : {"hs_create_practice",
                               "hs_create_invite",
                               "hs_revoke_invite",
                               "hs_open_invite",
                               "hs_count_invite_failure",
                               "hs_redeem",
                               "hs_device_facts",
                               "hs_fetch_devices",
                               "hs_replace_device_list",
                               "hs_connect",
                               "hs_disconnect",
                               "hs_publish_prekeys",
                               "hs_prekey_status",
                               "hs_fetch_prekeys",
                               "hs_fetch_policy",
                               "hs_apply_policy",
                               "hs_relationship_facts",
                               "hs_list_relationships",
                               "hs_accept",
                               "hs_pending",
                               "hs_read",
                               "hs_ack",
                               "hs_ack_notices",
                               "hs_expire",
                               "hs_fetch_agreement",
                               "hs_fetch_audit",
                               "hs_fetch_notices",
                               "hs_fetch_proposal",
                               "hs_finish_leaving",
                               "hs_join",
                               "hs_list_accounts",
                               "hs_list_conflicts",
                               "hs_list_due",
                               "hs_list_held",
                               "hs_list_policy_versions",
                               "hs_promises",
                               "hs_propose_policy",
                               "hs_reject_proposal",
                               "hs_return",
                               "hs_revoke_agreement",
                               "hs_set_checkpoint",
                               "hs_set_conflict",
                               "hs_set_leaving",
                               "hs_set_relationship",
                               "hs_settle_promise",
                               "hs_sign_agreement",
                               "hs_withdraw"}) {
    FunctionCall call(function);
    call.key("k").arg("a").arg("b").arg("c");
    const auto reply = run(connection().call(std::move(call), soon()));
    ASSERT_FALSE(reply.has_value()) << function;
    EXPECT_EQ(reply.error(), CommandError::corrupt) << function;
  }
  EXPECT_TRUE(picture().empty());
}

TEST_F(StoreServerTest, a_full_memory_refuses_before_anything_is_written) {
  redis({"SET", "filler", std::string(1 << 20, 'x')});
  redis({"CONFIG", "SET", "maxmemory", "1mb"});
  PolicyChange change;
  change.document = "x";
  const auto made = run(stores_.policies.apply_policy(
      make_id<PracticeId>(1, 1), make_id<AccountId>(1, 1), std::move(change), soon()));
  EXPECT_EQ(made.error(), ApplyPolicyError::unavailable);
}

}  // namespace
}  // namespace holdspace::storage
