// An account's devices over time: the list after this one with a device added or revoked, and when
// a device that stays silent is stale. Pure: the caller passes the clock, signs with
// sign_device_list and publishes. What every reader of a list checks is check_succession in
// crypto/verify.hpp. docs/protocol.md sections 4.2, 4.3.
#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <span>

#include "crypto/bytes.hpp"
#include "crypto/env.hpp"
#include "crypto/statement.hpp"
#include "crypto/verify.hpp"

namespace holdspace::crypto {

inline constexpr auto kDeviceStaleAfter = std::chrono::days{45};     // specification, section 4.3
inline constexpr auto kPrekeysGoneAfter = std::chrono::days{30};     // specification, section 4.3
inline constexpr auto kPeerDeviceGoneAfter = std::chrono::days{60};  // specification, section 4.3

// The list after `held`: next epoch, chained, valid for 30 days from `now`, the same devices. An
// account re-issues its list before valid_until.
[[nodiscard]] DeviceList next_device_list(const Verified<DeviceList>& held, Instant now);

// One above every number that the account has given, active or revoked; 0 when they are used up.
[[nodiscard]] DeviceId next_device_id(const DeviceList& list);

enum class ListChangeError {
  too_many_devices,  // kActiveDevicesMax are active: revoke one first
  too_many_revoked,  // kRevokedDevicesMax are revoked: the account cannot change any more
  other_account,     // the certificate is of another account or account key
  number_used,       // the certificate's number was given before, or is below one that was
  unknown_device,    // not an active device of the list: revoked already, or never there
};

// The same with this device added.
[[nodiscard]] boost::system::result<DeviceList, ListChangeError> list_with_device(
    const Verified<DeviceList>& held, const DeviceCert& cert, Instant now);

// The same with these active devices revoked at `now`. Nothing takes a revocation back.
[[nodiscard]] boost::system::result<DeviceList, ListChangeError> list_without_devices(
    const Verified<DeviceList>& held, std::span<const DeviceId> devices, RevokeReason reason,
    Instant now);

// Whether to tell the owner that the device has been silent for 45 days. It stays in the list until
// the account key revokes it.
[[nodiscard]] bool is_stale(Instant last_heard, Instant now);

// What a peer knows of a device that it would seal to.
struct PeerDeviceSigns {
  Instant prekeys_expire_at{};  // of the newest PrekeySet
  Instant last_heard{};         // when something of it was last opened; else when it was first seen
};
// False for a device whose prekeys expired more than 30 days ago and that has been silent for 60;
// urgent is sealed to it all the same.
[[nodiscard]] bool may_seal_to(const PeerDeviceSigns& signs, Lane lane, Instant now);

}  // namespace holdspace::crypto
