// What each role may ask of the gateway, frame by frame, over real sockets.
#include <gtest/gtest.h>

#include <set>

#include "tests/gateway/core_world.hpp"

namespace holdspace::gateway::tests {
namespace {

using holdspace::tests::Person;

const std::set<std::string> kLoginFrames = {"hello", "auth", "redeem_open", "redeem"};
// Of the schema, and not in the dispatch table.
const std::set<std::string> kUnansweredFrames = {"compare_policy"};
const std::set<std::string> kAuditorsFrames = {"publish_prekeys", "fetch_prekeys", "fetch_devices",
                                               "fetch_audit", "replace_devices"};

TEST(GatewayRoles, an_auditor_may_keep_keys_and_devices_and_nothing_else) {
  World world;
  world.enrol_everybody();
  Person auditor;
  world.invite(world.admin, auditor, 4);
  const auto connection = auditor.log_in(world.port());
  EXPECT_EQ(auditor.welcome.role(), 4U);
  const auto* bodies = v1::ClientFrame::descriptor()->FindOneofByName("body");
  ASSERT_NE(bodies, nullptr);
  std::size_t asked = 0;
  for (int i = 0; i < bodies->field_count(); ++i) {
    const auto* field = bodies->field(i);
    if (kLoginFrames.contains(field->name()) || kUnansweredFrames.contains(field->name())) continue;
    v1::ClientFrame frame;
    frame.GetReflection()->MutableMessage(&frame, field);
    const auto code = connection->request(frame).error().code();
    EXPECT_EQ(code != v1::PERMISSION_DENIED, kAuditorsFrames.contains(field->name()))
        << field->name() << ": " << v1::ErrorCode_Name(code);
    ++asked;
  }
  EXPECT_GT(asked, kAuditorsFrames.size());
}

TEST(GatewayRoles, an_auditor_is_invited_by_an_admin_only) {
  World world;
  world.enrol_everybody();
  EXPECT_THROW(world.make_invite(world.therapist, 4), std::runtime_error);
  EXPECT_NO_THROW(world.make_invite(world.admin, 4));
}

TEST(GatewayRoles, an_unknown_role_is_named_as_the_wrong_field) {
  World world;
  world.enrol_everybody();
  const auto connection = world.admin.log_in(world.port());
  const auto secret = crypto::InviteSecret::generate();
  for (const std::uint32_t role : {0U, 1U, 5U}) {
    v1::ClientFrame frame;
    auto& wire = *frame.mutable_create_invite();
    wire.set_invite_id(holdspace::tests::text(secret.id()));
    wire.set_claim_key(holdspace::tests::text(secret.claim_key().public_key().bytes));
    wire.set_packet("opaque to the gateway");
    wire.set_role(role);
    EXPECT_EQ(connection->request(frame).error().field(), "create_invite.role") << role;
  }
}

}  // namespace
}  // namespace holdspace::gateway::tests
