// See envelope_check.hpp.
#include "gateway/envelope_check.hpp"

#include "crypto/env.hpp"
#include "gateway/fields.hpp"

namespace holdspace::gateway {
namespace {

// Offsets in HS (docs/protocol.md section 7): suite 2, A 16+4+32+32+32+8+32, B 16+4+8+32, spk_id 4.
constexpr std::size_t kKemKindOffset = 2 + 156 + 60 + 4;
constexpr std::size_t kKemIdOffset = kKemKindOffset + 1;
constexpr std::uint8_t kKemOneTime = 1;
constexpr std::uint8_t kKemLastResort = 2;

EnvelopeFault invalid(const char* field) {
  return {EnvelopeFault::Kind::invalid, field};
}

bool same_lane(crypto::Lane env, boundary::Lane lane) {
  switch (lane) {
    case boundary::Lane::routine:
      return env == crypto::Lane::routine;
    case boundary::Lane::logistics:
      return env == crypto::Lane::logistics;
    case boundary::Lane::urgent:
      return env == crypto::Lane::urgent;
  }
  return false;
}

// Between devices of one account the relationship may be left out of ENV.
bool same_relationship(const crypto::Env& env, const EnvelopeContext& context) {
  if (env.relationship_id == context.relationship.bytes) return true;
  return env.recipient.account_id == context.sender.account.bytes &&
         env.relationship_id == crypto::RelationshipId{};
}

bool agrees(const crypto::Env& env, const EnvelopeContext& context) {
  return env.sender == crypto::DeviceAddress{context.sender.account.bytes, context.sender.device} &&
         env.message_id == context.message.bytes && same_lane(env.lane, context.lane) &&
         same_relationship(env, context);
}

}  // namespace

boost::system::result<CheckedCopy, EnvelopeFault> check_envelope(const v1::Direct& direct,
                                                                 const EnvelopeContext& context) {
  const auto env = crypto::parse_env(view(direct.env()));
  if (!env.has_value() || !agrees(*env, context)) return invalid("env");

  constexpr auto kBodyBytesMax = crypto::kBuckets.back() + crypto::kSealOverheadBytes;
  if (direct.body().size() > kBodyBytesMax)
    return EnvelopeFault{EnvelopeFault::Kind::too_large, "body"};
  if (crypto::size_class_of_body(direct.body().size()) != env->size_class) return invalid("body");

  const bool handshake = env->kind == crypto::EnvKind::handshake;
  if (direct.hs().size() != (handshake ? kHandshakeBytes : 0)) return invalid("hs");
  if (direct.eh().size() != kHeaderBytesFirst && direct.eh().size() != kHeaderBytesLater)
    return invalid("eh");

  CheckedCopy checked;
  checked.agreement_hash = env->agreement_hash;
  auto& copy = checked.copy;
  copy.recipient.account.bytes = env->recipient.account_id;
  copy.recipient.device = env->recipient.device_id;
  copy.envelope = direct.SerializeAsString();
  if (handshake) {
    const auto kind = static_cast<std::uint8_t>(direct.hs()[kKemKindOffset]);
    if (kind != kKemOneTime && kind != kKemLastResort) return invalid("hs");
    copy.burns_one_time_key = kind == kKemOneTime;
    for (const char c : direct.hs().substr(kKemIdOffset, 4))
      copy.one_time_key = (copy.one_time_key << 8) | static_cast<std::uint8_t>(c);
  }
  return checked;
}

}  // namespace holdspace::gateway
