#include <gtest/gtest.h>

#include <map>

#include "crypto/env.hpp"
#include "crypto/hash.hpp"
#include "crypto/padding.hpp"
#include "crypto/random.hpp"
#include "crypto/vault.hpp"
#include "tests/crypto/support/people.hpp"

namespace holdspace::crypto {
namespace {

Env some_env() {
  Env env;
  env.kind = EnvKind::handshake;
  env.lane = Lane::urgent;
  env.size_class = 2;
  env.content_class = ContentClass::control;
  env.step = 0x0102;
  env.message_id = random_array<16>();
  env.sender = {random_array<16>(), 1};
  env.recipient = {random_array<16>(), 0x01020304};
  env.session_id = random_array<16>();
  env.relationship_id = random_array<16>();
  env.agreement_hash = random_array<32>();
  env.chain_hash = random_array<32>();
  return env;
}

TEST(Env, reads_back_what_was_written) {
  const Env env = some_env();
  const auto parsed = parse_env(encode_env(env));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed, env);
}

TEST(Env, has_its_fields_where_the_document_says) {
  const Env env = some_env();
  const auto bytes = encode_env(env);
  const auto at = [&](std::size_t offset, std::size_t size) {
    return testing::hex_of(ByteView(bytes).subspan(offset, size));
  };
  EXPECT_EQ(at(0, 8), "0101020202020102");
  EXPECT_EQ(at(8, 16), testing::hex_of(env.message_id));
  EXPECT_EQ(at(24, 16), testing::hex_of(env.sender.account_id));
  EXPECT_EQ(at(40, 4), "00000001");
  EXPECT_EQ(at(44, 16), testing::hex_of(env.recipient.account_id));
  EXPECT_EQ(at(60, 4), "01020304");
  EXPECT_EQ(at(64, 16), testing::hex_of(env.session_id));
  EXPECT_EQ(at(80, 16), testing::hex_of(env.relationship_id));
  EXPECT_EQ(at(96, 32), testing::hex_of(env.agreement_hash));
  EXPECT_EQ(at(128, 32), testing::hex_of(env.chain_hash));
}

TEST(Env, refuses_values_that_this_version_does_not_define) {
  const auto good = encode_env(some_env());
  const auto error = [&](std::size_t offset, std::uint8_t value) {
    auto bytes = good;
    bytes[offset] = value;
    const auto parsed = parse_env(bytes);
    EXPECT_FALSE(parsed);
    return parsed ? std::optional<EnvError>() : parsed.error();
  };
  EXPECT_EQ(error(0, 2), EnvError::unknown_version);
  EXPECT_EQ(error(1, 2), EnvError::unknown_version);
  for (const std::uint8_t kind : Bytes<3>{0, 3, 255})
    EXPECT_EQ(error(2, kind), EnvError::unknown_kind);
  EXPECT_EQ(error(3, 3), EnvError::unknown_kind);
  EXPECT_EQ(error(4, 4), EnvError::unknown_kind);
  for (const std::uint8_t kind : Bytes<2>{0, 3}) EXPECT_EQ(error(5, kind), EnvError::unknown_kind);
  EXPECT_EQ(error(43, 0), EnvError::bad_address);
  for (std::size_t length = 0; length < good.size(); ++length) {
    EXPECT_EQ(parse_env(ByteView(good).first(length)).error(), EnvError::wrong_length);
  }
  auto self = some_env();
  self.recipient = self.sender;
  EXPECT_THROW((void)encode_env(self), std::logic_error);
}

// Section 10.3's table: content bytes, bucket.
TEST(Padding, fills_the_smallest_bucket) {
  const std::map<std::size_t, std::size_t> table{
      {0, 1024},    {1, 1024},     {1022, 1024},   {1023, 1024},   {1024, 4096},
      {4095, 4096}, {4096, 16384}, {16383, 16384}, {16384, 65536}, {65535, 65536}};
  for (const auto& [size, bucket] : table) {
    ByteVector content(size, 0x80);
    const SecretBytes padded = pad(content);
    EXPECT_EQ(padded.size(), bucket) << size;
    const auto back = unpad(padded);
    ASSERT_TRUE(back.has_value()) << size;
    EXPECT_TRUE(std::equal(back->begin(), back->end(), content.begin(), content.end()));
    EXPECT_EQ(kBuckets[*size_class_of_body(bucket + kSealOverheadBytes)], bucket);
  }
  EXPECT_FALSE(size_class_of_content(65536).has_value());
  EXPECT_THROW((void)pad(ByteVector(65536)), std::logic_error);
  EXPECT_FALSE(size_class_of_body(1024).has_value());
}

TEST(Padding, refuses_bad_tails_and_wasteful_buckets) {
  EXPECT_FALSE(unpad({}).has_value());
  EXPECT_FALSE(unpad(ByteVector(1024)).has_value());  // no 0x80 at all
  EXPECT_FALSE(unpad(ByteVector(1024, 1)).has_value());
  ByteVector padded(1024);
  padded[10] = 0x80;
  EXPECT_TRUE(unpad(padded).has_value());
  padded[11] = 1;  // data after the mark
  EXPECT_FALSE(unpad(padded).has_value());
  ByteVector wasteful(4096);
  wasteful[1023] = 0x80;
  EXPECT_FALSE(unpad(wasteful).has_value());
  wasteful[1023] = 0;
  wasteful[1024] = 0x80;
  EXPECT_TRUE(unpad(wasteful).has_value());
  ByteVector odd(1025);
  odd[0] = 0x80;
  EXPECT_FALSE(unpad(odd).has_value());
}

TEST(Hash, pseudonyms_of_two_runs_cannot_be_linked) {
  const Secret<32> run = random_secret<32>();
  const Secret<32> next_run = random_secret<32>();
  const AccountId id = random_array<16>();
  EXPECT_EQ(pseudonym(run, id), pseudonym(run, id));
  EXPECT_NE(pseudonym(run, id), pseudonym(next_run, id));
}

TEST(Vault, unlocks_with_the_right_passphrase_and_purpose_only) {
  const Secret<32> key = random_secret<32>();
  const auto locked = lock_with_passphrase(key, VaultPurpose::store_key, "correct horse",
                                           PassphraseCost::interactive);
  ASSERT_TRUE(locked);
  const auto unlock = [&](VaultPurpose purpose, std::string_view passphrase) {
    return unlock_with_passphrase(*locked, purpose, passphrase);
  };
  const auto opened = unlock(VaultPurpose::store_key, "correct horse");
  ASSERT_TRUE(opened);
  EXPECT_TRUE(opened->equals(key));
  EXPECT_EQ(unlock(VaultPurpose::store_key, "wrong horse").error(), UnlockError::wrong_key);
  EXPECT_EQ(unlock(VaultPurpose::account_key, "correct horse").error(), UnlockError::wrong_key);
}

TEST(Vault, key_file_locks_and_reads_back) {
  const KeyFileKey file = make_key_file_key();
  const std::string text = testing::text_of(encode_key_file(file));
  EXPECT_EQ(text.size(), 16U + 64U + 1U);
  const auto parsed = parse_key_file(text);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_TRUE(parsed->key.equals(file.key));
  EXPECT_FALSE(parse_key_file(text.substr(1)).has_value());
  EXPECT_FALSE(parse_key_file(text + "x").has_value());
  EXPECT_FALSE(parse_key_file(text.substr(0, 60)).has_value());

  const Secret<32> key = random_secret<32>();
  ByteVector locked = lock_with_key_file(key, VaultPurpose::account_key, file);
  const auto opened = unlock_with_key_file(locked, VaultPurpose::account_key, *parsed);
  ASSERT_TRUE(opened);
  EXPECT_TRUE(opened->equals(key));
  EXPECT_EQ(unlock_with_key_file(locked, VaultPurpose::account_key, make_key_file_key()).error(),
            UnlockError::wrong_key);
  EXPECT_EQ(unlock_with_passphrase(locked, VaultPurpose::account_key, "").error(),
            UnlockError::malformed);
  for (std::size_t i = 0; i < locked.size(); ++i) {
    locked[i] ^= 1;
    EXPECT_FALSE(unlock_with_key_file(locked, VaultPurpose::account_key, file)) << i;
    locked[i] ^= 1;
  }
}

TEST(Vault, a_record_opens_in_its_own_place_only) {
  const StoreKey key = make_store_key();
  const RecordName name{"sessions", "peer", 3};
  const ByteVector sealed = seal_record(key, name, testing::view_of("state"));
  const auto opened = open_record(key, name, sealed);
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ(testing::text_of(*opened), "state");
  EXPECT_FALSE(open_record(key, {"session", "speer", 3}, sealed).has_value());
  EXPECT_FALSE(open_record(key, {"sessions", "other", 3}, sealed).has_value());
  EXPECT_FALSE(open_record(key, {"sessions", "peer", 2}, sealed).has_value());
  EXPECT_FALSE(open_record(make_store_key(), name, sealed).has_value());
}

}  // namespace
}  // namespace holdspace::crypto
