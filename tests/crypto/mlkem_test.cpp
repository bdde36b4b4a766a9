// ML-KEM-768 as libsodium has it, below X-Wing. The protocol never calls it alone, so these cases
// go to the library with the same exact-length rule that crypto/xwing.hpp has in its types.
#include <gtest/gtest.h>
#include <sodium.h>

#include <type_traits>

#include "crypto/keys.hpp"
#include "tests/crypto/support/json_vectors.hpp"
#include "tests/crypto/support/people.hpp"

namespace holdspace::crypto {
namespace {

using nlohmann::json;
using testing::hex_field;

constexpr std::size_t kPublic = crypto_kem_mlkem768_PUBLICKEYBYTES;
constexpr std::size_t kSecret = crypto_kem_mlkem768_SECRETKEYBYTES;
constexpr std::size_t kCiphertext = crypto_kem_mlkem768_CIPHERTEXTBYTES;

struct Outcome {
  int matched = 0;
  int wrong_length = 0;
  int refused = 0;
};

TEST(MlKem, seeds_give_the_published_keys) {
  READ_VECTORS(file, "mlkem_768_keygen_seed_test.json");
  int matched = 0;
  for (const json& group : file->at("testGroups")) {
    for (const json& test : group.at("tests")) {
      const auto seed = to_bytes<crypto_kem_mlkem768_SEEDBYTES>(hex_field(test, "seed"));
      ASSERT_TRUE(seed.has_value());
      Bytes<kPublic> key;
      Secret<kSecret> secret;
      crypto_kem_mlkem768_seed_keypair(key.data(), secret.overwrite().data(), seed->data());
      EXPECT_EQ(testing::hex_of(key), test.at("ek").get<std::string>());
      EXPECT_EQ(testing::hex_of(secret.expose()), test.at("dk").get<std::string>());
      ++matched;
    }
  }
  EXPECT_EQ(matched, 100);
}

TEST(MlKem, decapsulates_every_valid_case_and_stops_wrong_lengths) {
  READ_VECTORS(file, "mlkem_768_test.json");
  Outcome outcome;
  for (const json& group : file->at("testGroups")) {
    for (const json& test : group.at("tests")) {
      const auto seed = to_bytes<crypto_kem_mlkem768_SEEDBYTES>(hex_field(test, "seed"));
      const auto ciphertext = to_bytes<kCiphertext>(hex_field(test, "c"));
      if (!seed || !ciphertext) {
        EXPECT_EQ(test.at("result"), "invalid");
        ++outcome.wrong_length;
        continue;
      }
      Bytes<kPublic> key;
      Secret<kSecret> secret;
      crypto_kem_mlkem768_seed_keypair(key.data(), secret.overwrite().data(), seed->data());
      Secret<32> shared;
      ASSERT_EQ(crypto_kem_mlkem768_dec(shared.overwrite().data(), ciphertext->data(),
                                        secret.expose().data()),
                0);
      EXPECT_EQ(testing::hex_of(shared.expose()), test.at("K").get<std::string>());
      ++outcome.matched;
    }
  }
  EXPECT_EQ(outcome.matched, 153);
  EXPECT_EQ(outcome.wrong_length, 40);
}

TEST(MlKem, encapsulates_every_valid_case_and_refuses_keys_that_are_not_canonical) {
  READ_VECTORS(file, "mlkem_768_encaps_test.json");
  Outcome outcome;
  for (const json& group : file->at("testGroups")) {
    for (const json& test : group.at("tests")) {
      const auto key = to_bytes<kPublic>(hex_field(test, "ek"));
      const auto message = to_bytes<32>(hex_field(test, "m"));
      if (!key || !message) {
        ++outcome.wrong_length;
        continue;
      }
      Bytes<kCiphertext> ciphertext;
      Secret<32> shared;
      const int failed = crypto_kem_mlkem768_enc_deterministic(
          ciphertext.data(), shared.overwrite().data(), key->data(), message->data());
      if (test.at("result") == "invalid") {
        EXPECT_NE(failed, 0);
        // X-Wing's public key is the same ek with an X25519 key behind it: refused at our own door
        // as well.
        Bytes<kKemPublicBytes> whole{};
        std::copy(key->begin(), key->end(), whole.begin());
        whole[kPublic] = 9;  // X25519 base point
        EXPECT_FALSE(xwing_accepts(whole));
        ++outcome.refused;
        continue;
      }
      ASSERT_EQ(failed, 0);
      EXPECT_EQ(testing::hex_of(ciphertext), test.at("c").get<std::string>());
      EXPECT_EQ(testing::hex_of(shared.expose()), test.at("K").get<std::string>());
      ++outcome.matched;
    }
  }
  EXPECT_EQ(outcome.matched, 133);
  EXPECT_EQ(outcome.refused, 112);
  EXPECT_EQ(outcome.wrong_length, 20);
}

// libsodium takes an expanded key whose inner hash is wrong; so our keys come from seeds and from
// nothing else.
TEST(MlKem, has_no_way_to_import_an_expanded_key) {
  using Key = KemKey<OneTimeRole>;
  static_assert(!std::is_constructible_v<Key, Secret<32>>);
  static_assert(!std::is_constructible_v<Key, Bytes<kSecret>>);
  static_assert(!std::is_invocable_v<decltype(&Key::from_seed), Secret<kSecret>>);
  READ_VECTORS(file, "mlkem_768_semi_expanded_decaps_test.json");
  int accepted_by_libsodium = 0;
  for (const json& group : file->at("testGroups")) {
    for (const json& test : group.at("tests")) {
      const auto secret = to_bytes<kSecret>(hex_field(test, "dk"));
      const auto ciphertext = to_bytes<kCiphertext>(hex_field(test, "c"));
      if (test.at("flags") != json::array({"InvalidDecapsulationKey"}) || !secret || !ciphertext) {
        continue;
      }
      Secret<32> shared;
      if (crypto_kem_mlkem768_dec(shared.overwrite().data(), ciphertext->data(), secret->data()) ==
          0) {
        ++accepted_by_libsodium;
      }
    }
  }
  EXPECT_EQ(accepted_by_libsodium, 2) << "the reason for the rule has changed";
}

}  // namespace
}  // namespace holdspace::crypto
