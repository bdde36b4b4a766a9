// The device that is new: it commits, reveals, shows the digits, and takes the package.
#include "crypto/aead.hpp"
#include "crypto/layout.hpp"
#include "crypto/link.hpp"
#include "crypto/link_transcript.hpp"
#include "crypto/login.hpp"
#include "crypto/nine_digits.hpp"
#include "crypto/statement_name.hpp"

namespace holdspace::crypto {
namespace {

// The inside of a package, before anything in it is believed.
struct Plain {
  ByteVector cert;
  ByteVector list;
  bool has_account_key = false;
  Secret<32> account_seed;
  Pins pins;
};

std::optional<Plain> parse_plain(ByteView bytes) {
  Reader in(bytes);
  if (in.u8() != kLinkPlainVersion) return std::nullopt;
  Plain plain;
  const ByteView cert = in.prefixed(kStatementBytesMax);
  const ByteView list = in.prefixed(kStatementBytesMax);
  const std::uint8_t copy = in.u8();
  plain.account_seed = in.secret<32>();
  plain.pins = read_pins(in);
  plain.has_account_key = copy == static_cast<std::uint8_t>(AccountKeyCopy::second_primary);
  const bool stays = copy == static_cast<std::uint8_t>(AccountKeyCopy::stays);
  if (!plain.has_account_key && !(stays && plain.account_seed.equals(Secret<32>()))) in.fail();
  if (!in.finish()) return std::nullopt;
  plain.cert.assign(cert.begin(), cert.end());
  plain.list.assign(list.begin(), list.end());
  return plain;
}

}  // namespace

NewDevice::NewDevice(std::string host, Platform platform, Instant now)
    : host_(std::move(host)),
      expires_at_(now + kLinkLife),
      link_id_(random_array<16>()),
      signing_key_(DeviceSigningKey::generate()),
      dh_key_(DeviceDhKey::generate()),
      link_key_(LinkKey::generate()) {
  require(!host_.empty() && host_.size() <= kHostBytesMax);
  reveal_.link_id = link_id_;
  reveal_.signing_key = signing_key_->public_key();
  reveal_.dh_key = dh_key_->public_key();
  reveal_.link_key = link_key_->public_key();
  reveal_.nonce = random_array<32>();
  reveal_.platform = platform;
}

NewDevice NewDevice::begin(std::string host, Platform platform, Instant now) {
  return {std::move(host), platform, now};
}

LinkError NewDevice::refuse(LinkError error) {
  step_ = Step::over;
  signing_key_.reset();
  dh_key_.reset();
  link_key_.reset();
  return error;
}

LinkOffer NewDevice::offer() const {
  return {link_id_, link_commitment(reveal_), host_};
}

ByteVector NewDevice::open_message() const {
  return encode_link_message(LinkOpen{link_id_, link_commitment(reveal_)});
}

LinkResult<ByteVector> NewDevice::take_hello(ByteView hello, Instant now) {
  if (step_ != Step::begun) return LinkError::out_of_order;
  if (now >= expires_at_) return refuse(LinkError::expired);
  const auto parsed = parse_link_hello(hello);
  if (!parsed) return refuse(LinkError::malformed);
  if (parsed->link_id != link_id_) return refuse(LinkError::other_link);
  hello_ = *parsed;
  reveal_.cert_signature = signing_key_->sign(statement_name(StatementType::device_cert),
                                              encode_body(link_cert(hello_, reveal_)));
  transcript_ = link_transcript(host_, hello_, reveal_);
  step_ = Step::revealed;
  return encode_link_message(reveal_);
}

LinkResult<std::string> NewDevice::digits() const {
  if (step_ != Step::revealed && step_ != Step::accepted) return LinkError::out_of_order;
  return nine_digits(transcript_);
}

LinkResult<void> NewDevice::person_says_accepted() {
  if (step_ != Step::revealed) return LinkError::out_of_order;
  step_ = Step::accepted;
  return {};
}

LinkResult<Linked> NewDevice::take_package(ByteView package, Instant now) {
  if (step_ != Step::accepted) return LinkError::out_of_order;
  if (now >= expires_at_) return refuse(LinkError::expired);
  const auto parsed = parse_link_package(package);
  if (!parsed) return refuse(LinkError::malformed);
  if (parsed->link_id != link_id_) return refuse(LinkError::other_link);
  const auto shared = link_key_->decapsulate(parsed->ciphertext);
  if (!shared) return refuse(LinkError::not_opened);
  const auto opened = aead_open(link_package_key(*shared, transcript_),
                                link_package_associated(transcript_), parsed->sealed);
  if (!opened) return refuse(LinkError::not_opened);
  auto plain = parse_plain(*opened);
  if (!plain) return refuse(LinkError::bad_package);

  const Pin pin{hello_.account_id, hello_.account_key};
  auto device = assemble_local_device(pin, std::move(*signing_key_), std::move(*dh_key_),
                                      plain->cert, plain->list);
  if (!device) return refuse(LinkError::bad_package);
  std::optional<AccountKey> account_key;
  if (plain->has_account_key) {
    account_key = AccountKey::from_seed(std::move(plain->account_seed));
    if (account_key->public_key() != pin.account_key) return refuse(LinkError::bad_package);
  }
  step_ = Step::over;
  link_key_.reset();
  return Linked{std::move(*device), std::move(plain->pins), std::move(account_key)};
}

}  // namespace holdspace::crypto
