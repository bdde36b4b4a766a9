#include "client/people.hpp"

#include <algorithm>

namespace holdspace::client {

const crypto::TrustedDevice* AccountDevices::find(crypto::DeviceId device_id) const {
  for (const auto& device : devices)
    if (device.cert().device_id == device_id) return &device;
  return nullptr;
}

std::string_view describe(DevicesError error) {
  switch (error) {
    case DevicesError::bad_statement:
      return "the gateway offered devices that the person's account key has not signed";
    case DevicesError::older_list:
      return "the gateway offered an outdated device list";
    case DevicesError::forked_list:
      return "two different device lists of the person exist; tell them";
    case DevicesError::missing_cert:
      return "a device of the person has no valid certificate";
  }
  return "devices cannot be checked";
}

boost::system::result<AccountDevices, DevicesError> check_devices(const crypto::Pin& pin,
                                                                  const v1::Devices& fetched,
                                                                  std::string_view held) {
  auto list = crypto::verify_device_list(view(fetched.device_list()), pin);
  if (!list.has_value()) return DevicesError::bad_statement;
  if (!held.empty()) {
    const auto before = crypto::verify_device_list(view(held), pin);
    if (!before.has_value()) return DevicesError::bad_statement;
    const auto follows = crypto::check_succession(*before, *list);
    if (!follows.has_value()) {
      switch (follows.error()) {
        case crypto::SuccessionError::same:
        // Lists between the two were not seen here. The account key signed this one all the same.
        case crypto::SuccessionError::gap:
          break;
        case crypto::SuccessionError::other_account:
        case crypto::SuccessionError::rewritten:
          return DevicesError::bad_statement;
        case crypto::SuccessionError::stale:
          return DevicesError::older_list;
        case crypto::SuccessionError::broken_chain:
          return DevicesError::forked_list;
      }
    }
  }
  AccountDevices devices{pin, std::move(*list), {}};
  for (const auto& bytes : fetched.certs()) {
    const auto cert = crypto::verify_device_cert(view(bytes), pin);
    if (!cert.has_value()) return DevicesError::bad_statement;
    auto trusted = crypto::trust_device(*cert, devices.list);
    if (trusted.has_value() && devices.find((*cert)->device_id) == nullptr)
      devices.devices.push_back(std::move(*trusted));
  }
  for (const auto& active : devices.list->active)
    if (devices.find(active.device_id) == nullptr) return DevicesError::missing_cert;
  return devices;
}

std::optional<AccountDevices> held_devices(const crypto::AccountId& account_id,
                                           const records::Peer& peer) {
  const auto key = parse_bytes<32>(peer.account_key());
  if (!key || peer.certs().empty()) return std::nullopt;
  v1::Devices held;
  held.set_device_list(peer.device_list());
  *held.mutable_certs() = peer.certs();
  auto devices = check_devices({account_id, {*key}}, held, {});
  if (!devices.has_value()) throw StoreFailure("the record of a person's devices is damaged");
  return std::move(*devices);
}

void remember_devices(records::Peer& peer, const AccountDevices& devices) {
  peer.set_account_key(to_string(devices.pin.account_key.bytes));
  peer.set_device_list(to_string(devices.list.signed_bytes()));
  peer.clear_certs();
  for (const auto& device : devices.devices)
    peer.add_certs(to_string(device.verified_cert().signed_bytes()));
}

std::optional<crypto::Pin> claimed_pin(const v1::Devices& fetched) {
  const auto statement = crypto::parse_signed(view(fetched.device_list()));
  if (!statement.has_value()) return std::nullopt;
  const auto list = crypto::parse_device_list(statement->body);
  if (!list.has_value()) return std::nullopt;
  return crypto::Pin{list->account_id, list->account_key};
}

std::optional<crypto::Instant> newest_prekeys(const records::Peer& peer,
                                              crypto::DeviceId device_id) {
  for (const auto& mark : peer.prekeys())
    if (mark.device_id() == device_id) return from_ms(mark.created_at_ms());
  return std::nullopt;
}

void remember_prekeys(records::Peer& peer, crypto::DeviceId device_id, crypto::Instant created_at) {
  for (auto& mark : *peer.mutable_prekeys()) {
    if (mark.device_id() != device_id) continue;
    mark.set_created_at_ms(std::max(mark.created_at_ms(), to_ms(created_at)));
    return;
  }
  auto* mark = peer.add_prekeys();
  mark->set_device_id(device_id);
  mark->set_created_at_ms(to_ms(created_at));
}

}  // namespace holdspace::client
