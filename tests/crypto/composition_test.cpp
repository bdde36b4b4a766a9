// Our own vectors: re-derived from the seed, and read as another implementation would, from the
// file's inputs alone.
#include <gtest/gtest.h>

#include "crypto/aead.hpp"
#include "crypto/kdf.hpp"
#include "crypto/padding.hpp"
#include "crypto/x25519.hpp"
#include "crypto/xwing.hpp"
#include "tests/crypto/support/composition.hpp"
#include "tests/crypto/support/json_vectors.hpp"
#include "tests/crypto/support/people.hpp"

namespace holdspace::crypto {
namespace {

using nlohmann::json;
using testing::from_hex;
using testing::hex_field;

Secret<32> secret_field(const json& object, const char* name) {
  return Secret<32>(*to_bytes<32>(hex_field(object, name)));
}

TEST(Composition, every_file_is_what_the_code_makes) {
  for (const auto& [file, made] : testing::make_composition_vectors()) {
    const auto stored = testing::own_vectors(file);
    ASSERT_TRUE(stored.has_value()) << file;
    // Compared as text, so that a failure does not print a hundred kilobytes.
    EXPECT_TRUE(stored->dump() == json::parse(made.dump()).dump())
        << file << " differs: a change of the protocol needs a new suite id";
  }
}

// Both bodies and their signatures from the file's inputs alone, by the table of section 2.
TEST(Composition, policy_change_and_agreement_follow_from_the_inputs) {
  const auto file = testing::own_vectors("statements.json");
  ASSERT_TRUE(file.has_value());
  const json& first = file->at("first_device");
  const json& device = first.at("device");
  const json& rules = first.at("rules_of_contact");
  const ByteVector signer = hex_field(device, "account_id");
  const auto at = first.at("now_ms").get<std::uint64_t>();
  const auto expect_statement = [&](const json& statement, const ByteVector& body,
                                    const std::string& name) {
    const Signature signature =
        ed25519::sign(secret_field(device, "signing_seed"),
                      Writer{}.bytes(label("sig/" + name)).bytes(body).take());
    const ByteVector whole = Writer{}
                                 .u16(statement.at("type").get<std::uint16_t>())
                                 .prefixed(body)
                                 .u32(1)
                                 .bytes(signature)
                                 .take();
    EXPECT_EQ(testing::hex_of(body), statement.at("body").get<std::string>());
    EXPECT_EQ(testing::hex_of(hash32({label("st/" + name), body})),
              statement.at("hash").get<std::string>());
    EXPECT_EQ(testing::hex_of(whole), statement.at("signed").get<std::string>());
  };
  const ByteVector change =
      Writer{}
          .bytes(signer)
          .u64(rules.at("policy_version").get<std::uint64_t>())
          .bytes(hash32({label("policy"), hex_field(rules, "policy_document")}))
          .bytes(signer)
          .u32(1)
          .u64(at)
          .take();
  expect_statement(rules.at("policy_change"), change, "policy_change");
  const ByteVector agreement =
      Writer{}
          .bytes(hex_field(rules, "relationship_id"))
          .bytes(hash32({label("agreement"), hex_field(rules, "agreement_text")}))
          .bytes(signer)
          .u32(1)
          .u64(at)
          .take();
  expect_statement(rules.at("contact_agreement"), agreement, "contact_agreement");
}

TEST(Composition, audit_heads_and_checkpoint_follow_from_the_inputs) {
  const auto file = testing::own_vectors("audit.json");
  ASSERT_TRUE(file.has_value());
  ASSERT_EQ(file->at("entries").size(), 3U);
  Hash32 head{};
  for (const json& entry : file->at("entries")) {
    head = hash32({Writer{}
                       .bytes(label("audit"))
                       .bytes(head)
                       .u64(entry.at("number").get<std::uint64_t>())
                       .u64(entry.at("at_ms").get<std::uint64_t>())
                       .prefixed(hex_field(entry, "record"))
                       .take()});
    EXPECT_EQ(testing::hex_of(head), entry.at("head").get<std::string>());
  }
  const ByteVector checkpoint = Writer{}
                                    .bytes(label("sig/audit"))
                                    .bytes(hex_field(*file, "practice_id"))
                                    .u64(file->at("count").get<std::uint64_t>())
                                    .u64(file->at("at_ms").get<std::uint64_t>())
                                    .bytes(head)
                                    .take();
  EXPECT_EQ(testing::hex_of(ed25519::sign(secret_field(*file, "gateway_seed"), checkpoint)),
            file->at("signature").get<std::string>());
}

// The formulas of section 7, written once more from the document.
TEST(Composition, handshake_keys_follow_from_the_inputs) {
  const auto file = testing::own_vectors("handshake.json");
  ASSERT_TRUE(file.has_value());
  ASSERT_EQ(file->at("cases").size(), 6U);
  for (const json& test : file->at("cases")) {
    const json& b = test.at("responder");
    const json& prekeys = test.at("responder_prekeys");
    const ByteVector hs = hex_field(test, "hs");
    const bool one_time = test.at("kem_kind") == 1;
    const Secret<32> spk = secret_field(prekeys, "signed_prekey_secret");
    const Secret<32> kem = secret_field(prekeys, one_time ? "one_time_seed" : "last_resort_seed");
    const auto a_ddk = *to_bytes<32>(hex_field(test.at("initiator"), "dh_key"));
    const auto ek = *to_bytes<32>(ByteView(hs).subspan(hs.size() - 17 - 1120 - 32, 32));
    const auto ct = *to_bytes<1120>(ByteView(hs).subspan(hs.size() - 17 - 1120, 1120));

    const Hash64 transcript =
        hash({label("hs/th"), hs, hex_field(b, "account_key"), hex_field(b, "signing_key"),
              hex_field(b, "dh_key"), x25519_public(spk), xwing_public(kem)});
    EXPECT_EQ(testing::hex_of(transcript), test.at("transcript").get<std::string>());
    const ByteVector input = Writer{}
                                 .secret(*x25519(spk, a_ddk))
                                 .secret(*x25519(secret_field(b, "dh_secret"), ek))
                                 .secret(*x25519(spk, ek))
                                 .secret(*xwing_decapsulate(kem, ct))
                                 .bytes(hex_field(test, "psk"))
                                 .take();
    if (test.at("psk_kind") == 2) {
      const Secret<32> cc = secret_field(test, "continuity");
      EXPECT_EQ(testing::hex_of(hkdf_expand<32>(cc, "cc/psk").expose()),
                test.at("psk").get<std::string>());
      EXPECT_EQ(testing::hex_of(ByteView(hs).last(17)),
                "02" + testing::hex_of(hash({label("cc/id"), cc.expose()})).substr(0, 32));
    }
    const Secret<128> keys =
        hkdf_expand<128>(hkdf_extract(hash32({label("hs/salt")}), input), "hs/keys", transcript);
    EXPECT_EQ(testing::hex_of(keys.expose()), test.at("keys").get<std::string>());
    EXPECT_EQ(testing::hex_of(hash({label("sid"), transcript})).substr(0, 32),
              test.at("session_id").get<std::string>());
  }
}

// One reader that has the recipient's secrets and the first case of the script opens the first
// chain by hand.
TEST(Composition, first_message_of_the_script_opens_by_the_formulas) {
  const auto file = testing::own_vectors("ratchet.json");
  ASSERT_TRUE(file.has_value());
  EXPECT_TRUE(file->at("opened").get<bool>());
  ASSERT_EQ(file->at("messages").size(), 40U);
  const json& setup = file->at("setup");
  const json& message = file->at("messages").front();
  const json& b = setup.at("responder");
  const ByteVector hs = hex_field(message, "hs");
  const Secret<32> spk = secret_field(setup.at("responder_prekeys"), "signed_prekey_secret");
  const Secret<32> kem = secret_field(setup.at("responder_prekeys"), "one_time_seed");
  const auto a_ddk = *to_bytes<32>(hex_field(setup.at("initiator"), "dh_key"));
  const auto ek = *to_bytes<32>(ByteView(hs).subspan(hs.size() - 17 - 1120 - 32, 32));
  const auto ct = *to_bytes<1120>(ByteView(hs).subspan(hs.size() - 17 - 1120, 1120));
  const Hash64 transcript =
      hash({label("hs/th"), hs, hex_field(b, "account_key"), hex_field(b, "signing_key"),
            hex_field(b, "dh_key"), x25519_public(spk), xwing_public(kem)});
  const ByteVector input = Writer{}
                               .secret(*x25519(spk, a_ddk))
                               .secret(*x25519(secret_field(b, "dh_secret"), ek))
                               .secret(*x25519(spk, ek))
                               .secret(*xwing_decapsulate(kem, ct))
                               .bytes(Bytes<32>{})
                               .take();
  const Secret<128> keys =
      hkdf_expand<128>(hkdf_extract(hash32({label("hs/salt")}), input), "hs/keys", transcript);

  const ByteVector header_ad = Writer{}.bytes(label("dr/hdr")).bytes(transcript).take();
  const auto header = aead_open(key_at(keys, 1), header_ad, hex_field(message, "eh"));
  ASSERT_TRUE(header.has_value());
  ASSERT_EQ(header->size(), 1258U);
  const auto dh = *to_bytes<32>(ByteView(*header).subspan(10, 32));
  const auto ek_new = *to_bytes<1216>(ByteView(*header).subspan(42, 1216));
  const Hash64 turn =
      hash({label("dr/turn"), transcript, Bytes<4>{}, dh, x25519_public(spk), ek_new});
  const ByteVector mixed = Writer{}.secret(*x25519(spk, dh)).bytes(Bytes<32>{}).take();
  const Secret<32> prk = hkdf_extract(key_at(keys, 0).expose(), mixed);
  const Secret<128> turn_keys = hkdf_expand<128>(prk, "dr/rk", turn);
  const Secret<64> chain = hkdf_expand<64>(key_at(turn_keys, 1), "dr/chain");
  const ByteVector body_ad = Writer{}
                                 .bytes(label("dr/body"))
                                 .bytes(transcript)
                                 .bytes(hex_field(message, "env"))
                                 .bytes(hex_field(message, "eh"))
                                 .take();
  const auto padded = aead_open(key_at(chain, 1), body_ad, hex_field(message, "body"));
  ASSERT_TRUE(padded.has_value());
  const auto content = unpad(*padded);
  ASSERT_TRUE(content.has_value());
  EXPECT_EQ(testing::hex_of(*content), message.at("content").get<std::string>());
}

}  // namespace
}  // namespace holdspace::crypto
