#include "crypto/verify.hpp"

#include "crypto/statement_checks.hpp"

namespace holdspace::crypto {

namespace {

template <class Entry>
bool contains(const std::vector<Entry>& entries, const Entry& wanted) {
  return std::find(entries.begin(), entries.end(), wanted) != entries.end();
}

// A number that was given stays with its certificate, active or revoked, and a revoked one stays
// revoked.
bool keeps_history(const DeviceList& held, const DeviceList& next) {
  const auto is_revoked = [&](const ActiveDevice& device) {
    const auto same = [&](const RevokedDevice& gone) { return gone.device_id == device.device_id; };
    return std::any_of(next.revoked.begin(), next.revoked.end(), same);
  };
  const auto kept = [&](const ActiveDevice& device) {
    return contains(next.active, device) || is_revoked(device);
  };
  const auto still_revoked = [&](const RevokedDevice& gone) {
    return contains(next.revoked, gone);
  };
  return std::all_of(held.active.begin(), held.active.end(), kept) &&
         std::all_of(held.revoked.begin(), held.revoked.end(), still_revoked);
}

}  // namespace

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

StatementResult<Verified<AccountReset>> verify_account_reset(ByteView bytes,
                                                             const OrganisationPublicKey& pinned,
                                                             const Pin& held) {
  return verify_by_key(bytes, StatementType::account_reset, &parse_account_reset, pinned,
                       [&](const AccountReset& reset) {
                         return Pin{reset.account_id, reset.old_key} == held;
                       });
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
  const bool later = next->epoch > held->epoch;
  if (later && !keeps_history(*held, *next)) return SuccessionError::rewritten;
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
  if (!contains(list->active, ActiveDevice{cert->device_id, cert.hash()})) {
    return TrustError::not_listed;
  }
  return Verifier::trusted(cert, list);
}

}  // namespace holdspace::crypto
