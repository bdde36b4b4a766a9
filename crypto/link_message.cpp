#include "crypto/link_message.hpp"

#include "crypto/layout.hpp"

namespace holdspace::crypto {
namespace {

enum class LinkType : std::uint8_t { open = 1, hello = 2, reveal = 3, package = 4 };

constexpr CodeShape kLinkCode{16, 2, 4, "lnk/check"};

Writer begin(LinkType type, const LinkId& link_id) {
  Writer out;
  out.u8(static_cast<std::uint8_t>(type)).bytes(link_id);
  return out;
}

LinkId read_begin(Reader& in, LinkType type) {
  if (in.u8() != static_cast<std::uint8_t>(type)) in.fail();
  return in.bytes<16>();
}

template <class Message>
std::optional<Message> finish(const Reader& reader, Message message) {
  if (!reader.finish()) return std::nullopt;
  return message;
}

bool follows_rules(const LinkReveal& reveal) {
  const bool platform = reveal.platform == Platform::native || reveal.platform == Platform::browser;
  const auto& suites = reveal.suites;
  const auto not_ascending = [](std::uint16_t a, std::uint16_t b) { return a >= b; };
  return platform && !suites.empty() && suites.size() <= kSuitesMax &&
         std::adjacent_find(suites.begin(), suites.end(), not_ascending) == suites.end();
}

}  // namespace

ByteVector encode_link_message(const LinkOpen& message) {
  return begin(LinkType::open, message.link_id).bytes(message.commitment).take();
}

std::optional<LinkOpen> parse_link_open(ByteView bytes) {
  Reader in(bytes);
  LinkOpen message;
  message.link_id = read_begin(in, LinkType::open);
  message.commitment = in.bytes<32>();
  return finish(in, message);
}

ByteVector encode_link_message(const LinkHello& message) {
  require(message.device_id != 0);
  Writer out = begin(LinkType::hello, message.link_id);
  out.bytes(message.nonce).bytes(message.account_id).key(message.account_key);
  return out.u32(message.device_id).instant(message.created_at).take();
}

std::optional<LinkHello> parse_link_hello(ByteView bytes) {
  Reader in(bytes);
  LinkHello message;
  message.link_id = read_begin(in, LinkType::hello);
  message.nonce = in.bytes<32>();
  message.account_id = in.bytes<16>();
  message.account_key = in.key<AccountPublicKey>();
  message.device_id = in.u32();
  message.created_at = in.instant();
  if (message.device_id == 0) in.fail();
  return finish(in, message);
}

ByteVector encode_link_message(const LinkReveal& message) {
  require(follows_rules(message));
  Writer out = begin(LinkType::reveal, message.link_id);
  out.key(message.signing_key).key(message.dh_key).key(message.link_key).bytes(message.nonce);
  out.u8(static_cast<std::uint8_t>(message.platform)).count(message.suites.size());
  for (const std::uint16_t suite : message.suites) out.u16(suite);
  return out.bytes(message.cert_signature).take();
}

std::optional<LinkReveal> parse_link_reveal(ByteView bytes) {
  Reader in(bytes);
  LinkReveal message;
  message.link_id = read_begin(in, LinkType::reveal);
  message.signing_key = in.key<DeviceSigningPublicKey>();
  message.dh_key = in.key<DeviceDhPublicKey>();
  message.link_key = in.key<LinkPublicKey>();
  message.nonce = in.bytes<32>();
  message.platform = static_cast<Platform>(in.u8());
  message.suites.resize(in.count(kSuitesMax));
  for (std::uint16_t& suite : message.suites) suite = in.u16();
  message.cert_signature = in.bytes<64>();
  if (!follows_rules(message)) in.fail();
  return finish(in, std::move(message));
}

ByteVector encode_link_message(const LinkPackage& message) {
  require(message.sealed.size() <= kLinkSealedBytesMax);
  Writer out = begin(LinkType::package, message.link_id);
  return out.bytes(message.ciphertext).prefixed(message.sealed).take();
}

std::optional<LinkPackage> parse_link_package(ByteView bytes) {
  Reader in(bytes);
  LinkPackage message;
  message.link_id = read_begin(in, LinkType::package);
  message.ciphertext = in.bytes<kKemCiphertextBytes>();
  const ByteView sealed = in.prefixed(kLinkSealedBytesMax);
  message.sealed.assign(sealed.begin(), sealed.end());
  return finish(in, std::move(message));
}

DeviceCert link_cert(const LinkHello& hello, const LinkReveal& reveal) {
  DeviceCert cert;
  cert.account_id = hello.account_id;
  cert.device_id = hello.device_id;
  cert.account_key = hello.account_key;
  cert.signing_key = reveal.signing_key;
  cert.dh_key = reveal.dh_key;
  cert.platform = reveal.platform;
  cert.suites = reveal.suites;
  cert.created_at = hello.created_at;
  return cert;
}

std::string link_code(const LinkId& link_id) {
  const SecretBytes text = write_code(kLinkCode, link_id);
  return {text.begin(), text.end()};
}

boost::system::result<LinkId, CodeError> parse_link_code(std::string_view text) {
  const auto value = read_code(kLinkCode, text);
  if (!value) return value.error();
  return *to_bytes<16>(*value);
}

}  // namespace holdspace::crypto
