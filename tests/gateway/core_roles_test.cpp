// What each role may ask of the gateway, frame by frame, over real sockets.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "tests/gateway/core_world.hpp"

namespace holdspace::gateway::tests {
namespace {

using holdspace::tests::Person;

// Who may send it: a(dmin), t(herapist), c(lient), u (auditor); - before the login only, or not
// served.
const std::map<std::string, std::string> kMay = {
    {"hello", "-"},
    {"auth", "-"},
    {"redeem_open", "-"},
    {"redeem", "-"},
    {"send", "tc"},
    {"ack", "tc"},
    {"publish_prekeys", "atcu"},
    {"fetch_prekeys", "atcu"},
    {"fetch_devices", "atcu"},
    {"replace_devices", "atcu"},
    {"create_invite", "at"},
    {"revoke_invite", "at"},
    {"join_open", "c"},
    {"join", "c"},
    {"list_relationships", "atc"},
    {"change_relationship", "atc"},
    {"pause_lane", "tc"},
    {"sign_agreement", "tc"},
    {"fetch_agreement", "tc"},
    {"revoke_agreement", "tc"},
    {"join_open", "-"},
    {"join", "-"},
    {"list_conflicts", "a"},
    {"set_conflict", "a"},
    {"list_accounts", "a"},
    {"fetch_policy", "atc"},
    {"apply_policy", "atc"},
    {"preview_policy", "atc"},
    {"list_policy_versions", "atc"},
    {"fetch_proposal", "t"},
    {"reject_proposal", "t"},
    {"compare_policy", "at"},
    {"withdraw", "tc"},
    {"list_held", "at"},
    {"dispose_held", "at"},
    {"leave", "at"},
    {"ack_notices", "tc"},
    {"fetch_audit", "u"},
};

TEST(GatewayRoles, each_role_may_send_what_the_table_says_and_nothing_else) {
  World world;
  world.enrol_everybody();
  Person auditor;
  world.invite(world.admin, auditor, 4);
  const std::map<char, Person*> people = {
      {'a', &world.admin}, {'t', &world.therapist}, {'c', &world.client}, {'u', &auditor}};
  const auto* bodies = v1::ClientFrame::descriptor()->FindOneofByName("body");
  ASSERT_NE(bodies, nullptr);
  for (const auto& [letter, person] : people) {
    const auto connection = person->log_in(world.port());
    for (int i = 0; i < bodies->field_count(); ++i) {
      const auto* field = bodies->field(i);
      ASSERT_TRUE(kMay.contains(field->name())) << field->name() << " has no roles";
      const auto& roles = kMay.at(field->name());
      if (roles == "-") continue;
      v1::ClientFrame frame;
      frame.GetReflection()->MutableMessage(&frame, field);
      const auto code = connection->request(frame).error().code();
      EXPECT_EQ(code != v1::PERMISSION_DENIED, roles.find(letter) != std::string::npos)
          << field->name() << " by " << letter << ": " << v1::ErrorCode_Name(code);
    }
  }
  EXPECT_EQ(auditor.welcome.role(), 4U);
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
