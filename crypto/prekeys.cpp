// Making prekeys, and their form in the sealed store. docs/protocol.md section 6.
#include "crypto/keys.hpp"
#include "crypto/layout.hpp"

namespace holdspace::crypto {
namespace {

constexpr std::uint8_t kPrekeyPairVersion = 1;
constexpr std::uint8_t kOneTimePrekeyVersion = 1;

}  // namespace

NewPrekeys make_prekeys(const LocalDevice& device, std::uint32_t id, Instant now) {
  PrekeyPair pair{{id, DhKey<SignedPrekeyRole>::generate()},
                  {id, KemKey<LastResortRole>::generate()},
                  now,
                  now + kPrekeyLife};
  PrekeySet set;
  set.account_id = device.address().account_id;
  set.device_id = device.address().device_id;
  set.signed_prekey_id = id;
  set.signed_prekey = pair.signed_prekey.key.public_key();
  set.last_resort_id = id;
  set.last_resort_key = pair.last_resort.key.public_key();
  set.created_at = pair.created_at;
  set.expires_at = pair.expires_at;
  ByteVector signed_set = sign_prekey_set(set, device.signing_key);
  return {std::move(pair), std::move(signed_set)};
}

std::vector<NewOneTimeKey> make_one_time_keys(const LocalDevice& device, std::uint32_t first_id,
                                              std::size_t count, Instant now) {
  require(count <= UINT32_MAX - first_id);
  std::vector<NewOneTimeKey> made;
  made.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    OneTimePrekey secret{first_id + static_cast<std::uint32_t>(i), KemKey<OneTimeRole>::generate()};
    OneTimeKey statement;
    statement.account_id = device.address().account_id;
    statement.device_id = device.address().device_id;
    statement.one_time_key_id = secret.id;
    statement.key = secret.key.public_key();
    statement.created_at = now;
    ByteVector signed_key = sign_one_time_key(statement, device.signing_key);
    made.push_back({std::move(secret), std::move(signed_key)});
  }
  return made;
}

SecretBytes encode_prekey_pair(const PrekeyPair& pair) {
  SecretWriter out;
  out.u8(kPrekeyPairVersion);
  out.u32(pair.signed_prekey.id).secret(pair.signed_prekey.key.expose_secret());
  out.u32(pair.last_resort.id).secret(pair.last_resort.key.expose_seed());
  return out.instant(pair.created_at).instant(pair.expires_at).take();
}

std::optional<PrekeyPair> parse_prekey_pair(ByteView bytes) {
  Reader in(bytes);
  const std::uint8_t version = in.u8();
  const std::uint32_t signed_prekey_id = in.u32();
  Secret<32> signed_prekey = in.secret<32>();
  const std::uint32_t last_resort_id = in.u32();
  Secret<32> last_resort = in.secret<32>();
  const Instant created_at = in.instant();
  const Instant expires_at = in.instant();
  if (!in.finish() || version != kPrekeyPairVersion) return std::nullopt;
  return PrekeyPair{
      {signed_prekey_id, DhKey<SignedPrekeyRole>::from_secret(std::move(signed_prekey))},
      {last_resort_id, KemKey<LastResortRole>::from_seed(std::move(last_resort))},
      created_at,
      expires_at};
}

SecretBytes encode_one_time_prekey(const OneTimePrekey& key) {
  return SecretWriter{}.u8(kOneTimePrekeyVersion).u32(key.id).secret(key.key.expose_seed()).take();
}

std::optional<OneTimePrekey> parse_one_time_prekey(ByteView bytes) {
  Reader in(bytes);
  const std::uint8_t version = in.u8();
  const std::uint32_t id = in.u32();
  Secret<32> seed = in.secret<32>();
  if (!in.finish() || version != kOneTimePrekeyVersion) return std::nullopt;
  return OneTimePrekey{id, KemKey<OneTimeRole>::from_seed(std::move(seed))};
}

}  // namespace holdspace::crypto
