// A practice whose relationships live: frames that change them, and what everybody is told of it.
#pragma once

#include <algorithm>
#include <chrono>
#include <set>

#include "boundary/agreement.hpp"
#include "boundary/policy.hpp"
#include "tests/gateway/core_policy_world.hpp"

namespace holdspace::gateway::tests {

class LifeTest : public PolicyTest {
 protected:
  using Change = v1::ChangeRelationship;

  // As the asker's list shows it.
  v1::Relationship shown(FrameClient& asker) {
    v1::ClientFrame frame;
    frame.mutable_list_relationships();
    const auto listed = asker.request(frame).relationships();
    for (const auto& line : listed.relationships())
      if (line.relationship_id() == text(world.relationship)) return line;
    throw std::runtime_error("not listed");
  }

  v1::ClientFrame change(Change::Change to, std::uint64_t revision, std::int64_t ends_at = 0) {
    v1::ClientFrame frame;
    auto& wire = *frame.mutable_change_relationship();
    wire.set_relationship_id(text(world.relationship));
    wire.set_change(to);
    wire.set_revision(revision);
    wire.set_ends_at_ms(ends_at);
    return frame;
  }
  // From the revision that the asker sees.
  v1::ServerFrame move(FrameClient& asker, Change::Change to) {
    return asker.request(change(to, shown(asker).revision()));
  }

  v1::ClientFrame withdraw(const crypto::MessageId& message) {
    v1::ClientFrame frame;
    frame.mutable_withdraw()->set_relationship_id(text(world.relationship));
    frame.mutable_withdraw()->set_message_id(text(message));
    return frame;
  }

  // The therapist's policy, which states terms that allow a pause.
  v1::Policy with_terms(std::vector<v1::Window> windows, std::uint64_t version,
                        bool pause_allowed = true) {
    auto document = World::policy(windows, version);
    document.mutable_terms()->add_lanes(v1::ROUTINE);
    document.mutable_terms()->set_lane_pause_allowed(pause_allowed);
    return document;
  }
  static crypto::Hash32 hash_of_terms(bool pause_allowed = true) {
    boundary::Policy policy;
    policy.terms.lanes = {boundary::Lane::routine};
    policy.terms.lane_pause_allowed = pause_allowed;
    const auto words = boundary::binding_text(policy);
    return crypto::agreement_hash(
        {reinterpret_cast<const std::uint8_t*>(words.data()), words.size()});
  }

  // Puts terms into force: version `version` of the therapist's policy, signed by both.
  void agree(FrameClient& therapist, FrameClient& client, std::uint64_t version,
             bool pause_allowed = true) {
    const auto document =
        with_terms(World::open_all_week(v1::TO_THERAPIST), version, pause_allowed);
    ASSERT_TRUE(therapist.request(world.therapist.apply_policy(document)).has_policy_applied());
    const auto terms = hash_of_terms(pause_allowed);
    ASSERT_TRUE(therapist.request(sign(world.therapist, terms)).has_agreement());
    ASSERT_EQ(client.request(sign(world.client, terms)).agreement().in_force(), text(terms));
  }
  // A message of the client under these terms; the answer.
  v1::ServerFrame write_under(FrameClient& client, const crypto::Hash32& terms) {
    auto frame =
        world.make_send(world.client, {{world.therapist.account(), 1}}, crypto::random_array<16>());
    holdspace::tests::CopyWish wish;
    wish.sender = {world.client.account(), 1};
    wish.recipient = {world.therapist.account(), 1};
    wish.message = *crypto::to_bytes<16>(
        {reinterpret_cast<const std::uint8_t*>(frame.send().message_id().data()), 16});
    wish.relationship = world.relationship;
    wish.agreement = terms;
    *frame.mutable_send()->mutable_copies(0) = holdspace::tests::make_copy(wish);
    return client.request(frame);
  }

  v1::ClientFrame sign(Person& person, const crypto::Hash32& terms) {
    crypto::ContactAgreement agreement;
    agreement.relationship_id = world.relationship;
    agreement.agreement_hash = terms;
    agreement.account_id = person.account();
    agreement.device_id = 1;
    agreement.signed_at = crypto::Instant(std::chrono::hours(24) * 20'000);
    v1::ClientFrame frame;
    auto& wire = *frame.mutable_sign_agreement();
    wire.set_relationship_id(text(world.relationship));
    wire.set_statement(
        text(crypto::sign_contact_agreement(agreement, person.device().signing_key)));
    return frame;
  }

  static v1::ClientFrame ack_notices(std::uint64_t through) {
    v1::ClientFrame frame;
    frame.mutable_ack_notices()->set_through(through);
    return frame;
  }

  // The next notice of this kind; others are passed over.
  static v1::Notice next(FrameClient& from, v1::Notice::KindCase kind,
                         std::chrono::milliseconds patience = kPatience) {
    for (;;) {
      auto notice = from.next_notice(patience);
      if (notice.kind_case() == kind) return notice;
    }
  }

  // Shut for the routine lane to the therapist until an hour that is near enough to hold for.
  void shut() { world.apply_policy({world.open_later()}, version_++); }
  void open() { world.apply_policy(World::open_all_week(v1::TO_THERAPIST), version_++); }

  // A held message of the client.
  crypto::MessageId hold(FrameClient& client) {
    const auto message = crypto::random_array<16>();
    const auto answer = write(client, world.client, 'h', message);
    EXPECT_EQ(answer.accepted().verdict().outcome(), v1::HELD) << answer.ShortDebugString();
    return message;
  }

  std::uint64_t version_ = 0;
};

}  // namespace holdspace::gateway::tests
