// Prekeys over lua/prekeys.lua.
#include "storage/prekey_store.hpp"

#include <algorithm>

#include "storage/invite_store.hpp"
#include "storage/redis_keys.hpp"
#include "storage/store_call.hpp"

namespace holdspace::storage {

Answer<std::uint32_t, PublishPrekeysError> PrekeyStore::publish_prekeys(
    PracticeId practice, DeviceRef device, std::string prekey_set, std::vector<OneTimeKey> keys,
    Deadline deadline) {
  const auto fits = [](const OneTimeKey& key) {
    return !key.signed_key.empty() && key.signed_key.size() <= kPrekeyBytesMax;
  };
  if (prekey_set.size() > kPrekeyBytesMax || keys.size() > kOneTimeKeysPerCall ||
      !std::all_of(keys.begin(), keys.end(), fits)) {
    co_return PublishPrekeysError::invalid;
  }
  const keys::Device names(practice, device);
  FunctionCall call("hs_publish_prekeys");
  call.key(names.account(device.account)).key(names.prekey_set());
  call.key(names.one_time_keys()).key(names.free_keys());
  call.arg(std::to_string(device.device)).arg(std::move(prekey_set));
  for (OneTimeKey& key : keys) call.arg(std::to_string(key.id)).arg(std::move(key.signed_key));
  const auto told = co_await tell(pool_.for_key(device.account), std::move(call), deadline);
  if (!told) co_return to_error<PublishPrekeysError>(told.error());
  if (!told->is_ok()) {
    co_return refusal<PublishPrekeysError>(told->word,
                                           {{"not_found", PublishPrekeysError::not_found}});
  }
  Fields fields(told->fields);
  const auto count = static_cast<std::uint32_t>(fields.number());
  if (!fields.well()) co_return PublishPrekeysError::corrupt;
  co_return count;
}

Answer<PrekeyStatus, PublishPrekeysError> PrekeyStore::prekey_status(PracticeId practice,
                                                                     DeviceRef device,
                                                                     Deadline deadline) {
  const keys::Device names(practice, device);
  FunctionCall call("hs_prekey_status");
  call.key(names.account(device.account)).key(names.prekey_set()).key(names.free_keys());
  call.arg(std::to_string(device.device));
  const auto told = co_await tell(pool_.for_key(device.account), std::move(call), deadline);
  if (!told) co_return to_error<PublishPrekeysError>(told.error());
  if (!told->is_ok()) {
    co_return refusal<PublishPrekeysError>(told->word,
                                           {{"not_found", PublishPrekeysError::not_found}});
  }
  Fields fields(told->fields);
  PrekeyStatus status;
  status.prekey_set = fields.text();
  status.one_time_keys = static_cast<std::uint32_t>(fields.number());
  if (!fields.well()) co_return PublishPrekeysError::corrupt;
  co_return status;
}

Answer<std::vector<DevicePrekeys>, FetchPrekeysFault> PrekeyStore::fetch_prekeys(
    PracticeId practice, DeviceRef asker, AccountId target, std::vector<std::uint32_t> devices,
    Deadline deadline) {
  if (devices.empty() || devices.size() > kActiveDevicesMax || !is_device_set(devices)) {
    co_return FetchPrekeysFault{FetchPrekeysError::invalid, {}};
  }
  const keys::Practice names(practice);
  FunctionCall call("hs_fetch_prekeys");
  call.key(names.account(asker.account)).key(names.account(target));
  call.key(names.relationships(asker.account)).key(names.relationships(target));
  call.key(names.relationship_prefix());
  call.arg(to_hex(asker.account)).arg(std::to_string(asker.device)).arg(to_hex(target));
  for (const std::uint32_t id : devices) {
    const keys::Device device(practice, {target, id});
    call.key(device.prekey_set()).key(device.one_time_keys());
    call.key(device.free_keys()).key(device.key_requests());
    call.arg(std::to_string(id));
  }
  const auto told = co_await tell(pool_.for_key(asker.account), std::move(call), deadline);
  if (!told) co_return FetchPrekeysFault{to_error<FetchPrekeysError>(told.error()), {}};
  Fields fields(told->fields);
  if (!told->is_ok()) {
    FetchPrekeysFault fault{
        refusal<FetchPrekeysError>(told->word, {{"not_found", FetchPrekeysError::not_found},
                                                {"rate_limited", FetchPrekeysError::rate_limited}}),
        {}};
    if (fault.error == FetchPrekeysError::rate_limited) {
      fault.retry_after = std::chrono::milliseconds(static_cast<std::int64_t>(fields.number()));
    }
    co_return fault;
  }
  std::vector<DevicePrekeys> answer;
  while (fields.well() && !fields.at_end()) {
    Fields inner(fields.list());
    DevicePrekeys device;
    device.device = static_cast<std::uint32_t>(inner.number());
    device.prekey_set = inner.text();
    device.one_time_key = static_cast<std::uint32_t>(inner.number());
    device.signed_key = inner.text();
    if (!inner.well()) fields.reject();
    answer.push_back(std::move(device));
  }
  if (!fields.well()) co_return FetchPrekeysFault{FetchPrekeysError::corrupt, {}};
  co_return answer;
}

}  // namespace holdspace::storage
