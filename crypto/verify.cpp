#include "crypto/verify.hpp"

#include "crypto/statement_checks.hpp"

namespace holdspace::crypto {

StatementResult<Verified<DeviceCert>> verify_device_cert(ByteView bytes, const Pin& pin) {
  const auto statement = parse_typed(bytes, StatementType::device_cert);
  if (!statement) return statement.error();
  auto cert = parse_device_cert(statement->body);
  if (!cert) return cert.error();
  if (Pin{cert->account_id, cert->account_key} != pin) return StatementError::wrong_signer;
  if (!signed_by(*statement, 0, pin.account_key) || !signed_by(*statement, 1, cert->signing_key)) {
    return StatementError::bad_signature;
  }
  return Verifier::make(std::move(*cert), *statement, bytes);
}

StatementResult<Verified<DeviceCert>> trust_stored_device_cert(ByteView bytes) {
  const auto statement = parse_typed(bytes, StatementType::device_cert);
  if (!statement) return statement.error();
  auto cert = parse_device_cert(statement->body);
  if (!cert) return cert.error();
  return Verifier::make(std::move(*cert), *statement, bytes);
}

StatementResult<Verified<DeviceList>> verify_device_list(ByteView bytes, const Pin& pin) {
  const auto statement = parse_typed(bytes, StatementType::device_list);
  if (!statement) return statement.error();
  auto list = parse_device_list(statement->body);
  if (!list) return list.error();
  if (Pin{list->account_id, list->account_key} != pin) return StatementError::wrong_signer;
  if (!signed_by(*statement, 0, pin.account_key)) return StatementError::bad_signature;
  return Verifier::make(std::move(*list), *statement, bytes);
}

StatementResult<Verified<PrekeySet>> verify_prekey_set(ByteView bytes,
                                                       const Verified<DeviceCert>& cert) {
  return verify_by_device(bytes, StatementType::prekey_set, &parse_prekey_set, *cert);
}

StatementResult<Verified<OneTimeKey>> verify_one_time_key(ByteView bytes,
                                                          const Verified<DeviceCert>& cert) {
  return verify_by_device(bytes, StatementType::one_time_key, &parse_one_time_key, *cert);
}

StatementResult<Verified<PolicyChange>> verify_policy_change(ByteView bytes,
                                                             const Verified<DeviceCert>& cert) {
  return verify_by_device(bytes, StatementType::policy_change, &parse_policy_change, *cert);
}

StatementResult<Verified<ContactAgreement>> verify_contact_agreement(
    ByteView bytes, const Verified<DeviceCert>& cert) {
  return verify_by_device(bytes, StatementType::contact_agreement, &parse_contact_agreement, *cert);
}

StatementResult<NewAccount> verify_new_account(ByteView cert_bytes, ByteView list_bytes) {
  const auto statement = parse_typed(cert_bytes, StatementType::device_cert);
  if (!statement) return statement.error();
  const auto claimed = parse_device_cert(statement->body);
  if (!claimed) return claimed.error();
  const Pin pin{claimed->account_id, claimed->account_key};
  const auto cert = verify_device_cert(cert_bytes, pin);
  if (!cert) return cert.error();
  const auto list = verify_device_list(list_bytes, pin);
  if (!list) return list.error();
  const std::vector<ActiveDevice> only_this{{(*cert)->device_id, cert->hash()}};
  if ((*list)->epoch != 1 || (*list)->active != only_this || !(*list)->revoked.empty()) {
    return StatementError::wrong_signer;
  }
  return NewAccount{*cert, *list};
}

boost::system::result<void, SuccessionError> check_succession(const Verified<DeviceList>& held,
                                                              const Verified<DeviceList>& next) {
  if (held->account_id != next->account_id || held->account_key != next->account_key) {
    return SuccessionError::other_account;
  }
  return check_epochs(held, next);
}

boost::system::result<TrustedDevice, TrustError> trust_device(const Verified<DeviceCert>& cert,
                                                              const Verified<DeviceList>& list) {
  if (cert->account_id != list->account_id || cert->account_key != list->account_key) {
    return TrustError::other_account;
  }
  for (const RevokedDevice& device : list->revoked) {
    if (device.device_id == cert->device_id) return TrustError::revoked;
  }
  const ActiveDevice wanted{cert->device_id, cert.hash()};
  if (std::find(list->active.begin(), list->active.end(), wanted) == list->active.end()) {
    return TrustError::not_listed;
  }
  return Verifier::trusted(cert, list);
}

}  // namespace holdspace::crypto
