#include "crypto/statement.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "crypto/verify.hpp"
#include "tests/crypto/support/people.hpp"

namespace holdspace::crypto {
namespace {

using testing::kNow;
using testing::make_person;
using testing::Person;

struct Statements {
  Person person = make_person();
  Verified<DeviceCert> cert = person.device.trusted.verified_cert();

  [[nodiscard]] ByteVector cert_bytes() const { return cert.signed_bytes(); }
  [[nodiscard]] ByteVector list_bytes() const { return person.device.list.signed_bytes(); }
  [[nodiscard]] ByteVector prekeys() const { return person.signed_prekeys; }
  [[nodiscard]] ByteVector one_time() const { return person.signed_one_time_keys.at(1); }
  [[nodiscard]] PolicyChange change() const {
    PolicyChange change;
    change.owner = person.address().account_id;
    change.version = 7;
    change.document_hash = policy_document_hash(testing::view_of("document"));
    change.account_id = person.address().account_id;
    change.device_id = person.address().device_id;
    change.at = kNow;
    return change;
  }
  [[nodiscard]] ByteVector policy_change() const {
    return sign_policy_change(change(), person.device.signing_key);
  }
  [[nodiscard]] ByteVector agreement() const {
    const ContactAgreement agreement{{0x42},
                                     agreement_hash(testing::view_of("text")),
                                     person.address().account_id,
                                     person.address().device_id,
                                     kNow};
    return sign_contact_agreement(agreement, person.device.signing_key);
  }
};

using Check = std::function<bool(ByteView)>;
struct Case {
  const char* name;
  ByteVector bytes;
  Check accepted;
};

std::vector<Case> every_statement(const Statements& all) {
  const Pin pin = all.person.pin();
  return {
      {"device_cert", all.cert_bytes(),
       [pin](ByteView bytes) { return verify_device_cert(bytes, pin).has_value(); }},
      {"device_list", all.list_bytes(),
       [pin](ByteView bytes) { return verify_device_list(bytes, pin).has_value(); }},
      {"prekey_set", all.prekeys(),
       [&](ByteView bytes) { return verify_prekey_set(bytes, all.cert).has_value(); }},
      {"one_time_key", all.one_time(),
       [&](ByteView bytes) { return verify_one_time_key(bytes, all.cert).has_value(); }},
      {"policy_change", all.policy_change(),
       [&](ByteView bytes) { return verify_policy_change(bytes, all.cert).has_value(); }},
      {"contact_agreement", all.agreement(),
       [&](ByteView bytes) { return verify_contact_agreement(bytes, all.cert).has_value(); }},
  };
}

TEST(Statement, verifies_as_made_and_encodes_to_the_same_bytes) {
  const Statements all;
  for (const Case& item : every_statement(all)) {
    SCOPED_TRACE(item.name);
    EXPECT_TRUE(item.accepted(item.bytes));
    const auto parsed = parse_signed(item.bytes);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(encode_signed(*parsed), item.bytes);
  }
  EXPECT_EQ(encode_body(*parse_device_cert(parse_signed(all.cert_bytes())->body)),
            parse_signed(all.cert_bytes())->body);
  EXPECT_EQ(encode_body(*parse_device_list(parse_signed(all.list_bytes())->body)),
            parse_signed(all.list_bytes())->body);
  EXPECT_EQ(encode_body(*parse_prekey_set(parse_signed(all.prekeys())->body)),
            parse_signed(all.prekeys())->body);
  EXPECT_EQ(encode_body(*parse_one_time_key(parse_signed(all.one_time())->body)),
            parse_signed(all.one_time())->body);
  EXPECT_EQ(encode_body(*parse_policy_change(parse_signed(all.policy_change())->body)),
            parse_signed(all.policy_change())->body);
  EXPECT_EQ(encode_body(*parse_contact_agreement(parse_signed(all.agreement())->body)),
            parse_signed(all.agreement())->body);
}

TEST(Statement, refuses_each_changed_byte) {
  const Statements all;
  for (const Case& item : every_statement(all)) {
    SCOPED_TRACE(item.name);
    ByteVector bytes = item.bytes;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      for (const std::uint8_t flip : Bytes<2>{0x01, 0x80}) {
        bytes[i] ^= flip;
        ASSERT_FALSE(item.accepted(bytes)) << "byte " << i;
        bytes[i] ^= flip;
      }
    }
  }
}

TEST(Statement, refuses_each_shorter_and_some_longer_forms) {
  const Statements all;
  for (const Case& item : every_statement(all)) {
    SCOPED_TRACE(item.name);
    for (std::size_t length = 0; length < item.bytes.size(); ++length) {
      ASSERT_FALSE(item.accepted(ByteView(item.bytes).first(length))) << length;
    }
    ByteVector longer = item.bytes;
    for (int extra = 1; extra <= 64; ++extra) {
      longer.push_back(0);
      ASSERT_FALSE(item.accepted(longer)) << extra;
    }
  }
}

TEST(Statement, is_not_taken_for_another_kind_or_another_signer) {
  const Statements all;
  const Statements other;
  const auto cases = every_statement(all);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    for (std::size_t k = 0; k < cases.size(); ++k) {
      EXPECT_EQ(cases[i].accepted(cases[k].bytes), i == k) << cases[i].name << cases[k].name;
    }
    EXPECT_FALSE(cases[i].accepted(every_statement(other)[i].bytes));
  }
  EXPECT_EQ(verify_device_cert(all.cert_bytes(), other.person.pin()).error(),
            StatementError::wrong_signer);
  EXPECT_EQ(verify_device_cert(all.list_bytes(), all.person.pin()).error(),
            StatementError::wrong_type);
}

// A body of one type under the label of another: only the label in the signature tells them apart.
TEST(Statement, signature_of_one_type_does_not_serve_another) {
  const Statements all;
  auto statement = *parse_signed(all.one_time());
  statement.signatures[0] = all.person.device.signing_key.sign("prekey_set", statement.body);
  EXPECT_EQ(verify_one_time_key(encode_signed(statement), all.cert).error(),
            StatementError::bad_signature);
}

// The two statements about rules of contact are as long as their fixed fields and carry what was
// signed.
TEST(Statement, policy_change_and_agreement_have_one_fixed_layout) {
  const Statements all;
  const ByteVector change = parse_signed(all.policy_change())->body;
  EXPECT_EQ(change.size(), 16U + 8 + 32 + 16 + 4 + 8);
  EXPECT_EQ(*parse_policy_change(change), all.change());
  EXPECT_EQ(change[23], 7) << "version, big-endian, after the owner";
  const ByteVector agreement = parse_signed(all.agreement())->body;
  EXPECT_EQ(agreement.size(), 16U + 32 + 16 + 4 + 8);
  const auto parsed = parse_contact_agreement(agreement);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->relationship_id, RelationshipId{0x42});
  EXPECT_EQ(parsed->agreement_hash, agreement_hash(testing::view_of("text")));
  EXPECT_EQ(parsed->signed_at, kNow);
}

TEST(Statement, a_change_of_the_practices_default_names_its_signer) {
  const Statements all;
  PolicyChange change = all.change();
  change.owner = {};
  const auto verified =
      verify_policy_change(sign_policy_change(change, all.person.device.signing_key), all.cert);
  ASSERT_TRUE(verified);
  EXPECT_EQ((*verified)->owner, AccountId{});
  EXPECT_EQ((*verified)->account_id, all.cert->account_id);
}

TEST(Statement, policy_change_and_agreement_of_another_device_are_the_wrong_signers) {
  Statements all;
  const Person sibling = testing::make_sibling(all.person);
  const auto& other = sibling.device.trusted.verified_cert();
  EXPECT_EQ(verify_policy_change(all.policy_change(), other).error(), StatementError::wrong_signer);
  EXPECT_EQ(verify_contact_agreement(all.agreement(), other).error(), StatementError::wrong_signer);
  const ByteVector posed = sign_policy_change(all.change(), sibling.device.signing_key);
  EXPECT_EQ(verify_policy_change(posed, all.cert).error(), StatementError::bad_signature);
}

TEST(Statement, change_rules_are_enforced_on_both_ends) {
  const Statements all;
  PolicyChange change = all.change();
  change.version = 0;
  EXPECT_THROW((void)encode_body(change), std::logic_error);
  ByteVector body = encode_body(all.change());
  body[23] = 0;
  EXPECT_EQ(parse_policy_change(body).error(), StatementError::malformed);
  change = all.change();
  change.device_id = 0;
  EXPECT_THROW((void)encode_body(change), std::logic_error);
  EXPECT_THROW((void)encode_body(ContactAgreement{}), std::logic_error);
  EXPECT_EQ(parse_contact_agreement(ByteVector(76)).error(), StatementError::malformed);
}

TEST(Statement, document_and_agreement_with_the_same_bytes_have_different_hashes) {
  const ByteView bytes = testing::view_of("same");
  EXPECT_NE(policy_document_hash(bytes), agreement_hash(bytes));
  EXPECT_NE(policy_document_hash(bytes), policy_document_hash(testing::view_of("Same")));
}

TEST(Statement, list_rules_are_enforced_on_both_ends) {
  const DeviceList good = *Statements().person.device.list;
  const auto broken = [&good](auto change) {
    DeviceList list = good;
    change(list);
    EXPECT_THROW((void)encode_body(list), std::logic_error);
  };
  broken([](DeviceList& list) { list.epoch = 0; });
  broken([](DeviceList& list) { list.epoch = 2; });  // without a previous list
  broken([](DeviceList& list) { list.prev_hash[0] = 1; });
  broken([](DeviceList& list) { list.valid_until = list.issued_at; });
  broken([](DeviceList& list) { list.valid_until += std::chrono::milliseconds{1}; });
  broken([](DeviceList& list) { list.active.push_back(list.active.front()); });
  broken([](DeviceList& list) { list.active.front().device_id = 0; });
  broken([](DeviceList& list) { list.active.resize(kActiveDevicesMax + 1); });
  broken([](DeviceList& list) { list.revoked.push_back({1, kNow, RevokeReason::lost}); });
  broken([](DeviceList& list) { list.revoked.push_back({2, kNow, static_cast<RevokeReason>(4)}); });

  // The parser meets the same rules in bytes: device 1 listed twice.
  ByteVector body = encode_body(good);
  const std::size_t count_at = 16 + 32 + 8 + 32 + 8 + 8;
  body[count_at + 3] = 2;
  const auto first = body.begin() + static_cast<std::ptrdiff_t>(count_at) + 4;
  const ByteVector entry(first, first + 36);
  body.insert(first, entry.begin(), entry.end());
  EXPECT_EQ(parse_device_list(body).error(), StatementError::malformed);
}

TEST(Statement, times_beyond_the_bound_are_refused) {
  OneTimeKey key;
  key.device_id = 1;
  ByteVector body = encode_body(key);
  EXPECT_TRUE(parse_one_time_key(body));
  body[body.size() - 7] = 1;  // 2^48 ms
  EXPECT_EQ(parse_one_time_key(body).error(), StatementError::malformed);
}

TEST(Verify, stored_certificate_reads_as_the_verified_one_and_no_other_statement_does) {
  const Statements all;
  const auto stored = trust_stored_device_cert(all.cert_bytes());
  ASSERT_TRUE(stored);
  EXPECT_EQ(**stored, *all.cert);
  EXPECT_EQ(stored->hash(), all.cert.hash());
  EXPECT_EQ(stored->signed_bytes(), all.cert.signed_bytes());
  EXPECT_EQ(trust_stored_device_cert(all.list_bytes()).error(), StatementError::wrong_type);
  const ByteVector bytes = all.cert_bytes();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    ASSERT_FALSE(trust_stored_device_cert(ByteView(bytes).first(length))) << length;
  }
}

TEST(Verify, new_account_needs_certificate_and_list_that_belong_together) {
  const Statements all;
  const Statements other;
  EXPECT_TRUE(verify_new_account(all.cert_bytes(), all.list_bytes()));
  EXPECT_EQ(verify_new_account(all.cert_bytes(), other.list_bytes()).error(),
            StatementError::wrong_signer);
  Person grown = make_person();
  const Person sibling = testing::make_sibling(grown);
  EXPECT_EQ(verify_new_account(grown.device.trusted.verified_cert().signed_bytes(),
                               grown.device.list.signed_bytes())
                .error(),
            StatementError::wrong_signer);
}

TEST(Verify, succession_of_lists) {
  Person person = make_person();
  const Verified<DeviceList> first = person.device.list;
  const Person sibling = testing::make_sibling(person);
  const Verified<DeviceList> second = person.device.list;
  EXPECT_TRUE(check_succession(first, second));
  EXPECT_EQ(check_succession(first, first).error(), SuccessionError::same);
  EXPECT_EQ(check_succession(second, first).error(), SuccessionError::stale);
  EXPECT_EQ(check_succession(make_person().device.list, second).error(),
            SuccessionError::other_account);

  const auto signed_by_person = [&](const DeviceList& list) {
    return *verify_device_list(sign_device_list(list, person.account_key), person.pin());
  };
  DeviceList fork = *second;
  fork.prev_hash[0] ^= 1;
  EXPECT_EQ(check_succession(first, signed_by_person(fork)).error(), SuccessionError::broken_chain);
  EXPECT_EQ(check_succession(first, signed_by_person(next_device_list(second, kNow))).error(),
            SuccessionError::gap);
}

TEST(Verify, trusts_a_device_only_while_its_list_names_it) {
  Person person = make_person();
  const auto cert = person.device.trusted.verified_cert();
  DeviceList without = next_device_list(person.device.list, kNow);
  without.active.clear();
  const auto sign = [&](const DeviceList& list) {
    return *verify_device_list(sign_device_list(list, person.account_key), person.pin());
  };
  EXPECT_EQ(trust_device(cert, sign(without)).error(), TrustError::not_listed);
  without.revoked.push_back({1, kNow, RevokeReason::compromised});
  EXPECT_EQ(trust_device(cert, sign(without)).error(), TrustError::revoked);
  EXPECT_EQ(trust_device(cert, make_person().device.list).error(), TrustError::other_account);
}

TEST(Verify, local_device_survives_its_stored_form) {
  const Person person = make_person();
  const SecretBytes stored = encode_local_device(person.device);
  const auto parsed = parse_local_device(stored);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(encode_local_device(*parsed), stored);
  for (std::size_t length = 0; length < stored.size(); length += 7) {
    EXPECT_FALSE(parse_local_device(ByteView(stored).first(length)).has_value());
  }
  const Person other = make_person();
  EXPECT_FALSE(assemble_local_device(person.pin(), other.device.signing_key.clone(),
                                     person.device.dh_key.clone(),
                                     person.device.trusted.verified_cert().signed_bytes(),
                                     person.device.list.signed_bytes())
                   .has_value());
}

TEST(Verify, prekeys_survive_their_stored_form) {
  const Person person = make_person();
  const SecretBytes pair = encode_prekey_pair(person.prekeys);
  ASSERT_TRUE(parse_prekey_pair(pair).has_value());
  EXPECT_EQ(encode_prekey_pair(*parse_prekey_pair(pair)), pair);
  EXPECT_FALSE(parse_prekey_pair(ByteView(pair).first(pair.size() - 1)).has_value());
  const SecretBytes key = encode_one_time_prekey(person.one_time_keys.at(1));
  ASSERT_TRUE(parse_one_time_prekey(key).has_value());
  EXPECT_EQ(encode_one_time_prekey(*parse_one_time_prekey(key)), key);
  EXPECT_FALSE(parse_one_time_prekey(pair).has_value());
}

}  // namespace
}  // namespace holdspace::crypto
