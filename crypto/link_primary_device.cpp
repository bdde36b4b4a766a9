// The device that holds the account key: it checks what was revealed, takes the typed digits, signs
// and seals.
#include "crypto/aead.hpp"
#include "crypto/device_list.hpp"
#include "crypto/layout.hpp"
#include "crypto/link.hpp"
#include "crypto/link_transcript.hpp"
#include "crypto/nine_digits.hpp"
#include "crypto/statement_name.hpp"

namespace holdspace::crypto {
namespace {

// The nine digits that somebody typed; empty for anything else.
std::optional<std::string> read_digits(std::string_view typed) {
  std::string digits;
  for (const char character : typed) {
    if (character == ' ' || character == '-') continue;
    if (character < '0' || character > '9' || digits.size() == kShortStringDigits) {
      return std::nullopt;
    }
    digits.push_back(character);
  }
  if (digits.size() != kShortStringDigits) return std::nullopt;
  return digits;
}

bool is_usable(const LinkReveal& reveal, const LinkHello& hello) {
  const auto& suites = reveal.suites;
  return std::find(suites.begin(), suites.end(), kSuite) != suites.end() &&
         verify_signature(reveal.signing_key, statement_name(StatementType::device_cert),
                          encode_body(link_cert(hello, reveal)), reveal.cert_signature) &&
         xwing_accepts(reveal.link_key.bytes);
}

}  // namespace

PrimaryDevice::PrimaryDevice(AccountKey account_key, const Verified<DeviceList>& held,
                             const LinkOffer& offer, Instant now)
    : account_key_(std::move(account_key)),
      held_(held),
      offer_(offer),
      expires_at_(now + kLinkLife) {
  require(account_key_->public_key() == held->account_key);
  hello_.link_id = offer.link_id;
  hello_.nonce = random_array<32>();
  hello_.account_id = held->account_id;
  hello_.account_key = held->account_key;
  hello_.device_id = next_device_id(*held);
  hello_.created_at = now;
}

LinkResult<PrimaryDevice> PrimaryDevice::begin_scanned(AccountKey account_key,
                                                       const Verified<DeviceList>& held,
                                                       std::string host, const LinkOffer& offer,
                                                       Instant now) {
  if (offer.host != host) return LinkError::other_link;
  if (held->active.size() >= kActiveDevicesMax || next_device_id(*held) == 0) {
    return LinkError::list_full;
  }
  return PrimaryDevice(std::move(account_key), held, offer, now);
}

LinkResult<PrimaryDevice> PrimaryDevice::begin_typed(AccountKey account_key,
                                                     const Verified<DeviceList>& held,
                                                     std::string host, const LinkId& link_id,
                                                     ByteView open_message, Instant now) {
  const auto open = parse_link_open(open_message);
  if (!open) return LinkError::malformed;
  if (open->link_id != link_id) return LinkError::other_link;
  const LinkOffer offer{link_id, open->commitment, host};
  return begin_scanned(std::move(account_key), held, std::move(host), offer, now);
}

LinkError PrimaryDevice::refuse(LinkError error) {
  step_ = Step::over;
  account_key_.reset();
  return error;
}

ByteVector PrimaryDevice::hello() const {
  return encode_link_message(hello_);
}

LinkResult<void> PrimaryDevice::take_reveal(ByteView reveal, Instant now) {
  if (step_ != Step::begun) return LinkError::out_of_order;
  if (now >= expires_at_) return refuse(LinkError::expired);
  auto parsed = parse_link_reveal(reveal);
  if (!parsed) return refuse(LinkError::malformed);
  if (parsed->link_id != offer_.link_id) return refuse(LinkError::other_link);
  if (link_commitment(*parsed) != offer_.commitment) return refuse(LinkError::wrong_commitment);
  if (!is_usable(*parsed, hello_)) return refuse(LinkError::bad_device);
  reveal_ = std::move(*parsed);
  transcript_ = link_transcript(offer_.host, hello_, reveal_);
  step_ = Step::revealed;
  return {};
}

LinkResult<Platform> PrimaryDevice::platform() const {
  if (step_ != Step::revealed && step_ != Step::accepted) return LinkError::out_of_order;
  return reveal_.platform;
}

LinkResult<void> PrimaryDevice::take_digits(std::string_view typed, Instant now) {
  if (step_ != Step::revealed) return LinkError::out_of_order;
  if (now >= expires_at_) return refuse(LinkError::expired);
  const auto digits = read_digits(typed);
  if (!digits) return LinkError::not_nine_digits;
  if (!equal_in_constant_time(text_bytes(*digits), text_bytes(nine_digits(transcript_)))) {
    return refuse(LinkError::wrong_digits);
  }
  step_ = Step::accepted;
  return {};
}

LinkResult<LinkSealed> PrimaryDevice::seal(const Pins& pins, AccountKeyCopy copy, Instant now) {
  if (step_ != Step::accepted) return LinkError::out_of_order;
  if (now >= expires_at_) return refuse(LinkError::expired);
  const DeviceCert cert = link_cert(hello_, reveal_);
  const auto list = list_with_device(held_, cert, now);
  const auto encapsulated = xwing_encapsulate(reveal_.link_key.bytes);
  require(list.has_value() && encapsulated.has_value());  // begin and take_reveal saw to both
  const ByteVector body = encode_body(cert);
  const Signature by_account = account_key_->sign(statement_name(StatementType::device_cert), body);

  LinkSealed sealed;
  sealed.cert =
      encode_signed({StatementType::device_cert, body, {by_account, reveal_.cert_signature}});
  sealed.list = sign_device_list(*list, *account_key_);
  SecretWriter plain;
  plain.u8(kLinkPlainVersion).prefixed(sealed.cert).prefixed(sealed.list);
  plain.u8(static_cast<std::uint8_t>(copy));
  plain.secret(copy == AccountKeyCopy::second_primary ? account_key_->expose_seed().clone()
                                                      : Secret<32>());
  write_pins(plain, pins);
  const ByteVector body_of_package = aead_seal(link_package_key(encapsulated->shared, transcript_),
                                               link_package_associated(transcript_), plain.take());
  sealed.package =
      encode_link_message(LinkPackage{offer_.link_id, encapsulated->ciphertext, body_of_package});
  step_ = Step::over;
  account_key_.reset();
  return sealed;
}

}  // namespace holdspace::crypto
