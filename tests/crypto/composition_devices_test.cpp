// The vectors of confirm, link and recovery, read as another implementation would: from the file's
// inputs and docs/protocol.md alone. That the code makes them is composition_test's business.
#include <gtest/gtest.h>

#include "crypto/aead.hpp"
#include "crypto/kdf.hpp"
#include "crypto/xwing.hpp"
#include "tests/crypto/support/json_vectors.hpp"
#include "tests/crypto/support/people.hpp"

namespace holdspace::crypto {
namespace {

using nlohmann::json;
using testing::from_hex;
using testing::hex_field;
using testing::hex_of;

std::string nine(const Hash64& value) {
  std::uint64_t number = 0;
  for (int i = 0; i < 8; ++i) number = number << 8 | value[static_cast<std::size_t>(i)];
  const std::string digits = std::to_string(number % 1'000'000'000);
  return std::string(9 - digits.size(), '0') + digits;
}

std::string thirty(const json& account) {
  const Hash64 whole =
      hash({label("fp"), hex_field(account, "account_id"), hex_field(account, "account_key")});
  std::string digits;
  for (std::size_t group = 0; group < 6; ++group) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < 5; ++i) number = number << 8 | whole[5 * group + i];
    const std::string five = std::to_string(number % 100'000);
    digits += std::string(5 - five.size(), '0') + five;
  }
  return digits;
}

ByteVector pins_of(const json& pins) {
  Writer out;
  out.bytes(hex_field(pins, "practice_id")).u8(pins.at("role").get<std::uint8_t>());
  out.bytes(hex_field(pins, "organisation_key")).bytes(hex_field(pins, "gateway_key"));
  out.bytes(hex_field(pins, "log_key")).count(pins.at("contacts").size());
  for (const json& contact : pins.at("contacts")) {
    out.bytes(hex_field(contact, "account_id")).bytes(hex_field(contact, "account_key"));
    out.u8(contact.at("status").get<std::uint8_t>());
  }
  return out.prefixed(hex_field(pins, "heads")).prefixed(hex_field(pins, "rest")).take();
}

Secret<32> secret_of(ByteView bytes) {
  return Secret<32>(*to_bytes<32>(bytes));
}

TEST(CompositionDevices, fingerprints_safety_number_and_short_string_follow_from_the_keys) {
  const auto file = testing::own_vectors("confirm.json");
  ASSERT_TRUE(file.has_value());
  const json& one = file->at("first");
  const json& two = file->at("second");
  const bool first_is_lower = hex_field(one, "account_id") < hex_field(two, "account_id");
  const json& lower = first_is_lower ? one : two;
  const json& higher = first_is_lower ? two : one;
  EXPECT_EQ(thirty(lower) + thirty(higher), file->at("safety_number").get<std::string>());
  for (const json* account : {&one, &two}) {
    EXPECT_EQ(hex_of(hash32({label("fp"), hex_field(*account, "account_id"),
                             hex_field(*account, "account_key")})),
              account->at("fingerprint").get<std::string>());
  }
  const ByteVector of_starter = from_hex(file->at("draws").at(0).get<std::string>());
  const ByteVector of_responder = from_hex(file->at("draws").at(1).get<std::string>());
  const Hash32 commitment = hash32({label("sas/c"), of_starter});
  EXPECT_EQ(hex_of(Writer{}.u8(1).bytes(commitment).take()), file->at("commit"));
  EXPECT_EQ(hex_of(Writer{}.u8(2).bytes(commitment).bytes(of_responder).take()),
            file->at("answer"));
  EXPECT_EQ(hex_of(Writer{}.u8(3).bytes(of_starter).take()), file->at("reveal"));
  EXPECT_EQ(
      nine(hash({label("sas"), hex_field(*file, "transcript"), hex_field(lower, "account_key"),
                 hex_field(higher, "account_key"), of_starter, of_responder})),
      file->at("short_string").get<std::string>());
}

// The digits and the opened package, from the messages and the drawn lk seed.
TEST(CompositionDevices, a_linking_follows_from_its_messages) {
  const auto file = testing::own_vectors("link.json");
  ASSERT_TRUE(file.has_value());
  EXPECT_TRUE(file->at("opened").get<bool>());
  const ByteVector open = hex_field(*file, "open");
  const ByteVector hello = hex_field(*file, "hello");
  const ByteVector reveal = hex_field(*file, "reveal");
  const ByteVector package = hex_field(*file, "package");
  ASSERT_EQ(open.size(), 49U);
  ASSERT_EQ(hello.size(), 109U);
  ASSERT_EQ(reveal.size(), 1400U);
  const auto part = [](const ByteVector& of, std::size_t from, std::size_t size) {
    return ByteView(of).subspan(from, size);
  };
  const ByteView link_id = part(reveal, 1, 16);
  const ByteView keys = part(reveal, 17, 32 + 32 + 1216);
  const ByteView n2 = part(reveal, 1297, 32);
  EXPECT_EQ(hex_of(part(open, 17, 32)), hex_of(hash32({label("lnk/c"), link_id, keys, n2})));

  const auto host = file->at("host").get<std::string>();
  const ByteView n1 = part(hello, 17, 32);
  const ByteView account = part(hello, 49, 16 + 32);
  const Hash64 transcript = hash({Writer{}
                                      .bytes(label("lnk/sas"))
                                      .bytes(link_id)
                                      .prefixed(text_bytes(host))
                                      .bytes(account)
                                      .bytes(keys)
                                      .bytes(n1)
                                      .bytes(n2)
                                      .take()});
  EXPECT_EQ(nine(transcript), file->at("digits").get<std::string>());

  const Secret<32> seed = secret_of(from_hex(file->at("draws").at(3).get<std::string>()));
  const auto shared = xwing_decapsulate(seed, *to_bytes<1120>(part(package, 17, 1120)));
  ASSERT_TRUE(shared.has_value());
  const Secret<32> key = hkdf_expand<32>(
      hkdf_extract(hash32({label("lnk/salt")}), shared->expose()), "lnk/key", transcript);
  const auto plain = aead_open(key, Writer{}.bytes(label("lnk/pkg")).bytes(transcript).take(),
                               ByteView(package).subspan(1141));
  ASSERT_TRUE(plain.has_value());
  const ByteVector expected = Writer{}
                                  .u8(1)
                                  .prefixed(hex_field(*file, "cert"))
                                  .prefixed(hex_field(*file, "list"))
                                  .u8(1)
                                  .bytes(hex_field(*file, "account_seed"))
                                  .bytes(pins_of(file->at("pins")))
                                  .take();
  EXPECT_EQ(hex_of(*plain), hex_of(expected));
}

TEST(CompositionDevices, a_vault_opens_by_the_formulas) {
  const auto file = testing::own_vectors("recovery.json");
  ASSERT_TRUE(file.has_value());
  const Secret<32> prk = hkdf_extract(hash32({label("rec/salt")}), hex_field(*file, "secret"));
  const Secret<16> id = hkdf_expand<16>(prk, "rec/id");
  const Secret<32> key = hkdf_expand<32>(prk, "rec/key");
  EXPECT_EQ(hex_of(id.expose()), file->at("id").get<std::string>());
  EXPECT_EQ(hex_of(key.expose()), file->at("key").get<std::string>());
  const auto plain = aead_open(key, Writer{}.bytes(label("rec/vault")).bytes(id.expose()).take(),
                               hex_field(*file, "vault"));
  ASSERT_TRUE(plain.has_value());
  const auto held = parse_signed(hex_field(*file, "held_list"));
  ASSERT_TRUE(held);
  const ByteVector expected = Writer{}
                                  .u8(1)
                                  .bytes(hex_field(*file, "account_id"))
                                  .bytes(hex_field(*file, "account_seed"))
                                  .u64(2)
                                  .bytes(hash32({label("st/device_list"), held->body}))
                                  .u8(1)
                                  .bytes(hex_field(*file, "organisation_seed"))
                                  .bytes(pins_of(file->at("pins")))
                                  .take();
  EXPECT_EQ(hex_of(*plain), hex_of(expected));
}

TEST(CompositionDevices, claim_and_reset_are_signed_over_the_documented_bytes) {
  const auto file = testing::own_vectors("recovery.json");
  ASSERT_TRUE(file.has_value());
  const Secret<32> account_seed = secret_of(hex_field(*file, "account_seed"));
  const ByteVector claim = Writer{}
                               .bytes(label("sig/recover"))
                               .bytes(hex_field(*file, "account_id"))
                               .bytes(hex_field(*file, "server_nonce"))
                               .bytes(hash({hex_field(*file, "restored_cert")}))
                               .bytes(hash({hex_field(*file, "restored_list")}))
                               .take();
  EXPECT_EQ(hex_of(ed25519::sign(account_seed, claim)), file->at("claim").get<std::string>());
  const ByteVector body = Writer{}
                              .bytes(hex_field(*file, "account_id"))
                              .bytes(ed25519::public_from_seed(account_seed))
                              .bytes(hex_field(*file, "reset_key"))
                              .u64(file->at("now_ms").get<std::uint64_t>())
                              .take();
  const Signature signature =
      ed25519::sign(secret_of(hex_field(*file, "organisation_seed")),
                    Writer{}.bytes(label("sig/account_reset")).bytes(body).take());
  const ByteVector reset = Writer{}.u16(7).prefixed(body).u32(1).bytes(signature).take();
  EXPECT_EQ(hex_of(reset), file->at("account_reset").get<std::string>());
}

}  // namespace
}  // namespace holdspace::crypto
