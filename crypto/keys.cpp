// The device itself: enrolment, and its form in the sealed store. Prekeys are in prekeys.cpp.
#include "crypto/keys.hpp"

#include "crypto/layout.hpp"

namespace holdspace::crypto {
namespace {

constexpr std::uint8_t kLocalDeviceVersion = 1;

}  // namespace

std::optional<LocalDevice> assemble_local_device(const Pin& pin, DeviceSigningKey signing_key,
                                                 DeviceDhKey dh_key, ByteView cert_bytes,
                                                 ByteView list_bytes) {
  const auto cert = verify_device_cert(cert_bytes, pin);
  const auto list = verify_device_list(list_bytes, pin);
  if (!cert || !list) return std::nullopt;
  if ((*cert)->signing_key != signing_key.public_key() || (*cert)->dh_key != dh_key.public_key()) {
    return std::nullopt;
  }
  const auto trusted = trust_device(*cert, *list);
  if (!trusted) return std::nullopt;
  return LocalDevice{*trusted, *list, std::move(signing_key), std::move(dh_key)};
}

namespace {

struct EnrolmentKeys {
  AccountKey account_key = AccountKey::generate();
  DeviceSigningKey signing_key = DeviceSigningKey::generate();
  DeviceDhKey dh_key = DeviceDhKey::generate();
};

Enrolment enrol_with(EnrolmentKeys keys, const AccountId& account_id, Platform platform,
                     Instant now) {
  auto& [account_key, signing_key, dh_key] = keys;
  const Pin pin{account_id, account_key.public_key()};

  DeviceCert cert;
  cert.account_id = pin.account_id;
  cert.device_id = 1;
  cert.account_key = pin.account_key;
  cert.signing_key = signing_key.public_key();
  cert.dh_key = dh_key.public_key();
  cert.platform = platform;
  cert.created_at = now;

  DeviceList list;
  list.account_id = pin.account_id;
  list.account_key = pin.account_key;
  list.issued_at = now;
  list.valid_until = now + kDeviceListLife;
  list.active = {{1, statement_hash(StatementType::device_cert, encode_body(cert))}};

  auto device = assemble_local_device(pin, signing_key.clone(), std::move(dh_key),
                                      sign_device_cert(cert, account_key, signing_key),
                                      sign_device_list(list, account_key));
  require(device.has_value());
  return {std::move(account_key), std::move(*device)};
}

}  // namespace

Enrolment enrol(Platform platform, Instant now) {
  EnrolmentKeys keys;
  const auto account_id = random_array<16>();
  return enrol_with(std::move(keys), account_id, platform, now);
}

Enrolment enrol_again(const AccountId& account_id, Platform platform, Instant now) {
  return enrol_with({}, account_id, platform, now);
}

SecretBytes encode_local_device(const LocalDevice& device) {
  return SecretWriter{}
      .u8(kLocalDeviceVersion)
      .secret(device.signing_key.expose_seed())
      .secret(device.dh_key.expose_secret())
      .prefixed(device.trusted.verified_cert().signed_bytes())
      .prefixed(device.list.signed_bytes())
      .take();
}

std::optional<LocalDevice> parse_local_device(ByteView bytes) {
  Reader in(bytes);
  if (in.u8() != kLocalDeviceVersion) return std::nullopt;
  Secret<32> signing_seed = in.secret<32>();
  Secret<32> dh_secret = in.secret<32>();
  const ByteView cert_bytes = in.prefixed(kStatementBytesMax);
  const ByteView list_bytes = in.prefixed(kStatementBytesMax);
  if (!in.finish()) return std::nullopt;
  // The sealed store vouches for the account: its pin is the one in the certificate.
  const auto statement = parse_signed(cert_bytes);
  if (!statement || statement->type != StatementType::device_cert) return std::nullopt;
  const auto cert = parse_device_cert(statement->body);
  if (!cert) return std::nullopt;
  return assemble_local_device(
      {cert->account_id, cert->account_key}, DeviceSigningKey::from_seed(std::move(signing_seed)),
      DeviceDhKey::from_secret(std::move(dh_secret)), cert_bytes, list_bytes);
}

}  // namespace holdspace::crypto
