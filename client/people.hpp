// Whose devices are whose: device lists and certificates of other accounts, checked against the pin
// before anything is sealed to them or opened from them. What comes from the gateway is believed
// only as far as the pinned account key has signed it. docs/protocol.md section 2 (acceptance rule)
// and 9.5.
#pragma once

#include <boost/system/result.hpp>
#include <optional>
#include <string>
#include <vector>

#include "client/records.hpp"
#include "crypto/verify.hpp"
#include "holdspace/v1/frame.pb.h"

namespace holdspace::client {

struct AccountDevices {
  crypto::Pin pin;
  crypto::Verified<crypto::DeviceList> list;
  std::vector<crypto::TrustedDevice> devices;  // every active one, ascending

  [[nodiscard]] const crypto::TrustedDevice* find(crypto::DeviceId device_id) const;
};

enum class DevicesError : std::uint8_t {
  bad_statement,  // malformed, or not signed by the pinned account key: the gateway or a relay lies
  older_list,     // the gateway serves a list that was already replaced
  forked_list,    // two lists claim the same place in the account's history: tell both people
  missing_cert,   // an active device without a valid certificate
};
[[nodiscard]] std::string_view describe(DevicesError error);

// Checks what the gateway sent. `held`: the newest list verified before; empty for none.
[[nodiscard]] boost::system::result<AccountDevices, DevicesError> check_devices(
    const crypto::Pin& pin, const v1::Devices& fetched, std::string_view held);

// From the local store; nothing when certificates were never fetched. Throws StoreFailure when the
// record is damaged.
[[nodiscard]] std::optional<AccountDevices> held_devices(const crypto::AccountId& account_id,
                                                         const records::Peer& peer);

// Copies a checked answer into the record.
void remember_devices(records::Peer& peer, const AccountDevices& devices);

// The account key of an account that nobody has pinned yet, as its own list states it.
[[nodiscard]] std::optional<crypto::Pin> claimed_pin(const v1::Devices& fetched);

// The newest prekey set seen from that device.
[[nodiscard]] std::optional<crypto::Instant> newest_prekeys(const records::Peer& peer,
                                                            crypto::DeviceId device_id);
void remember_prekeys(records::Peer& peer, crypto::DeviceId device_id, crypto::Instant created_at);

}  // namespace holdspace::client
