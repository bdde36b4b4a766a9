// Which terms a message is sealed under, and whose word that rests on.
#include "client/agreement.hpp"

#include <gtest/gtest.h>

#include "client/outbox.hpp"
#include "crypto/env.hpp"
#include "tests/client/two_devices.hpp"

namespace holdspace::client {
namespace {

class AgreementTest : public testing::Test {
 protected:
  AccountDevices devices_of(const TestDevice& device) {
    const crypto::Pin pin{device.identity->account_id(),
                          device.identity->device.trusted.cert().account_key};
    auto checked = check_devices(pin, device.devices(), {});
    EXPECT_TRUE(checked.has_value());
    return std::move(*checked);
  }
  v1::AgreementReply signed_by_both() {
    v1::AgreementReply reply;
    reply.set_in_force(to_string(hash));
    reply.set_wanted(to_string(hash));
    reply.set_therapist_agreed(
        sign_agreement(*pair.therapist.identity, pair.relationship, hash, pair.now));
    reply.set_client_agreed(
        sign_agreement(*pair.client.identity, pair.relationship, hash, pair.now));
    return reply;
  }
  auto check_as_client(const v1::AgreementReply& reply) {
    return agreed_hash(reply, pair.relationship, false, devices_of(pair.client),
                       devices_of(pair.therapist));
  }
  void keep(const std::optional<crypto::Hash32>& agreed) {
    LocalStore::Transaction transaction(*pair.client.store);
    keep_agreement(*pair.client.store, to_string(pair.relationship), agreed);
    transaction.commit();
  }
  crypto::Env env_of(const std::string& outbox_id) {
    v1::Send send;
    EXPECT_TRUE(send.ParseFromString(pair.row(pair.client, outbox_id).send()));
    return *crypto::parse_env(view(send.copies(0).env()));
  }

  TwoDevices pair;
  crypto::Hash32 hash = crypto::agreement_hash(view("the terms"));
};

TEST_F(AgreementTest, is_believed_with_the_signatures_of_both_sides) {
  const auto agreed = check_as_client(signed_by_both());
  ASSERT_TRUE(agreed.has_value());
  EXPECT_EQ(*agreed, hash);
  const auto as_therapist = agreed_hash(signed_by_both(), pair.relationship, true,
                                        devices_of(pair.therapist), devices_of(pair.client));
  EXPECT_EQ(*as_therapist, hash);
}

TEST_F(AgreementTest, is_none_when_the_gateway_says_so) {
  auto reply = signed_by_both();
  reply.clear_in_force();
  EXPECT_EQ(*check_as_client(reply), std::nullopt);
}

TEST_F(AgreementTest, is_not_believed_without_both_signatures_under_the_very_terms) {
  const auto other = crypto::agreement_hash(view("other terms"));
  auto reply = signed_by_both();
  reply.set_in_force(to_string(other));
  EXPECT_EQ(check_as_client(reply).error(), AgreementError::not_signed_by_self);
  reply.set_client_agreed(
      sign_agreement(*pair.client.identity, pair.relationship, other, pair.now));
  EXPECT_EQ(check_as_client(reply).error(), AgreementError::not_signed_by_peer);

  reply = signed_by_both();
  reply.set_therapist_agreed(reply.client_agreed());
  EXPECT_EQ(check_as_client(reply).error(), AgreementError::not_signed_by_peer);

  reply = signed_by_both();
  auto elsewhere = pair.relationship;
  elsewhere[0] ^= 1;
  reply.set_client_agreed(sign_agreement(*pair.client.identity, elsewhere, hash, pair.now));
  EXPECT_EQ(check_as_client(reply).error(), AgreementError::not_signed_by_self);

  reply = signed_by_both();
  reply.mutable_therapist_agreed()->back() ^= 1;
  EXPECT_EQ(check_as_client(reply).error(), AgreementError::not_signed_by_peer);
  reply.clear_client_agreed();
  EXPECT_EQ(check_as_client(reply).error(), AgreementError::not_signed_by_self);
}

TEST_F(AgreementTest, stands_in_every_envelope_and_is_zeros_before_the_first_one) {
  const auto before = pair.compose_only(pair.client, "before");
  pair.seal(pair.client, pair.therapist, before);
  EXPECT_EQ(env_of(before).agreement_hash, crypto::Hash32{});
  keep(hash);
  const auto after = pair.compose_only(pair.client, "after");
  pair.seal(pair.client, pair.therapist, after);
  EXPECT_EQ(env_of(after).agreement_hash, hash);
}

TEST_F(AgreementTest, that_comes_into_force_lets_the_message_that_waited_for_it_go_out) {
  const auto id = pair.compose_only(pair.client, "text");
  pair.seal(pair.client, pair.therapist, id);
  auto row = pair.row(pair.client, id);
  v1::ServerFrame answer;
  answer.mutable_error()->set_code(v1::AGREEMENT_NEEDED);
  answer.mutable_error()->set_agreement_hash(to_string(hash));
  EXPECT_EQ(settle(row, answer, pair.now), NextStep::reagree);
  row.clear_send();
  {
    LocalStore::Transaction transaction(*pair.client.store);
    save(*pair.client.store, Table::outbox, id, row);
    transaction.commit();
  }
  keep(std::nullopt);
  EXPECT_EQ(pair.row(pair.client, id).state(), records::UNSIGNED) << "nothing is in force yet";
  keep(hash);
  row = pair.row(pair.client, id);
  EXPECT_EQ(row.state(), records::WAITING);
  EXPECT_EQ(row.error_code(), 0U);
  pair.seal(pair.client, pair.therapist, id);
  EXPECT_EQ(env_of(id).agreement_hash, hash);
  EXPECT_EQ(env_of(id).message_id, parse_bytes<16>(row.message_id()).value()) << "the same message";
  const auto opened = pair.open(pair.therapist, pair.client,
                                pair.delivery(pair.therapist, pair.row(pair.client, id)));
  EXPECT_EQ(opened.step, OpenStep::stored);
  EXPECT_EQ(pair.message(pair.therapist, opened.message_ordinal).missing_before(), 0U);
}

TEST_F(AgreementTest, that_was_in_force_already_lets_a_message_out_that_was_sealed_before_it) {
  const auto id = pair.compose_only(pair.client, "text");
  pair.seal(pair.client, pair.therapist, id);
  keep(hash);
  auto row = pair.row(pair.client, id);
  row.set_state(records::UNSIGNED);
  row.clear_send();
  {
    LocalStore::Transaction transaction(*pair.client.store);
    save(*pair.client.store, Table::outbox, id, row);
    transaction.commit();
  }
  keep(hash);
  EXPECT_EQ(pair.row(pair.client, id).state(), records::WAITING);
}

}  // namespace
}  // namespace holdspace::client
