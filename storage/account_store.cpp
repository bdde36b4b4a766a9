// Accounts over lua/accounts.lua.
#include "storage/account_store.hpp"

#include <algorithm>

#include "storage/redis_keys.hpp"
#include "storage/store_call.hpp"

namespace holdspace::storage {

namespace {

bool is_in_bounds(const NewDeviceList& list) {
  const auto fits = [](const DeviceCertificate& cert) {
    return cert.device != 0 && !cert.signed_cert.empty() &&
           cert.signed_cert.size() <= kStatementMax;
  };
  return !list.signed_list.empty() && list.signed_list.size() <= kDeviceListMax &&
         !list.active.empty() && list.active.size() <= kActiveDevicesMax &&
         list.revoked.size() <= kRevokedDevicesMax && is_device_set(list.active) &&
         is_device_set(list.revoked) && list.new_certs.size() <= kActiveDevicesMax &&
         std::all_of(list.new_certs.begin(), list.new_certs.end(), fits);
}

}  // namespace

Answer<DeviceFacts, DeviceFactsError> AccountStore::device_facts(PracticeId practice,
                                                                 DeviceRef device,
                                                                 Deadline deadline) {
  const keys::Practice names(practice);
  FunctionCall call("hs_device_facts");
  call.key(names.account(device.account)).arg(std::to_string(device.device));
  const auto told = co_await tell(pool_.for_key(device.account), std::move(call), deadline);
  if (!told) co_return to_error<DeviceFactsError>(told.error());
  if (!told->is_ok()) {
    co_return refusal<DeviceFactsError>(told->word, {{"not_found", DeviceFactsError::not_found}});
  }
  Fields fields(told->fields);
  DeviceFacts facts;
  facts.signed_cert = fields.text();
  const std::uint64_t role = fields.number();
  facts.list_epoch = fields.number();
  if (!fields.well() || role < 1 || role > 4) co_return DeviceFactsError::corrupt;
  facts.role = static_cast<Role>(role);
  co_return facts;
}

Answer<DeviceList, FetchDevicesError> AccountStore::fetch_devices(PracticeId practice,
                                                                  AccountId asker, AccountId target,
                                                                  Deadline deadline) {
  const keys::Practice names(practice);
  FunctionCall call("hs_fetch_devices");
  call.key(names.account(target)).key(names.relationships(asker));
  call.key(names.relationships(target)).key(names.relationship_prefix());
  call.arg(to_hex(asker)).arg(to_hex(target));
  const auto told = co_await tell(pool_.for_key(asker), std::move(call), deadline);
  if (!told) co_return to_error<FetchDevicesError>(told.error());
  if (!told->is_ok()) {
    co_return refusal<FetchDevicesError>(told->word, {{"not_found", FetchDevicesError::not_found}});
  }
  Fields fields(told->fields);
  DeviceList list;
  list.epoch = fields.number();
  list.signed_list = fields.text();
  while (fields.well() && !fields.at_end()) {
    DeviceCertificate device;
    device.device = static_cast<std::uint32_t>(fields.number());
    device.signed_cert = fields.text();
    list.devices.push_back(std::move(device));
  }
  if (!fields.well()) co_return FetchDevicesError::corrupt;
  co_return list;
}

Answer<std::vector<CutOff>, ReplaceDevicesError> AccountStore::replace_device_list(
    PracticeId practice, AccountId account, NewDeviceList list, Deadline deadline) {
  auto parts = split_form(list.returned);
  if (!is_in_bounds(list) || !parts) co_return ReplaceDevicesError::invalid;
  if (list.epoch > kNumberMax) co_return ReplaceDevicesError::stale_list;
  const keys::Practice names(practice);
  FunctionCall call("hs_replace_device_list");
  call.key(names.account(account)).key(names.connected(account)).key(names.expiry());
  add_message_names(call, names);
  for (const std::uint32_t device : list.revoked) {
    const keys::Device gone(practice, {account, device});
    call.key(gone.prekey_set()).key(gone.one_time_keys()).key(gone.free_keys());
    call.key(gone.key_requests()).key(gone.sent()).key(gone.sent_order());
    call.key(gone.promises()).key(gone.queues()).key(gone.waiting()).key(gone.queue_start());
  }
  call.arg(std::move(list.signed_list)).arg(std::to_string(list.epoch));
  call.arg(join(list.active)).arg(join(list.revoked)).arg(to_hex(account));
  for (std::string& part : *parts) call.arg(std::move(part));
  for (DeviceCertificate& device : list.new_certs) {
    call.arg(std::to_string(device.device)).arg(std::move(device.signed_cert));
  }
  const auto told = co_await tell(pool_.for_key(account), std::move(call), deadline);
  if (!told) co_return to_error<ReplaceDevicesError>(told.error());
  if (!told->is_ok()) {
    co_return refusal<ReplaceDevicesError>(told->word,
                                           {{"not_found", ReplaceDevicesError::not_found},
                                            {"stale_list", ReplaceDevicesError::stale_list},
                                            {"invalid", ReplaceDevicesError::invalid}});
  }
  Fields fields(told->fields);
  std::vector<CutOff> cut_off;
  while (fields.well() && !fields.at_end()) {
    CutOff session;
    session.device = {account, static_cast<std::uint32_t>(fields.number())};
    const std::string place = fields.text();
    if (place.size() != 32) co_return ReplaceDevicesError::corrupt;
    session.place.gateway = *parse_id<GatewayId>(std::string_view(place).substr(0, 16));
    session.place.session = *parse_id<SessionId>(std::string_view(place).substr(16));
    cut_off.push_back(session);
  }
  if (!fields.well()) co_return ReplaceDevicesError::corrupt;
  co_return cut_off;
}

Answer<std::vector<AccountLine>, CommandError> AccountStore::list_accounts(PracticeId practice,
                                                                           Deadline deadline) {
  const keys::Practice names(practice);
  FunctionCall call("hs_list_accounts");
  call.key(names.accounts()).key(names.account_prefix()).key(names.policy_prefix());
  const auto told = co_await tell(pool_.any(), std::move(call), deadline);
  if (!told) co_return told.error();
  if (!told->is_ok()) co_return CommandError::corrupt;
  std::vector<AccountLine> answer;
  for (const Reply& entry : told->fields) {
    Fields fields(entry.elements);
    AccountLine line;
    line.id = fields.hex_id<AccountId>();
    const std::uint64_t role = fields.number();
    line.policy_version = fields.number();
    line.leaving = fields.number() == 1;
    if (!fields.well() || role < 1 || role > 4) co_return CommandError::corrupt;
    line.role = static_cast<Role>(role);
    answer.push_back(line);
  }
  co_return answer;
}

}  // namespace holdspace::storage
