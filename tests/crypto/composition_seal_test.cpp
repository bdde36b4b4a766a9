// The vectors of what is sealed or proven outside of sessions, read as another implementation
// would: from the files' inputs alone.
#include <gtest/gtest.h>

#include "crypto/aead.hpp"
#include "crypto/hash.hpp"
#include "crypto/layout.hpp"
#include "crypto/padding.hpp"
#include "crypto/record_export.hpp"
#include "crypto/secret_stream.hpp"
#include "crypto/tree_head.hpp"
#include "crypto/xwing.hpp"
#include "tests/crypto/support/escalation_world.hpp"
#include "tests/crypto/support/json_vectors.hpp"

namespace holdspace::crypto {
namespace {

using nlohmann::json;
using testing::hex_field;
using testing::hex_of;

Secret<32> secret_field(const json& object, const char* name) {
  return Secret<32>(*to_bytes<32>(hex_field(object, name)));
}

// One reader of three opens its wrap and the body by the formulas of section 14.
void opens_by_the_formulas(const json& file, const json& reader) {
  const ByteVector wrap = hex_field(reader, "wrap");
  const ByteVector set = hex_field(reader.at("escalation_set"), "body");
  ASSERT_EQ(wrap.size(), 1192U);
  testing::WrapByHand by_hand;
  by_hand.kem_ciphertext.assign(wrap.begin(), wrap.begin() + 1120);
  const auto shared =
      xwing_decapsulate(secret_field(reader, "kem_seed"), *to_bytes<1120>(by_hand.kem_ciphertext));
  by_hand.own_dh_secret = *to_bytes<32>(hex_field(reader, "dh_secret"));
  by_hand.other_dh = *to_bytes<32>(hex_field(file.at("sender"), "dh_key"));
  by_hand.shared = *to_bytes<32>(shared->expose());
  by_hand.env = hex_field(reader, "env");
  // The set's body from ep_id on to EPX and EPK: 4 + 32 + 1216 bytes behind account and device.
  by_hand.keys = Writer{}
                     .bytes(hex_field(file.at("sender"), "account_key"))
                     .bytes(hex_field(file.at("sender"), "dh_key"))
                     .bytes(hex_field(reader.at("device"), "account_key"))
                     .bytes(ByteView(set).subspan(20, 4 + 32 + 1216))
                     .take();
  by_hand.commit = hex_field(file, "commit");
  by_hand.common = hex_field(file, "common");
  by_hand.body = hex_field(file, "body");
  const auto key = by_hand.open(ByteView(wrap).subspan(1120));
  ASSERT_TRUE(key.has_value());
  const Secret<32> content_key(std::span<const std::uint8_t, 32>(key->data(), 32));
  EXPECT_EQ(hex_of(mac(content_key, label("esc/commit"))), file.at("commit").get<std::string>());
  const ByteVector associated = Writer{}.bytes(label("esc/body")).bytes(by_hand.common).take();
  const auto padded = aead_open(content_key, associated, by_hand.body);
  ASSERT_TRUE(padded.has_value());
  EXPECT_EQ(hex_of(*unpad(*padded)), file.at("content").get<std::string>());
}

TEST(Composition, escalation_opens_on_three_devices_by_the_formulas) {
  const auto file = testing::own_vectors("escalation.json");
  ASSERT_TRUE(file.has_value());
  ASSERT_EQ(file->at("readers").size(), 3U);
  for (const json& reader : file->at("readers")) {
    EXPECT_TRUE(reader.at("opened").get<bool>());
    opens_by_the_formulas(*file, reader);
  }
  Writer chain;
  for (const json& step : file->at("chain")) {
    chain.bytes(hex_field(step, "account_id")).u32(step.at("delay_s").get<std::uint32_t>());
  }
  EXPECT_EQ(hex_of(hash32({label("chain"), chain.take()})),
            file->at("chain_hash").get<std::string>());
}

TEST(Composition, log_proofs_hold_and_heads_are_signed) {
  const auto file = testing::own_vectors("log.json");
  ASSERT_TRUE(file.has_value());
  const LogPublicKey key{*to_bytes<32>(hex_field(*file, "log_key"))};
  const auto log_id = *to_bytes<16>(hex_field(*file, "log_id"));
  const auto proof_of = [](const json& hashes) {
    MerkleProof proof;
    for (const json& hash : hashes) {
      proof.push_back(*to_bytes<32>(testing::from_hex(hash.get<std::string>())));
    }
    return proof;
  };
  std::vector<Verified<TreeHead>> heads;
  for (const json& head : file->at("heads")) {
    heads.push_back(*verify_tree_head(hex_field(head, "signed"), key, log_id));
  }
  ASSERT_EQ(heads.size(), 8U);
  for (std::size_t i = 0; i < 7; ++i) {
    const json& leaf = file->at("leaves")[i];
    const Hash32 hidden = hash32({hex_field(leaf, "nonce"), hex_field(leaf, "body")});
    const TreeHash hash = leaf_hash(Writer{}.u16(17).bytes(hidden).take());
    EXPECT_TRUE(verify_inclusion(hash, i, 7, heads[7]->root, proof_of(file->at("inclusion")[i])));
    EXPECT_TRUE(verify_consistency(i, heads[i]->root, 7, heads[7]->root,
                                   proof_of(file->at("consistency")[i])));
  }
}

// Libsodium's own stream, by the layout of section 12.1.
TEST(Composition, attachment_opens_by_the_layout) {
  const auto file = testing::own_vectors("attachment.json");
  ASSERT_TRUE(file.has_value());
  const json& test = file->at("cases")[1];
  const ByteVector reference = hex_field(test, "reference");
  const ByteVector blob = hex_field(test, "blob");
  const Hash64 digest = hash({blob});
  EXPECT_TRUE(std::equal(digest.begin(), digest.end(), reference.begin() + 88));
  StreamState stream(Secret<32>(*to_bytes<32>(ByteView(reference).subspan(16, 32))),
                     *to_bytes<24>(ByteView(reference).subspan(48, 24)));
  const auto opened = stream.open(
      Writer{}.bytes(label("att/chunk")).bytes(ByteView(reference).first(16)).take(), blob);
  ASSERT_TRUE(opened.has_value() && opened->last);
  EXPECT_EQ(opened->plain.size(), 1536U);
  for (std::size_t i = 0; i < 1536; ++i) {
    ASSERT_EQ(opened->plain[i], i < 1500 ? i % 256 : 0) << i;
  }
}

TEST(Composition, export_opens_under_each_lock) {
  const auto file = testing::own_vectors("export.json");
  ASSERT_TRUE(file.has_value());
  const json& exporter = file->at("exporter");
  const Pin pin{*to_bytes<16>(hex_field(exporter, "account_id")),
                {*to_bytes<32>(hex_field(exporter, "account_key"))}};
  const auto records_key = RecordsKey::from_seed(secret_field(*file, "records_seed"));
  const RecoveryRecordsKey recovery{secret_field(*file, "recovery_key")};
  for (const json& made : file->at("files")) {
    const ByteVector preamble = hex_field(made, "preamble");
    const int kind = made.at("kind").get<int>();
    const auto key = kind == 1   ? unlock_records(preamble, "correct horse")
                     : kind == 2 ? unlock_records(preamble, records_key)
                                 : unlock_records(preamble, recovery);
    ASSERT_TRUE(key.has_value()) << kind;
    RecordReader reader(*key);
    const auto entries = reader.open(hex_field(made, "chunks"));
    ASSERT_TRUE(entries.has_value()) << kind;
    ASSERT_EQ(entries->size(), 2U);
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_EQ(hex_of(encode_entry((*entries)[i])), file->at("entries")[i].get<std::string>());
    }
    const auto record = reader.finish(pin);
    ASSERT_TRUE(record.has_value()) << kind;
    EXPECT_EQ(hex_of(record->hash()), made.at("hash").get<std::string>());
  }
}

}  // namespace
}  // namespace holdspace::crypto
