// A practice whose people change their hours: sends, policies and what the gateway says of both.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "crypto/random.hpp"
#include "tests/gateway/core_world.hpp"

namespace holdspace::gateway::tests {

using holdspace::tests::FrameClient;
using holdspace::tests::Person;
using holdspace::tests::text;

class PolicyTest : public testing::Test {
 protected:
  PolicyTest() { world.enrol_everybody(); }

  std::unique_ptr<FrameClient> log_in(Person& person, std::uint32_t device = 1) {
    return person.log_in(world.port(), device);
  }

  // One message between the two; the answer.
  v1::ServerFrame write(FrameClient& from, const Person& sender, char fill = 'x',
                        std::optional<crypto::MessageId> message = std::nullopt) {
    const auto& peer = &sender == &world.client ? world.therapist : world.client;
    return from.request(world.make_send(sender, {{peer.account(), 1}},
                                        message.value_or(crypto::random_array<16>()), fill));
  }

  // Shut but for the windows, open from `from_ms` on for an hour by an override.
  v1::Policy opening(std::uint64_t version, std::int64_t from_ms,
                     v1::Direction direction = v1::TO_THERAPIST) {
    auto document = World::policy({world.open_later()}, version);
    auto& override = *document.add_openings();
    override.set_id("soon");
    override.set_lane(v1::ROUTINE);
    override.set_direction(direction);
    override.set_from_ms(from_ms);
    override.set_until_ms(from_ms + 3'600'000);
    override.set_reason(v1::AGREED_WITH_CLIENT);
    return document;
  }

  // As an admin asks: unsigned, for the therapist.
  v1::ClientFrame for_therapist(const v1::Policy& document) {
    v1::ClientFrame frame;
    auto& wire = *frame.mutable_apply_policy();
    wire.set_document(document.SerializeAsString());
    wire.set_account_id(text(world.therapist.account()));
    wire.set_reason(v1::ILLNESS);
    return frame;
  }

  static v1::ClientFrame fetch(const std::string& account = "", std::uint64_t version = 0) {
    v1::ClientFrame frame;
    frame.mutable_fetch_policy()->set_account_id(account);
    frame.mutable_fetch_policy()->set_version(version);
    return frame;
  }

  v1::ClientFrame fetch_shared() {
    v1::ClientFrame frame;
    frame.mutable_fetch_policy()->set_relationship_id(text(world.relationship));
    return frame;
  }

  World world;
};

}  // namespace holdspace::gateway::tests
