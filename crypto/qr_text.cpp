#include "crypto/qr_text.hpp"

#include "crypto/layout.hpp"
#include "crypto/login.hpp"
#include "crypto/written_code.hpp"

namespace holdspace::crypto {
namespace {

constexpr std::string_view kPrefix = "HOLDSPACE:1:";
constexpr std::string_view kInvite = "INVITE";
constexpr std::string_view kLink = "LINK";
constexpr std::string_view kConfirm = "CONFIRM";

bool is_host(std::string_view host) {
  return !host.empty() && host.size() <= kHostBytesMax && is_plain_text(host);
}

SecretBytes encode_text(std::string_view type, ByteView body) {
  SecretBytes text;
  const auto append = [&text](ByteView bytes) {
    text.insert(text.end(), bytes.begin(), bytes.end());
  };
  append(text_bytes(kPrefix));
  append(text_bytes(type));
  text.push_back(':');
  append(write_base32(body));
  return text;
}

std::string to_string(const SecretBytes& text) {
  return {text.begin(), text.end()};
}

// The body of a text of this type.
QrResult<SecretBytes> body_of(std::string_view type, std::string_view text) {
  if (text.substr(0, kPrefix.size()) != kPrefix) return QrError::not_ours;
  text.remove_prefix(kPrefix.size());
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return QrError::not_ours;
  if (text.substr(0, colon) != type) return QrError::other_type;
  text.remove_prefix(colon + 1);
  if (text.size() > kQrTextBytesMax) return QrError::malformed;
  auto body = read_base32(text);
  if (!body) return QrError::malformed;
  return std::move(*body);
}

std::string read_host(Reader& in) {
  const ByteView host = in.prefixed(kHostBytesMax);
  std::string text(host.begin(), host.end());
  if (!is_host(text)) in.fail();
  return text;
}

}  // namespace

SecretBytes encode_invite_qr(std::string_view host, const InviteSecret& secret) {
  require(is_host(host));
  SecretWriter body;
  body.prefixed(text_bytes(host)).secret(secret.expose());
  return encode_text(kInvite, body.take());
}

QrResult<InviteQr> parse_invite_qr(std::string_view text) {
  const auto body = body_of(kInvite, text);
  if (!body) return body.error();
  Reader in(*body);
  std::string host = read_host(in);
  auto secret = in.secret<kInviteSecretBytes>();
  if (!in.finish()) return QrError::malformed;
  return InviteQr{std::move(host), InviteSecret::from_bytes(std::move(secret))};
}

std::string encode_link_qr(const LinkOffer& offer) {
  require(is_host(offer.host));
  Writer body;
  body.bytes(offer.link_id).bytes(offer.commitment).prefixed(text_bytes(offer.host));
  return to_string(encode_text(kLink, body.take()));
}

QrResult<LinkOffer> parse_link_qr(std::string_view text) {
  const auto body = body_of(kLink, text);
  if (!body) return body.error();
  Reader in(*body);
  LinkOffer offer;
  offer.link_id = in.bytes<16>();
  offer.commitment = in.bytes<32>();
  offer.host = read_host(in);
  if (!in.finish()) return QrError::malformed;
  return offer;
}

ConfirmQr::ConfirmQr(const Pin& self, const Pin& peer)
    : ConfirmQr(account_fingerprint(self), account_fingerprint(peer)) {
  require(self.account_id != peer.account_id);
}

std::string ConfirmQr::encode() const {
  return to_string(encode_text(kConfirm, Writer{}.bytes(shower_).bytes(scanner_).take()));
}

QrResult<ConfirmQr> ConfirmQr::parse(std::string_view text) {
  const auto body = body_of(kConfirm, text);
  if (!body) return body.error();
  Reader in(*body);
  const auto shower = in.bytes<32>();
  const auto scanner = in.bytes<32>();
  if (!in.finish()) return QrError::malformed;
  return ConfirmQr(shower, scanner);
}

std::optional<CheckedPin> ConfirmQr::check(const Pin& self, const Pin& peer) const {
  if (shower_ != account_fingerprint(peer) || scanner_ != account_fingerprint(self)) {
    return std::nullopt;
  }
  return CheckedPin(peer);
}

}  // namespace holdspace::crypto
