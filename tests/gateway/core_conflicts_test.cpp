// The conflict list over sockets: who changes it, what it stops, and what the ledger keeps of it.
#include "tests/gateway/core_life_world.hpp"

namespace holdspace::gateway::tests {
namespace {

class ConflictsProcess : public LifeTest {
 protected:
  ConflictsProcess() { admin = log_in(world.admin); }

  static v1::ClientFrame set(const std::string& a, const std::string& b, bool listed) {
    v1::ClientFrame frame;
    auto& wire = *frame.mutable_set_conflict();
    wire.set_account_a(a);
    wire.set_account_b(b);
    wire.set_listed(listed);
    return frame;
  }
  v1::Conflicts listed() {
    v1::ClientFrame frame;
    frame.mutable_list_conflicts();
    return admin->request(frame).conflicts();
  }
  // What the ledger has of conflicts, as an auditor reads it.
  std::vector<v1::AuditRecord> ledger() {
    Person auditor;
    world.invite(world.admin, auditor, 4);
    v1::ClientFrame frame;
    frame.mutable_fetch_audit()->set_from(1);
    frame.mutable_fetch_audit()->set_count(200);
    const auto page = log_in(auditor)->request(frame).audit_page();
    std::vector<v1::AuditRecord> records;
    for (const auto& entry : page.entries()) {
      v1::AuditRecord record;
      EXPECT_TRUE(record.ParseFromString(entry.record()));
      if (!record.other_id().empty()) records.push_back(std::move(record));
    }
    return records;
  }

  std::unique_ptr<FrameClient> admin;
  std::string one = text(world.therapist.account());
  std::string other = text(world.client.account());
};

TEST_F(ConflictsProcess, lists_a_pair_once_in_whichever_order_and_strikes_it) {
  EXPECT_EQ(listed().pairs_size(), 0);
  for (const auto& frame : {set(one, other, true), set(other, one, true)}) {
    const auto pairs = admin->request(frame).conflicts();
    ASSERT_EQ(pairs.pairs_size(), 1);
    EXPECT_EQ(pairs.pairs(0).account_a(), std::min(one, other));
    EXPECT_EQ(pairs.pairs(0).account_b(), std::max(one, other));
  }
  EXPECT_EQ(listed().pairs_size(), 1);
  const auto struck = admin->request(set(other, one, false));
  ASSERT_TRUE(struck.has_conflicts());
  EXPECT_EQ(struck.conflicts().pairs_size(), 0);
  EXPECT_EQ(listed().pairs_size(), 0);
}

TEST_F(ConflictsProcess, leave_one_record_of_each_change_that_names_both) {
  ASSERT_TRUE(admin->request(set(one, other, true)).has_conflicts());
  ASSERT_TRUE(admin->request(set(other, one, true)).has_conflicts());
  ASSERT_TRUE(admin->request(set(one, other, false)).has_conflicts());
  const auto records = ledger();
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].action(), v1::AuditRecord::CONFLICT_LISTED);
  EXPECT_EQ(records[1].action(), v1::AuditRecord::CONFLICT_STRUCK);
  for (const auto& record : records) {
    EXPECT_EQ(record.actor_account_id(), text(world.admin.account()));
    EXPECT_EQ(record.object_id(), std::min(one, other));
    EXPECT_EQ(record.other_id(), std::max(one, other));
  }
}

TEST_F(ConflictsProcess, let_a_listed_pair_into_no_relationship_by_an_invite) {
  Person newcomer;
  ASSERT_TRUE(admin->request(set(one, text(newcomer.account()), true)).has_conflicts());
  world.relationship = crypto::random_array<16>();
  const auto invite = world.make_invite(world.therapist, 3);
  EXPECT_EQ(newcomer.redeem(world.port(), invite), v1::PAIR_EXISTS);
  ASSERT_TRUE(admin->request(set(one, text(newcomer.account()), false)).has_conflicts());
  EXPECT_EQ(newcomer.redeem(world.port(), invite), v1::ERROR_CODE_UNSPECIFIED);
}

TEST_F(ConflictsProcess, touch_no_relationship_that_exists) {
  ASSERT_TRUE(admin->request(set(one, other, true)).has_conflicts());
  open();
  const auto client = log_in(world.client);
  EXPECT_EQ(shown(*client).state(), v1::ACTIVE);
  EXPECT_TRUE(write(*client, world.client).has_accepted());
}

TEST_F(ConflictsProcess, name_the_field_that_is_wrong) {
  const auto field = [&](const v1::ClientFrame& frame) {
    return admin->request(frame).error().field();
  };
  EXPECT_EQ(field(set("short", other, true)), "set_conflict.account_a");
  EXPECT_EQ(field(set(one, "", true)), "set_conflict.account_b");
  EXPECT_EQ(field(set(one, one, true)), "set_conflict.account_b");
  EXPECT_EQ(field(set(one, std::string(16, '\0'), true)), "set_conflict.account_b");
}

}  // namespace
}  // namespace holdspace::gateway::tests
