// Roster, chain, and the decisions that hang on a chain: what is due, what was early, and what
// counts as an acknowledgement.
#include <gtest/gtest.h>

#include "crypto/hash.hpp"
#include "crypto/layout.hpp"
#include "tests/crypto/support/error_of.hpp"
#include "tests/crypto/support/escalation_world.hpp"

namespace holdspace::crypto {
namespace {

using testing::error_of;
using testing::EscalationWorld;
using testing::kNow;
using namespace std::chrono_literals;

const EscalationWorld& world() {
  static const EscalationWorld instance;
  return instance;
}

Verified<Roster> verified(const Roster& roster) {
  return *verify_roster(sign_roster(roster, world().organisation),
                        world().organisation.public_key(), world().practice_id);
}

TEST(Roster, is_believed_from_the_pinned_organisation_key_alone) {
  const ByteVector bytes = sign_roster(world().roster, world().organisation);
  const auto& key = world().organisation.public_key();
  ASSERT_TRUE(verify_roster(bytes, key, world().practice_id).has_value());
  EXPECT_EQ(
      error_of(verify_roster(bytes, OrganisationKey::generate().public_key(), world().practice_id)),
      StatementError::bad_signature);
  EXPECT_EQ(error_of(verify_roster(bytes, key, PracticeId{})), StatementError::wrong_signer);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (const std::uint8_t flip : Bytes<2>{0x01, 0x80}) {
      ByteVector changed = bytes;
      changed[i] ^= flip;
      ASSERT_FALSE(verify_roster(changed, key, world().practice_id).has_value()) << i;
    }
  }
  const auto& colleague = world().devices[0];
  const auto& cert = colleague.person.device.trusted.verified_cert();
  EXPECT_EQ(error_of(verify_roster(colleague.prekey.signed_set, key, world().practice_id)),
            StatementError::wrong_type);
  EXPECT_EQ(error_of(verify_escalation_set(bytes, cert)), StatementError::wrong_type);
}

TEST(Roster, has_one_encoding_and_its_rules_are_enforced) {
  const ByteVector good = encode_body(world().roster);
  EXPECT_EQ(*parse_roster(good), world().roster);
  const std::size_t head = 16 + 8 + 32 + 8 + 8 + 4;
  const auto refused = [&](std::size_t at, std::uint8_t value) {
    ByteVector body = good;
    body[at] = value;
    return !parse_roster(body).has_value();
  };
  EXPECT_TRUE(refused(23, 0));                             // epoch 0
  EXPECT_TRUE(refused(23, 2));                             // a second one without a predecessor
  EXPECT_TRUE(refused(24, 1));                             // a first one with one
  EXPECT_TRUE(refused(head, 0xFF));                        // not ascending
  EXPECT_TRUE(refused(head + 48, 0));                      // no role
  EXPECT_TRUE(refused(head + 48, 8));                      // an unknown role
  EXPECT_TRUE(refused(good.size() - 1, good.back() ^ 1));  // duty account is no member
  ByteVector longer = good;
  longer.push_back(0);
  EXPECT_FALSE(parse_roster(longer).has_value());
  Roster expired = world().roster;
  expired.valid_until = expired.issued_at + kRosterLife + 1ms;
  EXPECT_THROW((void)encode_body(expired), std::logic_error);
  Roster largest = world().roster;
  largest.members.resize(kRosterMembersMax);
  for (std::size_t i = 0; i < largest.members.size(); ++i) {
    largest.members[i].account_id[15] = static_cast<std::uint8_t>(i);
    std::fill_n(largest.members[i].account_id.begin(), 15, std::uint8_t{0});
    largest.members[i].roles = kRosterTherapist;
  }
  largest.duty_account = largest.members.back().account_id;
  EXPECT_EQ(*verified(largest), largest);
}

TEST(Roster, follows_its_predecessor_directly_or_is_refused) {
  const auto first = verified(world().roster);
  Roster next = *first;
  next.epoch = 2;
  next.prev_hash = first.hash();
  const auto second = verified(next);
  EXPECT_TRUE(check_succession(first, second).has_value());
  EXPECT_EQ(error_of(check_succession(first, first)), SuccessionError::same);
  EXPECT_EQ(error_of(check_succession(second, first)), SuccessionError::stale);
  next.prev_hash[0] ^= 1;
  EXPECT_EQ(error_of(check_succession(first, verified(next))), SuccessionError::broken_chain);
  next.epoch = 3;
  EXPECT_EQ(error_of(check_succession(first, verified(next))), SuccessionError::gap);
}

TEST(EscalationSet, is_valid_for_48_hours_at_most_and_names_its_device) {
  const auto& [person, prekey] = world().devices[0];
  const auto& cert = person.device.trusted.verified_cert();
  const auto set = verify_escalation_set(prekey.signed_set, cert);
  ASSERT_TRUE(set.has_value());
  EXPECT_EQ((*set)->not_after, kNow + 48h);
  EXPECT_EQ(*parse_escalation_set(encode_body(**set)), **set);
  EscalationSet longer = **set;
  longer.not_after += 1ms;
  EXPECT_THROW((void)encode_body(longer), std::logic_error);
  const auto& sibling = world().devices[1].person.device.trusted.verified_cert();
  EXPECT_EQ(error_of(verify_escalation_set(prekey.signed_set, sibling)),
            StatementError::wrong_signer);
  for (std::size_t i = 0; i < prekey.signed_set.size(); ++i) {
    ByteVector changed = prekey.signed_set;
    changed[i] ^= 0x80;
    ASSERT_FALSE(verify_escalation_set(changed, cert).has_value()) << i;
  }
}

TEST(EscalationChain, ends_at_the_duty_account_and_stays_inside_the_roster) {
  const auto roster = world().verified_roster();
  const auto error = [&](std::vector<ChainStep> steps) {
    return error_of(check_chain(std::move(steps), roster));
  };
  const auto good = world().steps;
  ASSERT_TRUE(check_chain(good, roster).has_value());
  EXPECT_EQ(error({}), ChainError::wrong_length);
  EXPECT_EQ(error({good[0]}), ChainError::wrong_length);
  EXPECT_EQ(error(std::vector<ChainStep>(kEscalationStepsMax + 1, good[0])),
            ChainError::wrong_length);
  EXPECT_EQ(error({good[0], good[1]}), ChainError::no_duty_end);
  EXPECT_EQ(error({good[0], good[1], good[1], good[2]}), ChainError::repeated);
  auto bad = good;
  bad[1].delay_s = 0;
  EXPECT_EQ(error(bad), ChainError::bad_delay);
  bad[1].delay_s = kEscalationDelayMaxS + 1;
  EXPECT_EQ(error(bad), ChainError::bad_delay);
  bad = good;
  bad[1].account_id = world().client.address().account_id;
  EXPECT_EQ(error(bad), ChainError::not_rostered);
}

TEST(EscalationChain, hash_names_each_account_and_delay_in_order) {
  const auto steps = world().steps;
  Writer by_hand;
  for (const ChainStep& step : steps) by_hand.bytes(step.account_id).u32(step.delay_s);
  EXPECT_EQ(chain_hash(steps), hash32({label("chain"), by_hand.take()}));
  auto other = steps;
  other[0].delay_s += 1;
  EXPECT_NE(chain_hash(other), chain_hash(steps));
  other = steps;
  std::swap(other[0], other[1]);
  EXPECT_NE(chain_hash(other), chain_hash(steps));
}

TEST(EscalationChain, release_before_its_time_is_told_apart) {
  const EscalationChain chain = world().chain();
  const auto envelope = *world().seal("please call me");
  const auto duty = world().open(2, copy_for(envelope, 2));
  ASSERT_TRUE(duty.has_value());
  const auto due = kNow + 600s + 900s;
  EXPECT_EQ(judge_release(chain, duty->env, kNow, due), ReleaseVerdict::due);
  EXPECT_EQ(judge_release(chain, duty->env, kNow, due - 1ms), ReleaseVerdict::early);
  const auto colleague = world().open(0, copy_for(envelope, 0));
  EXPECT_EQ(judge_release(chain, colleague->env, kNow, kNow + 600s), ReleaseVerdict::due);
  EXPECT_EQ(judge_release(chain, colleague->env, kNow, kNow), ReleaseVerdict::early);

  auto changed = world().steps;
  changed[0].delay_s = 1;
  const auto other = check_chain(changed, world().verified_roster());
  EXPECT_EQ(judge_release(*other, duty->env, kNow, due), ReleaseVerdict::other_chain);
  Env moved = duty->env;
  moved.step = 1;
  EXPECT_EQ(judge_release(chain, moved, kNow, due), ReleaseVerdict::other_step);
  moved.recipient = world().client.address();
  EXPECT_EQ(judge_release(chain, moved, kNow, due), ReleaseVerdict::other_step);
}

TEST(EscalationChain, only_a_readers_own_session_acknowledges) {
  const EscalationChain chain = world().chain();
  const MessageId id = world().facts.message_id;
  using Kind = EscalationStatus::Kind;
  const auto status = [&](std::vector<EscalationAck> acks, Instant now) {
    return escalation_status(chain, id, kNow, acks, now);
  };
  const auto over = kNow + 600s + 900s + 1800s;
  EXPECT_EQ(status({}, over - 1ms).kind, Kind::waiting);
  EXPECT_EQ(status({}, over).kind, Kind::unanswered);
  // A stranger's word and a word about another message leave it waiting.
  EXPECT_EQ(status({{world().client.address().account_id, id}}, kNow).kind, Kind::waiting);
  EXPECT_EQ(status({{world().steps[1].account_id, MessageId{}}}, over).kind, Kind::unanswered);
  const auto acked = status({{world().steps[1].account_id, id}}, over);
  EXPECT_EQ(acked.kind, Kind::acknowledged);
  EXPECT_EQ(acked.by, world().steps[1].account_id);
}

TEST(EscalationChain, server_cannot_forge_what_a_session_would_have_to_say) {
  EscalationWorld own;
  testing::Person& duty = own.devices[2].person;
  testing::End client(own.client, duty);
  testing::End answer(duty, own.client);
  ASSERT_TRUE(answer.start(testing::Kem::last_resort));
  const Direct genuine = answer.send("acknowledged");
  // Everything that the server holds of it, put together anew: the same reader refuses.
  testing::Person impostor = testing::make_person(0);
  testing::End forger(impostor, own.client);
  ASSERT_TRUE(forger.start(testing::Kem::last_resort));
  Direct forged = forger.send("acknowledged");
  EXPECT_TRUE(client.receive(forged).failure.has_value());
  forged.env = genuine.env;
  EXPECT_TRUE(client.receive(forged).failure.has_value());
  EXPECT_EQ(client.receive(genuine).text, "acknowledged");
}

}  // namespace
}  // namespace holdspace::crypto
