#include "crypto/device_list.hpp"

#include <algorithm>

namespace holdspace::crypto {

DeviceList next_device_list(const Verified<DeviceList>& held, Instant now) {
  DeviceList next = *held;
  next.epoch += 1;
  next.prev_hash = held.hash();
  next.issued_at = now;
  next.valid_until = now + kDeviceListLife;
  return next;
}

DeviceId next_device_id(const DeviceList& list) {
  DeviceId highest = 0;
  // Both ascend.
  if (!list.active.empty()) highest = list.active.back().device_id;
  if (!list.revoked.empty()) highest = std::max(highest, list.revoked.back().device_id);
  return highest + 1;
}

boost::system::result<DeviceList, ListChangeError> list_with_device(
    const Verified<DeviceList>& held, const DeviceCert& cert, Instant now) {
  if (cert.account_id != held->account_id || cert.account_key != held->account_key) {
    return ListChangeError::other_account;
  }
  const DeviceId free = next_device_id(*held);
  if (free == 0 || cert.device_id < free) return ListChangeError::number_used;
  if (held->active.size() >= kActiveDevicesMax) return ListChangeError::too_many_devices;
  DeviceList next = next_device_list(held, now);
  next.active.push_back(
      {cert.device_id, statement_hash(StatementType::device_cert, encode_body(cert))});
  return next;
}

boost::system::result<DeviceList, ListChangeError> list_without_devices(
    const Verified<DeviceList>& held, std::span<const DeviceId> devices, RevokeReason reason,
    Instant now) {
  DeviceList next = next_device_list(held, now);
  for (const DeviceId gone : devices) {
    const auto same = [gone](const ActiveDevice& device) { return device.device_id == gone; };
    const auto at = std::find_if(next.active.begin(), next.active.end(), same);
    if (at == next.active.end()) return ListChangeError::unknown_device;
    if (next.revoked.size() >= kRevokedDevicesMax) return ListChangeError::too_many_revoked;
    next.active.erase(at);
    next.revoked.push_back({gone, now, reason});
  }
  std::sort(
      next.revoked.begin(), next.revoked.end(),
      [](const RevokedDevice& a, const RevokedDevice& b) { return a.device_id < b.device_id; });
  return next;
}

bool is_stale(Instant last_heard, Instant now) {
  return now - last_heard >= kDeviceStaleAfter;
}

bool may_seal_to(const PeerDeviceSigns& signs, Lane lane, Instant now) {
  const bool prekeys_gone = now - signs.prekeys_expire_at > kPrekeysGoneAfter;
  const bool silent = now - signs.last_heard >= kPeerDeviceGoneAfter;
  return lane == Lane::urgent || !(prekeys_gone && silent);
}

}  // namespace holdspace::crypto
