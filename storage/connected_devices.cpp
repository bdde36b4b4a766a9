// Which gateway serves which device, over lua/accounts.lua.
#include "storage/connected_devices.hpp"

#include "storage/redis_keys.hpp"
#include "storage/store_call.hpp"

namespace holdspace::storage {

Answer<std::optional<SessionPlace>, ConnectError> ConnectedDevices::connect(PracticeId practice,
                                                                            DeviceRef device,
                                                                            SessionPlace place,
                                                                            Deadline deadline) {
  const keys::Practice names(practice);
  FunctionCall call("hs_connect");
  call.key(names.account(device.account)).key(names.connected(device.account));
  call.arg(std::to_string(device.device));
  call.arg(to_bytes(place.gateway)).arg(to_bytes(place.session));
  const auto told = co_await tell(pool_.for_key(device.account), std::move(call), deadline);
  if (!told) co_return to_error<ConnectError>(told.error());
  if (!told->is_ok()) {
    co_return refusal<ConnectError>(told->word, {{"not_found", ConnectError::not_found}});
  }
  if (told->fields.empty()) co_return std::optional<SessionPlace>();
  Fields fields(told->fields);
  const std::string before = fields.text();
  if (before.size() != 32) co_return ConnectError::corrupt;
  SessionPlace displaced;
  displaced.gateway = *parse_id<GatewayId>(std::string_view(before).substr(0, 16));
  displaced.session = *parse_id<SessionId>(std::string_view(before).substr(16));
  co_return std::optional<SessionPlace>(displaced);
}

Answer<bool, CommandError> ConnectedDevices::disconnect(PracticeId practice, DeviceRef device,
                                                        SessionId session, Deadline deadline) {
  FunctionCall call("hs_disconnect");
  call.key(keys::Practice(practice).connected(device.account));
  call.arg(std::to_string(device.device)).arg(to_bytes(session));
  const auto told = co_await tell(pool_.for_key(device.account), std::move(call), deadline);
  if (!told) co_return told.error();
  Fields fields(told->fields);
  const bool was_ours = fields.number() == 1;
  if (!told->is_ok() || !fields.well()) co_return CommandError::corrupt;
  co_return was_ours;
}

}  // namespace holdspace::storage
