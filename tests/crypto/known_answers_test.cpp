// Published vectors. Each test also counts its cases, so that a file that shrank does not pass as a
// file that agrees.
#include <gtest/gtest.h>
#include <sodium.h>

#include "crypto/aead.hpp"
#include "crypto/hash.hpp"
#include "crypto/kdf.hpp"
#include "crypto/keys.hpp"
#include "crypto/signing_key.hpp"
#include "crypto/x25519.hpp"
#include "crypto/xwing.hpp"
#include "tests/crypto/support/json_vectors.hpp"
#include "tests/crypto/support/people.hpp"
#include "tests/crypto/support/seeded_random.hpp"

namespace holdspace::crypto {
namespace {

using nlohmann::json;
using testing::hex_field;

template <std::size_t N>
Secret<N> secret_field(const json& object, const char* name) {
  const ByteVector bytes = hex_field(object, name);
  return Secret<N>(std::span<const std::uint8_t, N>(bytes.data(), N));
}

template <class Check>
void for_each_case(const json& file, Check check) {
  for (const json& group : file.at("testGroups")) {
    for (const json& test : group.at("tests")) {
      SCOPED_TRACE("tcId " + test.at("tcId").dump());
      check(group, test);
    }
  }
}

bool is(const json& test, const char* result) {
  return test.at("result") == result;
}

bool has_flag(const json& test, const std::string& flag) {
  for (const json& present : test.at("flags")) {
    if (present == flag) return true;
  }
  return false;
}

TEST(KnownAnswers, xwing_matches_the_draft) {
  READ_VECTORS(file, "xwing_draft.json");
  EXPECT_EQ(file->size(), 3U);
  for (const json& test : *file) {
    const auto seed = secret_field<32>(test, "seed");
    const auto key = to_bytes<kKemPublicBytes>(hex_field(test, "pk"));
    ASSERT_TRUE(key.has_value());
    EXPECT_EQ(xwing_public(seed), *key);
    testing::queue_random(hex_field(test, "eseed"));
    const auto made = xwing_encapsulate(*key);
    ASSERT_TRUE(made.has_value());
    EXPECT_EQ(testing::hex_of(made->ciphertext), test.at("ct").get<std::string>());
    EXPECT_EQ(testing::hex_of(made->shared.expose()), test.at("ss").get<std::string>());
    const auto opened = xwing_decapsulate(seed, made->ciphertext);
    ASSERT_TRUE(opened.has_value());
    EXPECT_TRUE(opened->equals(made->shared));
  }
}

TEST(KnownAnswers, x25519_matches_and_refuses_every_zero_result) {
  READ_VECTORS(file, "x25519_test.json");
  int valid = 0;
  int acceptable = 0;
  int refused = 0;
  for_each_case(*file, [&](const json&, const json& test) {
    const auto other = to_bytes<32>(hex_field(test, "public"));
    ASSERT_TRUE(other.has_value());
    const auto shared = x25519(secret_field<32>(test, "private"), *other);
    if (has_flag(test, "ZeroSharedSecret")) {
      EXPECT_FALSE(shared.has_value());
      ++refused;
      return;
    }
    ASSERT_TRUE(shared.has_value());
    EXPECT_EQ(testing::hex_of(shared->expose()), test.at("shared").get<std::string>());
    ++(is(test, "valid") ? valid : acceptable);
  });
  EXPECT_EQ(valid, 264);
  EXPECT_EQ(acceptable, 223);
  EXPECT_EQ(refused, 31);
}

TEST(KnownAnswers, ed25519_accepts_valid_and_refuses_the_rest) {
  READ_VECTORS(file, "ed25519_test.json");
  int valid = 0;
  int invalid = 0;
  int wrong_length = 0;
  for_each_case(*file, [&](const json& group, const json& test) {
    const auto key = to_bytes<32>(hex_field(group.at("publicKey"), "pk"));
    ASSERT_TRUE(key.has_value());
    const ByteVector signature = hex_field(test, "sig");
    EXPECT_EQ(ed25519::verify(*key, hex_field(test, "msg"), signature), is(test, "valid"));
    if (is(test, "valid")) {
      ++valid;
    } else {
      ++(signature.size() == 64 ? invalid : wrong_length);
    }
  });
  EXPECT_EQ(valid, 88);
  EXPECT_EQ(invalid, 51);
  EXPECT_EQ(wrong_length, 12);
}

// RFC 8032 section 7.1, test 2; the key may be derived at each signature or beforehand.
TEST(KnownAnswers, ed25519_signs_as_the_rfc_does) {
  const auto seed = *to_bytes<32>(
      testing::from_hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));
  const std::string signature =
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
  const ByteVector message{0x72};
  const Secret<32> secret(seed);
  const auto public_key = ed25519::public_from_seed(secret);
  EXPECT_EQ(testing::hex_of(public_key),
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  EXPECT_EQ(testing::hex_of(ed25519::sign(secret, message)), signature);
  EXPECT_EQ(testing::hex_of(ed25519::sign(secret, public_key, message)), signature);
}

// RFC 7693 appendix A has BLAKE2b-512 only; this value is that of another implementation.
TEST(KnownAnswers, fingerprint_is_blake2b_256) {
  EXPECT_EQ(testing::hex_of(fingerprint(testing::view_of("abc"))),
            "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

TEST(KnownAnswers, xchacha20_poly1305_seals_and_opens) {
  READ_VECTORS(file, "xchacha20_poly1305_test.json");
  int valid = 0;
  int forged = 0;
  int wrong_nonce = 0;
  for_each_case(*file, [&](const json&, const json& test) {
    const auto key = secret_field<32>(test, "key");
    const ByteVector nonce = hex_field(test, "iv");
    const ByteVector associated = hex_field(test, "aad");
    const ByteVector sealed =
        Writer{}.bytes(nonce).bytes(hex_field(test, "ct")).bytes(hex_field(test, "tag")).take();
    const auto opened = aead_open(key, associated, sealed);
    if (!is(test, "valid")) {
      // A nonce of another length shifts the rest, so our fixed layout refuses it too.
      EXPECT_FALSE(opened.has_value());
      ++(nonce.size() == 24 ? forged : wrong_nonce);
      return;
    }
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ(testing::hex_of(*opened), test.at("msg").get<std::string>());
    testing::queue_random(nonce);
    EXPECT_EQ(aead_seal(key, associated, *opened), sealed);
    ++valid;
  });
  EXPECT_EQ(valid, 246);
  EXPECT_EQ(forged, 60);
  EXPECT_EQ(wrong_nonce, 9);
}

TEST(KnownAnswers, hkdf_sha256_expands_every_case) {
  READ_VECTORS(file, "hkdf_sha256_test.json");
  int valid = 0;
  int oversize = 0;
  for_each_case(*file, [&](const json&, const json& test) {
    const ByteVector salt = hex_field(test, "salt");
    const ByteVector input = hex_field(test, "ikm");
    // Salts of other lengths than 32 exist only here: the protocol's own extract takes no other.
    Secret<32> prk;
    crypto_kdf_hkdf_sha256_extract(prk.overwrite().data(), salt.data(), salt.size(), input.data(),
                                   input.size());
    if (salt.size() == 32) {
      const auto fixed = std::span<const std::uint8_t, 32>(salt.data(), 32);
      EXPECT_TRUE(hkdf_extract(fixed, input).equals(prk));
    }
    ByteVector out(test.at("size").get<std::size_t>());
    if (is(test, "valid")) {
      hkdf_expand_into(prk, hex_field(test, "info"), out);
      EXPECT_EQ(testing::hex_of(out), test.at("okm").get<std::string>());
      ++valid;
    } else {
      EXPECT_THROW(hkdf_expand_into(prk, hex_field(test, "info"), out), std::logic_error);
      ++oversize;
    }
  });
  EXPECT_EQ(valid, 83);
  EXPECT_EQ(oversize, 3);
}

TEST(KnownAnswers, hmac_sha256_matches) {
  READ_VECTORS(file, "hmac_sha256_test.json");
  int valid = 0;
  int ours = 0;
  for_each_case(*file, [&](const json&, const json& test) {
    if (!is(test, "valid")) return;
    const ByteVector key = hex_field(test, "key");
    const ByteVector message = hex_field(test, "msg");
    // Keys of other lengths than 32 exist only here.
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, key.data(), key.size());
    crypto_auth_hmacsha256_update(&state, message.data(), message.size());
    Bytes<32> tag;
    crypto_auth_hmacsha256_final(&state, tag.data());
    const auto expected = test.at("tag").get<std::string>();
    EXPECT_EQ(testing::hex_of(tag).substr(0, expected.size()), expected);
    if (key.size() == 32) {
      EXPECT_EQ(mac(secret_field<32>(test, "key"), message), tag);
      ++ours;
    }
    ++valid;
  });
  EXPECT_EQ(valid, 66);
  EXPECT_GT(ours, 0);
}

}  // namespace
}  // namespace holdspace::crypto
