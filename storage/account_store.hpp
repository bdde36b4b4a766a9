// Accounts and their devices: role, signed device list, certificates. Accounts are made by
// InviteStore::redeem(). The signatures are checked by the caller; here the bytes are opaque.
// docs/protocol.md section 2 and 4.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "storage/connected_devices.hpp"
#include "storage/invite_store.hpp"
#include "storage/trail.hpp"

namespace holdspace::storage {

// Ours: a person who loses a device each half year is far below it after thirty years.
inline constexpr std::size_t kRevokedDevicesMax = 64;
// A signed list of kActiveDevicesMax and kRevokedDevicesMax devices has 1,306 bytes.
inline constexpr std::size_t kDeviceListMax = 2'048;

// What a login needs of an active device.
struct DeviceFacts {
  std::string signed_cert;
  Role role = Role::client;
  std::uint64_t list_epoch = 0;
};

struct DeviceList {
  std::uint64_t epoch = 0;
  std::string signed_list;
  std::vector<DeviceCertificate> devices;  // the active ones, by id
};

struct NewDeviceList {
  std::uint64_t epoch = 0;                   // stored + 1
  std::string signed_list;                   // 1..kDeviceListMax bytes
  std::vector<std::uint32_t> active;         // 1..kActiveDevicesMax
  std::vector<std::uint32_t> revoked;        // at most kRevokedDevicesMax; every one ever revoked
  std::vector<DeviceCertificate> new_certs;  // of each active device that was not active before
  ReturnForm returned{};  // to the senders of messages of which the last copy goes with a device
};

// A revoked device's live session, which its gateway must end.
struct CutOff {
  DeviceRef device;
  SessionPlace place;
};

// A person of the practice, by role alone.
struct AccountLine {
  AccountId id;
  Role role = Role::client;
  std::uint64_t policy_version = 0;  // 0: none
  bool leaving = false;              // a therapist who leaves: LeavingStore

  friend bool operator==(const AccountLine&, const AccountLine&) = default;
};

enum class DeviceFactsError : std::uint8_t {
  not_found,  // unknown practice, account or device, or a revoked device
  unavailable,
  uncertain,
  corrupt,
};

enum class FetchDevicesError : std::uint8_t {
  not_found,  // unknown, or no living relationship between the two accounts
  unavailable,
  uncertain,
  corrupt,
};

enum class ReplaceDevicesError : std::uint8_t {
  not_found,   // no such account
  stale_list,  // the epoch is not the stored one + 1
  invalid,     // a bound is broken, a device lacks its certificate, a revoked one is active again,
               // or an active one disappears without being revoked
  unavailable,
  uncertain,
  corrupt,
};

// One for each io thread.
class AccountStore {
 public:
  explicit AccountStore(ConnectionPool& pool) : pool_(pool) {}

  // Changes nothing.
  [[nodiscard]] Answer<DeviceFacts, DeviceFactsError> device_facts(PracticeId practice,
                                                                   DeviceRef device,
                                                                   Deadline deadline);

  // The devices of `target`, for its own account or for one in a relationship with it that is
  // active, paused or ending. Changes nothing.
  [[nodiscard]] Answer<DeviceList, FetchDevicesError> fetch_devices(PracticeId practice,
                                                                    AccountId asker,
                                                                    AccountId target,
                                                                    Deadline deadline);

  // Replaces the list; what is newly revoked loses queues, prekeys, duplicate records and session
  // in the same step. A message of which no copy is left then, and that no device has acked, goes
  // back to its sender. Answers the sessions that were cut off. Sent again after `uncertain`, the
  // same bytes with the now stored epoch are accepted as done.
  [[nodiscard]] Answer<std::vector<CutOff>, ReplaceDevicesError> replace_device_list(
      PracticeId practice, AccountId account, NewDeviceList list, Deadline deadline);

  // Everybody in the practice, by id. Changes nothing.
  [[nodiscard]] Answer<std::vector<AccountLine>, CommandError> list_accounts(PracticeId practice,
                                                                             Deadline deadline);

 private:
  ConnectionPool& pool_;
};

}  // namespace holdspace::storage
