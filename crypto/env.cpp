#include "crypto/env.hpp"

#include "crypto/layout.hpp"
#include "crypto/statement.hpp"

namespace holdspace::crypto {
namespace {

constexpr std::uint8_t kVersion = 1;  // specification, section 10.1

bool known_values(const Env& env) {
  const auto kind = static_cast<std::uint8_t>(env.kind);
  const auto content_class = static_cast<std::uint8_t>(env.content_class);
  return kind >= 1 && kind <= 3 && static_cast<std::uint8_t>(env.lane) <= 2 &&
         env.size_class < kBuckets.size() && content_class >= 1 && content_class <= 2;
}

bool good_addresses(const Env& env) {
  return env.sender.device_id != 0 && env.recipient.device_id != 0 && env.sender != env.recipient;
}

bool fits_kind(const Env& env) {
  if (env.kind != EnvKind::escalation) return true;
  return env.lane == Lane::urgent && env.content_class == ContentClass::content && env.step != 0 &&
         env.session_id == SessionId{} && env.chain_hash != Hash32{};
}

boost::system::result<Env, EnvError> parse_any(ByteView bytes) {
  if (bytes.size() != kEnvBytes) return EnvError::wrong_length;
  Reader in(bytes);
  const bool version = in.u8() == kVersion;
  const bool suite = in.u8() == kSuite;
  if (!version || !suite) return EnvError::unknown_version;
  Env env;
  env.kind = static_cast<EnvKind>(in.u8());
  env.lane = static_cast<Lane>(in.u8());
  env.size_class = in.u8();
  env.content_class = static_cast<ContentClass>(in.u8());
  env.step = in.u16();
  env.message_id = in.bytes<16>();
  env.sender.account_id = in.bytes<16>();
  env.sender.device_id = in.u32();
  env.recipient.account_id = in.bytes<16>();
  env.recipient.device_id = in.u32();
  env.session_id = in.bytes<16>();
  env.relationship_id = in.bytes<16>();
  env.agreement_hash = in.bytes<32>();
  env.chain_hash = in.bytes<32>();
  if (!known_values(env) || !fits_kind(env)) return EnvError::unknown_kind;
  if (!good_addresses(env)) return EnvError::bad_address;
  return env;
}

}  // namespace

Bytes<kEnvBytes> encode_env(const Env& env) {
  require(known_values(env) && fits_kind(env) && good_addresses(env));
  Writer out;
  out.u8(kVersion).u8(kSuite).u8(static_cast<std::uint8_t>(env.kind));
  out.u8(static_cast<std::uint8_t>(env.lane)).u8(env.size_class);
  out.u8(static_cast<std::uint8_t>(env.content_class)).u16(env.step).bytes(env.message_id);
  out.bytes(env.sender.account_id).u32(env.sender.device_id);
  out.bytes(env.recipient.account_id).u32(env.recipient.device_id);
  out.bytes(env.session_id).bytes(env.relationship_id);
  out.bytes(env.agreement_hash).bytes(env.chain_hash);
  return *to_bytes<kEnvBytes>(out.take());
}

boost::system::result<Env, EnvError> parse_env(ByteView bytes) {
  const auto env = parse_any(bytes);
  if (env && env->kind == EnvKind::escalation) return EnvError::unknown_kind;
  return env;
}

boost::system::result<Env, EnvError> parse_escalation_env(ByteView bytes) {
  const auto env = parse_any(bytes);
  if (env && env->kind != EnvKind::escalation) return EnvError::unknown_kind;
  return env;
}

std::optional<std::uint8_t> size_class_of_body(std::size_t body_bytes) {
  for (std::uint8_t i = 0; i < kBuckets.size(); ++i) {
    if (body_bytes == kBuckets[i] + kSealOverheadBytes) return i;
  }
  return std::nullopt;
}

}  // namespace holdspace::crypto
