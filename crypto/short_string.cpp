#include "crypto/short_string.hpp"

#include "crypto/hash.hpp"
#include "crypto/layout.hpp"
#include "crypto/nine_digits.hpp"
#include "crypto/random.hpp"

namespace holdspace::crypto {
namespace {

enum class SasType : std::uint8_t { commit = 1, answer = 2, reveal = 3 };

std::uint8_t byte_of(SasType type) {
  return static_cast<std::uint8_t>(type);
}

Hash32 commitment_to(ByteView nonce) {
  return hash32({label("sas/c"), nonce});
}

// The messages are of fixed size: what was not filled is a fault of this file.
template <std::size_t N>
Bytes<N> exactly(Writer& out) {
  const auto bytes = to_bytes<N>(out.take());
  require(bytes.has_value());
  return *bytes;
}

}  // namespace

std::string nine_digits(const Hash64& transcript) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value = value << 8 | transcript[i];
  const std::string number = std::to_string(value % 1'000'000'000);
  return std::string(kShortStringDigits - number.size(), '0') + number;
}

ShortString::ShortString(const ShortStringScene& scene, const Nonce& of_starter,
                         const Nonce& of_responder)
    : peer_(scene.peer) {
  const bool self_is_lower = scene.self.account_id < scene.peer.account_id;
  const Pin& lower = self_is_lower ? scene.self : scene.peer;
  const Pin& higher = self_is_lower ? scene.peer : scene.self;
  digits_ = nine_digits(hash({label("sas"), scene.transcript, lower.account_key.bytes,
                              higher.account_key.bytes, of_starter, of_responder}));
}

ShortStringStarter::ShortStringStarter(const ShortStringScene& scene)
    : scene_(scene), nonce_(random_secret<32>()) {
  require(scene.self.account_id != scene.peer.account_id);
}

ShortStringStarter ShortStringStarter::begin(const ShortStringScene& scene) {
  return ShortStringStarter(scene);
}

Bytes<kSasCommitBytes> ShortStringStarter::commit() const {
  Writer out;
  out.u8(byte_of(SasType::commit)).bytes(commitment_to(nonce_.expose()));
  return exactly<kSasCommitBytes>(out);
}

boost::system::result<ShortStringStarter::Revealed, ShortStringError>
ShortStringStarter::take_answer(ByteView answer) {
  if (over_) return ShortStringError::out_of_order;
  over_ = true;
  Reader in(answer);
  if (in.u8() != byte_of(SasType::answer)) in.fail();
  const auto commitment = in.bytes<32>();
  const auto of_responder = in.bytes<32>();
  if (!in.finish()) return ShortStringError::malformed;
  if (commitment != commitment_to(nonce_.expose())) return ShortStringError::other_run;
  Nonce of_starter{};
  std::copy(nonce_.expose().begin(), nonce_.expose().end(), of_starter.begin());
  Writer out;
  out.u8(byte_of(SasType::reveal)).bytes(of_starter);
  return Revealed{exactly<kSasRevealBytes>(out), ShortString(scene_, of_starter, of_responder)};
}

ShortStringResponder::ShortStringResponder(const ShortStringScene& scene, const Hash32& commitment)
    : scene_(scene), commitment_(commitment), nonce_(random_array<32>()) {
  require(scene.self.account_id != scene.peer.account_id);
}

boost::system::result<ShortStringResponder, ShortStringError> ShortStringResponder::take_commit(
    const ShortStringScene& scene, ByteView commit) {
  Reader in(commit);
  if (in.u8() != byte_of(SasType::commit)) in.fail();
  const auto commitment = in.bytes<32>();
  if (!in.finish()) return ShortStringError::malformed;
  return ShortStringResponder(scene, commitment);
}

Bytes<kSasAnswerBytes> ShortStringResponder::answer() const {
  Writer out;
  out.u8(byte_of(SasType::answer)).bytes(commitment_).bytes(nonce_);
  return exactly<kSasAnswerBytes>(out);
}

boost::system::result<ShortString, ShortStringError> ShortStringResponder::take_reveal(
    ByteView reveal) {
  if (over_) return ShortStringError::out_of_order;
  over_ = true;
  Reader in(reveal);
  if (in.u8() != byte_of(SasType::reveal)) in.fail();
  const auto of_starter = in.bytes<32>();
  if (!in.finish()) return ShortStringError::malformed;
  if (commitment_to(of_starter) != commitment_) return ShortStringError::other_run;
  return ShortString(scene_, of_starter, nonce_);
}

}  // namespace holdspace::crypto
